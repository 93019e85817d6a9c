import { throwIfAborted } from '../context.js';
import { defineRouter } from '../define.js';
import { createMatrix, type Matrix } from '../matrix.js';
import type { RouterArtifact, RouterInput, RouterStrategy } from '../router.js';
import {
  comparedWith,
  needsTraining,
  type ComparedWith,
  type ScoredWith,
  type ScoringRouterDefinition,
} from './definition.js';
import { joinedManifest, joiningModels } from './joining.js';
import { keyedScores } from './keyed.js';
import { codeFault, learnedOf, packed } from './learned.js';
import { requireLesson } from './lesson.js';
import { assertOrdinary } from './ordinary.js';
import { routerOf } from './scored.js';
import { ownArtifact } from './saved-parts.js';
import { assertModels, trainingVectors } from './vectors.js';

/**
 * A router strategy from what its author knows: what is learned, how queries are scored from it and, if wanted, why the winner won
 * and how new models join. The rest is done here: manifest, saving, loading and joining with their checks, ties, reasons, seeds,
 * interruption, and the checks of training data, query vectors and scores.
 *
 * A router shares no array with anybody: `load` and `save` copy the artifact once each, which takes the time and memory of its weights
 * again; what the caller does to it afterwards changes no decision. Drop an artifact that was loaded, and only one copy stays.
 *
 * `fit` throws RouteProfileError BAD_INPUT for fewer than two models or for vectors of two encoders, NO_TRAINING_DATA when the router needs
 * training and there is none, NOT_FINITE for outcomes out of all proportion and for weights that are not finite, PLUGIN_FAILED for
 * lessons that are not what the definition declares, and ABORTED. `load` and `extend` throw CORRUPT_FILE for files that are
 * damaged or of another strategy; `score` and `decide` throw SHAPE_MISMATCH or BAD_INPUT for vectors of another width or encoder,
 * NOT_FINITE and PLUGIN_FAILED for scores that are not finite or not [queries × models].
 */
export function defineScoringRouter<
  O extends Record<string, unknown>,
  S extends Record<string, unknown>,
  K extends string,
  P = undefined,
  R extends Matrix | ScoredWith<unknown> = Matrix,
>(definition: ScoringRouterDefinition<O, S, K, P, R>): RouterStrategy<O> {
  const { name, summary, options: schema, needs } = definition;
  const compared = comparedWith(definition);

  return defineRouter<O>({
    name,
    summary,
    options: schema,
    needs,
    async fit(input, given, ctx) {
      throwIfAborted(ctx);
      const { models, training } = input;
      assertModels(name, models);
      if (needsTraining(needs) && !definition.readsOrder && training.outcomes)
        assertOrdinary(name, 'score', training.outcomes.score, models, training.queries);
      const trained = compared === 'training queries' ? trainingVectors(name, training) : null;
      if (needsTraining(needs) && !definition.isLearned?.(input.profiles))
        requireLesson(name, training, needs.includes('outcomes'));
      const vectors = trained?.vectors ?? createMatrix(0, 0);
      const lessons = await definition.learn({ ...input, vectors }, given, ctx);
      if (typeof lessons !== 'object' || lessons === null) throw codeFault(name, '`learn` gave nothing');
      const { state, options = given } = lessons;
      assertNotReserved(name, state);
      const { encoder, dimensions } = trained ?? spaceOf(name, compared, input);
      const manifest: RouterArtifact['manifest'] = {
        version: 1,
        strategy: name,
        options: { ...options },
        models: [...models],
        encoder: lessons.encoder === undefined ? encoder : lessons.encoder,
        dimensions: lessons.dimensions ?? dimensions,
        seed: ctx.seed,
        state: { ...state },
      };
      const artifact = packed(definition, manifest, lessons, options);
      return routerOf(definition, artifact, learnedOf(definition, artifact));
    },
    async load(given) {
      const artifact = ownArtifact(given);
      return routerOf(definition, artifact, learnedOf(definition, artifact));
    },
    ...(definition.join && {
      async extend(artifact, { profiles, cards }, ctx) {
        throwIfAborted(ctx);
        const learned = learnedOf(definition, artifact);
        const joining = joiningModels(artifact, { profiles, cards });
        const changed = definition.join?.(learned, { ...joining, profiles, cards }, ctx);
        assertNotReserved(name, changed?.state);
        const manifest = joinedManifest(artifact, joining);
        const extended = packed(
          definition,
          { ...manifest, state: { ...manifest.state, ...changed?.state } },
          { weights: { ...learned.weights, ...changed?.weights }, arrays: { ...learned.arrays, ...changed?.arrays } },
          learned.options,
        );
        return routerOf(definition, extended, learnedOf(definition, extended));
      },
    }),
  });
}

/** @throws RouteProfileError PLUGIN_FAILED for a state with the member in which the models that joined are kept */
function assertNotReserved(name: string, state: object | undefined): void {
  if (state && 'joined' in state) throw codeFault(name, "its state has a member 'joined', a name that is taken");
}

/** Whose vectors queries must have and how long they are, for a router that is not compared with the training queries. */
function spaceOf(
  strategy: string,
  compared: ComparedWith | null,
  { profiles }: RouterInput,
): { encoder: string | null; dimensions: number | null } {
  if (compared === null) return { encoder: null, dimensions: null };
  const { cols } = compared === 'keys' ? keyedScores(strategy, profiles).keys : profiles.vectors;
  return { encoder: profiles.provenance.encoder, dimensions: cols };
}

import {
  createMatrix,
  defineWrapper,
  explained,
  namedArray,
  normalizeRows,
  parsePart,
  profileVectors,
  RouteProfileError,
  z,
  type Decision,
  type Matrix,
  type Router,
  type WrapperState,
} from '@routeprofile/schema';
import { rowProducts } from '@routeprofile/numerics';
import { namesSchema } from './cascade.js';
import { assertLearnedOf, learnedArray, nothingLearned } from './learned.js';
import { assertKnown } from './standing.js';
import { byScore, mapDecisions, wrapDecisions } from './wrapped.js';

const NAME = 'fallback';
const options = z.strictObject({
  /** Models that do not answer now: `A;B`. */
  down: namesSchema.default([]),
  /** Who stands in: the next by the router's score, or the model whose profile is most like that of the one that is down. */
  next: z.enum(['score', 'profile']).default('score'),
});
export type FallbackOptions = z.infer<typeof options>;

/** Profiles by which models are alike. Shape of `profiles`: [models × dimensions]. */
export interface Likeness {
  models: readonly string[];
  profiles: Matrix;
}

/** Which models do not answer, and who stands in. */
export interface FallbackSettings {
  /** Models that do not answer; a function is asked once per batch. */
  down: readonly string[] | (() => readonly string[]);
  /** Given, the stand-in is the model most like the one that is down; otherwise the next by score. */
  likeness?: Likeness;
}

/**
 * Models that are down are left out of decisions. With `likeness`, where the chosen model is down, those that are up are ranked by
 * the cosine of their profile with its own, models without a profile last.
 *
 * @throws RouteProfileError UNSUPPORTED from `decide` when every model is down
 */
export function withFallback(router: Router, { down, likeness }: FallbackSettings): Router {
  const similarities = likeness && cosines(likeness);
  const order = byScore(router.models);
  return wrapDecisions(
    router,
    () => {
      const out = new Set(typeof down === 'function' ? down() : down);
      return (decision) =>
        decision.ranked.some(({ model }) => out.has(model)) ? standIn(decision, out, similarities, order) : decision;
    },
    { sameScores: likeness === undefined },
  );
}

type Similarity = (a: string, b: string) => number;

/** Cosine of two models' profiles; −2 where one has none. */
function cosines({ models, profiles }: Likeness): Similarity {
  const unit = normalizeRows(profiles);
  const table = rowProducts(unit, unit);
  const place = new Map(models.map((model, m) => [model, m]));
  return (a, b) => table.data[(place.get(a) ?? NaN) * models.length + (place.get(b) ?? NaN)] ?? -2;
}

function standIn(
  decision: Decision,
  down: ReadonlySet<string>,
  similarity: Similarity | undefined,
  order: ReturnType<typeof byScore>,
): Decision {
  const up = decision.ranked.filter(({ model }) => !down.has(model));
  if (up.length === 0)
    throw new RouteProfileError('UNSUPPORTED', `${NAME}: every model that may answer is down`, {
      hint: 'Wait for one to come back, or add a candidate.',
      details: decision.ranked.map(({ model }) => model),
    });
  const failed = decision.model;
  if (!down.has(failed)) return { ...decision, ranked: up };
  if (!similarity) {
    const model = up[0]!.model;
    return explained({ ...decision, model, ranked: up }, NAME, `${failed} is down; ${model} is next by score`);
  }
  const ranked = up.map((entry) => ({ ...entry, score: similarity(failed, entry.model) })).sort(order);
  const { model, score } = ranked[0]!;
  return explained(
    { ...decision, model, ranked },
    NAME,
    `${failed} is down; ${model} is most like it (cosine ${score.toFixed(2)})`,
  );
}

/**
 * The router with the alternatives to its choice in the order of their likeness to it, so that whoever finds the chosen model down can take
 * the next. The score of an alternative is then the cosine of its profile with that of the choice; models without a profile come last.
 */
export function withLikeAlternatives(router: Router, likeness: Likeness): Router {
  const similarity = cosines(likeness);
  const order = byScore(router.models);
  return mapDecisions(
    router,
    () => (decision) => {
      const { model, ranked } = decision;
      const others = ranked
        .filter((entry) => entry.model !== model)
        .map((entry) => ({ ...entry, score: similarity(model, entry.model) }))
        .sort(order);
      const chosen = ranked.filter((entry) => entry.model === model).map((entry) => ({ ...entry, score: 1 }));
      return { ...decision, ranked: [...chosen, ...others] };
    },
    { sameScores: false },
  );
}

const state = z.object({ models: z.array(z.string()), dimensions: z.number().int().min(1) });

/** `withFallback` with the models that the options list as down. */
export const fallbackWrapper = defineWrapper<FallbackOptions>({
  name: NAME,
  summary: 'another model when the chosen one is down: the next by score, or the one with the most similar profile',
  options,
  async fit({ input }, { down, next }) {
    assertKnown(NAME, input.models, down);
    if (next === 'score') return nothingLearned;
    const profiles = profileVectors(NAME, input);
    return {
      state: { models: [...input.models], dimensions: profiles.cols },
      weights: { profiles: namedArray(profiles) },
    };
  },
  wrap(router, learned, { down, next }) {
    if (next === 'score') return withFallback(router, { down });
    const likeness = learnedLikeness(learned);
    assertLearnedOf(NAME, likeness.models, router);
    return withFallback(router, { down, likeness });
  },
});

/** What the wrapper learned with `next=profile`. @throws RouteProfileError CORRUPT_FILE */
export function learnedLikeness(learned: WrapperState): Likeness {
  const { models, dimensions } = parsePart(NAME, 'state', state, learned.state);
  const data = learnedArray(NAME, learned, 'profiles', [models.length, dimensions]);
  return { models, profiles: createMatrix(models.length, dimensions, data) };
}

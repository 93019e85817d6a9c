import {
  assertMadeBy,
  defineRouter,
  isScoringRouter,
  joinedManifest,
  joiningModels,
  parsePart,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  z,
  type Reason,
  type RouterArtifact,
  type RouterStrategy,
  type ScoringRouter,
} from '@routeprofile/schema';
import { bestSingleRouter } from '../common/best-single.js';
import { extendMembers, packedMembers, packMembers, unpackMembers } from '../common/stacking-artifact.js';
import { sharing } from '../common/out-of-fold.js';
import { comparedOption, memberOptions, membersNamed, membersOption } from '../common/stacking-members.js';
import {
  crossFit,
  sampledFrom,
  sampledState,
  stackedScores,
  stackedWorths,
  withOutOfFold,
  worthsOf,
} from '../common/stacking-stage.js';
import { defineEnsemble, fitStack } from '../ensemble/ensemble.js';
import { assertVectors } from '../ensemble/stacked-router.js';
import { chooseCandidate } from './choose.js';

const NAME = 'auto';

/** Options of `autoRouter` and of what `defineAuto` makes, parsed. */
export type AutoOptions = {
  /** `linear;knn`, or a list, simplest first. Default: all that it was made of. */
  members: string | string[];
  /** Whether the ensemble of the members is a candidate too. Default true. */
  ensemble: boolean;
  /** Parts of the training queries that candidates are judged on by fits without them. Default 5. */
  folds: number;
  /**
   * Training queries that candidates are judged on, at most: of more, an even share of every task is drawn.
   * With less than all there are no scores out of fold on every query: wrappers that want them have the router fitted anew, once per fold. Default `all`.
   */
  compared?: number | 'all';
};

const estimateState = z.object({ mean: z.number(), standardError: z.number().min(0) });
const state = z.object({
  /** `outcome`: mean outcome of the choices. `pairs`: share of a query's pairs ranked right. */
  judgedBy: z.enum(['outcome', 'logged', 'pairs']),
  /** Training queries that were judged. */
  queries: z.number().int().min(2),
  sampled: sampledState,
  chosen: z.string(),
  why: z.string(),
  /** One line per candidate, simplest first. */
  table: z.array(z.object({ name: z.string(), worth: estimateState, overBestSingle: estimateState })).min(1),
  choosing: estimateState,
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  manifests: packedMembers.length(1),
});

/**
 * Chooses the router. Candidates are best-single, the members, and their ensemble, judged by cross-validation on the training
 * queries; the rule (see `chooseCandidate`) prefers the simpler, and best-single unless something is better beyond doubt. What
 * was chosen is fitted on all training queries. The state holds the table, and every decision says in its reasons what decided
 * and why. Members that cannot work with the data are skipped, and named in the state. A fit costs at most `folds` + 1 fits of
 * every member, all but one of each on at most `compared` training queries.
 *
 * Simplest first: best-single, the members in the order of `strategies` (cheap before dear), the ensemble.
 * @param strategies each scores, and reads no task labels
 */
export const defineAuto = (strategies: readonly RouterStrategy[]): RouterStrategy<AutoOptions> => {
  const known = [bestSingleRouter, ...strategies, defineEnsemble(strategies)];
  return defineRouter<AutoOptions>({
    name: NAME,
    summary: 'the router that does best in cross-validation, or the best single model if no router beats it',
    options: z.strictObject({
      members: membersOption(strategies),
      ensemble: z.boolean().default(true),
      folds: z.number().int().min(2).max(20).default(5),
      compared: comparedOption(),
    }),
    needs: ['vectors', 'training'],
    async fit(given, options, ctx) {
      throwIfAborted(ctx);
      const input = sharing(given);
      const { ensemble: isCandidate, ...comparing } = options;
      const stage = await crossFit(NAME, membersNamed(strategies, options.members), input, comparing, ctx);
      const candidates = stage.candidates.map(({ strategy, scores }) => ({
        name: strategy.name,
        worths: worthsOf(stage, scores),
      }));
      if (isCandidate) candidates.push({ name: 'ensemble', worths: stackedWorths(stage) });
      const foldOfJudged = stage.judge.queries.map((query) => stage.foldOf[query]!);
      const { chosen, chosenWithout, ...choice } = chooseCandidate(candidates, foldOfJudged);
      const strategy = stage.candidates[chosen]?.strategy;
      const router = strategy
        ? await strategy.fit(input, memberOptions(strategy), ctx)
        : await fitStack(stage, input, comparing, ctx);
      const packed = packMembers([await router.save()]);
      const { queries } = input.training;
      const artifact: RouterArtifact = {
        manifest: {
          version: 1,
          strategy: NAME,
          options: { ...options },
          models: [...input.models],
          encoder: queries.encoder ?? null,
          dimensions: queries.vectors?.cols ?? null,
          seed: ctx.seed,
          state: {
            judgedBy: stage.judge.kind,
            queries: stage.judge.queries.length,
            ...sampledFrom(stage, input),
            chosen: candidates[chosen]!.name,
            ...choice,
            skipped: stage.skipped,
            manifests: packed.manifests,
          },
        },
        weights: packed.weights,
      };
      // A fold without a judged query says nothing of the choosing: there it is as on all rows.
      const stacked = stackedScores(stage);
      const scoresOf = (query: number): ArrayLike<number> => {
        const own = stage.candidates[chosenWithout.get(stage.foldOf[query]!) ?? chosen];
        return own ? rowOf(own.scores, query) : stacked(query);
      };
      return withOutOfFold(create(artifact, router), stage, scoresOf);
    },
    async load(artifact, ctx) {
      assertMadeBy(NAME, artifact);
      const { strategy, artifact: own } = innerOf(artifact, known);
      return create(artifact, await strategy.load(own, ctx));
    },
    async extend(artifact, joining, ctx) {
      throwIfAborted(ctx);
      assertMadeBy(NAME, artifact);
      const joined = joiningModels(artifact, joining);
      const [extended] = await extendMembers(NAME, [innerOf(artifact, known)], joining, ctx);
      const { manifests, weights } = packMembers([extended!.artifact]);
      const manifest = joinedManifest(artifact, joined);
      return create({ manifest: { ...manifest, state: { ...manifest.state, manifests } }, weights }, extended!.router);
    },
  });
};

function innerOf(artifact: RouterArtifact, known: readonly RouterStrategy[]) {
  const { manifests, chosen } = parsePart(NAME, 'state', state, artifact.manifest.state);
  const [inner] = unpackMembers(NAME, manifests, artifact, known);
  if (inner?.strategy.name === chosen) return inner;
  throw new RouteProfileError('CORRUPT_FILE', `${NAME}: router.json: it chose ${chosen}, but holds another router`, {
    hint: 'Train the router again.',
  });
}

function create(artifact: RouterArtifact, router: Awaited<ReturnType<RouterStrategy['fit']>>): ScoringRouter {
  if (!isScoringRouter(router))
    throw new RouteProfileError('UNSUPPORTED', `${NAME}: the chosen router gives no scores`);
  const { manifest } = artifact;
  const { chosen, why, table, sampled } = parsePart(NAME, 'state', state, manifest.state);
  const count = (x: number) => x.toLocaleString('en-US');
  const signed = (x: number) => (x < 0 ? x.toFixed(3) : `+${x.toFixed(3)}`);
  const lines = table
    .slice(1)
    .map(
      ({ name, overBestSingle: { mean, standardError } }) => `${name} ${signed(mean)} ± ${standardError.toFixed(3)}`,
    );
  const where = sampled ? ` on ${count(sampled.queries)} of ${count(sampled.of)} training queries` : '';
  const reason: Reason = {
    kind: 'auto',
    text: `${chosen}: ${why} (above best-single in cross-validation${where}, ± one standard error: ${lines.join(', ')})`,
  };
  return {
    models: manifest.models,
    async score(queries, ctx) {
      throwIfAborted(ctx);
      assertVectors(NAME, queries, manifest);
      return router.score(queries, ctx);
    },
    async decide(queries, ctx) {
      throwIfAborted(ctx);
      assertVectors(NAME, queries, manifest);
      const decisions = await router.decide(queries, ctx);
      return decisions.map((decision) => ({ ...decision, reasons: [...decision.reasons, reason] }));
    },
    save: async () => ({ manifest: structuredClone(manifest), weights: artifact.weights }),
  };
}

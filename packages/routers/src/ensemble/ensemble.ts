import {
  assertMadeBy,
  defineRouter,
  isScoringRouter,
  joinedManifest,
  joiningModels,
  parsePart,
  RouteProfileError,
  throwIfAborted,
  z,
  type RouterArtifact,
  type RouterInput,
  type RouterStrategy,
  type RunContext,
  type ScoringRouter,
} from '@routeprofile/schema';
import { bestSingleRouter } from '../common/best-single.js';
import { extendMembers, packedMembers, packMembers, unpackMembers } from '../common/stacking-artifact.js';
import { sharing } from '../common/out-of-fold.js';
import { comparedOption, memberOptions, membersNamed, membersOption } from '../common/stacking-members.js';
import {
  crossFit,
  estimate,
  sampledFrom,
  sampledState,
  stackedScores,
  stackedWorths,
  withOutOfFold,
  worthsOf,
  type Stage,
} from '../common/stacking-stage.js';
import { stackedRouter, type WeightedMember } from './stacked-router.js';

const NAME = 'ensemble';

/** Options of `ensembleRouter` and of what `defineEnsemble` makes, parsed. */
export type EnsembleOptions = {
  /** `linear;knn`, or a list: what is combined. Default: all that the ensemble was made of. */
  members: string | string[];
  /** Parts of the training queries that members are scored on by fits without them. Default 5. */
  folds: number;
  /**
   * Training queries that members are scored and weighed on, at most: of more, an even share of every task is drawn.
   * With less than all there are no scores out of fold on every query: wrappers that want them have the router fitted anew, once per fold. Default `all`.
   */
  compared?: number | 'all';
};

const memberState = z.object({
  name: z.string(),
  weight: z.number().min(0),
  size: z.number().min(0),
  worth: z.object({ mean: z.number(), standardError: z.number() }),
});
const state = z.object({
  judgedBy: z.enum(['outcome', 'logged', 'pairs']),
  /** What the whole was worth on queries that neither members nor weights had seen. */
  worth: z.object({ mean: z.number(), standardError: z.number() }),
  sampled: sampledState,
  /** Every member that could work with the data, best-single first; the manifests are those of a weight above 0, in order. */
  members: z.array(memberState),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  manifests: packedMembers,
});

/**
 * Stacking: the scores of its members, and of best-single, added up with non-negative weights that are learned from scores of
 * training queries by fits that did not see them (see `stacking`). The members are then fitted on all training queries; what
 * got no weight is left away. Members that cannot work with the data (no keyed scores, no tasks) are skipped, and named in the
 * state. A fit costs `folds` + 1 fits of every member, all but one of each on at most `compared` training queries.
 *
 * @param strategies what it may be made of: each scores, and reads no task labels; in the order in which they are listed
 */
export const defineEnsemble = (strategies: readonly RouterStrategy[]): RouterStrategy<EnsembleOptions> =>
  defineRouter<EnsembleOptions>({
    name: NAME,
    summary: 'the scores of several routers, weighted by how well each does on queries it was not fitted on',
    options: z.strictObject({
      members: membersOption(strategies),
      folds: z.number().int().min(2).max(20).default(5),
      compared: comparedOption(),
    }),
    needs: ['vectors', 'training'],
    async fit(given, options, ctx) {
      throwIfAborted(ctx);
      const input = sharing(given);
      const stage = await crossFit(NAME, membersNamed(strategies, options.members), input, options, ctx);
      return withOutOfFold(await fitStack(stage, input, options, ctx), stage, stackedScores(stage));
    },
    async load(artifact, ctx) {
      assertMadeBy(NAME, artifact);
      const { members } = parsePart(NAME, 'state', state, artifact.manifest.state);
      const weighted = members.filter(({ weight }) => weight > 0);
      const inner = innerOf(artifact, strategies);
      if (inner.some(({ strategy }, i) => strategy.name !== weighted[i]?.name) || inner.length !== weighted.length)
        throw new RouteProfileError('CORRUPT_FILE', `${NAME}: router.json: weights and members do not fit each other`, {
          hint: 'Train the router again.',
        });
      const routers: WeightedMember[] = [];
      for (const [i, { strategy, artifact: own }] of inner.entries())
        routers.push({ ...weighted[i]!, router: scoring(strategy.name, await strategy.load(own, ctx)) });
      return stackedRouter(NAME, artifact, routers);
    },
    async extend(artifact, joining, ctx) {
      throwIfAborted(ctx);
      assertMadeBy(NAME, artifact);
      const joined = joiningModels(artifact, joining);
      const members = parsePart(NAME, 'state', state, artifact.manifest.state).members.filter(
        ({ weight }) => weight > 0,
      );
      const extended = await extendMembers(NAME, innerOf(artifact, strategies), joining, ctx);
      const { manifests, weights } = packMembers(extended.map((entry) => entry.artifact));
      const manifest = joinedManifest(artifact, joined);
      return stackedRouter(
        NAME,
        { manifest: { ...manifest, state: { ...manifest.state, manifests } }, weights },
        extended.map(({ router }, i) => ({ ...members[i]!, router: scoring(members[i]!.name, router) })),
      );
    },
  });

const innerOf = (artifact: RouterArtifact, strategies: readonly RouterStrategy[]) =>
  unpackMembers(NAME, artifact.manifest.state['manifests'], artifact, [bestSingleRouter, ...strategies]);

function scoring(name: string, router: Awaited<ReturnType<RouterStrategy['fit']>>): ScoringRouter {
  if (isScoringRouter(router)) return router;
  throw new RouteProfileError('UNSUPPORTED', `${NAME}: ${name} gives decisions but no scores`);
}

/** The ensemble from what was measured already. */
export async function fitStack(
  stage: Stage,
  input: RouterInput,
  options: EnsembleOptions,
  ctx: RunContext,
): Promise<ScoringRouter> {
  const { weights, sizes } = stage.weights(null);
  // Where no score helps, not even the constant one, the constant one is what is known.
  if (weights.every((weight) => weight === 0)) [weights[0], sizes[0]] = [1, 1];
  const members = stage.candidates.map(({ strategy, scores }, j) => ({
    name: strategy.name,
    weight: weights[j]!,
    size: sizes[j]!,
    worth: estimate(worthsOf(stage, scores)),
  }));
  const routers: WeightedMember[] = [];
  const artifacts: RouterArtifact[] = [];
  for (const [j, { strategy }] of stage.candidates.entries()) {
    if (weights[j] === 0) continue;
    const router = scoring(strategy.name, await strategy.fit(input, memberOptions(strategy), ctx));
    routers.push({ ...members[j]!, router });
    artifacts.push(await router.save());
  }
  const packed = packMembers(artifacts);
  const { queries } = input.training;
  return stackedRouter(
    NAME,
    {
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
          worth: estimate(stackedWorths(stage)),
          ...sampledFrom(stage, input),
          members,
          skipped: stage.skipped,
          manifests: packed.manifests,
        },
      },
      weights: packed.weights,
    },
    routers,
  );
}

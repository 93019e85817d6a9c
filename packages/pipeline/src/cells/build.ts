import {
  assertFinite,
  assertShape,
  messageOf,
  RouteProfileError,
  type Dataset,
  type Encoder,
  type HeteroGraph,
  type Matrix,
  type NodeFeatures,
  type ProfileSet,
  type ProfileStrategy,
  type Router,
  type RouterArtifact,
  type RouterInput,
  type RouterTraining,
  type RouterStrategy,
  type RunContext,
  type StrategyReference,
} from '@routeprofile/schema';
import { pluginReference } from '../plugins/plugins.js';
import { wired, wiringOf } from '../router/wiring.js';
import { failureOf } from './failure.js';
import { profileInput, routerInput, type EncodedQueries } from './router-input.js';

/** The two things that a cell makes, for runs and for single steps alike. */

/** A strategy with its parsed options, and the name under which it is reported. */
export interface Chosen<S> {
  strategy: S;
  options: Record<string, unknown>;
  label: string;
  /** Hash of the code, where it is a plugin's. */
  plugin?: string | undefined;
}

/**
 * What a profile strategy returned, held against its contract.
 * @throws RouteProfileError PLUGIN_FAILED
 */
function checkedSet(label: string, set: ProfileSet, models: readonly string[]): ProfileSet {
  try {
    if (set.models.join('\n') !== models.join('\n'))
      throw new RouteProfileError(
        'SHAPE_MISMATCH',
        `its models are ${set.models.join(', ')}, not ${models.join(', ')}`,
      );
    assertShape(set.vectors, models.length, set.vectors.cols, 'its vectors');
    assertFinite(set.vectors, 'its vectors');
    return set;
  } catch (cause) {
    const text = messageOf(cause);
    throw new RouteProfileError(
      'PLUGIN_FAILED',
      `profile ${label} returned something that is not a profile set: ${text}`,
      {
        cause,
      },
    );
  }
}

const withNotes = (set: ProfileSet, notes: readonly string[]): ProfileSet => ({
  ...set,
  provenance: { ...set.provenance, notes: [...(set.provenance.notes ?? []), ...notes] },
});

/**
 * The profiles of a dataset's candidates. What a plugin returns is held against its contract.
 * @param ground the graph, the encoder, and what is encoded already
 * @throws RouteProfileError under the profile's label; see `failureOf`
 */
export async function buildProfileSet(
  dataset: Dataset,
  profile: Chosen<ProfileStrategy>,
  { graph, encoder, ...made }: { graph: HeteroGraph; encoder: Encoder; features?: NodeFeatures; train?: Matrix },
  ctx: RunContext,
): Promise<ProfileSet> {
  const { strategy, options, label, plugin } = profile;
  try {
    const input = await profileInput(dataset, strategy, graph, encoder, ctx, made);
    const built = await strategy.build(input, options, ctx);
    const set = plugin === undefined ? built : checkedSet(label, built, input.models);
    return dataset.notes === undefined ? set : withNotes(set, dataset.notes);
  } catch (error) {
    throw failureOf('profile', profile, error);
  }
}

/** A router fitted on profiles of a dataset, and what it was fitted on. */
export async function fitRouter(
  dataset: Dataset,
  { strategy, options }: Pick<Chosen<RouterStrategy>, 'strategy' | 'options'>,
  profiles: ProfileSet,
  queries: EncodedQueries,
  ctx: RunContext,
): Promise<{ router: Router; input: RouterInput }> {
  const input = routerInput(dataset, profiles, queries);
  return { router: await strategy.fit(input, options, ctx), input };
}

/**
 * A fitted router as its folder holds it: with its candidates, and how to find and feed it.
 * @param training what it was fitted on
 * @param profile the profile it was fitted with, in short form
 */
export const routerArtifact = async (
  router: Router,
  dataset: Dataset,
  training: RouterTraining,
  reference: StrategyReference,
  profile: string,
): Promise<RouterArtifact> =>
  wired(await router.save(), wiringOf(dataset, training, { ...pluginReference(reference), profile }));

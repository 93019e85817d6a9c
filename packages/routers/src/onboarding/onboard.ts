import {
  joinedManifest,
  namedArray,
  RouteProfileError,
  throwIfAborted,
  type ProbePool,
  type Router,
  type RouterArtifact,
  type RunContext,
} from '@routeprofile/schema';
import { placeAbility, type PlacedAbility } from '@routeprofile/numerics';
import { responseRouter } from '../irt/responses.js';
import { responsesOf, withAbility, type AbilitySource } from '../irt/state.js';
import { itemsOf, toUnit } from './items.js';

/**
 * The ability that a new model's outcomes on probes speak for: the mode of its posterior under the distribution of the known
 * models' abilities, the probes' discrimination and difficulty being known.
 * @param router an `irt` router's artifact, fitted on outcomes
 * @param probes queries that the model was asked, with the outcomes of the router's own models where there are any
 * @param outcomes shape [probes]: those of the new model, on the scale of the training outcomes; NaN = no answer
 * @throws RouteProfileError NO_TRAINING_DATA without any outcome, BAD_INPUT for outcomes on another scale, SHAPE_MISMATCH, UNSUPPORTED for a router that learned from pairs
 */
export function placeModel(router: RouterArtifact, probes: ProbePool, outcomes: ArrayLike<number>): PlacedAbility {
  if (outcomes.length !== probes.vectors.rows)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `onboarding: ${outcomes.length} outcomes for ${probes.vectors.rows} probes`,
    );
  if (Array.from(outcomes).every(Number.isNaN))
    throw new RouteProfileError('NO_TRAINING_DATA', 'onboarding: the new model has no outcome on any probe', {
      hint: 'Ask the model the probes first, or add it by its card (router add-model).',
    });
  const { items, prior, range } = itemsOf(router, probes);
  assertScale(outcomes, range);
  const shares = Float64Array.from(outcomes, (outcome) => toUnit(outcome, range));
  return placeAbility(items, shares, prior);
}

/**
 * Scores on another scale, such as percent, would all count as the best that there is.
 * @throws RouteProfileError BAD_INPUT
 */
function assertScale(outcomes: ArrayLike<number>, [low, high]: readonly [number, number]): void {
  // Where the training outcomes do not say that they are shares, a better model may go somewhat beyond them.
  const slack = low === 0 && high === 1 ? 0 : high - low;
  const outside = Array.from(outcomes).filter((outcome) => outcome < low - slack || outcome > high + slack);
  if (outside.length > 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `onboarding: ${outside.length} of ${outcomes.length} scores are not on the scale of the training outcomes, ${low} to ${high}, such as ${outside[0]}`,
      { hint: `Give scores from ${low} to ${high}: divide percentages by 100.` },
    );
}

/**
 * The router with one more model, placed by its outcomes on probes (see `placeModel`). Nothing is trained, and the scores of
 * all other models stay as they are. A model that had joined by its card or profile is placed anew.
 * @throws RouteProfileError BAD_INPUT for a model whose training outcomes the router knows, and what `placeModel` throws
 */
export async function onboardModel(
  router: RouterArtifact,
  model: string,
  probes: ProbePool,
  outcomes: ArrayLike<number>,
  ctx: RunContext,
): Promise<Router> {
  throwIfAborted(ctx);
  const { ability } = placeModel(router, probes, outcomes);
  const { state, abilities } = responsesOf(router);
  const { manifest } = router;
  const known = manifest.models.indexOf(model);
  if (state.sources[known] === 'training')
    throw new RouteProfileError('BAD_INPUT', `onboarding: the router was trained on outcomes of '${model}'`, {
      hint: 'Give the new model a name of its own.',
    });
  const at = known < 0 ? manifest.models.length : known;
  const sources = state.sources.slice();
  sources[at] = 'probes' satisfies AbilitySource;
  const joining = { models: [...manifest.models, model], added: [model] };
  const joined = known < 0 ? joinedManifest(router, joining) : structuredClone(manifest);
  return responseRouter.load(
    {
      manifest: { ...joined, state: { ...joined.state, sources } },
      weights: { ...router.weights, abilities: namedArray(withAbility(abilities, at, ability)) },
    },
    ctx,
  );
}

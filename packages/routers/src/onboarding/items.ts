import { queryVectors, RouteProfileError, type ProbePool, type RouterArtifact } from '@routeprofile/schema';
import {
  mapQueries,
  withOwnDifficulty,
  type AbilityPrior,
  type Items,
  type ResponseModel,
} from '@routeprofile/numerics';
import { responsesOf } from '../irt/state.js';

/**
 * Queries as items of an `irt` router. Where the outcomes of its own models on them are known, each has a difficulty of its
 * own beside what its vector says, as far as those outcomes tell.
 * @throws RouteProfileError CORRUPT_FILE for another router, UNSUPPORTED for one that learned from pairs, SHAPE_MISMATCH.
 */
export function itemsOf(
  router: RouterArtifact,
  { vectors, outcomes }: ProbePool,
): { items: Items; prior: AbilityPrior; range: ResponseModel['range'] } {
  const { model, abilities, state } = responsesOf(router);
  const { manifest } = router;
  const { prior, range } = model;
  if (model.kind === 'pairs')
    throw new RouteProfileError(
      'UNSUPPORTED',
      'onboarding: this router learned from pairs, which do not say how difficult a query is',
      {
        hint: 'Train irt on outcomes, or add the model by its card (router add-model).',
      },
    );
  const texts = Array.from({ length: vectors.rows }, () => '');
  const space = { what: 'training queries', encoder: manifest.encoder, dimensions: model.map.weights.cols };
  const items = mapQueries(model.map, queryVectors('onboarding', { texts, vectors }, space));
  if (!outcomes) return { items, prior, range };
  const count = manifest.models.length;
  if (outcomes.length !== vectors.rows * count)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `onboarding: ${outcomes.length} outcomes for ${vectors.rows} queries × ${count} models of the router`,
    );
  // Models that were placed themselves would tell of their own guesses.
  const measured = Int32Array.from(manifest.models.keys()).filter((m) => state.sources[m] === 'training');
  const known = Float64Array.from({ length: vectors.rows * measured.length }, (_, k) =>
    toUnit(outcomes[Math.floor(k / measured.length) * count + measured[k % measured.length]!]!, range),
  );
  const D = abilities.cols;
  const theirs = Float64Array.from([...measured].flatMap((m) => [...abilities.data.subarray(m * D, (m + 1) * D)]));
  return { items: withOwnDifficulty(items, theirs, known, model.spread), prior, range };
}

/** An outcome as a share of the range that the router was trained on. */
export const toUnit = (outcome: number, [low, high]: readonly [number, number]): number =>
  Math.min(1, Math.max(0, (outcome - low) / (high - low)));

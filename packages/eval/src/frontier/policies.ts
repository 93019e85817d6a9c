import type { Candidate, OutcomeTable } from '@routeprofile/schema';
import { type BootstrapOptions, meanOf, resampledMeans } from '@routeprofile/numerics';
import { callCost } from '../metrics/run-costs.js';
import type { Point } from './hull.js';

/** Dollars per 1,000 queries, [rows × models]; null as soon as one is unknown, since the others would flatter. */
export function costTable(table: OutcomeTable, candidates: readonly Candidate[]): Float64Array | null {
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const inOrder = table.models.map((model) => byId.get(model));
  const width = table.models.length;
  const costs = table.values.score.map(
    (_, k) => 1000 * callCost(table, inOrder[k % width], Math.floor(k / width), k % width),
  );
  return costs.length > 0 && costs.every(Number.isFinite) ? costs : null;
}

/** Policies on the same rows: their means, and those of every resample, in which all stay paired. */
export interface PolicyPoints {
  points: Point[];
  /** Points in resample r, which must be used before the next are asked for. */
  resampled(r: number): readonly Point[];
}

/**
 * @param choices one list of chosen models per policy
 * @param costs as `costTable` gives them
 */
export function policyPoints(
  { models, values }: OutcomeTable,
  costs: Float64Array,
  choices: readonly Int32Array[],
  bootstrap: BootstrapOptions,
): PolicyPoints {
  const pick = (list: Int32Array, from: Float64Array) =>
    Float64Array.from(list, (choice, q) => from[q * models.length + choice]!);
  const series = choices.flatMap((list) => [pick(list, costs), pick(list, values.score)]);
  const means = resampledMeans(series, bootstrap);
  const buffer = choices.map((): Point => ({ cost: 0, quality: 0 }));
  return {
    points: choices.map((_, i) => ({ cost: meanOf(series[2 * i]!), quality: meanOf(series[2 * i + 1]!) })),
    resampled(r) {
      buffer.forEach((point, i) => {
        point.cost = means[2 * i]![r]!;
        point.quality = means[2 * i + 1]![r]!;
      });
      return buffer;
    },
  };
}

import type { Candidate, EstimatedPoint, OutcomeTable } from '@routeprofile/schema';
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

/** What each row adds to a policy's mean cost and mean score. Shape of both [rows]. */
export interface PolicySeries {
  /** Dollars per 1,000 queries. */
  cost: Float64Array;
  quality: Float64Array;
  /** Where these are estimates. */
  estimated?: EstimatedPoint;
}

/** What choices cost and score on rows where everything is known. @param costs as `costTable` gives them */
export function tableSeries({ models, values }: OutcomeTable, costs: Float64Array, choices: Int32Array): PolicySeries {
  const pick = (from: Float64Array) => Float64Array.from(choices, (choice, q) => from[q * models.length + choice]!);
  return { cost: pick(costs), quality: pick(values.score) };
}

/** @param policies one each, over the same rows */
export function policyPoints(policies: readonly PolicySeries[], bootstrap: BootstrapOptions): PolicyPoints {
  const series = policies.flatMap(({ cost, quality }) => [cost, quality]);
  const means = resampledMeans(series, bootstrap);
  const buffer = policies.map((): Point => ({ cost: 0, quality: 0 }));
  return {
    points: policies.map((_, i) => ({ cost: meanOf(series[2 * i]!), quality: meanOf(series[2 * i + 1]!) })),
    resampled(r) {
      buffer.forEach((point, i) => {
        point.cost = means[2 * i]![r]!;
        point.quality = means[2 * i + 1]![r]!;
      });
      return buffer;
    },
  };
}

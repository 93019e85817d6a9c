import {
  createRandom,
  normalizeRows,
  RouteProfileError,
  rowOf,
  takeRows,
  throwIfAborted,
  type Matrix,
  type ProbePool,
  type RouterArtifact,
  type RunContext,
} from '@routeprofile/schema';
import { mostInformative } from '@routeprofile/numerics';
import { itemsOf } from './items.js';

/** How probes are chosen, and how many. */
export interface ProbeChoice {
  /**
   * `prediction`, `information`: what tells most of the model's chances on all queries, or of its abilities (both need an `irt`
   * router); `k-center`: spread over the queries.
   */
  method: 'prediction' | 'information' | 'k-center' | 'random';
  /** Queries to ask the new model, at least 1; no more are given than the pool has. */
  budget: number;
}

/**
 * The queries to ask a model that is new to a router, in the order in which they tell most: any first few of them are a choice too.
 *
 * `information`: greedily the query that raises most log det of the posterior precision of the ability, prior precision plus
 * Σ p (1 − p) a aᵀ, at the mean ability of the known models (D-optimality). `prediction`: greedily the query that lowers most the
 * mean variance of the chances of being right over the pool (V-optimality; see `mostInformative` of the tensor package). `k-center`: the query nearest the mean, then always
 * the one farthest from all chosen, by cosine (Gonzalez 1985). `random`: by the seed.
 * @param router an `irt` router's artifact; read by `information` and `prediction` only
 * @returns positions in the pool, distinct
 * @throws RouteProfileError BAD_OPTION for a budget below 1; BAD_INPUT for an empty pool, or `information` and `prediction` without
 *   a router; UNSUPPORTED for a router that learned from pairs; ABORTED
 */
export function chooseProbes(
  { method, budget }: ProbeChoice,
  pool: ProbePool,
  router: RouterArtifact | null,
  ctx: RunContext,
): Int32Array {
  throwIfAborted(ctx);
  if (!Number.isInteger(budget) || budget < 1)
    throw new RouteProfileError('BAD_OPTION', `onboarding: a budget of ${budget} probes, expected 1 or more`);
  if (pool.vectors.rows === 0)
    throw new RouteProfileError('BAD_INPUT', 'onboarding: there are no queries to choose probes from', {
      hint: 'Give training queries with their vectors.',
    });
  if (method === 'random')
    return Int32Array.from(
      createRandom(ctx.seed, 'onboarding', 'probes').sample(
        Array.from({ length: pool.vectors.rows }, (_, q) => q),
        budget,
      ),
    );
  if (method === 'k-center') return kCenters(normalizeRows(pool.vectors), budget);
  if (!router)
    throw new RouteProfileError('BAD_INPUT', 'onboarding: choosing probes by information needs a fitted irt router', {
      hint: 'Train the router irt, or choose by k-center.',
    });
  const { items, prior } = itemsOf(router, pool);
  return mostInformative(items, prior, budget, method === 'prediction' ? 'prediction' : 'ability');
}

/** @param unit [queries × width], unit rows */
function kCenters(unit: Matrix, budget: number): Int32Array {
  const mean = takeRows(unit, [0]);
  for (let q = 1; q < unit.rows; q++) rowOf(unit, q).forEach((x, d) => (mean.data[d]! += x));
  const nearness = (q: number, to: Float32Array) => rowOf(unit, q).reduce((sum, x, d) => sum + x * to[d]!, 0);
  const pick = (better: (q: number, than: number) => boolean) => {
    let best = 0;
    for (let q = 1; q < unit.rows; q++) if (better(q, best)) best = q;
    return best;
  };
  const central = Float64Array.from({ length: unit.rows }, (_, q) => nearness(q, mean.data));
  const chosen = [pick((q, than) => central[q]! > central[than]!)];
  // Cosine to the nearest one chosen; infinite for those chosen themselves.
  const nearest = new Float64Array(unit.rows).fill(-Infinity);
  while (chosen.length < Math.min(budget, unit.rows)) {
    const last = chosen[chosen.length - 1]!;
    const centre = rowOf(unit, last);
    for (let q = 0; q < unit.rows; q++) nearest[q] = Math.max(nearest[q]!, nearness(q, centre));
    nearest[last] = Infinity;
    chosen.push(pick((q, than) => nearest[q]! < nearest[than]!));
  }
  return Int32Array.from(chosen);
}

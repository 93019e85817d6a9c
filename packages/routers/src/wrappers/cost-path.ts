/** The best model of one query as the cost weight λ rises: `models[i]` from λ = `from[i]` on. */
export interface CostPath {
  models: number[];
  /** Ascending; the first is 0. */
  from: number[];
}

/** Costs with unknown ones counted as the dearest known: what nobody has priced is not chosen for being cheap. */
export function pessimisticCosts(costs: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(costs);
  const dearest = all.reduce((most, cost) => (cost > most ? cost : most), 0);
  return all.map((cost) => (Number.isNaN(cost) ? dearest : cost));
}

/**
 * The upper envelope of the lines value − λ · cost over λ ≥ 0. It begins at the best value (the first of equals) and moves to
 * cheaper models only.
 * @param values one a model; −Infinity = may not be chosen
 * @param costs one a model, all known
 */
export function costPath(values: ArrayLike<number>, costs: ArrayLike<number>): CostPath {
  let current = 0;
  for (let m = 1; m < values.length; m++) if (values[m]! > values[current]!) current = m;
  const path: CostPath = { models: [current], from: [0] };
  for (;;) {
    let [next, at] = [-1, Infinity];
    for (let m = 0; m < values.length; m++) {
      if (!(costs[m]! < costs[current]!) || values[m] === -Infinity) continue;
      const crossing = (values[current]! - values[m]!) / (costs[current]! - costs[m]!);
      if (crossing < at || (crossing === at && costs[m]! < costs[next]!)) [next, at] = [m, crossing];
    }
    if (next < 0) return path;
    current = next;
    path.models.push(current);
    path.from.push(Math.max(at, path.from[path.from.length - 1]!));
  }
}

/** The model at a cost weight λ. At 0 it is that of the best value; where two are worth the same, the dearer. */
export function modelAt({ models, from }: CostPath, lambda: number): number {
  let i = models.length - 1;
  while (i > 0 && !(from[i]! < lambda)) i--;
  return models[i]!;
}

/**
 * Cost weights λ at which training queries change their model, ascending: 0, quantiles of all such weights, and one beyond the
 * last, where every query has its cheapest model.
 * @param paths one per query, as `costPath` gives them
 * @param points how many weights at most
 */
export function lambdaGrid(paths: readonly CostPath[], points: number): Float64Array {
  const critical = Float64Array.from(paths.flatMap(({ from }) => from.slice(1))).sort();
  if (critical.length === 0) return Float64Array.of(0);
  const inner = Math.min(points - 2, critical.length);
  const grid = [0];
  for (let i = 1; i <= inner; i++) grid.push(critical[Math.ceil((i * critical.length) / inner) - 1]!);
  // Just above: the model changes once λ exceeds the critical price.
  grid.push(critical[critical.length - 1]! * 1.001 + Number.MIN_VALUE);
  return Float64Array.from([...new Set(grid)].sort((a, b) => a - b));
}

/**
 * Choices of a batch at every cost weight λ: argmax over models of value − λ · cost, for all λ at once by the upper envelope of
 * these lines. An unknown cost counts as the dearest known of the query.
 * @param values shape [queries × models], higher is better
 * @param costs shape [queries × models], dollars, NaN = unknown
 * @param models how many columns both have
 * @param lambdas cost weights, in units of `values` per dollar
 * @returns one array per λ, of shape [queries]: the chosen model's index
 */
export function costSweep(
  values: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> },
  costs: Float64Array,
  models: number,
  lambdas: Float64Array,
): Int32Array[] {
  const queries = models === 0 ? 0 : values.length / models;
  const out = Array.from(lambdas, () => new Int32Array(queries));
  for (let q = 0; q < queries; q++) {
    const [from, to] = [q * models, (q + 1) * models];
    const path = costPath(values.subarray(from, to), pessimisticCosts(costs.subarray(from, to)));
    lambdas.forEach((lambda, l) => (out[l]![q] = modelAt(path, lambda)));
  }
  return out;
}

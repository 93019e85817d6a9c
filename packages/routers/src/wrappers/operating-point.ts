import { RouteProfileError, type RouterInput } from '@routeprofile/schema';
import { columnMeans, measuredCosts } from '../estimates/measured.js';
import { costPath, lambdaGrid, pessimisticCosts, type CostPath } from './cost-path.js';

/** A point on the cost–quality frontier of the training rows, out of fold. */
export interface OperatingPoint {
  /** Price of a dollar, in chances of being right. */
  lambda: number;
  /** Mean outcome of the choices, on the scale of the training outcomes. */
  quality: number;
  /** Mean dollars of a call. */
  cost: number;
  /** That cost as a share of what the best single model costs; null where that is free. */
  costShare: number | null;
  /** The model of best mean outcome on the training rows, its mean outcome and its mean dollars a call. */
  bestSingle: { model: string; quality: number; cost: number };
}

/** What a rule's choices gave on training rows. */
export interface Trial {
  quality: number;
  cost: number;
}

/** Training rows on which a choice can be judged: what each model would have given and cost. */
export interface TrainingLedger {
  models: readonly string[];
  /** Queries with any outcome. */
  queries: Int32Array;
  /** Index of the model of best mean outcome (the cheaper of equals), and what it gives. */
  best: number;
  bestSingle: Trial;
  /** Whether the model was measured on the query. */
  measured(query: number, model: number): boolean;
  /** Outcome and dollars of a model that was measured on the query. */
  entry: (query: number, model: number) => Trial;
}

/** Mean outcome and dollars of choices, one for each of the ledger's queries, all measured. */
export function trialOf({ queries, entry }: TrainingLedger, choices: ArrayLike<number>): Trial {
  const sum = { quality: 0, cost: 0 };
  queries.forEach((q, i) => {
    const { quality, cost } = entry(q, choices[i]!);
    sum.quality += quality;
    sum.cost += cost;
  });
  return { quality: sum.quality / queries.length, cost: sum.cost / queries.length };
}

/**
 * @param expected [training queries × models] dollars, for calls whose cost was not measured
 * @throws RouteProfileError UNSUPPORTED without outcomes or without any cost
 */
export function trainingLedger(wrapper: string, input: RouterInput, expected: Float64Array): TrainingLedger {
  const { training, models } = input;
  const { outcomes } = training;
  const width = models.length;
  if (!outcomes || outcomes.score.every(Number.isNaN))
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${wrapper}: quality and cost can be weighed only where outcomes are known`,
      {
        hint: 'Train on outcomes, or give the price of a dollar (lambda) or a threshold yourself.',
      },
    );
  assertCosts(wrapper, expected);
  const { score } = outcomes;
  const measuredCost = measuredCosts(input);
  const cost = Float64Array.from(measuredCost, (value, k) => (Number.isNaN(value) ? expected[k]! : value));
  const measured = (q: number, m: number) => !Number.isNaN(score[q * width + m]!);
  const queries = Int32Array.from(training.tasks.keys()).filter((q) => models.some((_, m) => measured(q, m)));
  const means = columnMeans(score, width);
  const costMeans = pessimisticCosts(columnMeans(cost, width));
  let best = means.findIndex((mean) => !Number.isNaN(mean));
  means.forEach((mean, m) => {
    if (mean > means[best]! || (mean === means[best] && costMeans[m]! < costMeans[best]!)) best = m;
  });
  return {
    models,
    queries,
    best,
    bestSingle: { quality: means[best]!, cost: costMeans[best]! },
    measured,
    entry(q, m) {
      const dollars = cost[q * width + m]!;
      return { quality: score[q * width + m]!, cost: Number.isNaN(dollars) ? costMeans[m]! : dollars };
    },
  };
}

/** @throws RouteProfileError UNSUPPORTED when no model's cost is known at all */
export function assertCosts(wrapper: string, costs: Float64Array): void {
  if (costs.some((cost) => !Number.isNaN(cost))) return;
  throw new RouteProfileError('UNSUPPORTED', `${wrapper}: nothing is known of what a call costs`, {
    hint: 'Give outcomes a cost or token counts, or candidates a price with tokens per task; or assume outputTokens=N beside prices.',
  });
}

/** The paths of judged training queries over their measured models. */
function judgedPaths(ledger: TrainingLedger, values: Float64Array, expected: Float64Array): CostPath[] {
  const width = ledger.models.length;
  return Array.from(ledger.queries, (q) => {
    const own = values.slice(q * width, (q + 1) * width).map((value, m) => (ledger.measured(q, m) ? value : -Infinity));
    return costPath(own, pessimisticCosts(expected.subarray(q * width, (q + 1) * width)));
  });
}

const POINTS = 1001;

/**
 * The price of a dollar whose choices on training rows, out of fold, are the cheapest of those no more than `within` worse than
 * the best single model. Where even a dollar for nothing is not good enough, it is 0.
 */
export function pointWithin(
  ledger: TrainingLedger,
  values: Float64Array,
  expected: Float64Array,
  within: number,
): OperatingPoint {
  const paths = judgedPaths(ledger, values, expected);
  const trials = sweepTrials(ledger, paths, lambdaGrid(paths, POINTS));
  const { lambda, quality, cost } = cheapestWithin(trials, ledger.bestSingle.quality - within);
  return {
    lambda,
    quality,
    cost,
    costShare: ledger.bestSingle.cost > 0 ? cost / ledger.bestSingle.cost : null,
    bestSingle: { model: ledger.models[ledger.best]!, ...ledger.bestSingle },
  };
}

/** What every λ of a grid gives: each path adds its changes where they happen, so that time grows with their number alone. */
function sweepTrials(ledger: TrainingLedger, paths: readonly CostPath[], grid: Float64Array) {
  const changes = Array.from(grid, () => ({ quality: 0, cost: 0 }));
  paths.forEach(({ models, from }, i) => {
    let before = { quality: 0, cost: 0 };
    models.forEach((model, step) => {
      const after = ledger.entry(ledger.queries[i]!, model);
      const change = changes[step === 0 ? 0 : firstAbove(grid, from[step]!)]!;
      change.quality += after.quality - before.quality;
      change.cost += after.cost - before.cost;
      before = after;
    });
  });
  const sum = { quality: 0, cost: 0 };
  return changes.map((change, l) => {
    sum.quality += change.quality;
    sum.cost += change.cost;
    return { lambda: grid[l]!, quality: sum.quality / paths.length, cost: sum.cost / paths.length };
  });
}

/** Index of the first number above x; the last index when there is none. */
function firstAbove(ascending: Float64Array, x: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The cheapest trial of at least the given quality, else the one of best quality; the first of equals. */
export function cheapestWithin<T extends Trial>(trials: readonly T[], quality: number): T {
  const good = trials.filter((trial) => trial.quality >= quality - 1e-9);
  return good.length > 0
    ? good.reduce((a, b) => (b.cost < a.cost ? b : a))
    : trials.reduce((a, b) => (b.quality > a.quality ? b : a));
}

import { bestSingle } from '@routeprofile/numerics';
import { RouteProfileError, type RouterInput } from '@routeprofile/schema';
import { columnMeans, measuredCosts } from '../estimates/measured.js';
import { costPath, lambdaGrid, pessimisticCosts, type CostPath } from './cost-path.js';

/** A point on the cost–quality frontier of the training rows, out of fold. */
export interface OperatingPoint {
  /** Cost weight λ, in chances of being right per dollar. */
  lambda: number;
  /** Mean outcome of the choices, on the scale of the training outcomes. */
  quality: number;
  /** Mean dollars of a call. */
  cost: number;
  /** That cost as a share of what the best single model costs; null where that one is free. */
  costShare: number | null;
  /** The best single model of the training rows (`bestSingle`), its mean outcome there and its mean dollars per call. */
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
  /** The training rows that models are compared on to find the best single one: everything is judged on these. */
  queries: Int32Array;
  /** The best single model, and what it gives on these rows: where it was not measured, what it would have given (row + model). */
  bestSingle: Trial & { model: string };
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

/** Whether training rows say what another choice would have given: `trainingLedger` can be made. */
export function canBeJudged({ training, models }: RouterInput): boolean {
  const best = training.outcomes ? bestSingle(models, training) : undefined;
  return best?.from === 'outcomes' && best.basis !== 'own-rows';
}

/**
 * @param expected [training queries × models] dollars, for calls whose cost was not measured
 * @throws RouteProfileError UNSUPPORTED without outcomes that compare the models, or without any cost
 */
export function trainingLedger(wrapper: string, input: RouterInput, expected: Float64Array): TrainingLedger {
  const { training, models } = input;
  const { outcomes } = training;
  const width = models.length;
  const best = bestSingle(models, training);
  if (!outcomes || best?.from !== 'outcomes')
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${wrapper}: quality and cost can be weighed only where outcomes are known`,
      {
        hint: 'Train on outcomes, or give the cost weight (lambda) or a threshold yourself.',
      },
    );
  if (best.basis === 'own-rows')
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${wrapper}: too few training rows have outcomes of two models to say what another choice would have given`,
      {
        hint: 'Collect outcomes of several models for the same queries, or give the cost weight (lambda) or a threshold yourself.',
      },
    );
  assertCosts(wrapper, expected);
  const { score } = outcomes;
  const measuredCost = measuredCosts(input);
  const cost = Float64Array.from(measuredCost, (value, k) => (Number.isNaN(value) ? expected[k]! : value));
  const costMeans = pessimisticCosts(columnMeans(cost, width));
  const dollars = (q: number, m: number) => (Number.isNaN(cost[q * width + m]!) ? costMeans[m]! : cost[q * width + m]!);
  const spent = best.rows.reduce((sum, q) => sum + dollars(q, best.index), 0);
  return {
    models,
    queries: best.rows,
    bestSingle: { model: best.model, quality: best.worth[best.index]!, cost: spent / best.rows.length },
    measured: (q, m) => !Number.isNaN(score[q * width + m]!),
    entry: (q, m) => ({ quality: score[q * width + m]!, cost: dollars(q, m) }),
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
export function judgedPaths(ledger: TrainingLedger, values: Float64Array, expected: Float64Array): CostPath[] {
  const width = ledger.models.length;
  return Array.from(ledger.queries, (q) => {
    const own = values.slice(q * width, (q + 1) * width).map((value, m) => (ledger.measured(q, m) ? value : -Infinity));
    return costPath(own, pessimisticCosts(expected.subarray(q * width, (q + 1) * width)));
  });
}

const POINTS = 1001;

/**
 * The cost weight λ whose choices on training rows, out of fold, are the cheapest of those no more than `within` worse than
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
  const { bestSingle: single } = ledger;
  return { lambda, quality, cost, costShare: single.cost > 0 ? cost / single.cost : null, bestSingle: single };
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

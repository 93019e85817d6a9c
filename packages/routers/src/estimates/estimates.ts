import { assertOrdinary, type QueryBatch, type RouterInput, type RunContext } from '@routeprofile/schema';
import { sharedFolds } from '../common/out-of-fold.js';
import { fitQuantity, type FittedQuantity } from './fit-quantity.js';
import { measuredCosts, measuredLatencies } from './measured.js';
import { quantityFor, type Quantity } from './quantity.js';
import { statedLatency, tokenCost, tokenEstimate, typicalOutputTokens, type TokenEstimate } from './tokens.js';

/** What calls are expected to cost (dollars) and take (seconds): as learned by `fitEstimates`, read by `estimateCall`. */
export interface Estimates {
  models: string[];
  /** Dollars, learned from training rows; null where nothing was measured. */
  cost: Quantity | null;
  /** Seconds, likewise. */
  latency: Quantity | null;
  /** For models that were not measured, one a model. */
  stated: TokenEstimate[];
}

export interface EstimateOptions {
  /** Tokens of an answer, assumed where nothing says how long a model's answers are. Without it such a model has no cost. */
  outputTokens?: number;
}

export interface FittedEstimates {
  estimates: Estimates;
  /** Shape [training queries × models]: dollars, by fits that did not see the query; NaN = unknown. */
  outOfFoldCost: Float64Array;
  /** How well each kind of estimate did on held-out folds. */
  crossValidation: { cost: FittedQuantity['crossValidation']; latency: FittedQuantity['crossValidation'] };
}

/** Estimates of one query, one number per model of `Estimates.models`; NaN = unknown, never zero for unknown. */
export interface CallEstimate {
  /** Dollars. Shape [models]. */
  cost: Float64Array;
  /** Seconds. Shape [models]. */
  latency: Float64Array;
}

/**
 * Cost and latency of calls: from what was measured in training, refined by the query as far as cross-validation finds that it
 * helps; for a model without measurements price (dollars per million tokens) × tokens per task
 * (their mean where the task is not known), and latency as stated. Task labels are read where the batch has them.
 * @throws RouteProfileError NOT_FINITE for a cost or latency beyond 1e12, as measured or from tokens and prices
 */
export function fitEstimates(input: RouterInput, { outputTokens }: EstimateOptions, ctx: RunContext): FittedEstimates {
  const { models, candidates, training } = input;
  const { queries, tasks } = training;
  const foldOf = sharedFolds(input, ctx);
  const fit = (values: Float64Array) => fitQuantity(values, queries, foldOf, models.length, ctx);
  const ordinary = (what: string, values: Float64Array) => {
    assertOrdinary('expected costs', what, values, models, queries);
    return values;
  };
  const cost = fit(ordinary('cost in dollars', measuredCosts(input)));
  const latency = fit(ordinary('latency in seconds', measuredLatencies(input)));
  const typical = typicalOutputTokens(input) ?? outputTokens;
  const stated = candidates.map((candidate) => tokenEstimate(candidate, typical));
  const outOfFoldCost = new Float64Array(tasks.length * models.length);
  for (let k = 0; k < outOfFoldCost.length; k++) {
    const q = Math.floor(k / models.length);
    const known = cost?.outOfFold[k] ?? NaN;
    outOfFoldCost[k] = Number.isNaN(known) ? tokenCost(stated[k % models.length]!, queries.texts[q]!, tasks[q]) : known;
  }
  ordinary('expected cost in dollars', outOfFoldCost);
  return {
    estimates: {
      models: [...models],
      cost: cost?.quantity ?? null,
      latency: latency?.quantity ?? null,
      stated,
    },
    outOfFoldCost,
    crossValidation: { cost: cost?.crossValidation ?? [], latency: latency?.crossValidation ?? [] },
  };
}

/** Estimates for query q of a batch. A query that comes without vectors counts as an average one of its length. */
export function estimateCall({ cost, latency, stated }: Estimates, queries: QueryBatch, q: number): CallEstimate {
  const task = queries.tasks?.[q];
  const text = queries.texts[q]!;
  const unknown = () => new Float64Array(stated.length).fill(NaN);
  const costs = cost ? quantityFor(cost, queries, q) : unknown();
  const latencies = latency ? quantityFor(latency, queries, q) : unknown();
  return {
    cost: costs.map((value, m) => (Number.isNaN(value) ? tokenCost(stated[m]!, text, task) : value)),
    latency: latencies.map((value, m) => (Number.isNaN(value) ? statedLatency(stated[m]!, task) : value)),
  };
}

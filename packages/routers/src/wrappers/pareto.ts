import {
  defineWrapper,
  explained,
  parsePart,
  RouteProfileError,
  throwIfAborted,
  z,
  type Decision,
  type RankedModel,
  type Router,
  type RunContext,
} from '@routeprofile/schema';
import { estimateCall } from '../estimates/estimates.js';
import { pessimisticCosts } from './cost-path.js';
import { WITHIN } from './cost.js';
import { dollars } from './figures.js';
import { assertCosts, cheapestWithin, trainingLedger, trialOf, type TrainingLedger } from './operating-point.js';
import { closeness, dominators, type Alternatives } from './topsis.js';
import { chance } from './threshold.js';
import { fitValuation, storeValuation, valuationOptions, withLearnedValuation } from './valuation.js';
import { wrapDecisions } from './wrapped.js';

const NAME = 'pareto';
const weight = z.number().min(0);
const options = z
  .strictObject({
    /** Weight of the chance of being right. Only the ratios of weights count. */
    quality: weight.optional(),
    /** Weight of the dollars of a call. Without both, they are learned on training rows for `within`. */
    cost: weight.optional(),
    /** Weight of the seconds of a call. Default 0: they do not count. */
    latency: weight.default(0),
    /** Learned weights: those of the cheapest choices no more than this worse than the best single model on training rows. Default 0.02. */
    within: z.number().min(0).max(1).default(WITHIN),
    ...valuationOptions,
  })
  .refine(
    ({ quality, cost, latency }) =>
      (quality === undefined) === (cost === undefined) && (quality !== undefined || latency === 0),
    {
      error: 'give quality and cost together, and latency only with them',
    },
  )
  .refine(({ quality, cost, latency }) => quality === undefined || quality + cost! + latency > 0, {
    error: 'give some weight above 0',
  });
export type ParetoOptions = z.infer<typeof options>;

const weightsSchema = z.object({ quality: weight, cost: weight, latency: weight });
/** How much each criterion counts, at least 0, some above 0; only their ratios do. One of weight 0 is left out altogether. */
export type ParetoWeights = z.infer<typeof weightsSchema>;

const state = z.object({ weights: weightsSchema });

/**
 * Of the models that no other beats (none is as good in every criterion and better in one), the one closest to the ideal (`closeness`, TOPSIS),
 * as in MoMA (arXiv 2509.07571, "Towards Generalized Routing", the choice among language models). Criteria are the chance of being
 * right, the dollars and the seconds of the call. A model of unknown dollars or seconds counts as the dearest or slowest known for the query.
 * A model's score is its closeness in [0, 1]; those that another beats come last, at closeness − 1, and are never chosen.
 *
 * @param router decisions carry `probability`, and `expectedCost` or `expectedLatency` where they count (`withCalibration`, `withEstimates`)
 * @throws RouteProfileError UNSUPPORTED from `decide` for decisions without chances, or in which no model's cost or latency is known though it counts
 */
export function withPareto(router: Router, weights: ParetoWeights): Router {
  const place = new Map(router.models.map((model, m) => [model, m]));
  return wrapDecisions(router, () => (decision) => weighed(decision, weights, place), { sameScores: false });
}

interface Criterion {
  weight: number;
  less: boolean;
  /** One value per model; NaN = unknown. */
  values: () => Float64Array;
}

/** Those criteria that count, with the values of all models. */
function counted(criteria: readonly Criterion[]): { alternatives: Alternatives; weights: number[] } {
  const own = criteria.filter((criterion) => criterion.weight > 0);
  const columns = own.map(({ less, values }) => (less ? pessimisticCosts(values()) : values()));
  return {
    alternatives: {
      values: Array.from(columns[0]!, (_, i) => Float64Array.from(columns, (column) => column[i]!)),
      less: own.map(({ less }) => less),
    },
    weights: own.map((criterion) => criterion.weight),
  };
}

function weighed(decision: Decision, weights: ParetoWeights, place: ReadonlyMap<string, number>): Decision {
  const { ranked } = decision;
  const known = (what: string, of: (entry: RankedModel) => number | undefined) => {
    const values = Float64Array.from(ranked, (entry) => of(entry) ?? NaN);
    return values.every(Number.isNaN) ? unknown(what) : values;
  };
  const { alternatives, weights: own } = counted([
    {
      weight: weights.quality,
      less: false,
      values: () => Float64Array.from(ranked, ({ model }) => chance(decision, model)),
    },
    { weight: weights.cost, less: true, values: () => known('dollars', ({ expectedCost }) => expectedCost) },
    { weight: weights.latency, less: true, values: () => known('seconds', ({ expectedLatency }) => expectedLatency) },
  ]);
  const beatenBy = dominators(alternatives);
  const scores = layeredCloseness(alternatives, own);
  const order = [...ranked.keys()].sort(
    (a, b) =>
      Number(beatenBy[a] !== -1) - Number(beatenBy[b] !== -1) ||
      scores[b]! - scores[a]! ||
      place.get(ranked[a]!.model)! - place.get(ranked[b]!.model)!,
  );
  const after = {
    ...decision,
    model: ranked[order[0]!]!.model,
    ranked: order.map((i) => ({ ...ranked[i]!, score: scores[i]! })),
  };
  const beaten = order
    .filter((i) => beatenBy[i] !== -1)
    .map((i) => [ranked[i]!.model, ranked[beatenBy[i]!]!.model] as const);
  const text = `${said(after.ranked[0]!)} is closest to the ideal of the ${order.length - beaten.length} that no other beats (closeness ${scores[order[0]!]!.toFixed(2)} of 1)`;
  return explained(beaten.length > 0 ? explained(after, NAME, beatenText(beaten)) : after, NAME, text);
}

/**
 * Closeness in [0, 1] within the set of those that none dominates; less 1 within the set that none dominates of the others, and so on.
 */
function layeredCloseness({ values, less }: Alternatives, weights: readonly number[]): Float64Array {
  const scores = new Float64Array(values.length);
  let left = [...values.keys()];
  for (let layer = 0; left.length > 0; layer++) {
    const own = dominators({ values: left.map((i) => values[i]!), less });
    const front = left.filter((_, k) => own[k] === -1);
    const near = closeness({ values: front.map((i) => values[i]!), less }, weights);
    front.forEach((i, f) => (scores[i] = near[f]! - layer));
    left = left.filter((_, k) => own[k] !== -1);
  }
  return scores;
}

function said({ model, probability, expectedCost, expectedLatency }: RankedModel): string {
  const figures = [
    ...(probability === undefined ? [] : [`chance ${probability.toFixed(2)}`]),
    ...(expectedCost === undefined ? [] : [dollars(expectedCost)]),
    ...(expectedLatency === undefined ? [] : [`${expectedLatency.toFixed(1)} s`]),
  ];
  return `${model} (${figures.join(', ')})`;
}

const NAMED = 3;

/** Who is beaten by whom: three pairs, and the number of others. */
function beatenText(beaten: readonly (readonly [string, string])[]): string {
  const named = beaten.slice(0, NAMED).map(([model, by]) => `${model} is beaten by ${by}`);
  const others = beaten.length - named.length;
  return `${named.join(', ')}${others > 0 ? `, and ${others} more by others` : ''}: no worse in anything that counts, better in something`;
}

function unknown(what: string): never {
  throw new RouteProfileError('UNSUPPORTED', `${NAME}: nothing is known of the ${what} of a call, which count here`, {
    hint: `Train on outcomes that tell them, or give what is measured in ${what} a weight of 0.`,
  });
}

/** `withPareto` with chances, costs and, unless they are given, weights learned from training rows. */
export const paretoWrapper = defineWrapper<ParetoOptions>({
  name: NAME,
  summary: 'of the models that no other beats in chance of being right, cost and latency, the one closest to the ideal',
  options,
  async fit(wrapped, chosen, ctx) {
    throwIfAborted(ctx);
    const { input } = wrapped;
    const { quality, cost, latency, within } = chosen;
    const valuation = await fitValuation(NAME, wrapped, chosen, ctx);
    if (!valuation.calibration)
      throw new RouteProfileError('UNSUPPORTED', `${NAME}: there are no chances of being right to weigh`, {
        hint: 'Train on outcomes between 0 and 1.',
      });
    if (quality === undefined || cost === undefined) {
      const ledger = trainingLedger(NAME, input, valuation.costs);
      const weights = learnedWeights(ledger, await valuation.values(), valuation.costs, within, ctx);
      return storeValuation(valuation, { weights });
    }
    if (cost > 0) assertCosts(NAME, valuation.costs);
    const { queries, tasks } = input.training;
    const seconds = (q: number) => estimateCall(valuation.estimates, queries, q).latency;
    if (latency > 0 && tasks.every((_, q) => seconds(q).every(Number.isNaN))) unknown('seconds');
    return storeValuation(valuation, { weights: { quality, cost, latency } });
  },
  wrap(router, learned) {
    const { weights } = parsePart(NAME, 'state', state, learned.state);
    return withPareto(withLearnedValuation(NAME, router, learned), weights);
  },
});

const STEPS = 100;

/** The weights, in steps of 0.01 between 0 and 1, of the cheapest choices within reach of the best single model, out of fold. */
function learnedWeights(
  ledger: TrainingLedger,
  values: Float64Array,
  costs: Float64Array,
  within: number,
  ctx: RunContext,
): ParetoWeights {
  const width = ledger.models.length;
  const fronts = Array.from(ledger.queries, (q) => {
    const own = [...ledger.models.keys()].filter((m) => ledger.measured(q, m));
    const charged = pessimisticCosts(own.map((m) => costs[q * width + m]!));
    const all = own.map((m, i) => Float64Array.of(values[q * width + m]!, charged[i]!));
    const beatenBy = dominators({ values: all, less: [false, true] });
    const front = [...own.keys()].filter((i) => beatenBy[i] === -1);
    return { models: front.map((i) => own[i]!), values: front.map((i) => all[i]!), less: [false, true] };
  });
  const trials = Array.from({ length: STEPS - 1 }, (_, step) => {
    throwIfAborted(ctx);
    const cost = (step + 1) / STEPS;
    const choices = fronts.map((front) => {
      const near = closeness(front, [1 - cost, cost]);
      return front.models[near.indexOf(Math.max(...near))]!;
    });
    return { weights: { quality: 1 - cost, cost, latency: 0 }, ...trialOf(ledger, choices) };
  });
  return cheapestWithin(trials, ledger.bestSingle.quality - within).weights;
}

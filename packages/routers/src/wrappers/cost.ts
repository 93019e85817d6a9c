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
} from '@routeprofile/schema';
import { costPath, lambdaGrid, modelAt, pessimisticCosts } from './cost-path.js';
import { dollars } from './figures.js';
import { assertCosts, canBeJudged, pointWithin, trainingLedger } from './operating-point.js';
import { fitPacing, pacingSchema } from './pacing.js';
import { fitValuation, storeValuation, valuationOptions, withLearnedValuation } from './valuation.js';
import { byScore, entryOf, wrapDecisions, type Change } from './wrapped.js';

const NAME = 'cost';
const options = z
  .strictObject({
    /** What a dollar is worth in chances of being right; in units of the router's scores where there are no chances. */
    lambda: z.number().min(0).optional(),
    /** What a query may cost on average, in dollars; λ is solved on training rows. */
    budget: z.number().gt(0).optional(),
    /** λ of the cheapest choices no more than this worse than the best single model on training rows; 0.02 if nothing is given. */
    within: z.number().min(0).max(1).optional(),
    ...valuationOptions,
  })
  .refine(({ lambda, budget, within }) => [lambda, budget, within].filter((x) => x !== undefined).length <= 1, {
    error: 'give one of lambda, budget and within',
  });
export type CostOptions = z.infer<typeof options>;

/** How much worse than the best single model choices may be, where nothing is said. */
export const WITHIN = 0.02;
const POINTS = 10_001;

/** What `costWrapper` learns. */
export const costState = z.object({
  lambda: z.number().min(0),
  /** How λ was found, out of fold on training rows; absent where it was given. No share where the best single model is free. */
  point: z.object({ quality: z.number(), cost: z.number(), costShare: z.number().nullable() }).optional(),
  /** How λ may be moved while a budget is spent; absent where λ was given, or training rows do not say what another choice gives. */
  pacing: pacingSchema.optional(),
});

/**
 * Ranks models by chance of being right − λ · expected dollars of the call; by score where decisions carry no chances. A model
 * of unknown cost counts as dear as the dearest known for the query. At λ = 0 decisions stay as they are, unless this λ takes the place of
 * another.
 *
 * @param router decisions carry `expectedCost` in dollars, and `probability` where chances are known (`withEstimates`, `withCalibration`)
 * @param settings `lambda`: what a dollar is worth, in chances of being right (or in score units), at least 0; a function is asked once
 *   per batch. `instead`: the router may weigh costs already, which this λ undoes where there are chances, also at 0. Default: false
 * @throws RouteProfileError from `decide`: UNSUPPORTED when no model of a decision has an expected cost, BAD_OPTION when a function
 *   gives what is not a number of at least 0
 */
export function withCost(
  router: Router,
  { lambda, instead = false }: { lambda: number | (() => number); instead?: boolean },
): Router {
  if (lambda === 0 && !instead) return router;
  const order = byScore(router.models);
  const change = (at: number): Change =>
    at === 0 && !instead ? (decision) => decision : (decision) => priced(decision, at, order);
  const now = typeof lambda === 'number' ? () => lambda : () => checked(lambda());
  return wrapDecisions(router, () => change(now()), { sameScores: false });
}

function checked(lambda: number): number {
  if (lambda >= 0 && Number.isFinite(lambda)) return lambda;
  throw new RouteProfileError('BAD_OPTION', `${NAME}: lambda() gave ${lambda}, expected a number of at least 0`);
}

function priced(decision: Decision, lambda: number, order: ReturnType<typeof byScore>): Decision {
  const costs = Float64Array.from(decision.ranked, ({ expectedCost }) => expectedCost ?? NaN);
  assertCosts(NAME, costs);
  const charged = pessimisticCosts(costs);
  const chances = decision.ranked.every(({ probability }) => probability !== undefined);
  const value = (entry: RankedModel) => (chances ? entry.probability! : entry.score);
  const ranked = decision.ranked
    .map((entry, i) => {
      const worth = value(entry) - lambda * charged[i]!;
      return { ...entry, score: worth, ...(chances && { value: worth }) };
    })
    .sort(order);
  const chosen = entryOf(decision, ranked[0]!.model)!;
  const before = decision.ranked[0]!;
  const said = (entry: RankedModel) =>
    `${entry.model} (${chances ? 'chance' : 'score'} ${value(entry).toFixed(2)}, ${entry.expectedCost === undefined ? 'cost unknown' : dollars(entry.expectedCost)})`;
  const text =
    chosen.model === before.model
      ? `${said(chosen)} is worth its price at λ = ${shown(lambda)}`
      : `${said(chosen)} instead of ${said(before)} at λ = ${shown(lambda)}`;
  return explained({ model: chosen.model, ranked, reasons: decision.reasons }, NAME, text);
}

const shown = (lambda: number) => Number(lambda.toPrecision(3));

/** `withCost` with chances, costs and λ learned from training rows. */
export const costWrapper = defineWrapper<CostOptions>({
  name: NAME,
  summary: 'chance of being right minus λ times the expected cost; λ is given, or set by a budget or a quality to keep',
  options,
  async fit(wrapped, chosen, ctx) {
    throwIfAborted(ctx);
    const valuation = await fitValuation(NAME, wrapped, chosen, ctx);
    const { input } = wrapped;
    if (chosen.lambda !== undefined) {
      if (input.training.tasks.length > 0) assertCosts(NAME, valuation.costs);
      return storeValuation(valuation, { lambda: chosen.lambda });
    }
    const values = await valuation.values();
    const { costs } = valuation;
    if (chosen.budget !== undefined) {
      const lambda = lambdaWithin(values, costs, input.models.length, chosen.budget);
      if (!canBeJudged(input)) return storeValuation(valuation, { lambda });
      const pacing = fitPacing(trainingLedger(NAME, input, costs), values, costs, input.training.tasks, ctx);
      return storeValuation(valuation, { lambda, pacing });
    }
    const ledger = trainingLedger(NAME, input, costs);
    const { lambda, quality, cost, costShare } = pointWithin(ledger, values, costs, chosen.within ?? WITHIN);
    const pacing = fitPacing(ledger, values, costs, input.training.tasks, ctx);
    return storeValuation(valuation, { lambda, point: { quality, cost, costShare }, pacing });
  },
  wrap(router, learned) {
    const { lambda } = parsePart(NAME, 'state', costState, learned.state);
    return withCost(withLearnedValuation(NAME, router, learned), { lambda });
  },
});

/**
 * The smallest λ whose choices are expected to cost no more than the budget, on average over training queries.
 * @throws RouteProfileError BAD_OPTION when even the cheapest models cost more
 */
function lambdaWithin(values: Float64Array, costs: Float64Array, models: number, budget: number): number {
  assertCosts(NAME, costs);
  const rows = Array.from({ length: values.length / models }, (_, q) => {
    const charged = pessimisticCosts(costs.subarray(q * models, (q + 1) * models));
    return { charged, path: costPath(values.subarray(q * models, (q + 1) * models), charged) };
  });
  const spent = (lambda: number) =>
    rows.reduce((sum, { charged, path }) => sum + charged[modelAt(path, lambda)]!, 0) / rows.length;
  const grid = lambdaGrid(
    rows.map(({ path }) => path),
    POINTS,
  );
  const least = spent(grid[grid.length - 1]!);
  if (least > budget)
    throw new RouteProfileError(
      'BAD_OPTION',
      `${NAME}: a budget of ${dollars(budget)} a query is less than the cheapest models cost, ${dollars(least)}`,
      { hint: `Give a budget of at least ${dollars(least)}.` },
    );
  // Costs fall as λ rises: the first that fits, by halving.
  let [low, high] = [0, grid.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spent(grid[middle]!) <= budget) high = middle;
    else low = middle + 1;
  }
  return grid[low]!;
}

import { dualAscent } from '@routeprofile/numerics';
import { createRandom, throwIfAborted, z, type RankedModel, type RunContext } from '@routeprofile/schema';
import { lambdaGrid, modelAt, type CostPath } from './cost-path.js';
import { judgedPaths, type TrainingLedger } from './operating-point.js';

const ascending = (values: readonly number[]) => values.every((value, i) => i === 0 || value >= values[i - 1]!);

/**
 * What training rows say of spending a budget evenly: what queries cost on average at each cost weight λ, and how fast λ should follow
 * what is spent.
 */
export const pacingSchema = z
  .object({
    /** Cost weights in chances (or score units) per dollar, ascending; the first is 0. */
    lambdas: z.array(z.number().min(0)).min(1).refine(ascending, 'expected ascending numbers'),
    /** Mean dollars per query at each of them. */
    costs: z.array(z.number().min(0)),
    /** η of `dualAscent` as a share of the λ that it begins at. */
    rate: z.number().gt(0),
  })
  .refine(({ lambdas, costs }) => lambdas.length === costs.length, 'expected one cost per lambda');
/** How λ may be moved while a budget is spent, as it was learned on training rows. */
export type Pacing = z.infer<typeof pacingSchema>;

/** What λ begins at, and by how much one step moves it. */
export interface PacingStart {
  lambda: number;
  /** η, in units of λ. */
  rate: number;
}

/**
 * λ and η for a budget.
 * @param due dollars that a query may cost on average
 */
export function startPacing({ lambdas, costs, rate }: Pacing, due: number): PacingStart {
  const fits = costs.findIndex((cost) => cost <= due);
  const at = fits < 0 ? lambdas.length - 1 : fits;
  const [above, below] = [costs[at - 1] ?? costs[at]!, costs[at]!];
  const share = above > below ? Math.max(0, Math.min(1, (above - due) / (above - below))) : 1;
  const before = lambdas[at - 1] ?? lambdas[at]!;
  const lambda = before + share * (lambdas[at]! - before);
  // A budget that is ample now may not be later: λ of 0 needs steps of some size as well.
  const least = lambdas[Math.ceil(lambdas.length / 10)] ?? 0;
  return { lambda, rate: rate * Math.max(lambda, least) || rate };
}

/** Mean dollars per query of training rows at a cost weight λ, between the points of the curve in proportion. */
function costAt({ lambdas, costs }: Pacing, lambda: number): number {
  const at = lambdas.findIndex((other) => other >= lambda);
  if (at <= 0) return costs.at(at)!;
  const share = (lambda - lambdas[at - 1]!) / (lambdas[at]! - lambdas[at - 1]!);
  return costs[at - 1]! + share * (costs[at]! - costs[at - 1]!);
}

/**
 * How many average training rows this query counts for: what it is expected to cost at λ, divided by what they cost at λ on average. A dear kind of
 * query is due more than a cheap one, whenever it comes: so what is saved on cheap ones is there for dear ones that come late.
 * @param ranked with `probability` and `expectedCost`; any cost weight that was taken off already does not matter
 * @param lambda of the budget, in chances per dollar
 * @returns 1, as for any query, where the ranking does not say both of every model, or where training rows cost nothing
 */
export function demandOf(ranked: readonly RankedModel[], pacing: Pacing, lambda: number): number {
  const mean = costAt(pacing, lambda);
  let [best, dollars] = [-Infinity, NaN];
  for (const { probability, expectedCost } of ranked) {
    if (probability === undefined || expectedCost === undefined) return 1;
    const worth = probability - lambda * expectedCost;
    if (worth > best) [best, dollars] = [worth, expectedCost];
  }
  return mean > 0 && Number.isFinite(dollars) ? dollars / mean : 1;
}

/** A budget while it is spent. */
export interface PacedSpending {
  /** Dollars left. */
  left: number;
  /** Queries that have come, this one counted. */
  seen: number;
  /** Queries that are still expected, this one not counted. */
  expected: number;
  /** `demandOf` this query. Default 1. */
  demand?: number;
}

/**
 * Queries that are still expected in a window: those that are left of the expected ones or, where that is more, as many as would come at
 * the rate so far, at most as many as were expected in all. So a window with more queries than expected does not end without money.
 * @param total queries expected in the whole window
 * @param seen those that have come
 * @param timeLeft share of the window that is left, from 0 to 1
 */
export function stillExpected(total: number, seen: number, timeLeft: number): number {
  const byRate = timeLeft < 1 ? (seen * timeLeft) / (1 - timeLeft) : 0;
  return Math.max(total - seen, Math.min(byRate, total));
}

/** Steps grow by as much at most while the budget's queries come to an end. */
const MOST_GROWTH = 20;

/**
 * λ after a query that cost `cost` dollars: one step of dual ascent (`dualAscent`) towards what it may cost, d · b with b = left / expected and d its `demand`.
 * Steps are η at the beginning and η · (all queries / expected ones) later: what remains is soon over, and so must be what λ has to make up for.
 */
export function paceAfter(
  lambda: number,
  rate: number,
  cost: number,
  { left, seen, expected, demand = 1 }: PacedSpending,
): number {
  const rest = Math.max(1, expected);
  const due = left / rest;
  const growth = Math.min(MOST_GROWTH, (seen + expected) / rest);
  return dualAscent(lambda, rate * growth, cost - (demand - 1) * due, due);
}

/** η that are tried, as shares of the λ that it begins at. */
const RATES = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/** Budgets that they are tried with: so far on the way from the cheapest to the dearest single model. */
const WAYS = [0.1, 0.2, 0.4];
const CURVE_POINTS = 65;
/** Training rows that are replayed at most. */
const MOST_ROWS = 5_000;

/**
 * Learns how to pace on training rows alone: the curve of costs over λ, and of `RATES` the one with the best mean outcome, over
 * budgets, rows shuffled and rows by task, where a budget that is used up answers nothing.
 * @param values shape [training queries × models], out of fold
 * @param expected the same shape, dollars
 * @param tasks one per training query; rows are replayed by task where there are several
 */
export function fitPacing(
  ledger: TrainingLedger,
  values: Float64Array,
  expected: Float64Array,
  tasks: readonly (string | null)[],
  ctx: RunContext,
): Pacing {
  const paths = judgedPaths(ledger, values, expected);
  const cost = (i: number, model: number) => ledger.entry(ledger.queries[i]!, model).cost;
  const lambdas = lambdaGrid(paths, CURVE_POINTS);
  const curve = Array.from(lambdas, (lambda) => mean(paths.map((path, i) => cost(i, modelAt(path, lambda)))));
  // Measured costs need not fall with expected ones; a start is looked up in a curve that does.
  for (let l = 1; l < curve.length; l++) curve[l] = Math.min(curve[l]!, curve[l - 1]!);
  const base = { lambdas: [...lambdas], costs: curve };
  const [low, high] = [curve.at(-1)!, curve[0]!];
  const orders = ordersOf(ledger, tasks, ctx);
  let [rate, best] = [RATES[0]!, -Infinity];
  for (const tried of RATES) {
    throwIfAborted(ctx);
    const trials = WAYS.flatMap((way) =>
      orders.map((rows) =>
        replay(ledger, { paths, expected }, rows, { ...base, rate: tried }, low + way * (high - low)),
      ),
    );
    const quality = mean(trials);
    if (quality > best + 1e-12) [rate, best] = [tried, quality];
  }
  return { ...base, rate };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Rows, as places in the ledger: shuffled, and those by task where there are several. */
function ordersOf({ queries }: TrainingLedger, tasks: readonly (string | null)[], { seed }: RunContext): number[][] {
  const shuffled = createRandom(seed, 'pacing', 'order')
    .shuffle([...queries.keys()])
    .slice(0, MOST_ROWS);
  const taskOf = (i: number) => tasks[queries[i]!] ?? '';
  if (new Set(shuffled.map(taskOf)).size < 2) return [shuffled];
  const byTask = [...shuffled].sort((a, b) => (taskOf(a) < taskOf(b) ? -1 : taskOf(a) > taskOf(b) ? 1 : 0));
  return [shuffled, byTask];
}

/** Mean outcome of a budget spent so; rows that it cannot pay for count as 0. */
function replay(
  ledger: TrainingLedger,
  { paths, expected }: { paths: readonly CostPath[]; expected: Float64Array },
  rows: readonly number[],
  pacing: Pacing,
  due: number,
): number {
  const start = startPacing(pacing, due);
  let { lambda } = start;
  let left = due * rows.length;
  let quality = 0;
  rows.forEach((i, t) => {
    const path = paths[i]!;
    const entryOf = (model: number) => ledger.entry(ledger.queries[i]!, model);
    const chosen = entryOf(modelAt(path, lambda));
    const entry = chosen.cost <= left ? chosen : entryOf(path.models.at(-1)!);
    if (entry.cost > left) return;
    left -= entry.cost;
    quality += entry.quality;
    const share = expected[ledger.queries[i]! * ledger.models.length + modelAt(path, lambda)]! / costAt(pacing, lambda);
    const demand = Number.isFinite(share) ? share : 1;
    lambda = paceAfter(lambda, start.rate, entry.cost, { left, seen: t + 1, expected: rows.length - t - 1, demand });
  });
  return quality / rows.length;
}

import { meanOf } from '@routeprofile/numerics';
import {
  createRandom,
  plural,
  RouteProfileError,
  type OutcomeTable,
  type QueryBatch,
  type Router,
  type RunContext,
} from '@routeprofile/schema';
import { pairedInterval, type DifferenceInterval } from '../interval.js';
import { assertChoices, usableRows } from '../table.js';
import { play, type Feedback, type Played, type Recorded, type ReplayedPolicy } from './rounds.js';

/** What is replayed. */
export interface OnlineReplayInput {
  /** Rows on which every model has a score in [0, 1]; its models are those of the router, in the same order. */
  table: OutcomeTable;
  /** The rows' texts, vectors and ids. Ids, where given, are distinct. */
  queries: QueryBatch;
  /** Fitted on other rows. */
  router: Router;
  /** By name: what is compared with the fitted router as it is. */
  policies: Readonly<Record<string, ReplayedPolicy>>;
  /** By name: choices of policies that do not learn, such as the best single model of the training rows. Shape [rows] each: indices into `table.models`. */
  fixed?: Readonly<Record<string, Int32Array>>;
}

/** How it is replayed. */
export interface OnlineReplayOptions extends Omit<RunContext, 'logger' | 'store'> {
  /** Orders in which the rows come, drawn by the seed. Default 20. */
  orders?: number;
  /** Decisions between two snapshots of a learner: feedback comes late. Default 10. */
  every?: number;
  /** Default: the score of each answer, for all of them. */
  feedback?: Partial<Feedback>;
}

/** What a policy lost to an oracle. */
export interface OnlineRegret {
  /** Score lost per decision: mean over rows and orders of the best score of the row less that of the choice. */
  mean: number;
  /** Shape [checkpoints]: cumulative regret Σ (r* − r) after so many rows, mean over orders. */
  cumulative: number[];
  /** Less the fitted router's, per decision; below 0: this policy lost less. null for the router itself. */
  againstFrozen: {
    /** 95 % over the orders, on these very rows; null with fewer than 10 orders, or where no order changes anything. */
    orders: DifferenceInterval | null;
    /** 95 % over queries like these rows, each row's regret being its mean over the orders; null with fewer than 10 rows. */
    rows: DifferenceInterval | null;
  } | null;
  /** Share of decisions that were drawn. */
  drawn: number;
  /** Judged decisions that were learned from, mean over orders. */
  observed: number;
}

/** Cumulative regret of each policy; that of an oracle is 0. */
export interface OnlineReplay {
  rows: number;
  orders: number;
  /** Rows after which cumulative regret is given. */
  checkpoints: number[];
  /** `frozen`: the fitted router as it is. `uniform`: what choosing at random is expected to lose. Then the fixed ones, and the policies. */
  policies: Record<string, OnlineRegret>;
}

const CHECKPOINTS = 20;

/**
 * Prequential replay (Dawid 1984): rows come one after the other, the policy decides, and learns from what its own choice scored, which is all that it is told. With
 * full outcomes what it lost is known: regret Σ (r* − r) against the best model of each row. Repeated over seeded orders.
 *
 * Takes decisions × learning time: orders × rows / every snapshots per policy.
 * @throws RouteProfileError BAD_INPUT for rows without all scores, or scores outside of 0 to 1; SHAPE_MISMATCH; BAD_OPTION; ABORTED
 */
export async function replayOnline(input: OnlineReplayInput, options: OnlineReplayOptions): Promise<OnlineReplay> {
  const { table, policies, fixed = {} } = input;
  const { orders = 20, every = 10, seed, signal, onProgress } = options;
  const feedback: Feedback = { kind: 'honest', share: 1, ...options.feedback };
  assertWhole('orders', orders);
  assertWhole('every', every);
  const ctx: RunContext = { seed, ...(signal && { signal }) };
  const recorded = await record(input, ctx);
  const rows = table.queries.length;
  const drawnOrders = Array.from({ length: orders }, (_, o) =>
    Int32Array.from(createRandom(seed, 'online replay', `order ${o}`).shuffle([...table.queries.keys()])),
  );
  const choicesOf = (choices: Int32Array) => regretOf(recorded, (row) => choices[row]!);
  const constant: Record<string, Float64Array> = {
    frozen: choicesOf(Int32Array.from(recorded.decisions, ({ model }) => table.models.indexOf(model))),
    uniform: uniformRegret(recorded),
  };
  for (const [name, choices] of Object.entries(fixed)) {
    assertChoices(table, choices, `online replay: ${name}`);
    constant[name] = choicesOf(choices);
  }
  const found = new Map<string, Played[]>();
  for (const [name, perRow] of Object.entries(constant))
    found.set(
      name,
      drawnOrders.map((order) => ({ regret: Float64Array.from(order, (row) => perRow[row]!), drawn: 0, observed: 0 })),
    );
  for (const [name, policy] of Object.entries(policies)) {
    const played: Played[] = [];
    for (const [o, order] of drawnOrders.entries()) {
      onProgress?.({ stage: `replay ${name}`, done: o, total: orders, unit: 'orders' });
      played.push(await play(recorded, policy, { order, every, feedback, seed: seed + o }, ctx));
    }
    found.set(name, played);
  }
  const checkpoints = [
    ...new Set(Array.from({ length: CHECKPOINTS }, (_, i) => Math.ceil(((i + 1) * rows) / CHECKPOINTS))),
  ];
  const frozen = found.get('frozen')!;
  return {
    rows,
    orders,
    checkpoints,
    policies: Object.fromEntries(
      [...found].map(([name, played]) => [
        name,
        summary(played, drawnOrders, checkpoints, name === 'frozen' ? null : frozen, seed),
      ]),
    ),
  };
}

function assertWhole(name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1))
    throw new RouteProfileError('BAD_OPTION', `online replay: ${name} is ${value}, expected an integer of at least 1`);
}

async function record({ table, queries, router }: OnlineReplayInput, ctx: RunContext): Promise<Recorded> {
  const { models, values } = table;
  const rows = table.queries.length;
  if (models.join('\n') !== router.models.join('\n'))
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `online replay: the table has ${models.join(', ')}, the router ${router.models.join(', ')}`,
    );
  if (queries.texts.length !== rows)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `online replay: ${plural(queries.texts.length, 'query')} for ${plural(rows, 'row')}`,
    );
  const complete = usableRows(table).length;
  if (complete < rows)
    throw new RouteProfileError(
      'BAD_INPUT',
      `online replay: ${rows - complete} of ${plural(rows, 'row')} lack a score`,
      {
        hint: 'Take the rows of `usableRows`: what a choice would have lost is known on these alone.',
      },
    );
  if (values.score.some((score) => score < 0 || score > 1))
    throw new RouteProfileError('BAD_INPUT', 'online replay: scores are not between 0 and 1', {
      hint: 'Scale them: learners read rewards from 0 to 1.',
    });
  const best = Float64Array.from({ length: rows }, (_, q) =>
    Math.max(...values.score.subarray(q * models.length, (q + 1) * models.length)),
  );
  return { router, queries, decisions: await router.decide(queries, ctx), scores: values.score, best };
}

/** Shape [rows]. */
const regretOf = ({ router, scores, best }: Recorded, choice: (row: number) => number): Float64Array =>
  best.map((top, row) => top - scores[row * router.models.length + choice(row)]!);

/** Shape [rows]: expected, choosing each model as often as the others. */
const uniformRegret = ({ router, scores, best }: Recorded): Float64Array => {
  const width = router.models.length;
  return best.map((top, row) => top - meanOf(scores.subarray(row * width, (row + 1) * width)));
};

function summary(
  played: readonly Played[],
  orders: readonly Int32Array[],
  checkpoints: readonly number[],
  frozen: readonly Played[] | null,
  seed: number,
): OnlineRegret {
  const decisions = played.length * played[0]!.regret.length;
  const average = (of: (one: Played) => number) => played.reduce((sum, one) => sum + of(one), 0) / played.length;
  const means = (list: readonly Played[]) => Float64Array.from(list, ({ regret }) => meanOf(regret));
  const byRow = (list: readonly Played[]) => {
    const sums = new Float64Array(orders[0]!.length);
    list.forEach(({ regret }, o) => orders[o]!.forEach((row, at) => (sums[row]! += regret[at]! / list.length)));
    return sums;
  };
  const moved = frozen !== null && means(played).some((mean) => Math.abs(mean - meanOf(means(played))) > 1e-12);
  return {
    mean: meanOf(means(played)),
    cumulative: checkpoints.map((rows) => average(({ regret }) => regret.subarray(0, rows).reduce((a, b) => a + b, 0))),
    againstFrozen: frozen && {
      orders: moved ? pairedInterval(means(played), means(frozen), { seed }) : null,
      rows: pairedInterval(byRow(played), byRow(frozen), { seed }),
    },
    drawn: played.reduce((sum, { drawn }) => sum + drawn, 0) / decisions,
    observed: average(({ observed }) => observed),
  };
}

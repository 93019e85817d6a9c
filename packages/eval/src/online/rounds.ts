import {
  createRandom,
  nextTurn,
  RouteProfileError,
  takeRows,
  throwIfAborted,
  type Decision,
  type JudgedDecision,
  type LearnerStrategy,
  type QueryBatch,
  type Router,
  type RunContext,
} from '@routeprofile/schema';

/** A policy that is replayed: a learner around the fitted router, exploring, or both. */
export interface ReplayedPolicy {
  learner?: { strategy: LearnerStrategy; options: Record<string, unknown> };
  /** Wraps the router that decides, such as `(router, seed) => withExploration(router, { seed })`. */
  explore?: (router: Router, seed: number) => Router;
}

/** Rows with every model's score, and what the fitted router decides there. */
export interface Recorded {
  router: Router;
  queries: QueryBatch;
  /** One per row. */
  decisions: readonly Decision[];
  /** Shape [rows × models], in [0, 1]. */
  scores: Float64Array;
  /** Shape [rows]: the best of each row. */
  best: Float64Array;
}

/** What is told of an answer. */
export interface Feedback {
  /** `honest`: its score. `shuffled`: the score of the fitted router's choice on a random row, so that it is right on average and says nothing. */
  kind: 'honest' | 'shuffled';
  /** Share of the decisions that it is given for. */
  share: number;
}

/** One pass over the rows: decide on some, then learn from them. */
export interface Round {
  /** Shape [rows]: rows in the order in which they come. */
  order: Int32Array;
  /** Decisions between two snapshots. */
  every: number;
  feedback: Feedback;
  seed: number;
}

/** What a pass gave. */
export interface Played {
  /** Shape [rows], by place in the order: best score of the row less that of the choice. */
  regret: Float64Array;
  /** Decisions with a propensity below 1. */
  drawn: number;
  /** Judged decisions that were learned from. */
  observed: number;
}

/** @throws RouteProfileError PLUGIN_FAILED for a choice that is not among the router's models; ABORTED; whatever router and learner throw */
export async function play(recorded: Recorded, policy: ReplayedPolicy, round: Round, ctx: RunContext): Promise<Played> {
  const { router, queries, scores, best } = recorded;
  const { order, every, seed } = round;
  const width = router.models.length;
  const place = new Map(router.models.map((model, m) => [model, m]));
  const idOf = (row: number) => queries.ids?.[row] ?? String(row);
  const fixed = recordedRouter(recorded, new Map(Array.from(order, (row) => [idOf(row), row])));
  const learner = policy.learner?.strategy.begin(fixed, policy.learner.options, { ...ctx, seed });
  const rewardOf = rewards(recorded, round);
  const regret = new Float64Array(order.length);
  let drawn = 0;
  for (let start = 0; start < order.length; start += every) {
    throwIfAborted(ctx);
    if (start % (every * 16) === 0) await nextTurn();
    const rows = Array.from(order.subarray(start, start + every));
    const inner = learner?.snapshot().router ?? fixed;
    const deciding = policy.explore ? policy.explore(inner, seed) : inner;
    const decisions = await deciding.decide(
      {
        texts: rows.map((row) => queries.texts[row]!),
        ids: rows.map(idOf),
        ...(queries.vectors && { vectors: takeRows(queries.vectors, rows) }),
        ...(queries.encoder !== undefined && { encoder: queries.encoder }),
      },
      ctx,
    );
    const judged = rows.flatMap((row, i): JudgedDecision[] => {
      const { model, ranked, propensity = 1 } = decisions[i]!;
      const m = place.get(model);
      if (m === undefined)
        throw new RouteProfileError(
          'PLUGIN_FAILED',
          `online replay: ${model} was chosen, which the router does not have`,
        );
      regret[start + i] = best[row]! - scores[row * width + m]!;
      if (propensity < 1) drawn++;
      const reward = rewardOf(start + i, m);
      if (reward === null) return [];
      const entry = ranked.find((each) => each.model === model);
      const expected = entry?.fitted ?? entry?.probability;
      const vector = queries.vectors && takeRows(queries.vectors, [row]).data;
      return [
        {
          ...{ id: idOf(row), model, reward, propensity },
          ...(vector && { vector }),
          ...(expected !== undefined && { expected }),
        },
      ];
    });
    learner?.observe(judged);
  }
  return { regret, drawn, observed: learner?.observed ?? 0 };
}

/** The fitted router, which need not decide again: its decisions do not depend on what was asked before. */
function recordedRouter({ router, decisions }: Recorded, rowOf: ReadonlyMap<string, number>): Router {
  return {
    models: router.models,
    decide: async ({ ids }) => ids!.map((id) => decisions[rowOf.get(id)!]!),
    save: () => router.save(),
  };
}

/** What is told of the answer at a place of the order; null: nothing. */
function rewards(
  { router, scores, decisions }: Recorded,
  { order, feedback, seed }: Round,
): (at: number, model: number) => number | null {
  const width = router.models.length;
  const told = createRandom(seed, 'online replay', 'told');
  const isTold = Array.from(order, () => told.float() < feedback.share);
  const own = Array.from(order, (row) => scores[row * width + router.models.indexOf(decisions[row]!.model)]!);
  const noise = createRandom(seed, 'online replay', 'noise').shuffle(own);
  return (at, model) => {
    if (!isTold[at]) return null;
    return feedback.kind === 'shuffled' ? noise[at]! : scores[order[at]! * width + model]!;
  };
}

import {
  createMatrix,
  normalizeRows,
  plural,
  RouteProfileError,
  rowOf,
  type JudgedDecision,
  type Matrix,
} from '@routeprofile/schema';

/** Judged decisions as learners read them, oldest first. Nobody changes it. */
export interface Judged {
  count: number;
  /** Shape [count × features]: the queries as the learner's `Features` see them; null where it sees nothing. */
  points: Matrix | null;
  /** Shape [count]: the model that answered, by its place among the router's. */
  models: Int32Array;
  /** Shape [count], in [0, 1]. */
  rewards: Float32Array;
  /** Shape [count]: chance of a correct answer by the fitted router; NaN where the decision does not say. */
  expected: Float32Array;
}

/** A query as a learner sees it. @param vector unit vector; null where queries come without @returns null where there is nothing to see */
export type Features = (vector: Float32Array | null) => Float32Array | null;

interface Entry {
  point: Float32Array | null;
  model: number;
  reward: number;
  expected: number;
}

/** What a window holds, as it is saved. */
export interface WindowState {
  observed: number;
  /** Length of the vectors that came; null where decisions come without; undefined before the first. */
  dimensions: number | null | undefined;
  /** Ids that are known, oldest first. */
  ids: readonly string[];
  judged: Judged;
}

/** Ids that are remembered at least, also of decisions that have left the window. */
const LEAST_IDS = 10_000;

/** The last judged decisions. */
export interface Window {
  readonly observed: number;
  readonly dimensions: number | null | undefined;
  /** @returns how many were new; @throws RouteProfileError BAD_INPUT, and then nothing has changed */
  add(judged: readonly JudgedDecision[]): number;
  read(): Judged;
  state(): WindowState;
}

/**
 * A memory that does not grow: the last `capacity` judged decisions; a newer one takes the place of the oldest. The ids of the last
 * 10,000 decisions (or `capacity`, where that is more) are known, and a decision with one of them is not added again.
 * @param who names the learner in messages
 * @param featuresOf how the learner sees vectors of such a length, null for none: that is what is kept of them
 * @param accepts false for a decision that the learner cannot read: it is skipped
 */
export function createWindow(
  who: string,
  models: readonly string[],
  capacity: number,
  featuresOf: (dimensions: number | null) => Features,
  accepts: (judged: JudgedDecision) => boolean,
  saved?: WindowState,
): Window {
  const place = new Map(models.map((model, m) => [model, m]));
  const mostIds = Math.max(LEAST_IDS, capacity);
  // A set keeps the order in which ids came.
  const ids = new Set(saved?.ids);
  let entries = saved ? entriesOf(saved.judged) : [];
  let observed = saved?.observed ?? 0;
  let dimensions = saved?.dimensions;
  let features: Features | undefined;

  return {
    get observed() {
      return observed;
    },
    get dimensions() {
      return dimensions;
    },
    add(judged) {
      const fresh = new Map<string, JudgedDecision>();
      for (const each of judged)
        if (place.has(each.model) && !ids.has(each.id) && !fresh.has(each.id) && accepts(each))
          fresh.set(each.id, each);
      let length = dimensions;
      for (const each of judged) assertReward(who, each);
      for (const each of fresh.values()) {
        if (length === undefined) length = each.vector?.length ?? null;
        assertVector(who, each, length);
      }
      if (fresh.size === 0) return 0;
      dimensions = length;
      features ??= featuresOf(length ?? null);
      for (const [id, { vector, model, reward, expected = NaN }] of fresh) {
        ids.add(id);
        entries.push({ point: features(vector ? unit(vector) : null), model: place.get(model)!, reward, expected });
      }
      observed += fresh.size;
      if (entries.length > capacity) entries = entries.slice(-capacity);
      for (const id of ids) {
        if (ids.size <= mostIds) break;
        ids.delete(id);
      }
      return fresh.size;
    },
    read: () => judgedOf(entries),
    state: () => ({ observed, dimensions, ids: [...ids], judged: judgedOf(entries) }),
  };
}

function judgedOf(entries: readonly Entry[]): Judged {
  const count = entries.length;
  const width = entries[0]?.point?.length;
  const points = width === undefined ? null : createMatrix(count, width);
  if (points) entries.forEach(({ point }, i) => rowOf(points, i).set(point!));
  return {
    count,
    points,
    models: Int32Array.from(entries, ({ model }) => model),
    rewards: Float32Array.from(entries, ({ reward }) => reward),
    expected: Float32Array.from(entries, ({ expected }) => expected),
  };
}

const entriesOf = ({ count, points, models, rewards, expected }: Judged): Entry[] =>
  Array.from({ length: count }, (_, i) => ({
    point: points && rowOf(points, i).slice(),
    model: models[i]!,
    reward: rewards[i]!,
    expected: expected[i]!,
  }));

/** A copy of length 1. */
const unit = (vector: Float32Array): Float32Array => normalizeRows(createMatrix(1, vector.length, vector)).data;

const badInput = (message: string, hint: string) => new RouteProfileError('BAD_INPUT', message, { hint });

function assertReward(who: string, { id, reward, expected = 0 }: JudgedDecision): void {
  if (!(reward >= 0 && reward <= 1))
    throw badInput(`${who}: the reward of decision ${id} is ${reward}`, 'Give what the answer was worth from 0 to 1.');
  if (!(expected >= 0 && expected <= 1))
    throw badInput(
      `${who}: decision ${id} was expected to be right with chance ${expected}`,
      'Give a chance from 0 to 1.',
    );
}

function assertVector(who: string, { id, vector }: JudgedDecision, dimensions: number | null): void {
  const is = vector?.length ?? null;
  const said = (length: number | null) => (length === null ? 'no vector' : `a vector of ${plural(length, 'number')}`);
  if (is !== dimensions)
    throw badInput(
      `${who}: decision ${id} comes with ${said(is)}, those before it with ${said(dimensions)}`,
      'Give the vectors of one encoder, that of the router, or none at all.',
    );
  if (vector && !vector.every(Number.isFinite))
    throw badInput(
      `${who}: the vector of decision ${id} holds a number that is not finite`,
      'Look at where it comes from.',
    );
}

import {
  createRandom,
  rowOf,
  takeRows,
  throwIfAborted,
  type Matrix,
  type RouterTraining,
  type RunContext,
} from '@routeprofile/schema';
import { judgeOf } from '../common/judge.js';
import { createSearch, searchEach } from '../knn/neighbours.js';
import { attend, attentionTo, isComplete, shrunkScores, type Memory, type Sharpness } from './attend.js';

const TEMPERATURES = [0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.4];
const SHRINKAGES = [0.01, 0.1, 1, 10];
/** Asking more tells little more; fewer are asked where the memory is large, so that tuning takes seconds. */
const MOST_ASKED = 1000;
const FEWEST_ASKED = 100;
const MULTIPLICATIONS = 1e9;

export interface Candidate extends Sharpness {
  /** Higher is better. */
  value: number;
}

/** Queries that judge a sharpness. */
interface Trial {
  stage: string;
  /** Rows of `vectors` to ask. */
  asked: readonly number[];
  /** Unit rows. */
  vectors: Matrix;
  /** The keys that are the asked query itself. */
  own: (row: number) => readonly number[];
  worth: (row: number, scores: ArrayLike<number>) => number;
}

/** What cannot be chosen from is left at the middle of the grid. */
const UNTUNED: Sharpness = { temperature: 0.1, shrinkage: 1 };

/**
 * The sharpness under which training queries are routed best: mean outcome of the choices, or share of the pairs ranked right.
 * @param queries the training query that each key is, −1 for none: a query never sees itself
 */
export async function tuneOnTraining(
  memory: Memory,
  vectors: Matrix,
  training: RouterTraining,
  queries: Int32Array | undefined,
  given: Partial<Sharpness>,
  ctx: RunContext,
): Promise<{ chosen: Sharpness; candidates: Candidate[] }> {
  const judge = judgeOf(training, memory.scores.rows);
  const asked = sampled(memory, [...judge.queries], ctx);
  const keysOf = new Map(asked.map((q): [number, number[]] => [q, []]));
  queries?.forEach((q, k) => keysOf.get(q)?.push(k));
  return choose(memory, given, ctx, {
    stage: 'attention: tune on training queries',
    asked,
    vectors,
    own: (q) => keysOf.get(q) ?? [],
    worth: (q, scores) => judge.worth(q, scores),
  });
}

/**
 * The sharpness under which each key's scores are best told from the other keys, in squared error. Reads the keyed scores and
 * nothing else.
 */
export async function tuneOnKeys(
  memory: Memory,
  given: Partial<Sharpness>,
  ctx: RunContext,
): Promise<{ chosen: Sharpness; candidates: Candidate[] }> {
  const { scores, measured, keys } = memory;
  return choose(memory, given, ctx, {
    stage: 'attention: tune on keys',
    asked: sampled(memory, [...Array(keys.rows).keys()], ctx),
    vectors: keys,
    own: (k) => [k],
    worth: (k, predicted) => {
      let error = 0;
      for (let m = 0; m < scores.rows; m++)
        if (measured.data[m * keys.rows + k]! > 0) error += (predicted[m]! - scores.data[m * keys.rows + k]!) ** 2;
      return -error;
    },
  });
}

function sampled({ keys, scores }: Memory, from: readonly number[], ctx: RunContext): number[] {
  const each = keys.rows * (keys.cols + 2 * scores.rows * TEMPERATURES.length);
  const most = Math.max(FEWEST_ASKED, Math.min(MOST_ASKED, Math.floor(MULTIPLICATIONS / Math.max(1, each))));
  return createRandom(ctx.seed, 'attention', 'asked').sample(from, most);
}

async function choose(
  memory: Memory,
  given: Partial<Sharpness>,
  ctx: RunContext,
  { stage, asked, vectors, own, worth }: Trial,
): Promise<{ chosen: Sharpness; candidates: Candidate[] }> {
  const temperatures = given.temperature === undefined ? TEMPERATURES : [given.temperature];
  const shrinkages = given.shrinkage === undefined ? SHRINKAGES : [given.shrinkage];
  if (temperatures.length * shrinkages.length === 1 || asked.length === 0 || memory.keys.rows < 2)
    return { chosen: { ...UNTUNED, ...given }, candidates: [] };
  const complete = isComplete(memory);
  const candidates = temperatures.flatMap((temperature) =>
    shrinkages.map((shrinkage): Candidate => ({ temperature, shrinkage, value: 0 })),
  );
  const attention = new Float64Array(memory.keys.rows);
  const scores = new Float64Array(memory.scores.rows);
  searchEach(await createSearch(memory.keys), takeRows(vectors, asked), (cosines, i) => {
    throwIfAborted(ctx);
    const row = asked[i]!;
    const query = rowOf(vectors, row);
    for (const k of own(row)) cosines[k] = -Infinity;
    // The same text under another name would tell the answer too.
    for (let k = 0; k < cosines.length; k++)
      if (cosines[k]! > 1 - 1e-5 && rowOf(memory.keys, k).every((x, d) => x === query[d])) cosines[k] = -Infinity;
    temperatures.forEach((temperature, t) => {
      attentionTo(cosines, temperature, attention);
      const found = attend(memory, attention, complete);
      shrinkages.forEach((shrinkage, s) => {
        shrunkScores(found, memory.priors, shrinkage, scores);
        candidates[t * shrinkages.length + s]!.value += worth(row, scores) / asked.length;
      });
    });
    if (i % 100 === 99) ctx.onProgress?.({ stage, done: i + 1, total: asked.length, unit: 'queries' });
  });
  // Equal ones: the smoother.
  const { temperature, shrinkage } = candidates.reduce((a, b) => (b.value >= a.value ? b : a));
  return { chosen: { temperature, shrinkage }, candidates };
}

import type { Candidate, ModelCard, OutcomeTable, OutcomeValues, PreferencePair } from '../dataset.js';
import { createMatrix, rowOf, type Matrix } from '../matrix.js';
import type { RoutingRun } from '../metric.js';
import type { KeyedScores } from '../profile.js';
import { createRandom, type Random } from '../random.js';
import type { RouterInput } from '../router.js';
import type { QueryBatch } from '../training.js';

/**
 * The size of a synthetic routing problem. Defaults: seed 3, 4 models, 60 training queries, 8 dimensions, no new
 * models.
 */
export interface SyntheticOptions {
  seed?: number;
  models?: number;
  /** Training queries. */
  queries?: number;
  dimensions?: number;
  /** How many models, the last ones, have no training outcome. */
  newModels?: number;
  /** Leave out the full outcomes. */
  pairsOnly?: boolean;
  /** Share of the outcomes that were not measured, scattered at random. Default 0. */
  missing?: number;
  /** A log: of each training query the outcome of one model drawn at random. Default false. */
  log?: boolean;
  /** The last model is the first one again under another id: profile, card, price and outcomes are the same. */
  twin?: boolean;
  /** Profiles carry keyed scores: keys at the first training queries, card scores of their tasks above the mean of all models. */
  keyed?: boolean;
}

/** The tasks of everything synthetic. */
export const TASKS = ['arithmetic', 'history', 'code'];

/** Outcome values, [queries × models], of which nothing was measured: NaN everywhere. */
export function emptyOutcomes(queries: number, models: number): OutcomeValues {
  const blank = () => new Float64Array(queries * models).fill(NaN);
  return { score: blank(), cost: blank(), inputTokens: blank(), outputTokens: blank(), latency: blank() };
}

/** A vector near its task's centre, so that neighbourhoods and towers have something to find. */
function queryVectors(tasks: readonly number[], dimensions: number, random: Random): Matrix {
  const centres = TASKS.map((task) => {
    const stream = createRandom(1, 'centre', task);
    return Float32Array.from({ length: dimensions }, () => stream.normal());
  });
  const vectors = createMatrix(tasks.length, dimensions);
  tasks.forEach((task, i) => {
    const row = rowOf(vectors, i);
    for (let d = 0; d < dimensions; d++) row[d] = centres[task]![d]! + 0.3 * random.normal();
  });
  return vectors;
}

function batch(
  count: number,
  dimensions: number,
  random: Random,
  name: string,
): { batch: QueryBatch; tasks: number[] } {
  const tasks = Array.from({ length: count }, (_, i) => i % TASKS.length);
  return {
    tasks,
    batch: {
      texts: tasks.map((task, i) => `${name} ${i}: a question of ${TASKS[task]}`),
      ids: tasks.map((_, i) => `${name}-${i}`),
      vectors: queryVectors(tasks, dimensions, random),
      encoder: 'synthetic',
      tasks: tasks.map((task) => TASKS[task]!),
    },
  };
}

/** Model m is strong at task m mod 3: right 9 times of 10 there, 3 times of 10 elsewhere. */
function outcomesOf(tasks: readonly number[], models: number, random: Random): OutcomeValues {
  const values = emptyOutcomes(tasks.length, models);
  tasks.forEach((task, q) => {
    for (let m = 0; m < models; m++) {
      const k = q * models + m;
      values.score[k] = random.float() < (m % TASKS.length === task ? 0.9 : 0.3) ? 1 : 0;
      values.inputTokens[k] = 50;
      values.outputTokens[k] = 20 + 10 * m;
      values.cost[k] = 0.001 * (m + 1);
    }
  });
  return values;
}

/** Every column of every row: model `to` did what model `from` did. */
function copyOutcomes(values: OutcomeValues, models: number, from: number, to: number): void {
  for (const column of Object.values(values) as Float64Array[])
    for (let k = 0; k < column.length; k += models) column[k + to] = column[k + from]!;
}

/** Takes away each outcome with this chance, and all of the first row. */
function scatterMissing(values: OutcomeValues, models: number, share: number, random: Random): void {
  for (let k = 0; k < values.score.length; k++)
    if (k < models || random.float() < share)
      for (const column of Object.values(values) as Float64Array[]) column[k] = NaN;
}

/** Keeps one outcome per row, of a model drawn among those measured. */
function onePerRow(values: OutcomeValues, models: number, random: Random): void {
  for (let start = 0; start < values.score.length; start += models) {
    const measured = Array.from({ length: models }, (_, m) => m).filter((m) => !Number.isNaN(values.score[start + m]!));
    const [kept] = random.sample(measured, 1);
    for (const m of measured)
      if (m !== kept) for (const column of Object.values(values) as Float64Array[]) column[start + m] = NaN;
  }
}

/** The first training queries as keys. */
const KEYS = 12;

/** A model's score at a key is what its card says of the key's task, above the mean of all cards, from −1 to 1. */
function keyedScores(cards: readonly ModelCard[], queries: QueryBatch): KeyedScores | undefined {
  const { vectors, tasks } = queries;
  if (!vectors || !tasks) return undefined;
  const labels = tasks.slice(0, KEYS).map((task) => task ?? TASKS[0]!);
  const valueOf = (card: ModelCard, task: string) => card.scores.get(task)?.value ?? 0;
  const scores = createMatrix(cards.length, labels.length);
  labels.forEach((task, k) => {
    const mean = cards.reduce((sum, card) => sum + valueOf(card, task), 0) / cards.length;
    cards.forEach((card, m) => (rowOf(scores, m)[k] = (valueOf(card, task) - mean) / 100));
  });
  return {
    keys: createMatrix(labels.length, vectors.cols, vectors.data.slice(0, labels.length * vectors.cols)),
    labels,
    scores,
    queries: Int32Array.from(labels.keys()),
  };
}

/** Every pair of models whose outcomes on a query are known and differ. */
export function pairsOf(values: OutcomeValues, queries: number, models: number): PreferencePair[] {
  const pairs: PreferencePair[] = [];
  for (let query = 0; query < queries; query++)
    for (let a = 0; a < models; a++)
      for (let b = 0; b < models; b++)
        if (values.score[query * models + a]! > values.score[query * models + b]!)
          pairs.push({ query, better: a, worse: b });
  return pairs;
}

/**
 * A small routing problem with three tasks, models of different strengths, and queries to route. Same options, same numbers. All
 * candidates are called by one model with settings of their own, so that only their ids tell them apart.
 */
export function syntheticRouterInput(options: SyntheticOptions = {}): {
  input: RouterInput;
  queries: QueryBatch;
  bestModel: number[];
} {
  const { seed = 3, models: count = 4, queries: rows = 60, dimensions = 8, newModels = 0, pairsOnly = false } = options;
  const { missing = 0, twin = false, keyed = false, log = false } = options;
  const random = createRandom(seed, 'synthetic router');
  const models = Array.from({ length: count }, (_, m) => `model-${m}`);
  /** Whose twin a model is: its own, or the first one's. */
  const original = models.map((_, m) => (twin && m === count - 1 ? 0 : m));
  const training = batch(rows, dimensions, random, 'train');
  const test = batch(12, dimensions, random, 'test');
  const outcomes = outcomesOf(training.tasks, count, random);
  for (let q = 0; q < rows; q++)
    for (let m = count - newModels; m < count; m++)
      for (const column of Object.values(outcomes) as Float64Array[]) column[q * count + m] = NaN;
  const vectors = createMatrix(count, dimensions);
  for (let m = 0; m < count; m++) rowOf(vectors, m).set(rowOf(queryVectors([m % TASKS.length], dimensions, random), 0));
  if (missing > 0) scatterMissing(outcomes, count, missing, createRandom(seed, 'synthetic router', 'missing'));
  if (log) onePerRow(outcomes, count, createRandom(seed, 'synthetic router', 'log'));
  if (twin) copyOutcomes(outcomes, count, 0, count - 1);
  if (twin) rowOf(vectors, count - 1).set(rowOf(vectors, 0));
  const cards = original.map((m, at): ModelCard => ({
    name: models[at]!,
    text: `${models[m]} is good at ${TASKS[m % TASKS.length]}`,
    family: `family-${m % 2}`,
    scores: new Map(TASKS.map((task, t) => [task, { value: t === m % TASKS.length ? 90 : 30, count: 20 }])),
    price: { input: m + 1, output: 2 * (m + 1) },
    auxiliary: false,
  }));
  const scores = keyed ? keyedScores(cards, training.batch) : undefined;
  return {
    queries: test.batch,
    bestModel: test.tasks,
    input: {
      models,
      candidates: original.map((m, at): Candidate => ({
        id: models[at]!,
        model: 'provider/one-model',
        params: { effort: at },
        price: { input: m + 1, output: 2 * (m + 1) },
      })),
      cards,
      profiles: {
        models: [...models],
        vectors,
        provenance: {
          strategy: 'synthetic',
          options: {},
          designPoint: { form: 'flat', representation: 'embedding', hops: 0, learning: 'training-free' },
          encoder: 'synthetic',
          graph: null,
          seed,
          versions: {},
        },
        ...(scores && { keyed: scores }),
      },
      training: {
        queries: training.batch,
        tasks: training.batch.tasks ?? [],
        pairs: pairsOf(outcomes, rows, count),
        outcomes: pairsOnly ? null : outcomes,
      },
    },
  };
}

/** Choices on a small outcome table, with costs. */
export function syntheticRoutingRun(rows = 9): RoutingRun {
  const models = ['model-0', 'model-1', 'model-2'];
  const tasks = Array.from({ length: rows }, (_, i) => i % TASKS.length);
  const values = outcomesOf(tasks, models.length, createRandom(5, 'synthetic run'));
  const table: OutcomeTable = {
    models,
    queries: tasks.map((task, i) => ({ id: `q${i}`, text: `question ${i}`, task: TASKS[task]! })),
    values,
  };
  return {
    candidates: models.map((model, m) => ({ id: model, model, price: { input: m + 1, output: m + 1 } })),
    newModels: ['model-2'],
    table,
    choices: Int32Array.from(tasks),
  };
}

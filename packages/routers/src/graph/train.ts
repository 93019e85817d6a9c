import { createRandom, rowOf, takeRows, throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import {
  cosineRate,
  createAdamW,
  disposeVariables,
  lossAndGradients,
  toVariables,
  toWeights,
  type AdamW,
  type Runtime,
  type Variables,
} from '@routeprofile/tensor';
import { runEpochs, type TrainedEpochs } from '../common/epochs.js';
import { openGraph, type GraphEvaluator } from './evaluate.js';
import type { Labels } from './labels.js';
import { lossOn, meanLoss, meanPerformance } from './loss.js';
import { encodeGraph, graphWeights, predictEdges } from './network.js';
import type { CompleteGraphOptions } from './options.js';

export interface GraphData {
  /** [training queries × dimensions], scaled as the options say. */
  queries: Matrix;
  /** [models × dimensions] */
  profiles: Matrix;
  labels: Labels;
  /** Positions in `labels.queries`. */
  train: readonly number[];
  validation: readonly number[];
  /** The queries that the models attend to, as rows of `queries`. */
  context: readonly number[];
}

interface Model {
  runtime: Runtime;
  variables: Variables;
  optimizer: AdamW;
  options: CompleteGraphOptions;
}

/** Parts of nearly equal size, at most `batch` each: a last part of one query would be a poor sample to attend to. */
export function evenBatches<T>(items: readonly T[], batch: number): T[][] {
  const steps = Math.ceil(items.length / batch);
  return Array.from({ length: steps }, (_, s) =>
    items.slice(Math.round((s * items.length) / steps), Math.round(((s + 1) * items.length) / steps)),
  );
}

/** The rows of `queries` in the graph of a step: those of the batch first, then, if all attend, the others. */
function graphOfStep(batch: readonly number[], { labels, context }: GraphData, all: boolean): number[] {
  const own = batch.map((row) => labels.queries[row]!);
  if (!all) return own;
  const among = new Set(own);
  return [...own, ...context.filter((row) => !among.has(row))];
}

/** One pass over the labelled queries, each used once; the mean loss. */
async function trainEpoch(
  { runtime, variables, optimizer, options }: Model,
  data: GraphData,
  epoch: number,
  ctx: RunContext,
): Promise<number> {
  const { tf } = runtime;
  const label = String(epoch);
  const order = createRandom(ctx.seed, 'graph', 'order', label).shuffle(data.train);
  const dropout = { random: createRandom(ctx.seed, 'graph', 'dropout', label), rate: options.dropout };
  const rate = cosineRate(epoch, options.epochs, options.learningRate, options.learningRate / 100);
  const { data: profiles, rows, cols } = data.profiles;
  const models = tf.tensor2d(profiles, [rows, cols]);
  let total: ReturnType<typeof tf.tensor> = tf.scalar(0);
  try {
    for (const batch of evenBatches(order, options.batch)) {
      throwIfAborted(ctx);
      const before = total;
      total = tf.tidy(() => {
        const vectors = takeRows(data.queries, graphOfStep(batch, data, options.context === 'all'));
        const queries = tf.tensor2d(vectors.data, [vectors.rows, vectors.cols]);
        const lossOf = lossOn(tf, data.labels, batch);
        const { loss, gradients } = lossAndGradients(tf, variables, () => {
          const [q, m] = encodeGraph(tf, queries, models, variables, options, dropout);
          const asked = batch.length === vectors.rows ? q : tf.slice(q, 0, batch.length);
          return lossOf(predictEdges(tf, asked, m, variables, dropout));
        });
        optimizer.step(gradients, rate, options.maxNorm);
        return tf.add(before, tf.mul(loss, batch.length));
      });
      before.dispose();
    }
    return (await total.data())[0]! / order.length;
  } finally {
    total.dispose();
    models.dispose();
  }
}

/** Held-out queries are asked as in use: one by one, of models whose context are training queries only. */
function validate(evaluator: GraphEvaluator, data: GraphData, { select }: CompleteGraphOptions): number {
  const { queries, profiles, labels, validation } = data;
  const context = evaluator.context(takeRows(queries, data.context), profiles);
  const asked = validation.map((row) => labels.queries[row]!);
  const logits = evaluator.scorer(context)(takeRows(queries, asked));
  return select === 'performance' && labels.kind === 'targets'
    ? 1 - meanPerformance(logits, labels.scores, validation)
    : meanLoss(logits, labels, validation);
}

export interface TrainedGraph extends TrainedEpochs {
  /** The models' rows of the best epoch, as `GraphEvaluator.context` gives them. */
  context: Matrix[];
}

/**
 * Trains the network: Adam, cosine schedule, clipped gradients.
 * @throws as `runEpochs`
 */
export async function trainGraph(
  runtime: Runtime,
  data: GraphData,
  options: CompleteGraphOptions,
  ctx: RunContext,
): Promise<TrainedGraph> {
  const { queries, profiles, labels, validation } = data;
  const random = (label: string) => createRandom(ctx.seed, 'graph', 'weights', label);
  const initial = graphWeights(random, options, queries.cols, profiles.cols);
  const evaluator = await openGraph(initial, options);
  const variables = toVariables(runtime.tf, initial);
  const optimizer = createAdamW(runtime.tf, variables, { weightDecay: 0 });
  const model: Model = { runtime, variables, optimizer, options };
  try {
    const trained = await runEpochs(
      {
        name: 'graph',
        epochs: options.epochs,
        patience: options.compat ? null : options.patience,
        ...(options.select === 'performance' && labels.kind === 'targets' && { measure: 'validation regret' }),
      },
      {
        train: (epoch) => trainEpoch(model, data, epoch, ctx),
        validate: async () => {
          if (validation.length === 0) return null;
          evaluator.load(await toWeights(variables));
          return validate(evaluator, data, options);
        },
        weights: () => toWeights(variables),
      },
      ctx,
    );
    evaluator.load(trained.weights);
    return { ...trained, context: evaluator.context(takeRows(queries, data.context), profiles) };
  } finally {
    optimizer.dispose();
    disposeVariables(variables);
  }
}

/** Mean cosine over pairs of rows: near 1, the models can hardly be told apart. */
export function meanPairwiseCosine(rows: Matrix): number {
  const cosine = (i: number, j: number) => {
    const [a, b] = [rowOf(rows, i), rowOf(rows, j)];
    let [ab, aa, bb] = [0, 0, 0];
    a.forEach((x, d) => {
      ab += x * b[d]!;
      aa += x * x;
      bb += b[d]! ** 2;
    });
    return aa * bb === 0 ? 1 : ab / Math.sqrt(aa * bb);
  };
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < rows.rows; i++)
    for (let j = 0; j < i; j++) {
      sum += cosine(i, j);
      pairs++;
    }
  return sum / pairs;
}

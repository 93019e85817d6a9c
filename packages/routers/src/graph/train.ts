import { createRandom, takeRows, throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import {
  cosineRate,
  disposeVariables,
  lossAndGradients,
  restoreVariables,
  toVariables,
  toWeights,
  type AdamW,
  type Runtime,
  type Variables,
  type Weights,
} from '@routeprofile/tensor';
import { learnedRows, learnedWeights, openProfiles } from '../co-training/learned-profile.js';
import { createJointOptimizer } from '../co-training/optimizer.js';
import { sourceNumbers, type FittedSource } from '../co-training/source.js';
import { trainingKey } from '../common/checkpoint.js';
import { runEpochs, type TrainedEpochs } from '../common/epochs.js';
import { createGraphEvaluator, type GraphEvaluator } from './evaluate.js';
import type { Labels } from './labels.js';
import { lossOn, meanLoss, meanPerformance } from './loss.js';
import { encodeGraph, graphWeights, predictEdges } from './network.js';
import type { CompleteGraphOptions } from './options.js';

export interface GraphData {
  /** [training queries × dimensions], scaled as the options say. */
  queries: Matrix;
  /** [models × dimensions] */
  profiles: Matrix;
  /** Makes profiles that are trained too. */
  source?: FittedSource | undefined;
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
  const models = openProfiles(tf, data.profiles, data.source);
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
          const [q, m] = encodeGraph(tf, queries, models.rows(variables), variables, options, dropout);
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

/** The models' rows under these weights, as `GraphEvaluator.context` gives them; the evaluator goes on with the weights. */
function contextOf(evaluator: GraphEvaluator, { queries, profiles, source, context }: GraphData, weights: Weights) {
  evaluator.load(weights);
  return evaluator.context(takeRows(queries, context), source ? learnedRows(source, weights) : profiles);
}

/** Held-out queries are asked as in use: one by one, of models whose context are training queries only. */
function validate(
  evaluator: GraphEvaluator,
  data: GraphData,
  weights: Weights,
  select: 'loss' | 'performance',
): number {
  const { queries, labels, validation } = data;
  const context = contextOf(evaluator, data, weights);
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

/** What the labels teach, as numbers. */
const labelNumbers = (labels: Labels): ArrayBufferView[] =>
  labels.kind === 'targets'
    ? [labels.targets, labels.weights, labels.scores].map(({ data }) => data)
    : [Int32Array.from(labels.pairs.flat().flatMap(({ query, better, worse }) => [query, better, worse]))];

/** Where checkpoints of this training lie; undefined where none can be kept. */
function keyOf(
  { backend }: Runtime,
  { queries, profiles, source, labels, train, validation, context }: GraphData,
  options: CompleteGraphOptions,
  { seed, store }: RunContext,
): string | undefined {
  if (!store) return undefined;
  const rows = [labels.queries, train, validation, context].map((list) => Int32Array.from(list));
  const numbers = [queries.data, profiles.data, ...rows, ...labelNumbers(labels), ...sourceNumbers(source)];
  return trainingKey(['graph', options, seed, backend], numbers);
}

/**
 * Trains the network, and a source's parameters with it: Adam, cosine schedule, clipped gradients.
 * @throws as `runEpochs`
 */
export async function trainGraph(
  runtime: Runtime,
  data: GraphData,
  options: CompleteGraphOptions,
  ctx: RunContext,
): Promise<TrainedGraph> {
  const { queries, profiles, labels, validation } = data;
  const key = keyOf(runtime, data, options, ctx);
  const random = (label: string) => createRandom(ctx.seed, 'graph', 'weights', label);
  const initial = {
    ...graphWeights(random, options, queries.cols, profiles.cols),
    ...(data.source && learnedWeights(random('co-training'), data.source, options.coTrainRank)),
  };
  const evaluator = await createGraphEvaluator(initial, options);
  const variables = toVariables(runtime.tf, initial);
  const optimizer = createJointOptimizer(runtime.tf, variables, 0, options);
  const model: Model = { runtime, variables, optimizer, options };
  try {
    const trained = await runEpochs(
      {
        name: 'graph',
        epochs: options.epochs,
        patience: options.compat ? null : options.patience,
        key,
        ...(options.select === 'performance' && labels.kind === 'targets' && { measure: 'validation regret' }),
      },
      {
        train: (epoch) => trainEpoch(model, data, epoch, ctx),
        validate: async () => {
          if (validation.length === 0) return null;
          return validate(evaluator, data, await toWeights(variables), options.select);
        },
        weights: () => toWeights(variables),
        running: async () => ({ ...(await toWeights(variables)), ...(await optimizer.save()) }),
        restore: (running) => {
          restoreVariables(runtime.tf, variables, running);
          optimizer.restore(running);
        },
      },
      ctx,
    );
    return { ...trained, context: contextOf(evaluator, data, trained.weights) };
  } finally {
    optimizer.dispose();
    disposeVariables(variables);
  }
}

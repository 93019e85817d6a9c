import {
  createMatrix,
  createRandom,
  takeRows,
  throwIfAborted,
  type Matrix,
  type PreferencePair,
  type RunContext,
} from '@routeprofile/schema';
import {
  cosineRate,
  disposeVariables,
  lossAndGradients,
  restoreVariables,
  toVariables,
  toWeights,
  twoTower,
  twoTowerWeights,
  type AdamW,
  type Runtime,
  type Variables,
} from '@routeprofile/tensor';
import { createJointOptimizer } from '../co-training/optimizer.js';
import { learnedWeights, openProfiles } from '../co-training/learned-profile.js';
import { sourceNumbers, type FittedSource } from '../co-training/source.js';
import { trainingKey } from '../common/checkpoint.js';
import { runEpochs, type TrainedEpochs } from '../common/epochs.js';
import { differences, type Split } from '../common/pairs.js';
import { hingeLoss, lossPerBatch, lossPerQuery } from './loss.js';
import type { MlpOptions } from './options.js';

type Tensor = ReturnType<Runtime['tf']['tensor']>;

interface Data {
  /** [queries × dimensions], [models × dimensions] */
  queries: Matrix;
  profiles: Matrix;
  /** Makes profiles that are trained too. */
  source?: FittedSource | undefined;
}

interface Model {
  runtime: Runtime;
  variables: Variables;
  optimizer: AdamW;
  options: MlpOptions;
}

const toTensor = ({ tf }: Runtime, { data, rows, cols }: Matrix) => tf.tensor2d(data, [rows, cols]);

/** One pass over shuffled pairs; the mean loss. */
async function trainEpoch(
  { runtime, variables, optimizer, options }: Model,
  { queries, profiles, source }: Data,
  pairs: readonly PreferencePair[],
  epoch: number,
  ctx: RunContext,
): Promise<number> {
  const { tf } = runtime;
  const label = String(epoch);
  const order = createRandom(ctx.seed, 'mlp', 'order', label).shuffle(pairs);
  const random = createRandom(ctx.seed, 'mlp', 'dropout', label);
  const dropout = { random, rate: options.dropout };
  const rate = cosineRate(epoch, options.epochs, options.learningRate, options.learningRate / 10);
  const models = openProfiles(tf, profiles, source);
  let total: Tensor = tf.scalar(0);
  try {
    for (let start = 0; start < order.length; start += options.batch) {
      throwIfAborted(ctx);
      const batch = order.slice(start, start + options.batch);
      const before = total;
      total = tf.tidy(() => {
        const rows = toTensor(
          runtime,
          takeRows(
            queries,
            batch.map(({ query }) => query),
          ),
        );
        const difference = tf.tensor2d(differences(batch, profiles.rows), [batch.length, profiles.rows]);
        const { loss, gradients } = lossAndGradients(tf, variables, () =>
          hingeLoss(tf, twoTower(tf, rows, models.rows(variables), variables, dropout), difference, options.margin),
        );
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

/** Scores without dropout, [rows of `queries` × models]. */
async function scoresOf(
  { runtime, variables }: Model,
  queries: Matrix,
  { profiles, source }: Pick<Data, 'profiles' | 'source'>,
): Promise<Matrix> {
  const { tf } = runtime;
  const scores = tf.tidy(() =>
    twoTower(tf, toTensor(runtime, queries), openProfiles(tf, profiles, source).rows(variables), variables),
  );
  const data = await scores.data();
  scores.dispose();
  return createMatrix(queries.rows, profiles.rows, Float32Array.from(data));
}

async function validationLoss(model: Model, data: Data, pairs: readonly PreferencePair[]): Promise<number> {
  const { margin, compat, batch } = model.options;
  const asked = [...new Set(pairs.map(({ query }) => query))];
  const scores = await scoresOf(model, takeRows(data.queries, asked), data);
  return compat ? lossPerBatch(scores, asked, pairs, margin, batch) : lossPerQuery(scores, asked, pairs, margin);
}

const columnsOf = (pairs: readonly PreferencePair[]) =>
  Int32Array.from(pairs.flatMap(({ query, better, worse }) => [query, better, worse]));

/** Where checkpoints of this training lie; undefined where none can be kept. */
function keyOf(
  { backend }: Runtime,
  { queries, profiles, source }: Data,
  { train, validation }: Split,
  options: MlpOptions,
  { seed, store }: RunContext,
): string | undefined {
  if (!store) return undefined;
  const numbers = [queries.data, profiles.data, columnsOf(train), columnsOf(validation), ...sourceNumbers(source)];
  return trainingKey(['mlp', options, seed, backend], numbers);
}

/**
 * Trains two towers on pairs: hinge loss on cosines, AdamW, cosine schedule. The weights kept are those of the epoch
 * with the lowest validation loss, or of the last one when nothing is held out. A source's parameters are trained with them.
 * @throws as `runEpochs`
 */
export async function trainTowers(
  runtime: Runtime,
  data: Data,
  split: Split,
  options: MlpOptions,
  ctx: RunContext,
): Promise<TrainedEpochs> {
  throwIfAborted(ctx);
  const { train, validation } = split;
  const { hidden, output, layers } = options;
  const shape = (input: number) => ({ input, hidden, output, layers });
  const random = (label: string) => createRandom(ctx.seed, 'mlp', 'weights', label);
  const initial = {
    ...twoTowerWeights(random, shape(data.queries.cols), shape(data.profiles.cols)),
    ...(data.source && learnedWeights(random('co-training'), data.source, options.coTrainRank)),
  };
  const key = keyOf(runtime, data, split, options, ctx);
  const variables = toVariables(runtime.tf, initial);
  const optimizer = createJointOptimizer(runtime.tf, variables, options.weightDecay, options);
  const model: Model = { runtime, variables, optimizer, options };
  try {
    return await runEpochs(
      { name: 'mlp', epochs: options.epochs, patience: options.compat ? null : options.patience, key },
      {
        train: (epoch) => trainEpoch(model, data, train, epoch, ctx),
        validate: async () => (validation.length > 0 ? validationLoss(model, data, validation) : null),
        weights: () => toWeights(variables),
        running: async () => ({ ...(await toWeights(variables)), ...(await optimizer.save()) }),
        restore: (running) => {
          restoreVariables(runtime.tf, variables, running);
          optimizer.restore(running);
        },
      },
      ctx,
    );
  } finally {
    optimizer.dispose();
    disposeVariables(variables);
  }
}

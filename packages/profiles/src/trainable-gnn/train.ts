import { sha256Hex } from '@routeprofile/numerics';
import {
  createRandom,
  nextTurn,
  RouteProfileError,
  throwIfAborted,
  z,
  type ProfileInput,
  type RunContext,
} from '@routeprofile/schema';
import {
  assertFiniteLoss,
  cosineRate,
  createAdamW,
  disposeVariables,
  improves,
  keepCheckpoint,
  loadCheckpoint,
  lossAndGradients,
  noBest,
  packCheckpoint,
  restoreVariables,
  toVariables,
  toWeights,
  unpackCheckpoint,
  type AdamW,
  type Best,
  type CheckpointNotes,
  type Runtime,
  type Variables,
  type Weights,
} from '@routeprofile/tensor';
import { version } from '../../package.json';
import { withoutTensors } from './edges.js';
import { drawMasks } from './reconstruction.js';
import { decoderWeights, encoderWeights, createNetwork, type Network } from './network.js';
import type { CompleteTrainableGnnOptions } from './options.js';
import type { Problem } from './problem.js';

/** Figures of one epoch. */
interface Epoch {
  loss: number;
  /** Mean squared error of held-out scores after the epoch; null when none are held out. */
  heldOut: number | null;
}

const figuresSchema = z.object({
  epochs: z.array(z.object({ loss: z.number(), heldOut: z.number().nullable() })),
  best: z.object({ epoch: z.number(), value: z.number().nullable() }),
});

/** Where a training stands. */
export interface TrainingState {
  epochs: Epoch[];
  best: Best;
  bestWeights: Weights;
  /** Absent once the training is over. */
  running?: { weights: Weights; optimizer: Weights };
}

const PARTS = ['best', 'weights', 'optimizer'] as const;

function packState({ epochs, best, bestWeights, running }: TrainingState): Uint8Array {
  const arrays: Weights = {};
  const parts = { best: bestWeights, ...running };
  for (const part of PARTS)
    for (const [name, array] of Object.entries(parts[part] ?? {})) arrays[`${part}/${name}`] = array;
  // JSON has no infinity: the best of no epoch yet is written as null.
  return packCheckpoint(arrays, { epochs: JSON.stringify(epochs), best: JSON.stringify(best) });
}

/** @throws RouteProfileError CORRUPT_FILE */
function unpackState(bytes: Uint8Array): TrainingState {
  const { weights: arrays, notes } = unpackCheckpoint(bytes);
  const part = (name: (typeof PARTS)[number]): Weights =>
    Object.fromEntries(
      Object.entries(arrays)
        .filter(([key]) => key.startsWith(`${name}/`))
        .map(([key, array]) => [key.slice(name.length + 1), array]),
    );
  const { epochs, best } = figuresOf(notes);
  const [weights, optimizer] = [part('weights'), part('optimizer')];
  return {
    epochs,
    best: { epoch: best.epoch, value: best.value ?? Infinity },
    bestWeights: part('best'),
    ...(Object.keys(weights).length > 0 && { running: { weights, optimizer } }),
  };
}

function figuresOf({ epochs, best }: CheckpointNotes): z.infer<typeof figuresSchema> {
  try {
    const read = (text = ''): unknown => JSON.parse(text);
    return figuresSchema.parse({ epochs: read(epochs), best: read(best) });
  } catch (cause) {
    throw new RouteProfileError('CORRUPT_FILE', 'checkpoint: its figures are not those of a training', {
      hint: 'Start the training again without it.',
      cause,
    });
  }
}

/** Everything that the trained weights depend on, hashed: SHA-256 in hexadecimal. */
export function checkpointKey(
  { graph, encoder }: Pick<ProfileInput, 'graph' | 'encoder'>,
  problem: Problem,
  { checkpointEvery: _, ...options }: CompleteTrainableGnnOptions,
  ctx: RunContext,
  backend: string,
): string {
  return sha256Hex(
    JSON.stringify(['trainable-gnn', version, graph.hash, encoder.id, options, ctx.seed, backend]),
    ...[...problem.features.values()].map(({ data }) => data),
    ...problem.scored.map(({ values }) => values),
  );
}

/** The cosine schedule ends at this share of its peak. */
const FLOOR = 0.05;

/** Fresh weights of encoder, mask tokens and decoders. */
function initialWeights({ shape }: Problem, seed: number) {
  const streams = (label: string) => createRandom(seed, 'trainable-gnn', 'weights', label);
  return { ...encoderWeights(streams, shape), ...decoderWeights(streams, shape.types, shape.input) };
}

interface Training {
  runtime: Runtime;
  problem: Problem;
  options: CompleteTrainableGnnOptions;
  ctx: RunContext;
  variables: Variables;
  optimizer: AdamW;
  network: Network;
}

/** One optimizer step over the whole graph. @returns the loss before the step */
async function trainEpoch({ runtime, problem, options, ctx, ...model }: Training, epoch: number): Promise<number> {
  const { tf } = runtime;
  const random = createRandom(ctx.seed, 'trainable-gnn', 'masks', String(epoch));
  const masks = drawMasks(random, problem.counts, problem.scored, options);
  const rate = cosineRate(epoch, options.epochs, options.learningRate, FLOOR * options.learningRate);
  const loss = tf.tidy(() => {
    const step = lossAndGradients(tf, model.variables, () => model.network.loss(masks, epoch));
    model.optimizer.step(step.gradients, rate, options.maxNorm);
    return step.loss;
  });
  const value = (await loss.data())[0]!;
  loss.dispose();
  return value;
}

/** Mean squared error of the held-out scores; null when there are none. */
function heldOutError({ runtime, network }: Pick<Training, 'runtime' | 'network'>): number | null {
  return withoutTensors(runtime.tf, () => {
    let [sum, count] = [0, 0];
    for (const { scored, edges, predicted } of network.heldOutScores())
      predicted.dataSync().forEach((value, k) => {
        sum += (value - scored.values[edges[k]!]!) ** 2;
        count++;
      });
    return count === 0 ? null : sum / count;
  });
}

/**
 * Trains encoder and decoders by masked reconstruction: AdamW, cosine schedule, one step per epoch. The weights kept are those
 * of the lowest error on held-out edges; where the options hold none out (as published) those after the epoch of the lowest
 * training loss, and where the graph has none to hold out the last ones.
 * A store in the context gets a checkpoint every few epochs and when the signal fires; a later call with the same key goes on from there and ends
 * with the same weights, bit for bit, as one that was never interrupted.
 * @throws RouteProfileError NOT_FINITE naming the epoch whose loss is not a number; ABORTED.
 */
export async function trainHan(
  runtime: Runtime,
  problem: Problem,
  options: CompleteTrainableGnnOptions,
  ctx: RunContext,
  key?: string,
): Promise<TrainingState> {
  throwIfAborted(ctx);
  const saved = key === undefined ? undefined : (await loadCheckpoint(key, unpackState, ctx)).state;
  const initial = initialWeights(problem, ctx.seed);
  const state: TrainingState = saved ?? { epochs: [], best: noBest, bestWeights: initial };
  if (saved && !state.running) return state;

  const variables = toVariables(runtime.tf, initial);
  const optimizer = createAdamW(runtime.tf, variables, { weightDecay: options.weightDecay });
  const network = createNetwork(runtime, problem, variables, options, ctx.seed);
  const training: Training = { runtime, problem, options, ctx, variables, optimizer, network };
  try {
    if (state.running) {
      restoreVariables(runtime.tf, variables, state.running.weights);
      optimizer.restore(state.running.optimizer);
    }
    for (let epoch = state.epochs.length; epoch < options.epochs; epoch++) {
      throwIfAborted(ctx);
      await runEpoch(training, state, epoch);
      await nextTurn();
      const done = epoch + 1;
      const due = done % options.checkpointEvery === 0 || ctx.signal?.aborted === true;
      if (key !== undefined && ctx.store && due && done < options.epochs) {
        const running = { weights: await toWeights(variables), optimizer: await optimizer.save() };
        await keepCheckpoint(key, packState({ ...state, running }), ctx);
      }
    }
    const finished = { epochs: state.epochs, best: state.best, bestWeights: state.bestWeights };
    if (key !== undefined) await keepCheckpoint(key, packState(finished), ctx);
    return finished;
  } finally {
    network.dispose();
    optimizer.dispose();
    disposeVariables(variables);
  }
}

/** One epoch, its figures, and the weights if they are the best so far. */
async function runEpoch(training: Training, state: TrainingState, epoch: number): Promise<void> {
  const { options, ctx, variables } = training;
  const loss = await trainEpoch(training, epoch);
  assertFiniteLoss(loss, epoch + 1, 'trainable-gnn');
  const heldOut = heldOutError(training);
  if (heldOut !== null) assertFiniteLoss(heldOut, epoch + 1, 'trainable-gnn, held-out edges');
  state.epochs.push({ loss, heldOut });
  const lastWins = heldOut === null && options.holdOut > 0;
  if (lastWins || improves(state.best, heldOut ?? loss)) {
    state.best = { epoch, value: heldOut ?? loss };
    if (!lastWins || epoch + 1 === options.epochs) state.bestWeights = await toWeights(variables);
  }
  const note = `loss ${loss.toFixed(4)}${heldOut === null ? '' : `, held-out error ${heldOut.toFixed(4)}`}`;
  ctx.onProgress?.({ stage: 'train trainable-gnn', done: epoch + 1, total: options.epochs, unit: 'epochs', note });
}

import { nextTurn, throwIfAborted, type RunContext } from '@routeprofile/schema';
import { assertFiniteLoss, improves, noBest, outOfPatience, type Weights } from '@routeprofile/tensor';
import { openCheckpoints, type EpochFigures, type TrainingState } from './checkpoint.js';

/** What a strategy does in an epoch. */
export interface EpochSteps {
  /** One pass over the training queries, epochs from 0; its mean loss. */
  train: (epoch: number) => Promise<number>;
  /** What is to be small on held-out queries; null where none is held out. */
  validate: () => Promise<number | null>;
  /** The present weights, copied. */
  weights: () => Promise<Weights>;
  /** The present weights and all else that the next epoch depends on, copied, and back again. */
  running: () => Promise<Weights>;
  restore: (running: Weights) => void;
}

export interface EpochOptions {
  /** The strategy, for messages. */
  name: string;
  epochs: number;
  /** Stop after this many epochs without a better validation; null: never. */
  patience: number | null;
  /** What `validate` gives, for progress notes. */
  measure?: string;
  /** Where the context's store keeps checkpoints: a hash of all that the weights depend on. */
  key?: string | undefined;
}

export interface TrainedEpochs {
  weights: Weights;
  /** The epoch whose weights these are, from 1. */
  bestEpoch: number;
  epochs: EpochFigures[];
}

/**
 * Runs epochs. The weights kept are those of the epoch with the lowest validation, the earliest on ties, or of the last
 * one when nothing is held out. With a key and a store in the context, a training that was killed goes on from its last
 * checkpoint, and ends with the weights, bit for bit, of one that was not.
 * @throws RouteProfileError NOT_FINITE naming the epoch whose loss is not a number; ABORTED.
 */
export async function runEpochs(options: EpochOptions, steps: EpochSteps, ctx: RunContext): Promise<TrainedEpochs> {
  throwIfAborted(ctx);
  const checkpoints = openCheckpoints(options.key, ctx);
  const saved = await checkpoints.load();
  const state: TrainingState = saved ?? { epochs: [], best: noBest };
  const over = saved !== undefined && saved.running === undefined;
  if (saved?.running) steps.restore(saved.running);
  delete state.running;
  while (!over && state.epochs.length < options.epochs) {
    if (await runEpoch(options, steps, state, ctx)) break;
    await nextTurn();
    await checkpoints.keep(state, steps.running);
    throwIfAborted(ctx);
  }
  state.bestWeights ??= await steps.weights();
  if (!over) await checkpoints.finish(state);
  return { weights: state.bestWeights, bestEpoch: state.best.epoch + 1, epochs: state.epochs };
}

/** One epoch, its figures and the weights if they are the best so far; whether to stop for want of a better one. */
async function runEpoch(
  { name, epochs: limit, patience, measure = 'validation loss' }: EpochOptions,
  { train, validate, weights }: EpochSteps,
  state: TrainingState,
  ctx: RunContext,
): Promise<boolean> {
  const epoch = state.epochs.length;
  const trained = await train(epoch);
  assertFiniteLoss(trained, epoch + 1, name);
  const validated = await validate();
  if (validated !== null) assertFiniteLoss(validated, epoch + 1, `${name}, validation`);
  state.epochs.push({ train: trained, validation: validated });
  const note = validated === null ? `loss ${trained.toFixed(4)}` : `${measure} ${validated.toFixed(4)}`;
  ctx.onProgress?.({ stage: `train ${name}`, done: epoch + 1, total: limit, unit: 'epochs', note });
  if (validated === null) state.best = { epoch, value: trained };
  else if (improves(state.best, validated)) {
    state.best = { epoch, value: validated };
    state.bestWeights = await weights();
  } else return patience !== null && outOfPatience(state.best, epoch, patience);
  return false;
}

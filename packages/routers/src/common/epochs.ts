import { throwIfAborted, type RunContext } from '@routeprofile/schema';
import { assertFiniteLoss, improves, noBest, outOfPatience, type Weights } from '@routeprofile/tensor';

/** What a strategy does in an epoch. */
export interface EpochSteps {
  /** One pass over the training queries, epochs from 0; its mean loss. */
  train: (epoch: number) => Promise<number>;
  /** What is to be small on held-out queries; null where none is held out. */
  validate: () => Promise<number | null>;
  /** The present weights, copied. */
  weights: () => Promise<Weights>;
}

export interface EpochOptions {
  /** The strategy, for messages. */
  name: string;
  epochs: number;
  /** Stop after so many epochs without a better validation; null: never. */
  patience: number | null;
  /** What `validate` gives, for progress notes. */
  measure?: string;
}

export interface TrainedEpochs {
  weights: Weights;
  /** The epoch whose weights these are, from 1. */
  bestEpoch: number;
  epochs: { train: number; validation: number | null }[];
}

/** Lets timers and signals of the process run between epochs, so that a long training can be interrupted. */
const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/**
 * Runs epochs. The weights kept are those of the epoch with the lowest validation, the earliest on ties, or of the last
 * one when nothing is held out.
 * @throws RouteProfileError NOT_FINITE naming the epoch whose loss is no number; ABORTED.
 */
export async function runEpochs(
  { name, epochs: limit, patience, measure = 'validation loss' }: EpochOptions,
  { train, validate, weights: present }: EpochSteps,
  ctx: RunContext,
): Promise<TrainedEpochs> {
  throwIfAborted(ctx);
  const epochs: TrainedEpochs['epochs'] = [];
  let best = noBest;
  let weights: Weights | undefined;
  for (let epoch = 0; epoch < limit; epoch++) {
    const trained = await train(epoch);
    assertFiniteLoss(trained, epoch + 1, name);
    const validated = await validate();
    if (validated !== null) assertFiniteLoss(validated, epoch + 1, `${name}, validation`);
    epochs.push({ train: trained, validation: validated });
    const note = validated === null ? `loss ${trained.toFixed(4)}` : `${measure} ${validated.toFixed(4)}`;
    ctx.onProgress?.({ stage: `train ${name}`, done: epoch + 1, total: limit, unit: 'epochs', note });
    if (validated === null) best = { epoch, value: trained };
    else if (improves(best, validated)) {
      best = { epoch, value: validated };
      weights = await present();
    } else if (patience !== null && outOfPatience(best, epoch, patience)) break;
    await breathe();
    throwIfAborted(ctx);
  }
  return { weights: weights ?? (await present()), bestEpoch: best.epoch + 1, epochs };
}

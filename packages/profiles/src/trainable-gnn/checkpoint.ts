import { RouteProfileError, z, type ProfileInput, type RunContext } from '@routeprofile/schema';
import { sha256Hex } from '@routeprofile/numerics';
import { packCheckpoint, unpackCheckpoint, type Best, type CheckpointNotes, type Weights } from '@routeprofile/tensor';
import { version } from '../../package.json';
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

export function packState({ epochs, best, bestWeights, running }: TrainingState): Uint8Array {
  const arrays: Weights = {};
  const parts = { best: bestWeights, ...running };
  for (const part of PARTS)
    for (const [name, array] of Object.entries(parts[part] ?? {})) arrays[`${part}/${name}`] = array;
  // JSON has no infinity: the best of no epoch yet is written as null.
  return packCheckpoint(arrays, { epochs: JSON.stringify(epochs), best: JSON.stringify(best) });
}

/** @throws RouteProfileError CORRUPT_FILE */
export function unpackState(bytes: Uint8Array): TrainingState {
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

import { RouteProfileError, z, type RunContext } from '@routeprofile/schema';
import { sha256Hex } from '@routeprofile/numerics';
import {
  keepCheckpoint,
  loadCheckpoint,
  packCheckpoint,
  unpackCheckpoint,
  type Best,
  type Weights,
} from '@routeprofile/tensor';
import { version } from '../../package.json';

/** Figures of one epoch. */
export interface EpochFigures {
  train: number;
  validation: number | null;
}

/** Where a training stands. */
export interface TrainingState {
  epochs: EpochFigures[];
  best: Best;
  /** Weights of the best epoch; absent where none is held out, as the last ones are then the best. */
  bestWeights?: Weights;
  /** Weights and the optimizer's moments to go on from; absent once the training is over. */
  running?: Weights;
}

const figuresSchema = z.object({
  epochs: z.array(z.object({ train: z.number(), validation: z.number().nullable() })).min(1),
  best: z.object({ epoch: z.number().int().min(0), value: z.number() }),
});

const PARTS = ['bestWeights', 'running'] as const;

export function packTraining({ epochs, best, ...parts }: TrainingState): Uint8Array {
  const arrays: Weights = {};
  for (const part of PARTS)
    for (const [name, array] of Object.entries(parts[part] ?? {})) arrays[`${part}/${name}`] = array;
  return packCheckpoint(arrays, { figures: JSON.stringify({ epochs, best }) });
}

/** @throws RouteProfileError CORRUPT_FILE */
export function unpackTraining(bytes: Uint8Array): TrainingState {
  const { weights: arrays, notes } = unpackCheckpoint(bytes);
  const state: TrainingState = figuresOf(notes['figures']);
  for (const part of PARTS) {
    const own = Object.entries(arrays).filter(([key]) => key.startsWith(`${part}/`));
    if (own.length > 0)
      state[part] = Object.fromEntries(own.map(([key, array]) => [key.slice(part.length + 1), array]));
  }
  return state;
}

function figuresOf(text: string | undefined): z.infer<typeof figuresSchema> {
  try {
    return figuresSchema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    throw new RouteProfileError('CORRUPT_FILE', 'checkpoint: its figures are not those of a training run', {
      hint: 'Start the training again without it.',
      cause,
    });
  }
}

/**
 * SHA-256 in hexadecimal of all that a training depends on: what it is, as JSON, and the numbers it reads.
 * The version of this package is always part of it, as other code may give other weights.
 */
export function trainingKey(what: unknown, numbers: readonly ArrayBufferView[]): string {
  const lengths = numbers.map(({ byteLength }) => byteLength);
  return sha256Hex(JSON.stringify(['routers', version, what, lengths]), ...numbers);
}

/** A training holds some ten times the memory of its weights; writing that after every epoch would cost more than it saves. */
export const CHECKPOINT_INTERVAL_MS = 5_000;

/** Keeps a training's state under its key, between epochs and no oftener than the interval. */
export interface Checkpoints {
  /** Where an earlier training of the same thing stood; undefined when nothing of it can be read. */
  load(): Promise<TrainingState | undefined>;
  /** Called after each epoch. An interrupted training is kept at once. */
  keep(state: TrainingState, running: () => Promise<Weights>): Promise<void>;
  /** The end takes the place of a checkpoint that was written; a training too short for one leaves nothing. */
  finish(state: TrainingState): Promise<void>;
}

/** Checkpoints in the context's store; without a store or a key nothing is kept. A damaged one is warned of and not used. */
export function openCheckpoints(key: string | undefined, ctx: RunContext): Checkpoints {
  if (!ctx.store || key === undefined)
    return { load: async () => undefined, keep: async () => undefined, finish: async () => undefined };
  let last = performance.now();
  let written = false;
  return {
    async load() {
      const { state, found } = await loadCheckpoint(key, unpackTraining, ctx);
      written = found;
      return state;
    },
    async keep(state, running) {
      if (!ctx.signal?.aborted && performance.now() - last < CHECKPOINT_INTERVAL_MS) return;
      await keepCheckpoint(key, packTraining({ ...state, running: await running() }), ctx);
      last = performance.now();
      written = true;
    },
    async finish(state) {
      if (written) await keepCheckpoint(key, packTraining(state), ctx);
    },
  };
}

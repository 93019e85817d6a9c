import type { RunContext, Store } from '../context.js';
import { RouteProfileError } from '../errors.js';
import { rejectionOf } from './rejection.js';

/** Bytes as Node hands out those of a small file: a view into a larger memory, at an odd place, whose `slice` is a view too. */
class PooledBytes extends Uint8Array<ArrayBuffer> {
  override slice(start?: number, end?: number) {
    return this.subarray(start, end);
  }
}

/** A store in memory. What it returns looks like what a store of files returns under Node (see `PooledBytes`). */
export function pooledStore(): Store & { values: Map<string, Uint8Array> } {
  const values = new Map<string, Uint8Array>();
  return {
    values,
    async get(key) {
      const value = values.get(key);
      if (!value) return undefined;
      const bytes = new PooledBytes(new ArrayBuffer(value.length + 64), 5, value.length);
      bytes.set(value);
      return bytes;
    },
    async set(key, value) {
      values.set(key, new Uint8Array(value));
    },
  };
}

/** What came of a step that was interrupted and taken up again. */
export interface Interruption<T> {
  /** What it gave when it was let go on. */
  resumed: T;
  /** What it gives when it is asked once more with all that it has kept. */
  repeated: T;
  /** How often it was interrupted; 0 when it ended before it reported any progress. */
  interruptions: number;
  /** How many values it had kept by its last interruption. */
  kept: number;
}

/** After which message of progress each try is interrupted. */
const STOPS = [1, 2];

/**
 * Interrupts a step by its signal as it tells of progress, twice, then lets it go on, with one store for all tries.
 * @throws whatever the step throws except ABORTED
 */
export async function interruptAndResume<T>(
  step: (ctx: RunContext) => Promise<T>,
  seed: number,
): Promise<Interruption<T>> {
  const store = pooledStore();
  let [interruptions, kept] = [0, 0];
  for (const stop of STOPS) {
    const controller = new AbortController();
    let told = 0;
    const onProgress = () => {
      if (++told === stop) controller.abort();
    };
    const error = await rejectionOf(step({ seed, store, signal: controller.signal, onProgress }));
    if (error === undefined) continue;
    if (!RouteProfileError.isInstance(error) || error.code !== 'ABORTED')
      throw error instanceof Error ? error : new Error('the step was rejected', { cause: error });
    interruptions++;
    kept = store.values.size;
  }
  return { resumed: await step({ seed, store }), repeated: await step({ seed, store }), interruptions, kept };
}

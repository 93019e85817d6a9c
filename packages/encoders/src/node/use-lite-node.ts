import { availableParallelism, totalmem } from 'node:os';
import {
  createMatrix,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  type Encoder,
  type Logger,
  type Matrix,
  type RunContext,
} from '@routeprofile/schema';
import { countTokens } from '../use-lite/batches.js';
import { assembleUseLite, localRunner, USE_LITE_VERSION, type WindowEncoder } from '../use-lite/encoder.js';
import { loadUseLiteModel, USE_LITE_DIMENSIONS } from '../use-lite/model.js';
import { runBatches, type BatchRunner, type RunOptions } from '../use-lite/run-batches.js';
import { createTokenizer, parseVocabulary } from '@routeprofile/encoder-static';
import type { WindowPolicy } from '../use-lite/windows.js';
import { tokensKey } from './keys.js';
import { useLiteFiles } from './use-lite-files.js';
import { openVectorStore, type VectorStore } from './vector-store.js';
import { createWorkerPool, type WorkerPool } from './worker-pool.js';

/** Settings of `openNodeUseLite`; all of it is optional. */
export interface NodeUseLiteOptions {
  /** What of a text longer than 128 tokens counts. Default `mean`. */
  window?: WindowPolicy;
  /** Windows of a text at most, 2 or more: evenly spaced ones of a longer text are read. Default: all. */
  windowsPerText?: number;
  /** Numbers in the block for what the vocabulary cannot spell, as `use-lite-hash` has it. Default: no such block. */
  hashed?: number;
  /** Threads at most. Default: ROUTEPROFILE_THREADS, else one a core as far as memory allows. */
  threads?: number;
  /**
   * Keeps the calling thread free, as a server needs it: even a single short text is encoded by a thread, which takes half a second
   * to start. Default false: small jobs are done here.
   */
  keepFree?: boolean;
  /** Cache folder; windows are kept in it by the hash of their tokens, so texts that share windows share vectors. */
  cache?: string;
  env?: Readonly<Record<string, string | undefined>>;
  logger?: Logger;
  /** The built worker file. Default: beside this one. */
  worker?: URL;
}

/** Below this a job is done before a thread has loaded its model: about half a second of one core. */
const SMALL_JOB_TOKENS = 4_096;
/** What a thread should have to do to be worth its start. */
const TOKENS_PER_THREAD = 2_048;
/** A thread takes at most this much memory, with what it reads; all of them take at most a quarter of the machine's. */
const THREAD_BYTES = 150e6;

/** `use-lite` or `use-lite-hash` with the machine's cores and a cache of windows. Nothing is loaded before a window must be encoded. */
export async function openNodeUseLite(options: NodeUseLiteOptions = {}): Promise<Encoder> {
  const files = useLiteFiles();
  const tokenizer = createTokenizer(parseVocabulary(await files.vocab(), 'vocab.json'));
  const threads = threadCount(options);
  const entry = options.worker ?? new URL('./use-lite-worker.js', import.meta.url);
  let pool: WorkerPool | undefined;
  let model: Promise<BatchRunner> | undefined;

  async function runnersFor(windows: readonly Int32Array[]): Promise<BatchRunner[]> {
    const tokens = countTokens(windows);
    const wanted = Math.min(threads, Math.ceil(tokens / TOKENS_PER_THREAD));
    if (options.keepFree) return threadsOf(Math.max(1, wanted));
    if (wanted < 2 || tokens < SMALL_JOB_TOKENS) return [localRunner(await (model ??= loadUseLiteModel(files)))];
    return threadsOf(wanted);
  }
  const threadsOf = (count: number): BatchRunner[] => (pool ??= createWorkerPool(entry)).runners(count);

  const compute = async (windows: readonly Int32Array[], run: RunOptions): Promise<Matrix> =>
    runBatches(windows, await runnersFor(windows), run);
  const dispose = async () => {
    await pool?.dispose();
    pool = model = undefined;
  };
  const windows: WindowEncoder =
    options.cache === undefined
      ? { encode: (list, ctx) => compute(list, { dimensions: USE_LITE_DIMENSIONS, ctx }), dispose }
      : { encode: cachedWindows(options.cache, compute, options.logger), dispose };
  const { window, windowsPerText, hashed } = options;
  return assembleUseLite({ tokenizer, windows, window, windowsPerText, hashed });
}

/** Encodes only windows that the cache does not hold, and keeps each batch as it comes. */
function cachedWindows(
  dir: string,
  compute: (windows: readonly Int32Array[], run: RunOptions) => Promise<Matrix>,
  logger: Logger | undefined,
) {
  const dimensions = USE_LITE_DIMENSIONS;
  let opened: Promise<VectorStore> | undefined;

  return async (windows: readonly Int32Array[], ctx?: RunContext): Promise<Matrix> => {
    opened ??= openVectorStore({ dir, encoderId: `use-lite@${USE_LITE_VERSION}:windows`, dimensions, logger });
    const store = await opened;
    const keys = windows.map(tokensKey);
    const known = await store.get(keys);
    const out = createMatrix(windows.length, dimensions);
    known.forEach((vector, i) => vector && rowOf(out, i).set(vector));
    const missing = windows.flatMap((_, i) => (known[i] ? [] : [i]));
    throwIfAborted(ctx);
    if (missing.length === 0) return out;
    try {
      const fresh = await compute(
        missing.map((i) => windows[i]!),
        {
          dimensions,
          ctx,
          alreadyDone: windows.length - missing.length,
          onBatch: async (batch, vectors) => {
            for (const [row, i] of batch.entries())
              await store.put(keys[missing[i]!]!, vectors.subarray(row * dimensions, (row + 1) * dimensions));
          },
        },
      );
      missing.forEach((window, row) => rowOf(out, window).set(rowOf(fresh, row)));
    } finally {
      await store.flush();
    }
    return out;
  };
}

/** @throws RouteProfileError BAD_OPTION when the number given is not a whole number of at least 1. */
export function threadCount({ threads, env = process.env }: Pick<NodeUseLiteOptions, 'threads' | 'env'>): number {
  const given = threads ?? (env['ROUTEPROFILE_THREADS'] ? Number(env['ROUTEPROFILE_THREADS']) : undefined);
  if (given === undefined)
    return Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / 4 / THREAD_BYTES)));
  if (!Number.isInteger(given) || given < 1)
    throw new RouteProfileError('BAD_OPTION', `the number of threads is ${threads ?? env['ROUTEPROFILE_THREADS']}`, {
      hint: 'Set ROUTEPROFILE_THREADS to a whole number of at least 1.',
    });
  return given;
}

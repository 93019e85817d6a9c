import {
  assertFinite,
  createMatrix,
  nextTurn,
  throwIfAborted,
  type Encoder,
  type Matrix,
  type RunContext,
} from '@routeprofile/schema';
import { loadUseLiteModel, USE_LITE_DIMENSIONS } from './model.js';
import { runBatches, type BatchRunner } from './run-batches.js';
import { createTokenizer, parseVocabulary, type Tokenizer } from '@routeprofile/encoder-static';
import { inTurns } from '../turns.js';
import { appendHashedBlock } from '../unseen/hashed-block.js';
import { unseenOf, type Unseen } from '../unseen/unseen.js';
import type { UseLiteFiles } from './weights.js';
import { combineWindows, cutWindows, planWindows, type WindowPolicy } from './windows.js';

/** The version of the weights' package, and the arithmetic: part of every id, because others give other vectors. */
export const USE_LITE_VERSION = '0.2.0-int16';

/** The same for the hashed block: changes whenever a text would get another one. */
export const USE_LITE_HASH_VERSION = `${USE_LITE_VERSION}-1`;

/** Encodes distinct windows; where and how (here, on threads, from a cache) is its own business. */
export interface WindowEncoder {
  /** [windows × 512], in order. */
  encode(windows: readonly Int32Array[], ctx?: RunContext): Promise<Matrix>;
  dispose(): Promise<void>;
}

export interface UseLiteParts {
  tokenizer: Tokenizer;
  windows: WindowEncoder;
  /** Default `mean`. */
  window?: WindowPolicy;
  /** Windows of a text at most, 2 or more; default: all. */
  windowsPerText?: number;
  /** Numbers in the block for what the vocabulary cannot spell. Default: no such block. */
  hashed?: number;
}

/** The encoder as a whole: text → tokens → distinct windows → vectors → text vectors, and a block for what is unseen. */
export function assembleUseLite(parts: UseLiteParts): Encoder {
  const { tokenizer, windows, window = 'mean', windowsPerText, hashed } = parts;
  const dimensions = USE_LITE_DIMENSIONS + (hashed ?? 0);
  const cut = `window=${window}${windowsPerText === undefined ? '' : `:windows=${windowsPerText}`}`;
  const read = (text: string): ReadText => {
    const segmentation = tokenizer.segment(text);
    return { windows: cutWindows(segmentation.ids, window, windowsPerText), unseen: unseenOf(segmentation, window) };
  };
  return {
    specVersion: 1,
    id:
      hashed === undefined
        ? `use-lite@${USE_LITE_VERSION}:${cut}`
        : `use-lite-hash@${USE_LITE_HASH_VERSION}:${cut}:hashed=${hashed}`,
    dimensions,
    async encode(texts, ctx) {
      throwIfAborted(ctx);
      if (texts.length === 0) return createMatrix(0, dimensions);
      const all = await inTurns(texts, read, ctx);
      const plan = planWindows(all.map((text) => text.windows));
      const seen = combineWindows(plan, await windows.encode(plan.distinct, ctx));
      const unseen = all.map((text) => text.unseen);
      const out = hashed === undefined ? seen : appendHashedBlock(seen, unseen, hashed);
      assertFinite(out, 'use-lite');
      return out;
    },
    async unseen(texts, ctx) {
      throwIfAborted(ctx);
      return Float64Array.from(await inTurns(texts, (text) => read(text).unseen.share, ctx));
    },
    dispose: () => windows.dispose(),
  };
}

interface ReadText {
  windows: Int32Array[];
  unseen: Unseen;
}

/** A runner that computes here and lets go of the event loop after each batch, so that interruption is noticed. */
export const localRunner =
  (model: BatchRunner): BatchRunner =>
  async (windows) => {
    const vectors = await model(windows);
    await nextTurn();
    return vectors;
  };

/** Where `openUseLiteEncoder` finds its weights, and how it reads long texts. */
export interface UseLiteOptions {
  /** In Node `useLiteFiles()` of `@routeprofile/encoders/node`. */
  files: UseLiteFiles;
  /** What of a text longer than 128 tokens counts. Default `mean`. */
  window?: WindowPolicy;
  /** Windows of a text at most, 2 or more: evenly spaced ones of a longer text are read. Default: all. */
  windowsPerText?: number;
  /** Numbers in the block for what the vocabulary cannot spell, as `use-lite-hash` has it. Default: no such block. */
  hashed?: number;
}

/**
 * The Universal Sentence Encoder lite on this thread, in Node or a browser: 512 dimensions, unit length, English.
 * With `hashed` it is `use-lite-hash`: `hashed` extra dimensions, which tell apart texts that the vocabulary cannot spell.
 * @throws RouteProfileError CORRUPT_FILE for damaged weights, BACKEND_UNAVAILABLE where WebAssembly has no SIMD.
 */
export async function openUseLiteEncoder(options: UseLiteOptions): Promise<Encoder> {
  const { files, window, windowsPerText, hashed } = options;
  const tokenizer = createTokenizer(parseVocabulary(await files.vocab(), 'vocab.json'));
  const runner = localRunner(await loadUseLiteModel(files));
  return assembleUseLite({
    tokenizer,
    window,
    windowsPerText,
    hashed,
    windows: {
      encode: (windows, ctx) => runBatches(windows, [runner], { dimensions: USE_LITE_DIMENSIONS, ctx }),
      dispose: async () => {}, // memory alone, which goes with the encoder
    },
  });
}

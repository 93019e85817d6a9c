import {
  assertFinite,
  createMatrix,
  throwIfAborted,
  type Encoder,
  type Matrix,
  type RunContext,
} from '@routeprofile/schema';
import { createRuntime, type Runtime } from '@routeprofile/tensor';
import { loadUseLiteModel, USE_LITE_DIMENSIONS, type UseLiteFiles, type UseLiteModel } from './model.js';
import { runBatches, type BatchRunner } from './run-batches.js';
import { createTokenizer, parseVocabulary, type Tokenizer } from './unigram.js';
import { combineWindows, cutWindows, planWindows, type WindowPolicy } from './windows.js';

/** The weights' package and version: part of every id, because other weights give other vectors. */
export const USE_LITE_VERSION = '0.2.0';

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
}

/** The encoder as a whole: text → tokens → distinct windows → vectors → text vectors. */
export function assembleUseLite({ tokenizer, windows, window = 'mean' }: UseLiteParts): Encoder {
  return {
    specVersion: 1,
    id: `use-lite@${USE_LITE_VERSION}:window=${window}`,
    dimensions: USE_LITE_DIMENSIONS,
    async encode(texts, ctx) {
      throwIfAborted(ctx);
      if (texts.length === 0) return createMatrix(0, USE_LITE_DIMENSIONS);
      const plan = planWindows(await cutTexts(texts, tokenizer, window, ctx));
      const out = combineWindows(plan, await windows.encode(plan.distinct, ctx));
      assertFinite(out, 'use-lite');
      return out;
    },
    dispose: () => windows.dispose(),
  };
}

/** Texts after which the event loop gets its turn: about 0.1 seconds of work. */
const TEXTS_PER_TURN = 1_000;
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0));

async function cutTexts(
  texts: readonly string[],
  tokenizer: Tokenizer,
  window: WindowPolicy,
  ctx: RunContext | undefined,
): Promise<Int32Array[][]> {
  const out: Int32Array[][] = [];
  for (const text of texts) {
    out.push(cutWindows(tokenizer.encode(text), window));
    if (out.length % TEXTS_PER_TURN === 0) {
      await nextTurn();
      throwIfAborted(ctx);
    }
  }
  return out;
}

/** A runner that computes here and lets go of the event loop after each batch, so that interruption is noticed. */
export const localRunner =
  (model: UseLiteModel): BatchRunner =>
  async (windows) => {
    const vectors = await model.run(windows);
    await nextTurn();
    return vectors;
  };

/** Where `useLiteEncoder` finds its weights, and how it reads long texts. */
export interface UseLiteOptions {
  /** In Node `useLiteFiles()` of `@routeprofile/encoders/node`. */
  files: UseLiteFiles;
  /** What of a text longer than 128 tokens counts. Default `mean`. */
  window?: WindowPolicy;
  /** Default: the tensor runtime in use. */
  runtime?: Runtime;
}

/**
 * The Universal Sentence Encoder lite on this thread, in Node or a browser: 512 dimensions, unit length, English.
 * @throws RouteProfileError CORRUPT_FILE for damaged weights, BACKEND_UNAVAILABLE.
 */
export async function useLiteEncoder({ files, window, runtime }: UseLiteOptions): Promise<Encoder> {
  const tokenizer = createTokenizer(parseVocabulary(await files.vocab(), 'vocab.json'));
  const model = await loadUseLiteModel(files, runtime ?? (await createRuntime()));
  const runner = localRunner(model);
  return assembleUseLite({
    tokenizer,
    window,
    windows: {
      encode: (windows, ctx) => runBatches(windows, [runner], { dimensions: USE_LITE_DIMENSIONS, ctx }),
      dispose: async () => model.dispose(),
    },
  });
}

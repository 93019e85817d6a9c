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
import { textKey } from './keys.js';
import { openVectorStore, type VectorStore } from './vector-store.js';

/** How often `withCache` writes, and whom it tells of damaged files. */
export interface CacheOptions {
  logger?: Logger;
  /** Texts handed to the encoder at a time; each lot is on disk before the next is begun. Default 256. */
  lot?: number;
}

/**
 * The encoder with a memory on disk: a text it has seen before costs a look-up. Entries are found by the encoder's id
 * and the SHA-256 of the text; texts themselves are not stored. A killed run loses at most the lot in work.
 * @throws RouteProfileError OUTPUT_UNWRITABLE (on first use) naming the folder.
 */
export function withCache(encoder: Encoder, dir: string, { logger, lot = 256 }: CacheOptions = {}): Encoder {
  let opened: Promise<VectorStore> | undefined;
  const store = () => {
    opened ??= openVectorStore({ dir, encoderId: encoder.id, dimensions: encoder.dimensions, logger });
    return opened;
  };

  async function encode(texts: readonly string[], ctx?: RunContext): Promise<Matrix> {
    throwIfAborted(ctx);
    const distinct = [...new Set(texts)];
    const keys = distinct.map(textKey);
    const known = await (await store()).get(keys);
    const vectors = new Map<string, Float32Array>();
    known.forEach((vector, i) => vector && vectors.set(distinct[i]!, vector));
    const missing = distinct.flatMap((_, i) => (known[i] ? [] : [i]));
    for (let start = 0; start < missing.length; start += lot) {
      throwIfAborted(ctx);
      const part = missing.slice(start, start + lot);
      const fresh = await encodeChecked(
        encoder,
        part.map((i) => distinct[i]!),
        ctx && { ...ctx, onProgress: undefined },
      );
      for (const [row, i] of part.entries()) {
        vectors.set(distinct[i]!, rowOf(fresh, row));
        await (await store()).put(keys[i]!, rowOf(fresh, row));
      }
      await (await store()).flush();
      ctx?.onProgress?.({ stage: 'encode', done: vectors.size, total: distinct.length, unit: 'texts' });
    }
    const out = createMatrix(texts.length, encoder.dimensions);
    texts.forEach((text, i) => out.data.set(vectors.get(text)!, i * out.cols));
    return out;
  }
  return {
    specVersion: 1,
    id: encoder.id,
    dimensions: encoder.dimensions,
    encode,
    ...(encoder.unseen && { unseen: (texts, ctx) => encoder.unseen!(texts, ctx) }),
    dispose: async () => encoder.dispose?.(),
  };
}

/** What another's encoder returns is checked before it is kept: a wrong vector in a cache is wrong for ever. */
async function encodeChecked(encoder: Encoder, texts: readonly string[], ctx: RunContext | undefined): Promise<Matrix> {
  const matrix = await encoder.encode(texts, ctx);
  if (
    matrix.rows !== texts.length ||
    matrix.cols !== encoder.dimensions ||
    matrix.data.length !== matrix.rows * matrix.cols
  )
    throw new RouteProfileError(
      'ENCODER_FAILED',
      `${encoder.id}: ${matrix.rows} × ${matrix.cols} numbers for ${texts.length} texts of ${encoder.dimensions} dimensions`,
    );
  const bad = matrix.data.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new RouteProfileError(
      'ENCODER_FAILED',
      `${encoder.id}: text ${Math.floor(bad / matrix.cols)} got ${matrix.data[bad]}`,
    );
  return matrix;
}

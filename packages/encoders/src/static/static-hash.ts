import {
  loadStatic,
  STATIC_VERSION,
  staticId,
  type StaticFiles,
  type StaticModel,
  type StaticOptions,
} from '@routeprofile/encoder-static';
import { throwIfAborted, type Encoder } from '@routeprofile/schema';
import { inTurns } from '../turns.js';
import { appendHashedBlock, HASHED_DIMENSIONS } from '../unseen/hashed-block.js';
import { unseenOf, type Unseen } from '../unseen/unseen.js';

/** Changes whenever a text would get another vector from `static-hash`. */
export const STATIC_HASH_VERSION = `${STATIC_VERSION}-1`;

const NOTHING: Unseen = { words: [], share: 0 };

/** `static` or, with `hashed`, `static-hash`, of a model in memory. */
export function assembleStatic(model: StaticModel, name: string, hashed?: number): Encoder {
  const { tokenizer, file } = model;
  /** Of all texts, since the vectors are averages over all of a text. */
  const unseen = (text: string): Unseen => unseenOf(tokenizer.segment(text), 'mean');
  return {
    specVersion: 1,
    id: hashed === undefined ? staticId(file, name) : hashedId(staticId(file, name), hashed),
    dimensions: file.dimensions + (hashed ?? 0),
    async encode(texts, ctx) {
      const { vectors, unspelled } = await model.read(texts, ctx);
      if (hashed === undefined) return vectors;
      const unseenTexts = new Array<Unseen>(texts.length).fill(NOTHING);
      for (const i of unspelled) unseenTexts[i] = unseen(texts[i]!);
      return appendHashedBlock(vectors, unseenTexts, hashed);
    },
    async unseen(texts, ctx) {
      throwIfAborted(ctx);
      return Float64Array.from(await inTurns(texts, (text) => unseen(text).share, ctx));
    },
  };
}

/** `static@V` → `static-hash@V-1:hashed=N`; `static:FILE:contents=C` → `static-hash:FILE:hashed=N:contents=C`. */
function hashedId(plain: string, hashed: number): string {
  const [, argument, contents] = /^static:(.*):contents=(.*)$/s.exec(plain) ?? [];
  return argument === undefined
    ? `static-hash@${STATIC_HASH_VERSION}:hashed=${hashed}`
    : `static-hash:${argument}:hashed=${hashed}:contents=${contents}`;
}

/** Where `openStaticHashEncoder` finds its vectors, and how it runs. */
export interface StaticHashOptions extends StaticOptions {
  /** In Node `staticFiles()` of `@routeprofile/encoder-static/node`. */
  files: StaticFiles;
  /** Numbers in the block for what the vocabulary cannot spell. Default 256. */
  hashed?: number;
}

/**
 * The static encoder of `@routeprofile/encoder-static` with a block for what its vocabulary cannot spell, as `use-lite-hash` has it; in Node or a browser.
 * @throws RouteProfileError CORRUPT_FILE, and what `files.read` throws.
 */
export async function openStaticHashEncoder(options: StaticHashOptions): Promise<Encoder> {
  const { files, hashed = HASHED_DIMENSIONS, ...others } = options;
  return assembleStatic(await loadStatic(files, others), files.name, hashed);
}

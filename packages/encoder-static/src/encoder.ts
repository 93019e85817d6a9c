import {
  createMatrix,
  nextTurn,
  rowOf,
  throwIfAborted,
  type Encoder,
  type Matrix,
  type RunContext,
} from '@routeprofile/schema';
import { readStaticFile, type StaticFile } from './model/format.js';
import { squash } from './model/squash.js';
import { MOST_IDS, plainSum, simdSum, type RowSum } from './sum/sum.js';
import { createTokenizer, type Tokenizer } from './tokenizer/tokenizer.js';
import { UNKNOWN } from './tokenizer/vocabulary.js';
import { STATIC_CHECKSUM, STATIC_VERSION } from './version.js';

/** Where the vectors come from: `staticFiles()` of `@routeprofile/encoder-static/node`, `fetch` in a browser. */
export interface StaticFiles {
  /** Names the file in messages and, where it is not the package's own, in the encoder's id. */
  name: string;
  /** The file's bytes. */
  read(): Promise<Uint8Array | ArrayBuffer>;
}

/** What `loadStatic` may be told. */
export interface StaticOptions {
  /** Whether sums are made with WebAssembly's SIMD instructions where these are available. Default true; the vectors are the same. */
  simd?: boolean;
}

/** Vectors of texts, and which texts hold something that no piece spells. */
export interface StaticReading {
  /** [texts × dimensions], rows of unit length. */
  vectors: Matrix;
  /** Numbers of the texts with an unknown stretch in them, ascending. */
  unspelled: number[];
}

/** A static encoder's file in memory, ready to read texts. */
export interface StaticModel {
  file: StaticFile;
  tokenizer: Tokenizer;
  /** How it adds. */
  sums: RowSum['kind'];
  /** @throws RouteProfileError ABORTED. */
  read: (texts: readonly string[], ctx?: Omit<RunContext, 'seed'>) => Promise<StaticReading>;
}

/** UTF-16 units after which others may run, also within one long text: about 2 milliseconds. */
const UNITS_PER_TURN = 1 << 14;

/** @throws RouteProfileError CORRUPT_FILE, and what `files.read` throws. */
export async function loadStatic(files: StaticFiles, { simd = true }: StaticOptions = {}): Promise<StaticModel> {
  const bytes = await files.read();
  return staticModel(readStaticFile(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), files.name), { simd });
}

function staticModel(file: StaticFile, { simd }: Required<StaticOptions>): StaticModel {
  const { dimensions, scale, offset } = file;
  const table = { data: file.vectors, dimensions };
  const sums = (simd ? simdSum(table) : undefined) ?? plainSum(table);
  const tokenizer = createTokenizer(file.vocabulary);

  /** `tanh(offset + scale · total / count)`, of unit length. */
  const finish = (total: Float64Array, count: number, row: Float32Array) => {
    let square = 0;
    for (let d = 0; d < dimensions; d++) {
      const t = squash(offset[d]! + (scale[d]! * total[d]!) / count);
      total[d] = t;
      square += t * t;
    }
    const norm = Math.sqrt(square) || 1;
    for (let d = 0; d < dimensions; d++) row[d] = total[d]! / norm;
  };

  return {
    file,
    tokenizer,
    sums: sums.kind,
    async read(texts, ctx) {
      throwIfAborted(ctx);
      const vectors = createMatrix(texts.length, dimensions);
      const unspelled: number[] = [];
      const total = new Float64Array(dimensions);
      let units = 0;
      const turn = async (done: number) => {
        if (units < UNITS_PER_TURN) return;
        units = 0;
        ctx?.onProgress?.({ stage: 'encode', done, total: texts.length, unit: 'texts' });
        await nextTurn();
        throwIfAborted(ctx);
      };
      const add = (ids: Int32Array): number => {
        for (let from = 0; from < ids.length; from += MOST_IDS) {
          const part = sums.sum(ids.subarray(from, from + MOST_IDS));
          for (let d = 0; d < dimensions; d++) total[d]! += part[d]!;
        }
        return ids.length;
      };
      for (let i = 0; i < texts.length; i++) {
        total.fill(0);
        let count = 0;
        let unknown = false;
        for (const ids of tokenizer.encodeParts(texts[i]!, UNITS_PER_TURN)) {
          count += add(ids);
          unknown ||= ids.includes(UNKNOWN);
          units += Math.min(texts[i]!.length, UNITS_PER_TURN);
          await turn(i);
        }
        // An empty text is read as one unknown, as use-lite reads it.
        if (count === 0) count = add(Int32Array.of(UNKNOWN));
        if (unknown) unspelled.push(i);
        finish(total, count, rowOf(vectors, i));
      }
      return { vectors, unspelled };
    },
  };
}

/** A checksum as ids have it; the word before it keeps digits from being read as a number. */
export const contentsOf = (checksum: string): string => `murmur3-${checksum}`;

/** The model's id as an encoder: with the version for what comes with the package, with the file's name and checksum for others. */
export function staticId({ checksum }: StaticFile, name: string): string {
  return checksum === STATIC_CHECKSUM ? `static@${STATIC_VERSION}` : `static:${name}:contents=${contentsOf(checksum)}`;
}

/**
 * The static encoder: a text's vector is the average of its pieces' vectors, put through a tanh, of unit length. Microseconds per text, on this thread, in
 * Node, browsers and workers.
 * @throws RouteProfileError CORRUPT_FILE, and what `files.read` throws.
 */
export async function openStaticEncoder(files: StaticFiles, options?: StaticOptions): Promise<Encoder> {
  const model = await loadStatic(files, options);
  return {
    specVersion: 1,
    id: staticId(model.file, files.name),
    dimensions: model.file.dimensions,
    encode: async (texts, ctx) => (await model.read(texts, ctx)).vectors,
  };
}

import {
  assertFinite,
  assertShape,
  createMatrix,
  RouteProfileError,
  rowOf,
  messageOf,
  type Encoder,
  type Matrix,
} from '@routeprofile/schema';

/** Vectors as one matrix: a view where they lie one after another in memory, as those of texts that were encoded together do, else a copy. */
function rowsTogether(vectors: readonly Float32Array[], cols: number): Matrix {
  const first = vectors[0];
  const bytes = cols * Float32Array.BYTES_PER_ELEMENT;
  const isBlock = (vector: Float32Array, i: number): boolean =>
    vector.buffer === first!.buffer && vector.byteOffset === first!.byteOffset + i * bytes;
  if (first !== undefined && vectors.every(isBlock))
    return createMatrix(vectors.length, cols, new Float32Array(first.buffer, first.byteOffset, vectors.length * cols));
  const out = createMatrix(vectors.length, cols);
  vectors.forEach((vector, i) => out.data.set(vector, i * cols));
  return out;
}

/**
 * An encoder that remembers what it has encoded, and checks what it is given: a run asks for the same
 * texts as node features, training queries and test queries, and encodes each distinct one once.
 * @param most texts that it remembers, those asked for last; whatever serves requests is given ever new ones. Default: all.
 */
export function memoryEncoder(encoder: Encoder, most = Infinity): Encoder {
  // Two generations: when the younger is full, the older is forgotten. What is asked for again is young again.
  let young = new Map<string, Float32Array>();
  let old: ReadonlyMap<string, Float32Array> = young;
  const remember = (text: string, vector: Float32Array) => {
    if (young.size >= most / 2) {
      old = young;
      young = new Map();
    }
    young.set(text, vector);
  };
  const recall = (text: string): Float32Array | undefined => {
    const vector = young.get(text);
    if (vector !== undefined) return vector;
    const older = old.get(text);
    if (older !== undefined) remember(text, older);
    return older;
  };
  return {
    specVersion: 1,
    id: encoder.id,
    get dimensions() {
      return encoder.dimensions;
    },
    async encode(texts, ctx): Promise<Matrix> {
      const known = new Map<string, Float32Array>();
      const missing = [...new Set(texts)].filter((text) => {
        const vector = recall(text);
        if (vector !== undefined) known.set(text, vector);
        return vector === undefined;
      });
      if (missing.length > 0) {
        const fresh = await encoder.encode(missing, ctx);
        try {
          assertShape(fresh, missing.length, encoder.dimensions, 'what it returned');
          assertFinite(fresh, 'what it returned');
        } catch (cause) {
          throw new RouteProfileError('ENCODER_FAILED', `encoder ${encoder.id}: ${messageOf(cause)}`, {
            cause,
            hint: `It was given ${missing.length} texts and must return as many finite rows of ${encoder.dimensions} numbers.`,
          });
        }
        missing.forEach((text, i) => {
          const vector = rowOf(fresh, i);
          known.set(text, vector);
          remember(text, vector);
        });
      }
      return rowsTogether(
        texts.map((text) => known.get(text)!),
        encoder.dimensions,
      );
    },
    ...(encoder.unseen && {
      async unseen(texts, ctx): Promise<Float64Array> {
        const shares = await encoder.unseen!(texts, ctx);
        if (shares.length === texts.length && shares.every((share) => share >= 0 && share <= 1)) return shares;
        throw new RouteProfileError(
          'ENCODER_FAILED',
          `encoder ${encoder.id}: the share of a text that it cannot see is not between 0 and 1`,
          {
            hint: `Its unseen() was given ${texts.length} texts and must return as many numbers from 0 to 1.`,
          },
        );
      },
    }),
    ...(encoder.dispose && { dispose: () => encoder.dispose!() }),
  };
}

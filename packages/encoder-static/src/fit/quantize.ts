import type { Matrix } from '@routeprofile/schema';
import type { StaticVectors } from '../model/format.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';

const LARGEST = 127;

/**
 * Piece vectors as whole numbers from −127 to 127, with a scale and an offset per dimension: the offset is the middle between the smallest and the
 * largest number. Shares sum to 1, so an offset taken from all pieces is added back once.
 */
export function quantize(vocabulary: Vocabulary, { rows, cols, data }: Matrix): StaticVectors {
  const scale = new Float32Array(cols);
  const offset = new Float32Array(cols);
  const vectors = new Int8Array(rows * cols);
  for (let d = 0; d < cols; d++) {
    let least = Infinity;
    let most = -Infinity;
    for (let i = d; i < data.length; i += cols) {
      least = Math.min(least, data[i]!);
      most = Math.max(most, data[i]!);
    }
    offset[d] = (least + most) / 2;
    scale[d] = (most - least) / (2 * LARGEST) || 1;
    for (let i = d; i < data.length; i += cols) {
      const level = Math.round((data[i]! - offset[d]!) / scale[d]!);
      vectors[i] = Math.max(-LARGEST, Math.min(LARGEST, level));
    }
  }
  return { vocabulary, dimensions: cols, vectors, scale, offset };
}

/** The piece vectors as numbers again: [pieces × dimensions]. */
export function dequantize({ dimensions, vectors, scale, offset }: StaticVectors): Matrix {
  const data = new Float32Array(vectors.length);
  for (let i = 0, d = 0; i < vectors.length; i++, d = d + 1 === dimensions ? 0 : d + 1)
    data[i] = offset[d]! + scale[d]! * vectors[i]!;
  return { rows: vectors.length / dimensions, cols: dimensions, data };
}

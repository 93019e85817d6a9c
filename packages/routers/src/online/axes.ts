import { createRandom, rowOf, type Matrix } from '@routeprofile/schema';

/** A query in few numbers: its features. Shape [features]. */
export type Features = (vector: Float32Array | null) => Float64Array;

/**
 * A constant, and where the vector lies along random axes: inner products of vectors are kept on average, whatever the vectors (Johnson and
 * Lindenstrauss 1984; for bandits Yu et al. 2017, "CBRAP: Contextual bandits with random projection"). Unit vectors give features of length √2 on average. Vectors
 * with no more numbers than there are axes are taken as they are.
 * @param dimensions of the vectors; null without: the constant alone
 * @param axes at least 0
 * @param seed equal seeds give equal axes
 */
export function randomFeatures(dimensions: number | null, axes: number, seed: number): Features {
  if (dimensions === null || axes === 0) return () => Float64Array.of(1);
  if (dimensions <= axes) return (vector) => Float64Array.of(1, ...vector!);
  const random = createRandom(seed, 'online', 'axes');
  const scale = 1 / Math.sqrt(axes);
  const directions = Float64Array.from({ length: axes * dimensions }, () => scale * random.normal());
  return (vector) => {
    const out = new Float64Array(axes + 1);
    out[0] = 1;
    for (let a = 0; a < axes; a++) {
      let sum = 0;
      for (let d = 0, at = a * dimensions; d < dimensions; d++, at++) sum += directions[at]! * vector![d]!;
      out[a + 1] = sum;
    }
    return out;
  };
}

/** The features of each row; `count` times those of no vector where there are none. */
export const featuresOf = (features: Features, vectors: Matrix | null, count: number): Float64Array[] =>
  Array.from({ length: count }, (_, i) => features(vectors && rowOf(vectors, i)));

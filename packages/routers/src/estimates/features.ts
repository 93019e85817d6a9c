import { createMatrix, createRandom, type Matrix, type QueryBatch } from '@routeprofile/schema';

/** What a call's cost is regressed on: 1, the length of the prompt, and the query vector. */
export interface FeatureSpace {
  /** Mean and standard deviation of log(1 + characters). */
  lengthMean: number;
  lengthDeviation: number;
  /** Mean of the (projected) vectors; empty without vectors. */
  vectorMean: Float32Array;
  /**
   * Longer vectors are projected to 128 directions drawn by the seed, which keep distances well enough (Johnson and Lindenstrauss)
   * at a fraction of the time. On RouterBench's three tasks the share of cost variance explained falls from .72 to .71.
   */
  projection: { seed: number; directions: Matrix } | null;
}

const WIDEST = 128;

export const logLength = (text: string): number => Math.log1p(text.length);

/** Features that carry no penalty: the constant and the length. */
export const FREE_FEATURES = 2;
export const featureCount = ({ vectorMean }: FeatureSpace): number => FREE_FEATURES + vectorMean.length;

export function featureSpace({ texts, vectors }: QueryBatch, seed: number): FeatureSpace {
  const lengths = texts.map(logLength);
  const mean = lengths.reduce((a, b) => a + b, 0) / Math.max(1, lengths.length);
  const variance = lengths.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, lengths.length);
  const projection = vectors && vectors.cols > WIDEST ? randomProjection(vectors.cols, seed) : null;
  const space: FeatureSpace = {
    lengthMean: mean,
    lengthDeviation: Math.sqrt(variance) || 1,
    vectorMean: new Float32Array(vectors ? Math.min(vectors.cols, WIDEST) : 0),
    projection,
  };
  if (!vectors) return space;
  const sums = new Float64Array(space.vectorMean.length);
  for (let q = 0; q < vectors.rows; q++) projected(space, vectors, q).forEach((x, j) => (sums[j]! += x));
  return { ...space, vectorMean: Float32Array.from(sums, (sum) => sum / Math.max(1, vectors.rows)) };
}

export function randomProjection(dimensions: number, seed: number): NonNullable<FeatureSpace['projection']> {
  const random = createRandom(seed, 'estimates', 'projection');
  const scale = 1 / Math.sqrt(WIDEST);
  const data = Float32Array.from({ length: dimensions * WIDEST }, () => random.normal() * scale);
  return { seed, directions: createMatrix(dimensions, WIDEST, data) };
}

function projected({ projection, vectorMean }: FeatureSpace, vectors: Matrix, q: number): Float64Array {
  const out = new Float64Array(vectorMean.length);
  for (let d = 0; d < vectors.cols; d++) {
    const x = vectors.data[q * vectors.cols + d]!;
    if (projection) for (let j = 0; j < out.length; j++) out[j]! += x * projection.directions.data[d * out.length + j]!;
    else out[d] = x;
  }
  return out;
}

/** Features of query q of a batch. Without vectors those features are 0: the query counts as an average one of its length. */
export function featuresOf(space: FeatureSpace, { texts, vectors }: QueryBatch, q: number): Float64Array {
  const out = new Float64Array(featureCount(space));
  out[0] = 1;
  out[1] = (logLength(texts[q]!) - space.lengthMean) / space.lengthDeviation;
  if (vectors && space.vectorMean.length > 0)
    projected(space, vectors, q).forEach((x, j) => (out[FREE_FEATURES + j] = x - space.vectorMean[j]!));
  return out;
}

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

const logLength = (text: string): number => Math.log1p(text.length);

/** Features that carry no penalty: the constant and the length. */
export const FREE_FEATURES = 2;
export const featureCount = ({ vectorMean }: FeatureSpace): number => FREE_FEATURES + vectorMean.length;

export function featureSpace({ texts, vectors }: QueryBatch, seed: number): FeatureSpace {
  const lengths = texts.map(logLength);
  const lengthMean = lengths.reduce((a, b) => a + b, 0) / Math.max(1, lengths.length);
  const variance = lengths.reduce((sum, x) => sum + (x - lengthMean) ** 2, 0) / Math.max(1, lengths.length);
  const projection = vectors && vectors.cols > WIDEST ? randomProjection(vectors.cols, seed) : null;
  const space: FeatureSpace = {
    lengthMean,
    lengthDeviation: Math.sqrt(variance) || 1,
    vectorMean: new Float32Array(vectors ? Math.min(vectors.cols, WIDEST) : 0),
    projection,
  };
  if (!vectors) return space;
  // The projection of the mean is the mean of the projections.
  const mean = createMatrix(1, vectors.cols);
  for (let k = 0; k < vectors.data.length; k++) mean.data[k % vectors.cols]! += vectors.data[k]! / vectors.rows;
  return { ...space, vectorMean: Float32Array.from(projected(space, mean, 0)) };
}

export function randomProjection(dimensions: number, seed: number): NonNullable<FeatureSpace['projection']> {
  const random = createRandom(seed, 'estimates', 'projection');
  const scale = 1 / Math.sqrt(WIDEST);
  const data = Float32Array.from({ length: dimensions * WIDEST }, () => random.normal() * scale);
  return { seed, directions: createMatrix(dimensions, WIDEST, data) };
}

function projected({ projection, vectorMean }: FeatureSpace, { cols, data }: Matrix, q: number): Float64Array {
  const row = data.subarray(q * cols, (q + 1) * cols);
  if (!projection) return Float64Array.from(row);
  const width = vectorMean.length;
  const directions = projection.directions.data;
  const out = new Float64Array(width);
  for (let d = 0; d < cols; d++) {
    const x = row[d]!;
    for (let j = 0; j < width; j++) out[j]! += x * directions[d * width + j]!;
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

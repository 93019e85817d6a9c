import { normalizeRows, rowOf, type Matrix, type NodeFeatures, type NodeType } from '@routeprofile/schema';

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
};

/** Unit vectors of nodes. */
export type UnitVectors = (type: NodeType, node: number) => Float32Array;

export function unitVectors(features: NodeFeatures): UnitVectors {
  const unit: Partial<Record<NodeType, Matrix>> = {};
  return (type, node) => rowOf((unit[type] ??= normalizeRows(features[type]!)), node);
}

/** The mean of unit vectors, at unit length; undefined for none. */
export function meanDirection(vectors: readonly Float32Array[]): Float32Array | undefined {
  if (vectors.length === 0) return undefined;
  const sum = new Float32Array(vectors[0]!.length);
  for (const vector of vectors) for (let d = 0; d < sum.length; d++) sum[d]! += vector[d]!;
  const norm = Math.sqrt(dot(sum, sum));
  return norm < 1e-12 ? sum : sum.map((x) => x / norm);
}

/** The k nodes nearest to `anchor` by cosine, nearest first, ties in the order given. */
export function nearest(
  nodes: readonly number[],
  k: number,
  anchor: Float32Array,
  vectorOf: (node: number) => Float32Array,
): number[] {
  return nodes
    .map((node, order) => ({ node, order, similarity: dot(anchor, vectorOf(node)) }))
    .sort((a, b) => b.similarity - a.similarity || a.order - b.order)
    .slice(0, k)
    .map(({ node }) => node);
}

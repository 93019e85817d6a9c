import type { Matrix, PreferencePair } from '@routeprofile/schema';
import type { TensorFlow } from '@routeprofile/tensor';

type Tensor2D = ReturnType<TensorFlow['tensor2d']>;
type Scalar = ReturnType<TensorFlow['scalar']>;

/** mean over pairs of max(0, margin - s(better) + s(worse)); row i of `scores` belongs to pair i. */
export function hingeLoss(tf: TensorFlow, scores: Tensor2D, difference: Tensor2D, margin: number): Scalar {
  return tf.mean(tf.relu(tf.sub(margin, tf.sum(tf.mul(scores, difference), 1))));
}

/**
 * The same on numbers, averaged within each query first, so that a query with many pairs weighs no more than others.
 * @param scores [queries × models], a row for each entry of `queries`
 */
export function lossPerQuery(
  scores: Matrix,
  queries: readonly number[],
  pairs: readonly PreferencePair[],
  margin: number,
): number {
  const rowOfQuery = new Map(queries.map((query, row) => [query, row]));
  const sums = new Float64Array(queries.length);
  const counts = new Float64Array(queries.length);
  for (const { query, better, worse } of pairs) {
    const row = rowOfQuery.get(query)!;
    const at = row * scores.cols;
    sums[row]! += Math.max(0, margin - scores.data[at + better]! + scores.data[at + worse]!);
    counts[row]! += 1;
  }
  return sums.reduce((total, sum, row) => total + sum / counts[row]!, 0) / queries.length;
}

/** The published validation loss: the mean over batches of the batches' means. */
export function lossPerBatch(
  scores: Matrix,
  queries: readonly number[],
  pairs: readonly PreferencePair[],
  margin: number,
  batch: number,
): number {
  const rowOfQuery = new Map(queries.map((query, row) => [query, row]));
  const means: number[] = [];
  for (let start = 0; start < pairs.length; start += batch) {
    const part = pairs.slice(start, start + batch);
    const losses = part.map(({ query, better, worse }) => {
      const at = rowOfQuery.get(query)! * scores.cols;
      return Math.max(0, margin - scores.data[at + better]! + scores.data[at + worse]!);
    });
    means.push(losses.reduce((a, b) => a + b, 0) / part.length);
  }
  return means.reduce((a, b) => a + b, 0) / means.length;
}

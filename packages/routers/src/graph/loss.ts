import { createMatrix, rowOf, takeRows, type Matrix } from '@routeprofile/schema';
import { softplus } from '@routeprofile/numerics';
import type { TensorFlow } from '@routeprofile/tensor';
import { differences } from '../common/pairs.js';
import type { Labels } from './labels.js';

type Tensor2D = ReturnType<TensorFlow['tensor2d']>;
type Scalar = ReturnType<TensorFlow['scalar']>;

const tensorOf = (tf: TensorFlow, { data, rows, cols }: Matrix) => tf.tensor2d(data, [rows, cols]);

/**
 * The mean loss of the chosen labelled queries, given their logits [rows × models], a row for each of `rows`.
 * Targets: Σ weight · (softplus(x) - target · x), which is binary cross entropy with logits. Pairs: each query's mean of
 * softplus(x(worse) - x(better)), which is -ln P(better beats worse) in Bradley and Terry's model.
 */
export function lossOn(tf: TensorFlow, labels: Labels, rows: readonly number[]): (logits: Tensor2D) => Scalar {
  if (labels.kind === 'targets') {
    const targets = tensorOf(tf, takeRows(labels.targets, rows));
    const weights = tensorOf(tf, takeRows(labels.weights, rows));
    return (logits) =>
      tf.div(tf.sum(tf.mul(weights, tf.sub(tf.softplus(logits), tf.mul(targets, logits)))), rows.length);
  }
  const pairs = rows.flatMap((row) => labels.pairs[row]!);
  // A 1 where the pair is of the query: picks rows by a product, as not every backend has the gradient of a gather.
  const owner = createMatrix(pairs.length, rows.length);
  const share = new Float32Array(pairs.length);
  let at = 0;
  rows.forEach((row, i) => {
    const own = labels.pairs[row]!;
    own.forEach(() => {
      owner.data[at * owner.cols + i] = 1;
      share[at++] = 1 / (own.length * rows.length);
    });
  });
  const [picks, shares] = [tensorOf(tf, owner), tf.tensor1d(share)];
  return (logits) => {
    const models = logits.shape[1];
    const signs = tf.tensor2d(differences(pairs, models), [pairs.length, models]);
    const lead = tf.sum(tf.mul(tf.matMul(picks, logits), signs), 1);
    return tf.sum(tf.mul(shares, tf.softplus(tf.neg(lead))));
  };
}

/** The same on numbers: row i of `logits` belongs to the labelled query `rows[i]`. */
export function meanLoss(logits: Matrix, labels: Labels, rows: readonly number[]): number {
  const one = (row: number, i: number): number => {
    const x = rowOf(logits, i);
    if (labels.kind === 'pairs') {
      const pairs = labels.pairs[row]!;
      return pairs.reduce((sum, { better, worse }) => sum + softplus(x[worse]! - x[better]!), 0) / pairs.length;
    }
    const [targets, weights] = [rowOf(labels.targets, row), rowOf(labels.weights, row)];
    return x.reduce((sum, value, m) => sum + weights[m]! * (softplus(value) - targets[m]! * value), 0);
  };
  return rows.reduce((sum, row, i) => sum + one(row, i), 0) / rows.length;
}

/** Mean outcome of the model with the highest logit, over the queries for which that model was measured. */
export function meanPerformance(logits: Matrix, scores: Matrix, rows: readonly number[]): number {
  const chosen = rows.map((row, i) => {
    const x = rowOf(logits, i);
    return rowOf(scores, row)[x.indexOf(x.reduce((a, b) => Math.max(a, b)))]!;
  });
  const measured = chosen.filter((score) => !Number.isNaN(score));
  return measured.length === 0 ? 0 : measured.reduce((a, b) => a + b, 0) / measured.length;
}

import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';
import { ATTENTION_SLOPE } from '@routeprofile/tensor';

/** Nodes of one kind: their rows [n × in], and what they are asked: [n × 2 heads], as sources first, then as targets. */
export interface Nodes {
  rows: Matrix;
  asked: Matrix;
}

const leaky = (x: number) => (x > 0 ? x : ATTENTION_SLOPE * x);

/**
 * Over heads, the attention-weighted sums of the others' rows and a node's own: [own × heads · in]. What
 * `bipartiteAttention` sums, for one side, without a tape; a node's result does not depend on which others are computed
 * beside it. Memory: one number for each of the others at a time.
 */
export function attend(own: Nodes, others: Nodes, heads: number, balanced: boolean): Matrix {
  const width = own.rows.cols;
  const [n, m] = [own.rows.rows, others.rows.rows];
  const out = createMatrix(n, heads * width);
  const weights = new Float64Array(m + 1);
  const sum = new Float64Array(width);
  for (let i = 0; i < n; i++)
    for (let h = 0; h < heads; h++) {
      const asked = rowOf(own.asked, i);
      const target = asked[heads + h]!;
      for (let j = 0; j < m; j++) weights[j] = leaky(target + others.asked.data[j * 2 * heads + h]!);
      weights[m] = leaky(target + asked[h]!) + (balanced ? Math.log(m) : 0);
      softmaxInPlace(weights, heads);
      rowOf(own.rows, i).forEach((x, d) => (sum[d] = weights[m]! * x));
      for (let j = 0; j < m; j++) {
        const weight = weights[j]!;
        for (let d = 0, at = j * width; d < width; d++) sum[d]! += weight * others.rows.data[at + d]!;
      }
      out.data.set(sum, (i * heads + h) * width);
    }
  return out;
}

/** Softmax, divided by `heads`, whose mean is taken. */
function softmaxInPlace(logits: Float64Array, heads: number): void {
  let largest = -Infinity;
  for (const x of logits) largest = Math.max(largest, x);
  let total = 0;
  for (let j = 0; j < logits.length; j++) total += logits[j] = Math.exp(logits[j]! - largest);
  for (let j = 0; j < logits.length; j++) logits[j]! /= total * heads;
}

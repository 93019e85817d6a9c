import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';
import { softmax } from '@routeprofile/numerics';
import { ATTENTION_SLOPE, type LinearMaps } from '@routeprofile/tensor';

/** Nodes of one kind: their rows [n × in], and what they are asked: [n × 2 heads], head by head as source and as target. */
export interface Nodes {
  rows: Matrix;
  asked: Matrix;
}

const leaky = (x: number) => (x > 0 ? x : ATTENTION_SLOPE * x);

/** Rows of the others taken at a time. */
const BLOCK = 256;

/**
 * Over heads, the attention-weighted sums of the others' rows and a node's own: [own × heads · in]. What
 * `bipartiteAttention` sums, for one side, without a tape; a node's result does not depend on which others are computed
 * beside it. Memory: own × heads × others weights.
 */
export function attend(own: Nodes, others: Nodes, heads: number, balanced: boolean, { multiply }: LinearMaps): Matrix {
  const width = own.rows.cols;
  const [n, m] = [own.rows.rows, others.rows.rows];
  const { toOthers, toSelf } = attentionWeights(own.asked, others.asked, heads, balanced);
  const sums = createMatrix(n, heads * width);
  for (let start = 0; start < m; start += BLOCK) {
    const end = Math.min(start + BLOCK, m);
    const part = multiply(columns(toOthers, start, end), rowRange(others.rows, start, end));
    part.data.forEach((x, k) => (sums.data[k]! += x));
  }
  for (let i = 0; i < n; i++)
    for (let h = 0; h < heads; h++) {
      const [weight, to] = [toSelf[i * heads + h]!, (i * heads + h) * width];
      rowOf(own.rows, i).forEach((x, d) => (sums.data[to + d]! += weight * x));
    }
  return sums;
}

/** Softmax over the others and the node itself, divided by `heads`, whose mean is taken. */
function attentionWeights(own: Matrix, others: Matrix, heads: number, balanced: boolean) {
  const toOthers = createMatrix(own.rows * heads, others.rows);
  const toSelf = new Float32Array(own.rows * heads);
  const logits = new Float64Array(others.rows + 1);
  for (let i = 0; i < own.rows; i++)
    for (let h = 0; h < heads; h++) {
      const asked = rowOf(own, i);
      const target = asked[2 * h + 1]!;
      for (let j = 0; j < others.rows; j++) logits[j] = leaky(target + others.data[(j * heads + h) * 2]!);
      logits[others.rows] = leaky(target + asked[2 * h]!) + (balanced ? Math.log(others.rows) : 0);
      softmax(logits, 1, logits).forEach((share, j) => (logits[j] = share / heads));
      rowOf(toOthers, i * heads + h).set(logits.subarray(0, others.rows));
      toSelf[i * heads + h] = logits[others.rows]!;
    }
  return { toOthers, toSelf };
}

/** Rows start … end - 1, as a view. */
export function rowRange({ data, cols }: Matrix, start: number, end: number): Matrix {
  return createMatrix(end - start, cols, data.subarray(start * cols, end * cols));
}

function columns(matrix: Matrix, start: number, end: number): Matrix {
  if (start === 0 && end === matrix.cols) return matrix;
  const out = createMatrix(matrix.rows, end - start);
  for (let i = 0; i < matrix.rows; i++) out.data.set(rowOf(matrix, i).subarray(start, end), i * out.cols);
  return out;
}

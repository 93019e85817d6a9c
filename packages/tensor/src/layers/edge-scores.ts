import type { Random } from '@routeprofile/schema';
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { dropoutMask, linear } from './dense.js';
import { uniform, type Weights } from './initialisers.js';
import type { Dropout } from './tower.js';

/** Two linear maps on the concatenation of two nodes; the first is kept in halves, so that no pair is ever concatenated. */
export interface EdgeScoreParameters {
  /** [in, hidden]: the half that reads the first node. */
  first: Tensor;
  /** [in, hidden]: the half that reads the second. */
  second: Tensor;
  /** [hidden] */
  bias: Tensor;
  /** [1, hidden] */
  out: Tensor;
  /** [1] */
  outBias: Tensor;
}

/** PyTorch's law for two `nn.Linear`, of 2 · input → hidden and hidden → 1. Names as in the parameters above. */
export function edgeScoreWeights(random: Random, input: number, hidden: number): Weights {
  const [wide, narrow] = [1 / Math.sqrt(2 * input), 1 / Math.sqrt(hidden)];
  return {
    first: uniform(random, [input, hidden], wide),
    second: uniform(random, [input, hidden], wide),
    bias: uniform(random, [hidden], wide),
    out: uniform(random, [1, hidden], narrow),
    outBias: uniform(random, [1], narrow),
  };
}

/** The score of every pair: out · ReLU(first x + second y + bias) + outBias. x [n, in], y [m, in] → [n, m]. */
export function edgeScores(
  tf: TensorFlow,
  x: Tensor2D,
  y: Tensor2D,
  { first, second, bias, out, outBias }: EdgeScoreParameters,
  dropout?: Dropout,
): Tensor2D {
  const [n, m, hidden] = [x.shape[0], y.shape[0], bias.shape[0]];
  const left = tf.reshape(linear(tf, x, { weight: first, bias }), [n, 1, hidden]);
  const right = tf.reshape(tf.matMul(y, second as Tensor2D), [1, m, hidden]);
  let active = tf.relu(tf.add(left, right));
  if (dropout !== undefined && dropout.rate > 0)
    active = tf.mul(active, tf.tensor3d(dropoutMask(dropout.random, n * m, hidden, dropout.rate), [n, m, hidden]));
  // One long row of dot products: a product with a single column would be read against the grain of the memory.
  const scores = tf.matMul(out, tf.reshape<Rank.R2>(active, [n * m, hidden]), false, true);
  return tf.reshape(tf.add(scores, outBias), [n, m]);
}

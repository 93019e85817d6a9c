import type { Random } from '@routeprofile/schema';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { KERNELS } from '../kernels/names.js';
import { dropoutMask, hasKernel, linear } from './dense.js';
import { uniform, type Weights } from './initialisers.js';
import type { Dropout } from './tower.js';

/** Two linear maps on the concatenation of two nodes; the first is kept in halves, so that no pair is ever concatenated. */
export interface EdgeScoreParameters {
  /** Shape [in, hidden]. The half that reads the first node. */
  first: Tensor;
  /** Shape [in, hidden]. The half that reads the second. */
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
  const left = linear(tf, x, { weight: first, bias });
  const right = tf.matMul(y, second);
  const drops = dropout !== undefined && dropout.rate > 0;
  const mask = drops
    ? tf.tensor2d(dropoutMask(dropout.random, n * m, hidden, dropout.rate), [n * m, hidden])
    : tf.tensor2d([], [0, 0]);
  if (hasKernel(tf, KERNELS.pairScores))
    return tf.add(tf.engine().runKernel<Tensor2D>(KERNELS.pairScores, { left, right, out, mask }), outBias);
  const sums = tf.add(tf.reshape(left, [n, 1, hidden]), tf.reshape(right, [1, m, hidden]));
  const active: Tensor2D = tf.reshape(tf.relu(sums), [n * m, hidden]);
  // One long row of dot products: a product with a single column would be read against the grain of the memory.
  const scores = tf.matMul(out, drops ? tf.mul(active, mask) : active, false, true);
  return tf.add(tf.reshape(scores, [n, m]), outBias);
}

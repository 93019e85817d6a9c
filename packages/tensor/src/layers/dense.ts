import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Random } from '@routeprofile/schema';
import { KERNELS } from '../kernels/names.js';
import type { TensorFlow } from '../runtime/types.js';

/** LayerNorm's ε, PyTorch's default. */
export const NORM_EPSILON = 1e-5;
/** Rows shorter than this keep their direction only roughly: PyTorch's `F.normalize` divides by max(‖x‖, 1e-12). */
export const LENGTH_EPSILON = 1e-12;

/** Whether the active backend has this kernel of ours; the same value comes from ordinary operations otherwise. */
export const hasKernel = (tf: TensorFlow, kernel: string): boolean =>
  tf.getKernel(kernel, tf.getBackend()) !== undefined;

/** A linear map; the weight is the transpose of PyTorch's. */
export interface LinearParameters {
  /** [in, out] */
  weight: Tensor;
  /** [out] */
  bias: Tensor;
}

/** Scale and shift of LayerNorm (arXiv 1607.06450). */
export interface NormParameters {
  /** [out] */
  gamma: Tensor;
  /** [out] */
  beta: Tensor;
}

/** x [rows, in] → x · weight + bias [rows, out] */
export function linear(tf: TensorFlow, x: Tensor2D, { weight, bias }: LinearParameters): Tensor2D {
  if (hasKernel(tf, KERNELS.dense)) return tf.engine().runKernel<Tensor2D>(KERNELS.dense, { x, weight, bias });
  return tf.add(tf.matMul(x, weight as Tensor2D), bias);
}

/** LayerNorm over the last axis (arXiv 1607.06450): (x - mean) / √(variance + ε) · gamma + beta, biased variance. */
export function layerNorm(
  tf: TensorFlow,
  x: Tensor2D,
  { gamma, beta }: NormParameters,
  epsilon = NORM_EPSILON,
): Tensor2D {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gamma), beta);
}

/** x above zero, exp(x) - 1 below (arXiv 1511.07289). */
export const elu = (tf: TensorFlow, x: Tensor2D): Tensor2D => tf.elu(x);

/** ELU(LayerNorm(x · weight + bias)), times the mask if there is one: a hidden layer, fused where the backend can. */
export function denseNormElu(
  tf: TensorFlow,
  x: Tensor2D,
  { weight, bias, gamma, beta }: LinearParameters & NormParameters,
  mask?: Tensor2D,
  epsilon = NORM_EPSILON,
): Tensor2D {
  if (!hasKernel(tf, KERNELS.denseNormElu)) {
    const out = elu(tf, layerNorm(tf, linear(tf, x, { weight, bias }), { gamma, beta }, epsilon));
    return mask === undefined ? out : tf.mul(out, mask);
  }
  const inputs = { x, weight, bias, gamma, beta };
  const outputs =
    mask === undefined
      ? tf.engine().runKernel<Tensor[]>(KERNELS.denseNormElu, inputs, { epsilon })
      : tf.engine().runKernel<Tensor[]>(KERNELS.denseNormEluDropout, { ...inputs, mask }, { epsilon });
  return outputs[0] as Tensor2D;
}

/** Rows of length one: x / max(‖x‖, ε). */
export function normalizeRowsOf(tf: TensorFlow, x: Tensor2D, epsilon = LENGTH_EPSILON): Tensor2D {
  if (hasKernel(tf, KERNELS.normalizeRows))
    return tf.engine().runKernel<Tensor[]>(KERNELS.normalizeRows, { x }, { epsilon })[0] as Tensor2D;
  // ε below the root: the gradient of √ at zero is infinite, and 0 · ∞ would poison a row of zeros.
  const square = tf.sum(tf.square(x), -1, true);
  return tf.div(x, tf.sqrt(tf.maximum(square, epsilon * epsilon)));
}

/**
 * What dropout multiplies activations with: 0 with probability `rate`, else 1 / (1 - rate), row-major [rows, columns].
 * Made from the seeded stream, not on the device, so that every backend drops the same units.
 */
export function dropoutMask(random: Random, rows: number, columns: number, rate: number): Float32Array {
  const mask = new Float32Array(rows * columns);
  const threshold = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  for (let i = 0; i < mask.length; i++) mask[i] = random.bits() < threshold ? 0 : kept;
  return mask;
}

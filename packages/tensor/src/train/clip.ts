import type { Tensor } from '@tensorflow/tfjs-core';
import { KERNELS } from '../kernels/names.js';
import type { TensorFlow } from '../runtime/types.js';

/** PyTorch's `clip_grad_norm_` adds this to the norm before dividing. */
const NORM_GUARD = 1e-6;

/** What the gradients are to be multiplied with so that their common norm is at most `maxNorm`; needs our kernel. */
export function clipScale(tf: TensorFlow, gradients: readonly Tensor[], maxNorm: number): number {
  let square = 0;
  for (const x of gradients) {
    const part = tf.engine().runKernel<Tensor>(KERNELS.squaredNorm, { x });
    square += part.dataSync()[0]!;
    part.dispose();
  }
  return Math.min(1, maxNorm / (Math.sqrt(square) + NORM_GUARD));
}

/** The same as a tensor, from ordinary operations, so that nothing waits for the device. */
export function clipScaleTensor(tf: TensorFlow, gradients: readonly Tensor[], maxNorm: number): Tensor {
  return tf.tidy(() => {
    const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
    return tf.minimum(1, tf.div(maxNorm, tf.add(norm, NORM_GUARD)));
  });
}

/**
 * Gradients scaled to a common norm of at most `maxNorm` (Pascanu et al., arXiv 1211.5063); the caller disposes both lists.
 */
export function clipGlobalNorm(tf: TensorFlow, gradients: readonly Tensor[], maxNorm: number): Tensor[] {
  return tf.tidy(() => {
    const scale = clipScaleTensor(tf, gradients, maxNorm);
    return gradients.map((gradient) => tf.mul(gradient, scale));
  });
}

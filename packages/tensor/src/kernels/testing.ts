import { createRandom } from '@routeprofile/schema';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../index.js';

/** For tests: independent normal numbers, the same for the same label. */
export function normals(label: string, count: number): Float32Array {
  const random = createRandom(5, label);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** The same, of shape [rows × columns]. */
export const normalMatrix = (tf: TensorFlow, label: string, rows: number, columns: number): Tensor2D =>
  tf.tensor2d(normals(label, rows * columns), [rows, columns]);

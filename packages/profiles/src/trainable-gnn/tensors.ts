import type { Runtime } from '@routeprofile/tensor';

/** TensorFlow.js and its tensors, as the runtime hands them out. */
export type TensorFlow = Runtime['tf'];
export type Tensor = ReturnType<TensorFlow['tensor']>;
export type Tensor1D = ReturnType<TensorFlow['tensor1d']>;
export type Tensor2D = ReturnType<TensorFlow['tensor2d']>;
export type Parameters = Readonly<Record<string, Tensor>>;

/** Computes plain values; every tensor made on the way is disposed of. */
export function withoutTensors<T>(tf: TensorFlow, compute: () => T): T {
  const values: T[] = [];
  tf.tidy(() => void values.push(compute()));
  return values[0]!;
}

import type { NamedArray, Random } from '@routeprofile/schema';

/** Parameters by name, outside TensorFlow.js: what checkpoints and artifacts hold. */
export type Weights = Record<string, NamedArray>;

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** An array of the given shape with the same value everywhere. */
export const filled = (shape: readonly number[], value: number): NamedArray => ({
  shape,
  data: new Float32Array(count(shape)).fill(value),
});

/** Uniform in ±bound, row by row from the stream. */
export function uniform(random: Random, shape: readonly number[], bound: number): NamedArray {
  return { shape, data: Float32Array.from({ length: count(shape) }, () => (2 * random.float() - 1) * bound) };
}

/**
 * PyTorch's law for `nn.Linear`: weight and bias uniform in ±1/√fanIn (its Kaiming uniform with a = √5 comes to that).
 * The weight is [fanIn, fanOut], the transpose of PyTorch's.
 */
export function linearWeights(random: Random, fanIn: number, fanOut: number): { weight: NamedArray; bias: NamedArray } {
  const bound = 1 / Math.sqrt(fanIn);
  return { weight: uniform(random, [fanIn, fanOut], bound), bias: uniform(random, [fanOut], bound) };
}

/** Glorot and Bengio 2010: uniform in ±√(6 / (fanIn + fanOut)). */
export function glorotUniform(random: Random, fanIn: number, fanOut: number): NamedArray {
  return uniform(random, [fanIn, fanOut], Math.sqrt(6 / (fanIn + fanOut)));
}

/**
 * softmax(x / temperature), stable for any x.
 * @param out default: a new array; may be `values` itself
 */
export function softmax(
  values: ArrayLike<number>,
  temperature = 1,
  out: Float64Array = new Float64Array(values.length),
): Float64Array {
  let top = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i]! > top) top = values[i]!;
  let total = 0;
  for (let i = 0; i < values.length; i++) total += out[i] = Math.exp((values[i]! - top) / temperature);
  for (let i = 0; i < values.length; i++) out[i]! /= total;
  return out;
}

/** 1 / (1 + exp(−x)) without overflow. */
export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** log(1 + exp(x)) without overflow. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

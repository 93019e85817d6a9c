/**
 * softmax(x / temperature): exp(x_i / T) / Σ_j exp(x_j / T), without overflow for any finite x. −Infinity gets 0 beside a finite value.
 * @param values shape [n]
 * @param temperature above 0. Default 1.
 * @param out shape [n]; default a new array; may be `values` itself
 * @returns `out`: shares that sum to 1
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

/** The logistic function 1 / (1 + exp(−x)), without overflow and exact to the last bits on both sides of 0. */
export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** log(1 + exp(x)) without overflow: the negative log of `sigmoid(-x)`. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

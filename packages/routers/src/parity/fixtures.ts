import type { NamedArray } from '@routeprofile/schema';

/** What parity with PyTorch's numbers needs. */

export const vectorOf = (values: readonly number[]): NamedArray => ({
  shape: [values.length],
  data: Float32Array.from(values),
});

/** PyTorch stores a linear map as [out, in], we as [in, out]. */
export function transposed(rows: readonly (readonly number[])[]): NamedArray {
  const [out, width] = [rows.length, rows[0]!.length];
  const data = Float32Array.from({ length: out * width }, (_, k) => rows[k % out]![Math.floor(k / out)]!);
  return { shape: [width, out], data };
}

/** Infinite when the lengths differ or a value is not a number. */
export function largestDifference(values: ArrayLike<number>, expected: readonly number[]): number {
  if (values.length !== expected.length) return Infinity;
  return expected.reduce((worst, value, i) => {
    const difference = Math.abs(values[i]! - value);
    return Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }, 0);
}

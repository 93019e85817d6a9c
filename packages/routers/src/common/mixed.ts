import type { Matrix } from '@routeprofile/schema';

/** Σ_r share_r · row_r. */
export function mixed({ rows, cols, data }: Matrix, shares: ArrayLike<number>): Float64Array {
  const out = new Float64Array(cols);
  for (let r = 0; r < rows; r++) {
    const share = shares[r]!;
    if (share !== 0) for (let m = 0; m < cols; m++) out[m]! += share * data[r * cols + m]!;
  }
  return out;
}

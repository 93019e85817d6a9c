/** Kernels of ours beside those of TensorFlow.js; a backend without them computes the same from ordinary operations. */
export const KERNELS = {
  dense: 'RouteProfileDense',
  denseNormElu: 'RouteProfileDenseNormElu',
  denseNormEluDropout: 'RouteProfileDenseNormEluDropout',
  normEluGradient: 'RouteProfileNormEluGradient',
  columnSums: 'RouteProfileColumnSums',
  normalizeRows: 'RouteProfileNormalizeRows',
  normalizeRowsGradient: 'RouteProfileNormalizeRowsGradient',
  squaredNorm: 'RouteProfileSquaredNorm',
  adamw: 'RouteProfileAdamW',
} as const;

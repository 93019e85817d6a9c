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
  edgeSoftmax: 'RouteProfileEdgeSoftmax',
  edgeSoftmaxGradient: 'RouteProfileEdgeSoftmaxGradient',
  aggregateEdges: 'RouteProfileAggregateEdges',
  aggregateEdgesGradient: 'RouteProfileAggregateEdgesGradient',
  adamw: 'RouteProfileAdamW',
} as const;

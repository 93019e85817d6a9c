import type { KernelConfig } from '@tensorflow/tfjs-core';
import { EMBEDDED, required, type Heap } from './heap.js';

/** UnsortedSegmentSum, which the shipped backend lacks: the gradient of `gather` and every sum over a graph's edges need it. */
export function segmentSumKernel(heap: Heap): KernelConfig {
  return {
    kernelName: 'UnsortedSegmentSum',
    backendName: EMBEDDED,
    kernelFunc: ({ inputs, attrs }) => {
      const x = required(inputs, 'x');
      const segmentIds = required(inputs, 'segmentIds');
      const segments = Number(attrs?.['numSegments']);
      const rows = segmentIds.shape.reduce((a, b) => a * b, 1);
      if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32')
        throw new Error(`unsortedSegmentSum sums float32 by int32 ids, got ${x.dtype} by ${segmentIds.dtype}`);
      const inner = x.shape.slice(segmentIds.shape.length);
      const out = heap.output([segments, ...inner]);
      const columns = inner.reduce((a, b) => a * b, 1);
      heap.routines.segmentSum(heap.pointer(x), heap.pointer(segmentIds), heap.pointer(out), rows, columns, segments);
      return out;
    },
  };
}

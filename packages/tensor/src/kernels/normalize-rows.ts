import type { GradConfig, KernelConfig, Tensor } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { EMBEDDED, matrixShape, required, type Heap } from './heap.js';
import { KERNELS } from './names.js';

/** x [rows, n] → rows of length one, and their norms. */
export function normalizeRowsKernels(heap: Heap): KernelConfig[] {
  const { routines, pointer } = heap;
  return [
    {
      kernelName: KERNELS.normalizeRows,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs, attrs }) => {
        const x = required(inputs, 'x');
        const [rows, n] = matrixShape(x);
        const [out, norms] = [heap.output([rows, n]), heap.output([rows])];
        routines.normalizeRows(pointer(x), pointer(out), pointer(norms), rows, n, Number(attrs?.['epsilon']));
        return [out, norms];
      },
    },
    {
      kernelName: KERNELS.normalizeRowsGradient,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs, attrs }) => {
        const y = required(inputs, 'y');
        const [rows, n] = matrixShape(y);
        const out = heap.output([rows, n]);
        const [dy, norms] = [pointer(required(inputs, 'dy')), pointer(required(inputs, 'norms'))];
        routines.normalizeRowsGradient(dy, pointer(y), norms, pointer(out), rows, n, Number(attrs?.['epsilon']));
        return out;
      },
    },
  ];
}

export function normalizeRowsGradient(tf: TensorFlow): GradConfig {
  return {
    kernelName: KERNELS.normalizeRows,
    outputsToSave: [true, true],
    gradFunc: (dys, saved, attrs) => {
      const [y, norms] = saved as [Tensor, Tensor];
      const dy = (dys as Tensor[])[0]!;
      return { x: () => tf.engine().runKernel<Tensor>(KERNELS.normalizeRowsGradient, { dy, y, norms }, attrs) };
    },
  };
}

import type { KernelConfig } from '@tensorflow/tfjs-core';
import { EMBEDDED, required, type Heap } from './heap.js';
import { KERNELS } from './names.js';

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** AdamW in place, and the squared norm that clipping needs. */
export function optimizerKernels(heap: Heap): KernelConfig[] {
  const { routines, pointer } = heap;
  return [
    {
      kernelName: KERNELS.adamw,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs, attrs }) => {
        const written = ['parameter', 'mean', 'square'].map((name) => required(inputs, name));
        for (const tensor of written)
          if (!heap.isSoleOwner(tensor))
            throw new Error('AdamW writes in place, but a tensor is shared with another one');
        const [p, m, v] = written.map(pointer) as [number, number, number];
        const attr = (name: string) => Number(attrs?.[name]);
        routines.adamw(
          p,
          pointer(required(inputs, 'gradient')),
          m,
          v,
          size(written[0]!.shape),
          attr('gradientScale'),
          attr('beta1'),
          attr('gain1'),
          attr('beta2'),
          attr('gain2'),
          attr('keep'),
          attr('step'),
          attr('correction'),
          attr('epsilon'),
        );
        return [];
      },
    },
    {
      kernelName: KERNELS.squaredNorm,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs }) => {
        const x = required(inputs, 'x');
        const square = routines.squaredNorm(pointer(x), size(x.shape));
        return heap.scalar(square);
      },
    },
  ];
}

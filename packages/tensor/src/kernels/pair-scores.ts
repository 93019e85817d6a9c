import type { GradConfig, KernelConfig, Tensor } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { EMBEDDED, matrixShape, required, type Heap } from './heap.js';
import { KERNELS } from './names.js';

/**
 * scores[i, j] = Σ out · mask[i, j] · ReLU(left[i] + right[j]) without the [n, m, hidden] that it sums over. Inputs: left
 * [n, hidden], right [m, hidden], out [1, hidden], mask [n · m, hidden] or empty.
 */
export function pairScoreKernels(heap: Heap): KernelConfig[] {
  return [
    {
      kernelName: KERNELS.pairScores,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs }) => {
        const [n, hidden] = matrixShape(required(inputs, 'left'));
        const [m] = matrixShape(required(inputs, 'right'));
        const scores = heap.output([n, m]);
        const [left, right, out, mask] = ['left', 'right', 'out', 'mask'].map((name) => required(inputs, name));
        heap.routines.pairScores(
          heap.pointer(left!),
          heap.pointer(right!),
          heap.pointer(out!),
          mask!.shape[0] === 0 ? 0 : heap.pointer(mask!),
          heap.pointer(scores),
          n,
          m,
          hidden,
        );
        return scores;
      },
    },
    {
      kernelName: KERNELS.pairScoresGradient,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs }) => {
        const [n, hidden] = matrixShape(required(inputs, 'left'));
        const [m] = matrixShape(required(inputs, 'right'));
        const [dLeft, dRight, dOut] = [heap.output([n, hidden]), heap.output([m, hidden]), heap.output([1, hidden])];
        const [dy, left, right, out, mask] = ['dy', 'left', 'right', 'out', 'mask'].map((name) =>
          required(inputs, name),
        );
        heap.routines.pairScoresGradient(
          heap.pointer(dy!),
          heap.pointer(left!),
          heap.pointer(right!),
          heap.pointer(out!),
          mask!.shape[0] === 0 ? 0 : heap.pointer(mask!),
          heap.pointer(dLeft),
          heap.pointer(dRight),
          heap.pointer(dOut),
          n,
          m,
          hidden,
        );
        return [dLeft, dRight, dOut];
      },
    },
  ];
}

export function pairScoresGradient(tf: TensorFlow): GradConfig {
  return {
    kernelName: KERNELS.pairScores,
    inputsToSave: ['left', 'right', 'out', 'mask'],
    gradFunc: (dy, saved) => {
      const [left, right, out, mask] = saved as [Tensor, Tensor, Tensor, Tensor];
      const inputs = { dy: dy as Tensor, left, right, out, mask };
      const parts = tf.engine().runKernel<Tensor[]>(KERNELS.pairScoresGradient, inputs);
      return { left: () => parts[0]!, right: () => parts[1]!, out: () => parts[2]! };
    },
  };
}

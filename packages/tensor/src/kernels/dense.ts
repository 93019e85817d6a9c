import type { GradConfig, KernelConfig, Tensor } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { EMBEDDED, matrixShape, required, type Heap } from './heap.js';
import { KERNELS } from './names.js';

type Saved = Tensor[];

/** x [rows, in], weight [in, out], bias [out] → x · weight + bias */
export function denseKernels(heap: Heap): KernelConfig[] {
  const { routines, pointer } = heap;
  return [
    {
      kernelName: KERNELS.dense,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs }) => {
        const x = required(inputs, 'x');
        const weight = required(inputs, 'weight');
        const [rows, width] = matrixShape(x);
        const [, columns] = matrixShape(weight);
        const out = heap.output([rows, columns]);
        const bias = pointer(required(inputs, 'bias'));
        routines.gemm(
          pointer(x),
          width,
          1,
          pointer(weight),
          bias,
          pointer(out),
          rows,
          columns,
          width,
          heap.scratch(8 * width),
        );
        return out;
      },
    },
    {
      kernelName: KERNELS.columnSums,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs }) => {
        const x = required(inputs, 'x');
        const [rows, columns] = matrixShape(x);
        const out = heap.output([columns]);
        routines.columnSums(pointer(x), pointer(out), rows, columns);
        return out;
      },
    },
  ];
}

export function denseGradient(tf: TensorFlow): GradConfig {
  return {
    kernelName: KERNELS.dense,
    inputsToSave: ['x', 'weight'],
    gradFunc: (dy, saved) => {
      const [x, weight] = saved as [Tensor, Tensor];
      const g = dy as Tensor;
      // Functions, not values: TensorFlow.js calls only those whose input is trained, so a first layer's dx costs nothing.
      return {
        x: () => tf.matMul(g, weight, false, true),
        weight: () => tf.matMul(x, g, true, false),
        bias: () => tf.engine().runKernel<Tensor>(KERNELS.columnSums, { x: g }),
      };
    },
  };
}

/** dense, then LayerNorm(gamma, beta), then ELU, then × mask, in one pass. Outputs: activations, normalised rows, 1 / σ. */
export function denseNormEluKernels(heap: Heap): KernelConfig[] {
  const { routines, pointer } = heap;
  const forward = (kernelName: string, dropout: boolean): KernelConfig => ({
    kernelName,
    backendName: EMBEDDED,
    kernelFunc: ({ inputs, attrs }) => {
      const x = required(inputs, 'x');
      const weight = required(inputs, 'weight');
      const [rows, width] = matrixShape(x);
      const [, columns] = matrixShape(weight);
      const out = heap.output([rows, columns]);
      const normal = heap.output([rows, columns]);
      const scales = heap.output([rows]);
      const at = (name: string) => pointer(required(inputs, name));
      routines.gemm(
        pointer(x),
        width,
        1,
        pointer(weight),
        at('bias'),
        pointer(normal),
        rows,
        columns,
        width,
        heap.scratch(8 * width),
      );
      const mask = dropout ? at('mask') : 0;
      const [gamma, beta, epsilon] = [at('gamma'), at('beta'), Number(attrs?.['epsilon'])];
      routines.normElu(pointer(normal), gamma, beta, mask, pointer(out), pointer(scales), rows, columns, epsilon);
      return [out, normal, scales];
    },
  });
  return [
    forward(KERNELS.denseNormElu, false),
    forward(KERNELS.denseNormEluDropout, true),
    {
      kernelName: KERNELS.normEluGradient,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs }) => {
        const normal = required(inputs, 'normal');
        const [rows, columns] = matrixShape(normal);
        const at = (name: string) => pointer(required(inputs, name));
        const dh = heap.output([rows, columns]);
        const [dGamma, dBeta, dBias] = [heap.output([columns]), heap.output([columns]), heap.output([columns])];
        routines.normEluGradient(
          at('dy'),
          at('normal'),
          at('scales'),
          at('out'),
          inputs['mask'] === undefined ? 0 : at('mask'),
          at('gamma'),
          pointer(dh),
          pointer(dGamma),
          pointer(dBeta),
          pointer(dBias),
          rows,
          columns,
        );
        return [dh, dGamma, dBeta, dBias];
      },
    },
  ];
}

export function denseNormEluGradients(tf: TensorFlow): GradConfig[] {
  const gradient = (kernelName: string, dropout: boolean): GradConfig => ({
    kernelName,
    inputsToSave: dropout ? ['x', 'weight', 'gamma', 'mask'] : ['x', 'weight', 'gamma'],
    outputsToSave: [true, true, true],
    gradFunc: (dys, saved: Saved) => {
      const [x, weight, gamma, ...rest] = saved as [Tensor, Tensor, Tensor, ...Tensor[]];
      const [out, normal, scales] = rest.slice(dropout ? 1 : 0) as [Tensor, Tensor, Tensor];
      const dy = (dys as Tensor[])[0]!;
      const inputs = { dy, normal, scales, out, gamma, ...(dropout ? { mask: rest[0]! } : {}) };
      const parts = tf.engine().runKernel<Tensor[]>(KERNELS.normEluGradient, inputs);
      const [dh, dGamma, dBeta, dBias] = parts as [Tensor, Tensor, Tensor, Tensor];
      return {
        x: () => tf.matMul(dh, weight, false, true),
        weight: () => tf.matMul(x, dh, true, false),
        bias: () => dBias,
        gamma: () => dGamma,
        beta: () => dBeta,
      };
    },
  });
  return [gradient(KERNELS.denseNormElu, false), gradient(KERNELS.denseNormEluDropout, true)];
}

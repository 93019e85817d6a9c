import type { GradConfig, KernelConfig, Tensor } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { EMBEDDED, matrixShape, required, type Heap } from './heap.js';
import { KERNELS } from './names.js';

/** As in PyTorch Geometric: keeps the quotient finite. */
const SOFTMAX_GUARD = 1e-16;

const leaky = (x: number, slope: number) => (x > 0 ? x : slope * x);

/**
 * Attention over sparse edges, in loops over the backend's memory: a few thousand edges are little work, what they cost as
 * ordinary operations is gathered copies of every row. Edges are sorted by target; `sources` and `offsets` as in
 * `EdgeTensors`. Outputs are made before any view is taken, as making one may move the memory.
 */
export function edgeKernels(heap: Heap): KernelConfig[] {
  return [softmaxKernel(heap), softmaxGradientKernel(heap), aggregateKernel(heap), aggregateGradientKernel(heap)];
}

const softmaxKernel = (heap: Heap): KernelConfig => ({
  kernelName: KERNELS.edgeSoftmax,
  backendName: EMBEDDED,
  kernelFunc: ({ inputs, attrs }) => {
    const [, heads] = matrixShape(required(inputs, 'bias'));
    const out = heap.output(required(inputs, 'bias').shape);
    const slope = Number(attrs?.['slope']);
    const [source, target, bias] = ['source', 'target', 'bias'].map((name) => heap.floats(required(inputs, name))) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const [sources, offsets] = [heap.integers(required(inputs, 'sources')), heap.integers(required(inputs, 'offsets'))];
    const alpha = heap.floats(out);
    for (let j = 0; j + 1 < offsets.length; j++) {
      const [from, to] = [offsets[j]!, offsets[j + 1]!];
      for (let h = 0; h < heads; h++) {
        let largest = -Infinity;
        for (let e = from; e < to; e++) {
          const k = e * heads + h;
          const logit = leaky(source[sources[e]! * heads + h]! + target[j * heads + h]! + bias[k]!, slope);
          alpha[k] = logit;
          // A NaN stays: it compares as false and reaches the output through its own exponential.
          if (logit > largest) largest = logit;
        }
        let sum = SOFTMAX_GUARD;
        for (let k = from * heads + h; k < to * heads; k += heads) sum += alpha[k] = Math.exp(alpha[k]! - largest);
        for (let k = from * heads + h; k < to * heads; k += heads) alpha[k]! /= sum;
      }
    }
    return out;
  },
});

/** dl(e) = α(e) (dα(e) - Σ α dα over the edges into the same target) · LeakyReLU'(e), summed where sources or targets meet. */
const softmaxGradientKernel = (heap: Heap): KernelConfig => ({
  kernelName: KERNELS.edgeSoftmaxGradient,
  backendName: EMBEDDED,
  kernelFunc: ({ inputs, attrs }) => {
    const names = ['dy', 'alpha', 'source', 'target', 'bias'];
    const [dSource, dTarget, dBias] = ['source', 'target', 'bias'].map((name) =>
      heap.output(required(inputs, name).shape),
    );
    const slope = Number(attrs?.['slope']);
    const [, heads] = matrixShape(required(inputs, 'bias'));
    const [dy, alpha, source, target, bias] = names.map((name) => heap.floats(required(inputs, name))) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const [sources, offsets] = [heap.integers(required(inputs, 'sources')), heap.integers(required(inputs, 'offsets'))];
    const [toSource, toTarget, toBias] = [heap.floats(dSource!), heap.floats(dTarget!), heap.floats(dBias!)];
    toSource.fill(0);
    for (let j = 0; j + 1 < offsets.length; j++) {
      const [from, to] = [offsets[j]!, offsets[j + 1]!];
      for (let h = 0; h < heads; h++) {
        let mean = 0;
        for (let k = from * heads + h; k < to * heads; k += heads) mean += alpha[k]! * dy[k]!;
        let sum = 0;
        for (let e = from; e < to; e++) {
          const k = e * heads + h;
          const i = sources[e]! * heads + h;
          const rising = source[i]! + target[j * heads + h]! + bias[k]! > 0;
          const d = alpha[k]! * (dy[k]! - mean) * (rising ? 1 : slope);
          toBias[k] = d;
          toSource[i]! += d;
          sum += d;
        }
        toTarget[j * heads + h] = sum;
      }
    }
    return [dSource!, dTarget!, dBias!];
  },
});

/** Where head h of a row of values starts, and how many columns it weighs. */
function blocks(columns: number, heads: number, shared: boolean) {
  return { width: shared ? columns : columns / heads, step: shared ? 0 : columns / heads };
}

const aggregateKernel = (heap: Heap): KernelConfig => ({
  kernelName: KERNELS.aggregateEdges,
  backendName: EMBEDDED,
  kernelFunc: ({ inputs, attrs }) => {
    const [, heads] = matrixShape(required(inputs, 'weights'));
    const [, columns] = matrixShape(required(inputs, 'values'));
    const { width, step } = blocks(columns, heads, attrs?.['shared'] === true);
    const targets = required(inputs, 'offsets').shape[0]! - 1;
    const out = heap.output([targets, heads * width]);
    const at = (name: string) => heap.pointer(required(inputs, name));
    heap.routines.aggregateEdges(
      at('weights'),
      at('values'),
      at('sources'),
      at('offsets'),
      heap.pointer(out),
      targets,
      heads,
      columns,
      width,
      step,
    );
    return out;
  },
});

const aggregateGradientKernel = (heap: Heap): KernelConfig => ({
  kernelName: KERNELS.aggregateEdgesGradient,
  backendName: EMBEDDED,
  kernelFunc: ({ inputs, attrs }) => {
    const [, heads] = matrixShape(required(inputs, 'weights'));
    const [rows, columns] = matrixShape(required(inputs, 'values'));
    const { width, step } = blocks(columns, heads, attrs?.['shared'] === true);
    const targets = required(inputs, 'offsets').shape[0]! - 1;
    const [dWeights, dValues] = [heap.output(required(inputs, 'weights').shape), heap.output([rows, columns])];
    const at = (name: string) => heap.pointer(required(inputs, name));
    heap.routines.aggregateEdgesGradient(
      at('dy'),
      at('weights'),
      at('values'),
      at('sources'),
      at('offsets'),
      heap.pointer(dWeights),
      heap.pointer(dValues),
      targets,
      rows,
      heads,
      columns,
      width,
      step,
    );
    return [dWeights, dValues];
  },
});

export function edgeGradients(tf: TensorFlow): GradConfig[] {
  type Attributes = Parameters<GradConfig['gradFunc']>[2];
  const run = (kernel: string, inputs: Record<string, Tensor>, attrs: Attributes) =>
    tf.engine().runKernel<Tensor[]>(kernel, inputs, attrs);
  return [
    {
      kernelName: KERNELS.edgeSoftmax,
      inputsToSave: ['source', 'target', 'bias', 'sources', 'offsets'],
      outputsToSave: [true],
      gradFunc: (dy, saved, attrs) => {
        const [source, target, bias, sources, offsets, alpha] = saved as [
          Tensor,
          Tensor,
          Tensor,
          Tensor,
          Tensor,
          Tensor,
        ];
        const inputs = { dy: dy as Tensor, alpha, source, target, bias, sources, offsets };
        const parts = run(KERNELS.edgeSoftmaxGradient, inputs, attrs);
        return { source: () => parts[0]!, target: () => parts[1]!, bias: () => parts[2]! };
      },
    },
    {
      kernelName: KERNELS.aggregateEdges,
      inputsToSave: ['weights', 'values', 'sources', 'offsets'],
      gradFunc: (dy, saved, attrs) => {
        const [weights, values, sources, offsets] = saved as [Tensor, Tensor, Tensor, Tensor];
        const inputs = { dy: dy as Tensor, weights, values, sources, offsets };
        const parts = run(KERNELS.aggregateEdgesGradient, inputs, attrs);
        return { weights: () => parts[0]!, values: () => parts[1]! };
      },
    },
  ];
}

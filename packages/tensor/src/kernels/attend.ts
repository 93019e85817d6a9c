import type { GradConfig, KernelConfig, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { EMBEDDED, matrixShape, required, type Heap } from './heap.js';
import { KERNELS } from './names.js';

/** Nodes on a side, of the other side, heads, and the width of a row. */
interface Sizes {
  n: number;
  m: number;
  heads: number;
  width: number;
}

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

function sizesOf(inputs: Inputs): Sizes {
  const [n, width] = matrixShape(required(inputs, 'own'));
  const [m] = matrixShape(required(inputs, 'others'));
  const [, twice] = matrixShape(required(inputs, 'ownAsked'));
  return { n, m, heads: twice / 2, width };
}

/**
 * One side of dense bipartite attention in one pass: softmax over the others and the node itself, then weighted sums.
 * Logits are a few numbers per pair and take plain loops; what is as wide as a row is matrix products. Inputs: `own`
 * [n, width], `others` [m, width], what they are asked ([·, 2 heads], head by head as source and target), and what
 * weights are multiplied with, `mask` [n · heads, m + 1], or empty. Outputs: sums [n, heads · width] and the weights before
 * the mask, over heads. Outputs are made before any view is taken, as making one may move the memory.
 */
export function attendKernels(heap: Heap): KernelConfig[] {
  return [
    {
      kernelName: KERNELS.attend,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs, attrs }) => {
        const sizes = sizesOf(inputs);
        const { n, m, heads, width } = sizes;
        const out = heap.output([n, heads * width]);
        const alpha = heap.output([n * heads, m + 1]);
        const weights = heap.output([n * heads, m]);
        const panel = heap.scratch(8 * m);
        const mask = maskOf(heap, inputs);
        softmax(
          heap.floats(required(inputs, 'ownAsked')),
          heap.floats(required(inputs, 'othersAsked')),
          heap.floats(alpha),
          sizes,
          Number(attrs?.['slope']),
          Number(attrs?.['selfBias']),
        );
        const self = maskedWeights(heap.floats(alpha), mask, heap.floats(weights), m);
        const others = heap.pointer(required(inputs, 'others'));
        heap.routines.gemm(heap.pointer(weights), m, 1, others, 0, heap.pointer(out), n * heads, width, m, panel);
        heap.release(weights);
        addOwn(heap.floats(required(inputs, 'own')), self, heap.floats(out), sizes);
        return [out, alpha];
      },
    },
    {
      kernelName: KERNELS.attendGradient,
      backendName: EMBEDDED,
      kernelFunc: ({ inputs, attrs }) => {
        const sizes = sizesOf(inputs);
        const { n, m, heads, width } = sizes;
        const names = ['own', 'others', 'ownAsked', 'othersAsked'];
        const made = names.map((name) => heap.output(required(inputs, name).shape));
        const [dOwn, dOthers, dOwnAsked, dOthersAsked] = made as [TensorInfo, TensorInfo, TensorInfo, TensorInfo];
        const weights = heap.output([n * heads, m]);
        const slopes = heap.output([n * heads, m]);
        const panel = heap.scratch(8 * n * heads);
        const [dy, others] = [heap.pointer(required(inputs, 'dy')), heap.pointer(required(inputs, 'others'))];
        const mask = maskOf(heap, inputs);
        const alpha = heap.floats(required(inputs, 'alpha'));
        const self = maskedWeights(alpha, mask, heap.floats(weights), m);
        heap.routines.gemmTransposed(dy, others, heap.pointer(slopes), n * heads, m, width);
        heap.routines.gemm(heap.pointer(weights), 1, m, dy, 0, heap.pointer(dOthers), m, width, n * heads, panel);
        const own = heap.floats(required(inputs, 'own'));
        const toSelf = ownGradient(heap.floats(required(inputs, 'dy')), own, self, heap.floats(dOwn), sizes);
        softmaxGradient(
          heap.floats(required(inputs, 'ownAsked')),
          heap.floats(required(inputs, 'othersAsked')),
          { alpha, mask, toOthers: heap.floats(slopes), toSelf },
          heap.floats(dOwnAsked),
          heap.floats(dOthersAsked),
          sizes,
          Number(attrs?.['slope']),
        );
        heap.release(weights);
        heap.release(slopes);
        return [dOwn, dOthers, dOwnAsked, dOthersAsked];
      },
    },
  ];
}

const leaky = (x: number, slope: number) => (x > 0 ? x : slope * x);

function maskOf(heap: Heap, inputs: Inputs): Float32Array | undefined {
  const mask = heap.floats(required(inputs, 'mask'));
  return mask.length === 0 ? undefined : mask;
}

/** alpha: softmax over m others and, last, the node itself, over heads. */
function softmax(
  own: Float32Array,
  others: Float32Array,
  alpha: Float32Array,
  { n, m, heads }: Sizes,
  slope: number,
  selfBias: number,
): void {
  for (let i = 0; i < n; i++)
    for (let h = 0; h < heads; h++) {
      const at = (i * heads + h) * (m + 1);
      const [source, target] = [own[2 * (i * heads + h)]!, own[2 * (i * heads + h) + 1]!];
      let largest = (alpha[at + m] = leaky(source + target, slope) + selfBias);
      for (let j = 0; j < m; j++) {
        const logit = leaky(others[2 * (j * heads + h)]! + target, slope);
        alpha[at + j] = logit;
        // A NaN stays: it compares as false and reaches the output through its own exponential.
        if (logit > largest) largest = logit;
      }
      let sum = 0;
      for (let j = at; j <= at + m; j++) sum += alpha[j] = Math.exp(alpha[j]! - largest);
      for (let j = at; j <= at + m; j++) alpha[j]! /= sum * heads;
    }
}

/** Writes the weights of the others, times the mask; returns those of the nodes themselves. */
function maskedWeights(
  alpha: Float32Array,
  mask: Float32Array | undefined,
  weights: Float32Array,
  m: number,
): Float32Array {
  const rows = alpha.length / (m + 1);
  const self = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const at = r * (m + 1);
    for (let j = 0; j < m; j++) weights[r * m + j] = mask ? alpha[at + j]! * mask[at + j]! : alpha[at + j]!;
    self[r] = mask ? alpha[at + m]! * mask[at + m]! : alpha[at + m]!;
  }
  return self;
}

/** out[i, h] += self[i, h] own[i] */
function addOwn(own: Float32Array, self: Float32Array, out: Float32Array, { n, heads, width }: Sizes): void {
  for (let r = 0; r < n * heads; r++) {
    const [weight, from, to] = [self[r]!, Math.floor(r / heads) * width, r * width];
    for (let d = 0; d < width; d++) out[to + d]! += weight * own[from + d]!;
  }
}

/** dOwn[i] = Σ_h self[i, h] dy[i, h]; returns the gradients of `self`. */
function ownGradient(
  dy: Float32Array,
  own: Float32Array,
  self: Float32Array,
  dOwn: Float32Array,
  { n, heads, width }: Sizes,
): Float32Array {
  const toSelf = new Float32Array(n * heads);
  dOwn.fill(0);
  for (let r = 0; r < n * heads; r++) {
    const [weight, to, from] = [self[r]!, Math.floor(r / heads) * width, r * width];
    let sum = 0;
    for (let d = 0; d < width; d++) {
      const g = dy[from + d]!;
      sum += g * own[to + d]!;
      dOwn[to + d]! += weight * g;
    }
    toSelf[r] = sum;
  }
  return toSelf;
}

/** dl = α (dα - heads Σ α dα) LeakyReLU'(l), where α carries the division by heads; summed where a node is asked. */
function softmaxGradient(
  own: Float32Array,
  others: Float32Array,
  given: { alpha: Float32Array; mask: Float32Array | undefined; toOthers: Float32Array; toSelf: Float32Array },
  dOwn: Float32Array,
  dOthers: Float32Array,
  { n, m, heads }: Sizes,
  slope: number,
): void {
  const { alpha, mask, toOthers, toSelf } = given;
  dOthers.fill(0);
  for (let i = 0; i < n; i++)
    for (let h = 0; h < heads; h++) {
      const r = i * heads + h;
      const at = r * (m + 1);
      const [source, target] = [own[2 * r]!, own[2 * r + 1]!];
      let mean = 0;
      for (let j = 0; j <= m; j++) {
        const d = (j < m ? toOthers[r * m + j]! : toSelf[r]!) * (mask ? mask[at + j]! : 1);
        mean += alpha[at + j]! * d;
      }
      mean *= heads;
      let sum = 0;
      for (let j = 0; j < m; j++) {
        const asked = 2 * (j * heads + h);
        const d = toOthers[r * m + j]! * (mask ? mask[at + j]! : 1);
        const dl = alpha[at + j]! * (d - mean) * (others[asked]! + target > 0 ? 1 : slope);
        dOthers[asked]! += dl;
        sum += dl;
      }
      const d = toSelf[r]! * (mask ? mask[at + m]! : 1);
      const dl = alpha[at + m]! * (d - mean) * (source + target > 0 ? 1 : slope);
      dOwn[2 * r] = dl;
      dOwn[2 * r + 1] = sum + dl;
    }
}

export function attendGradient(tf: TensorFlow): GradConfig {
  const trained = ['own', 'others', 'ownAsked', 'othersAsked'];
  const names = [...trained, 'mask', 'alpha'];
  return {
    kernelName: KERNELS.attend,
    inputsToSave: [...trained, 'mask'],
    outputsToSave: [false, true],
    gradFunc: (dys, saved, attrs) => {
      const tensors = saved;
      const inputs = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
      const dy = (dys as Tensor[])[0]!;
      const parts = tf.engine().runKernel<Tensor[]>(KERNELS.attendGradient, { ...inputs, dy }, attrs);
      return Object.fromEntries(trained.map((name, i) => [name, () => parts[i]!]));
    },
  };
}

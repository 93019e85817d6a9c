import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { attendGradient, attendKernels } from './attend.js';
import { denseGradient, denseKernels, denseNormEluGradients, denseNormEluKernels } from './dense.js';
import { edgeGradients, edgeKernels } from './edges.js';
import { EMBEDDED, openHeap, required, type Heap } from './heap.js';
import { matMulKernel } from './mat-mul.js';
import { normalizeRowsGradient, normalizeRowsKernels } from './normalize-rows.js';
import { optimizerKernels } from './optimizer.js';
import { pairScoreKernels, pairScoresGradient } from './pair-scores.js';
import { segmentSumKernel } from './segment-sum.js';

/** A copy for the tape is a second reference here, as on the cpu backend; as shipped it copies every number. */
const identityKernel = (heap: Heap): KernelConfig => ({
  kernelName: 'Identity',
  backendName: EMBEDDED,
  kernelFunc: ({ inputs }) => {
    const x = required(inputs, 'x');
    return heap.share(x, x.shape);
  },
});

/** Registers the backend `embedded` over the shipped one's memory: its kernels, with ours in place of some. Once a process. */
export async function registerEmbeddedBackend(tf: TensorFlow, shared: BackendWasm): Promise<void> {
  const heap = await openHeap(shared);
  if (tf.findBackend(EMBEDDED) !== null) return;
  const ours = [
    identityKernel(heap),
    matMulKernel(tf, heap),
    segmentSumKernel(heap),
    ...denseKernels(heap),
    ...denseNormEluKernels(heap),
    ...normalizeRowsKernels(heap),
    ...edgeKernels(heap),
    ...attendKernels(heap),
    ...pairScoreKernels(heap),
    ...optimizerKernels(heap),
  ];
  const replaced = new Set(ours.map(({ kernelName }) => kernelName));
  for (const kernel of tf.getKernelsForBackend('wasm'))
    if (!replaced.has(kernel.kernelName)) tf.registerKernel({ ...kernel, backendName: EMBEDDED });
  for (const kernel of ours) tf.registerKernel(kernel);
  for (const gradient of [
    denseGradient(tf),
    ...denseNormEluGradients(tf),
    normalizeRowsGradient(tf),
    ...edgeGradients(tf),
    attendGradient(tf),
    pairScoresGradient(tf),
  ])
    tf.registerGradient(gradient);
  tf.registerBackend(EMBEDDED, () => shared);
}

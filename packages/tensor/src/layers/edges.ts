import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { KERNELS } from '../kernels/names.js';
import type { TensorFlow } from '../runtime/types.js';
import { hasKernel } from './dense.js';

/** Edges of one relation on the device, sorted by target: those into target j are `offsets[j] … offsets[j + 1]`. */
export interface EdgeTensors {
  /** [edges] source of each edge, int32 */
  sources: Tensor1D;
  /** [edges] target of each edge, ascending, int32 */
  targets: Tensor1D;
  /** [targetCount + 1] int32 */
  offsets: Tensor1D;
  sourceCount: number;
  targetCount: number;
}

/** PyTorch Geometric adds this to the sum that a softmax over edges divides by. */
const SOFTMAX_GUARD = 1e-16;

/**
 * Adjacency as compressed sparse rows, put on the device. The caller disposes (or tidies) the three tensors.
 * @param neighbours [edges] sources, target by target
 */
export function edgeTensors(
  tf: TensorFlow,
  offsets: Int32Array,
  neighbours: Int32Array,
  sourceCount: number,
): EdgeTensors {
  const targetCount = offsets.length - 1;
  const targets = new Int32Array(neighbours.length);
  for (let j = 0; j < targetCount; j++) targets.fill(j, offsets[j], offsets[j + 1]);
  return {
    sources: tf.tensor1d(neighbours, 'int32'),
    targets: tf.tensor1d(targets, 'int32'),
    offsets: tf.tensor1d(offsets, 'int32'),
    sourceCount,
    targetCount,
  };
}

/**
 * Attention of each target over the edges into it (GAT, arXiv 1710.10903; PyTorch Geometric's `softmax`):
 * α(e) = exp(l(e)) / (Σ over the edges into e's target of exp(l) + 1e-16), l(e) = LeakyReLU(source(i) + target(j) + bias(e)).
 * @param logits what the logits l are the sum of: `source` [sources × heads], `target` [targets × heads], `bias` [edges × heads]
 * @param slope LeakyReLU's slope below zero. Default 0.2, as in the paper.
 * @returns α, [edges × heads]
 */
export function edgeSoftmax(
  tf: TensorFlow,
  edges: EdgeTensors,
  { source, target, bias }: { source: Tensor2D; target: Tensor2D; bias: Tensor2D },
  slope = 0.2,
): Tensor2D {
  if (hasKernel(tf, KERNELS.edgeSoftmax)) {
    const inputs = { source, target, bias, sources: edges.sources, offsets: edges.offsets };
    return tf.engine().runKernel<Tensor2D>(KERNELS.edgeSoftmax, inputs, { slope });
  }
  const logits: Tensor2D = tf.leakyRelu(
    tf.add(tf.add(gatherRows(tf, source, edges.sources), gatherRows(tf, target, edges.targets)), bias),
    slope,
  );
  const powers: Tensor2D = tf.exp(tf.sub(logits, largestOfTarget(tf, logits, edges)));
  const sums: Tensor2D = tf.add(sumByTarget(tf, powers, edges), SOFTMAX_GUARD);
  return tf.div(powers, gatherRows(tf, sums, edges.targets));
}

/**
 * Σ over the edges e = (i, j) into each target j of weights(e, h) · values(i), head by head.
 * @param weights [edges × heads]
 * @param values [sources × columns]
 * @param heads `split`: head h weighs its own block of columns, out is [targets × columns];
 *   `shared`: every head weighs all columns, out is [targets × heads·columns]
 */
export function aggregateEdges(
  tf: TensorFlow,
  edges: EdgeTensors,
  weights: Tensor2D,
  values: Tensor2D,
  heads: 'split' | 'shared' = 'split',
): Tensor2D {
  if (hasKernel(tf, KERNELS.aggregateEdges)) {
    const inputs = { weights, values, sources: edges.sources, offsets: edges.offsets };
    return tf.engine().runKernel<Tensor2D>(KERNELS.aggregateEdges, inputs, { shared: heads === 'shared' });
  }
  const [count, headCount] = weights.shape;
  const rows = gatherRows(tf, values, edges.sources);
  const blocks =
    heads === 'shared'
      ? tf.reshape(rows, [count, 1, values.shape[1]])
      : tf.reshape(rows, [count, headCount, values.shape[1] / headCount]);
  const weighed = tf.mul(blocks, tf.reshape(weights, [count, headCount, 1]));
  return sumByTarget(tf, tf.reshape(weighed, [count, weighed.size / count]), edges);
}

/** Whether rows can be added by index; the shipped WebAssembly backend cannot, there a matrix of zeros and ones does it. */
const canAddByIndex = (tf: TensorFlow) => hasKernel(tf, 'UnsortedSegmentSum');

const oneHot = (tf: TensorFlow, ids: Tensor1D, count: number): Tensor2D =>
  tf.cast<Tensor2D>(tf.oneHot(ids, count) as Tensor2D, 'float32');

/** Rows of x by index, [ids × columns], with a gradient on every backend. */
export function gatherRows(tf: TensorFlow, x: Tensor2D, ids: Tensor1D): Tensor2D {
  const [count] = ids.shape;
  if (hasKernel(tf, KERNELS.aggregateEdges)) {
    // One edge of weight one into each row: the shipped gather shows in the profile of a training, this does not.
    const offsets = tf.tensor1d(
      Int32Array.from({ length: count + 1 }, (_, j) => j),
      'int32',
    );
    const inputs = { weights: tf.ones([count, 1]), values: x, sources: ids, offsets };
    return tf.engine().runKernel<Tensor2D>(KERNELS.aggregateEdges, inputs, { shared: true });
  }
  return canAddByIndex(tf) ? tf.gather(x, ids) : tf.matMul(oneHot(tf, ids, x.shape[0]), x);
}

function sumByTarget(tf: TensorFlow, x: Tensor2D, { targets, targetCount }: EdgeTensors): Tensor2D {
  if (canAddByIndex(tf)) return tf.unsortedSegmentSum(x, targets, targetCount);
  return tf.matMul(oneHot(tf, targets, targetCount), x, true, false);
}

/** The largest logit of each edge's target, so that no exponential overflows. It cancels, so it needs no gradient. */
function largestOfTarget(tf: TensorFlow, logits: Tensor, { targets, targetCount }: EdgeTensors): Tensor2D {
  const [count, heads] = logits.shape as [number, number];
  const values = logits.dataSync();
  const ids = targets.dataSync();
  const largest = new Float32Array(targetCount * heads).fill(-Infinity);
  for (let k = 0; k < values.length; k++) {
    const at = ids[Math.floor(k / heads)]! * heads + (k % heads);
    largest[at] = Math.max(largest[at]!, values[k]!);
  }
  const spread = Float32Array.from(values, (_, k) => largest[ids[Math.floor(k / heads)]! * heads + (k % heads)]!);
  return tf.tensor2d(spread, [count, heads]);
}

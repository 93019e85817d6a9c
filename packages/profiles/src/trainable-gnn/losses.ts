import type { Matrix, NodeType } from '@routeprofile/schema';
import { gatherRows, linear } from '@routeprofile/tensor';
import type { PerType } from './han.js';
import type { PredictedEdges } from './masks.js';
import type { Parameters, Tensor, Tensor2D, TensorFlow } from './tensors.js';

/** Linear – ELU – Linear. */
function decode(tf: TensorFlow, x: Tensor2D, parameters: Parameters, name: string): Tensor2D {
  const layer = (i: number) => ({
    weight: parameters[`${name}.${i}.weight`]!,
    bias: parameters[`${name}.${i}.bias`]!,
  });
  return linear(tf, tf.elu(linear(tf, x, layer(0))), layer(1));
}

/**
 * Predicted scores of edges from the rows of their ends, [edges × 1].
 * @param bounded scores lie in [0, 1]: a sigmoid ends the decoder
 */
export function predictScores(
  tf: TensorFlow,
  parameters: Parameters,
  rows: PerType<Tensor2D>,
  { scored: { relation }, reversed, edges }: PredictedEdges,
  bounded: boolean,
): Tensor2D {
  const ends = [
    [relation.source, relation.sourceIndex],
    [relation.target, relation.targetIndex],
  ] as const;
  const taken = (reversed ? [...ends].reverse() : ends).map(([type, index]) =>
    gatherRows(
      tf,
      rows[type]!,
      tf.tensor1d(
        Int32Array.from(edges, (e) => index[e]!),
        'int32',
      ),
    ),
  );
  const predicted = decode(tf, tf.concat2d(taken, 1), parameters, 'edge');
  return bounded ? tf.sigmoid(predicted) : predicted;
}

/** Mean over the entries of the mean squared error of predicted scores. */
export function edgeLoss(
  tf: TensorFlow,
  parameters: Parameters,
  rows: PerType<Tensor2D>,
  predicted: readonly PredictedEdges[],
  bounded: boolean,
): Tensor {
  const losses = predicted.map((entry) => {
    const { values } = entry.scored;
    const target = tf.tensor2d(
      Float32Array.from(entry.edges, (e) => values[e]!),
      [entry.edges.length, 1],
    );
    return tf.mean(tf.square(tf.sub(predictScores(tf, parameters, rows, entry, bounded), target)));
  });
  return tf.div(tf.addN(losses), losses.length);
}

/**
 * Mean over node types of the mean squared error of reconstructed features of hidden nodes.
 * @param scales what each type's error is divided by
 */
export function nodeLoss(
  tf: TensorFlow,
  parameters: Parameters,
  rows: PerType<Tensor2D>,
  features: ReadonlyMap<NodeType, Tensor2D>,
  restored: PerType<Int32Array>,
  scales: ReadonlyMap<NodeType, number>,
): Tensor {
  const losses = (Object.keys(restored) as NodeType[]).map((type) => {
    const ids = tf.tensor1d(restored[type]!, 'int32');
    const decoded = decode(tf, gatherRows(tf, rows[type]!, ids), parameters, `node.${type}`);
    const error = tf.mean(tf.square(tf.sub(decoded, gatherRows(tf, features.get(type)!, ids))));
    return tf.div(error, scales.get(type) ?? 1);
  });
  return tf.div(tf.addN(losses), losses.length);
}

/** Variance of the rows around their mean, averaged over columns; of a single row its mean square, and 1 for zeros. */
export function variance({ rows, cols, data }: Matrix): number {
  const mean = new Float64Array(cols);
  if (rows > 1) data.forEach((x, k) => (mean[k % cols]! += x / rows));
  const sum = data.reduce((total, x, k) => total + (x - mean[k % cols]!) ** 2, 0) / data.length;
  return sum > 1e-12 ? sum : 1;
}

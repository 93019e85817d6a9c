import { createRandom, type NodeType } from '@routeprofile/schema';
import { dropoutMask, type Runtime } from '@routeprofile/tensor';
import { edgeMap, type DirectedRelation } from './edges.js';
import { hanEncode, layerWidths, type HanOutput, type NodeInput, type PerType } from './han.js';
import { edgeLoss, nodeLoss, predictScores, variance } from './losses.js';
import { hiddenEdges, type Masks, type ScoredRelation } from './masks.js';
import type { CompleteTrainableGnnOptions } from './options.js';
import type { Problem } from './problem.js';
import type { Parameters, Tensor, Tensor2D, TensorFlow } from './tensors.js';

/** A problem on the device: its features, and everything that is computed from them and the parameters. */
export interface Network {
  /** Loss of one epoch; within a tidy. */
  loss(masks: Masks, epoch: number): Tensor;
  /** Predicted scores of the held-out edges, relation by relation, from the edges that are not held out; within a tidy. */
  heldOutScores(): { scored: ScoredRelation; edges: Int32Array; predicted: Tensor2D }[];
  /** All nodes with all edges, nothing hidden; within a tidy. */
  encode(only: readonly NodeType[]): HanOutput;
  dispose(): void;
}

export function openNetwork(
  { tf }: Runtime,
  problem: Problem,
  parameters: Parameters,
  options: CompleteTrainableGnnOptions,
  seed: number,
): Network {
  const { shape, relations, scored } = problem;
  const counts = Object.fromEntries(problem.counts.map(({ type, count }) => [type, count]));
  const values = new Map(scored.map((entry) => [entry.relation.name, entry.values]));
  const features = new Map(
    [...problem.features].map(([type, { rows, cols, data }]) => [type, tf.tensor2d(data, [rows, cols])] as const),
  );
  const relative = options.nodeLoss === 'relative';
  const scales = new Map([...problem.features].map(([type, x]) => [type, relative ? variance(x) : 1] as const));
  const bounded = options.targets === 'global';

  const dropout = (epoch: number) => (relation: DirectedRelation, edges: number) =>
    Array.from({ length: shape.layers }, (_, l) => {
      const { heads } = layerWidths(shape, l);
      const random = createRandom(seed, 'trainable-gnn', 'dropout', String(epoch), String(l), relation.name);
      return tf.tensor2d(dropoutMask(random, edges, heads, options.dropout), [edges, heads]);
    });
  const inputs = (hidden: PerType<Int32Array> = {}): PerType<NodeInput> =>
    Object.fromEntries(
      [...features].map(([type, x]) => [
        type,
        nodeInput(tf, x, hidden[type], parameters[`token.${type}`] as Tensor2D | undefined),
      ]),
    );

  return {
    loss: (masks, epoch) => {
      const edges = edgeMap(tf, relations, counts, {
        hidden: masks.hidden,
        scores: values,
        ...(options.dropout > 0 && { dropout: dropout(epoch) }),
      });
      const { rows } = hanEncode({ tf, shape, parameters, edges }, inputs(masks.nodes));
      const parts: Tensor[] = [];
      if (Object.keys(masks.nodes).length > 0)
        parts.push(nodeLoss(tf, parameters, rows, features, masks.restored, scales));
      if (masks.predicted.length > 0)
        parts.push(tf.mul(edgeLoss(tf, parameters, rows, masks.predicted, bounded), options.edgeWeight));
      return tf.addN(parts);
    },
    heldOutScores: () => {
      const edges = edgeMap(tf, relations, counts, { hidden: hiddenEdges(scored), scores: values });
      const ends = new Set(scored.flatMap(({ relation }) => [relation.source, relation.target]));
      const { rows } = hanEncode({ tf, shape, parameters, edges }, inputs(), [...ends]);
      return scored.flatMap((entry) => {
        const asked = entry.heldOut.reduce<number[]>((list, held, e) => (held ? [...list, e] : list), []);
        if (asked.length === 0) return [];
        const given = { scored: entry, reversed: false, edges: Int32Array.from(asked) };
        return [{ ...given, predicted: predictScores(tf, parameters, rows, given, bounded) }];
      });
    },
    encode: (only) =>
      hanEncode({ tf, shape, parameters, edges: edgeMap(tf, relations, counts, { scores: values }) }, inputs(), only),
    dispose: () => features.forEach((tensor) => tensor.dispose()),
  };
}

/** Features of a type with hidden rows replaced by its token. */
function nodeInput(
  tf: TensorFlow,
  x: Tensor2D,
  hidden: Int32Array | undefined,
  token: Tensor2D | undefined,
): NodeInput {
  if (!hidden || !token) return { features: x, own: (weight) => tf.matMul(x, weight) };
  const flags = new Float32Array(x.shape[0]);
  for (const i of hidden) flags[i] = 1;
  const masked = tf.tensor2d(flags, [flags.length, 1]);
  const kept = tf.sub(1, masked);
  const replaced = (rows: Tensor2D, by: Tensor2D): Tensor2D => tf.add(tf.mul(rows, kept), tf.matMul(masked, by));
  return {
    features: replaced(x, token),
    // One product for all hidden rows; and none of x's own gradient, which nobody needs.
    own: (weight) => replaced(tf.matMul(x, weight), tf.matMul(token, weight)),
  };
}

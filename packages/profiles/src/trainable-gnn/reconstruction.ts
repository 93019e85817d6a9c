import { createRandom, type Matrix, type NodeType, type Random, type Relation } from '@routeprofile/schema';
import { gatherRows, linear } from '@routeprofile/tensor';
import { endsOf } from '../common/standing.js';
import type { Parameters, Tensor, Tensor2D, TensorFlow } from './edges.js';
import type { PerType } from './han.js';

/** A relation whose edges carry scores, on the network's scale. */
export interface ScoredRelation {
  relation: Relation;
  /** [edges] */
  values: Float32Array;
  /** [edges] 1 for those that training never sees. */
  heldOut: Uint8Array;
}

/** Edges whose scores are to be predicted, read along the relation or against it. */
export interface PredictedEdges {
  scored: ScoredRelation;
  reversed: boolean;
  edges: Int32Array;
}

/** What one epoch hides and asks for. */
export interface Masks {
  /** Positions of the hidden nodes, ascending; types with none are absent. */
  nodes: PerType<Int32Array>;
  /** Those of them that are to be reconstructed. */
  restored: PerType<Int32Array>;
  predicted: readonly PredictedEdges[];
  /** By relation: edges that send no message. */
  hidden: ReadonlyMap<string, Uint8Array>;
}

export interface MaskOptions {
  nodeMask: number;
  edgeMask: number;
  masking: 'removed' | 'independent';
  /** Most nodes of a type to reconstruct; 0 for all. */
  nodeSample: number;
}

const positions = (count: number, wanted: (i: number) => boolean): Int32Array =>
  Int32Array.from(Array.from({ length: count }, (_, i) => i).filter(wanted));

/**
 * Independent draws for every node and every edge that is not held out. When they hide nothing at all, one more draw hides
 * a node or an edge: an epoch always has something to learn.
 */
export function drawMasks(
  random: Random,
  counts: readonly { type: NodeType; count: number }[],
  scored: readonly ScoredRelation[],
  options: MaskOptions,
): Masks {
  const nodes: PerType<Int32Array> = {};
  for (const { type, count } of counts) {
    const hidden = positions(count, () => random.float() < options.nodeMask);
    if (hidden.length > 0) nodes[type] = hidden;
  }
  const directions = options.masking === 'removed' ? [false] : [false, true];
  const predicted = scored.flatMap((relation) =>
    directions.map((reversed) => ({
      scored: relation,
      reversed,
      edges: positions(relation.values.length, (e) => !relation.heldOut[e] && random.float() < options.edgeMask),
    })),
  );
  if (Object.keys(nodes).length === 0 && predicted.every(({ edges }) => edges.length === 0)) {
    const choice = options.nodeMask > 0 ? counts[random.int(counts.length)] : undefined;
    if (choice) nodes[choice.type] = Int32Array.of(random.int(choice.count));
    else
      for (const entry of predicted.slice(0, 1))
        entry.edges = positions(entry.scored.values.length, (e) => !entry.scored.heldOut[e]);
  }
  const asked = predicted.filter(({ edges }) => edges.length > 0);
  const restored: PerType<Int32Array> = {};
  for (const [type, hidden] of Object.entries(nodes) as [NodeType, Int32Array][])
    restored[type] =
      options.nodeSample === 0 || hidden.length <= options.nodeSample
        ? hidden
        : Int32Array.from(random.sample([...hidden], options.nodeSample)).sort();
  return { nodes, restored, predicted: asked, hidden: hiddenEdges(scored, options.masking === 'removed' ? asked : []) };
}

/** Held-out edges and those given, by relation; relations that hide nothing are absent. */
export function hiddenEdges(
  scored: readonly ScoredRelation[],
  predicted: readonly PredictedEdges[] = [],
): Map<string, Uint8Array> {
  const hidden = new Map<string, Uint8Array>();
  for (const { relation, heldOut } of scored) {
    const edges = heldOut.slice();
    for (const entry of predicted) if (entry.scored.relation === relation) for (const e of entry.edges) edges[e] = 1;
    if (edges.some((x) => x === 1)) hidden.set(relation.name, edges);
  }
  return hidden;
}

/**
 * Edges that training never sees, drawn by the seed. Every model keeps an edge, and every task one of each class of source
 * that it had, so that a scale is known.
 * @param groupOf task and class of an edge
 * @returns [edges] 1 for held out
 */
export function holdOutEdges(
  seed: number,
  relation: Relation,
  groupOf: (edge: number) => number,
  share: number,
): Uint8Array {
  const count = relation.sourceIndex.length;
  const heldOut = new Uint8Array(count);
  const { models } = endsOf(relation);
  const left = new Map<string, number>();
  const keys = (e: number) => [`group ${groupOf(e)}`, ...(models ? [`model ${models[e]}`] : [])];
  for (let e = 0; e < count; e++) for (const key of keys(e)) left.set(key, (left.get(key) ?? 0) + 1);
  const order = createRandom(seed, 'trainable-gnn', 'held out', relation.name).shuffle(
    Array.from({ length: count }, (_, e) => e),
  );
  let wanted = Math.round(share * count);
  for (const e of order) {
    if (wanted === 0) break;
    if (keys(e).some((key) => left.get(key)! < 2)) continue;
    for (const key of keys(e)) left.set(key, left.get(key)! - 1);
    heldOut[e] = 1;
    wanted--;
  }
  return heldOut;
}

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

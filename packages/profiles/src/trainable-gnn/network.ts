import { createRandom, type NodeType, type Random } from '@routeprofile/schema';
import {
  dropoutMask,
  filled,
  glorotUniform,
  linearWeights,
  uniform,
  type Runtime,
  type Weights,
} from '@routeprofile/tensor';
import {
  edgeMap,
  type DirectedRelation,
  type Parameters,
  type Tensor,
  type Tensor2D,
  type TensorFlow,
} from './edges.js';
import { hanEncode, layerWidths, type HanOutput, type HanShape, type NodeInput, type PerType } from './han.js';
import {
  edgeLoss,
  hiddenEdges,
  nodeLoss,
  predictScores,
  variance,
  type Masks,
  type ScoredRelation,
} from './reconstruction.js';
import type { CompleteTrainableGnnOptions } from './options.js';
import type { Problem } from './problem.js';

/** Standard deviation of a fresh mask token. */
const TOKEN_SCALE = 0.02;

type Streams = (label: string) => Random;

/**
 * Fresh weights of the encoder. PyTorch's laws: linear maps uniform in ±1/√fanIn, attention vectors and semantic query by
 * Glorot; scores start by scaling their message (gate 1) and without a say in attention (steer 0).
 * Linear weights are [in, out], the transpose of PyTorch's.
 */
export function encoderWeights(streams: Streams, shape: HanShape): Weights {
  const weights: Weights = {};
  const linear = (name: string, fanIn: number, fanOut: number) => {
    const { weight, bias } = linearWeights(streams(name), fanIn, fanOut);
    weights[`${name}.weight`] = weight;
    weights[`${name}.bias`] = bias;
  };
  for (let l = 0; l < shape.layers; l++) {
    const { input, output, heads } = layerWidths(shape, l);
    const last = l === shape.layers - 1;
    for (const type of shape.types) {
      linear(`layer.${l}.proj.${type}`, input, output);
      // The last layer adds the features as they are.
      if (shape.skip && !last)
        weights[`layer.${l}.skip.${type}`] = uniform(
          streams(`layer.${l}.skip.${type}`),
          [shape.input, output],
          1 / Math.sqrt(shape.input),
        );
    }
    for (const { name, scored } of shape.relations) {
      for (const side of ['source', 'target'])
        weights[`layer.${l}.${side}.${name}`] = glorotUniform(
          streams(`layer.${l}.${side}.${name}`),
          heads,
          output / heads,
        );
      if (!shape.scores || !scored) continue;
      weights[`layer.${l}.steer.${name}`] = filled([heads], 0);
      weights[`layer.${l}.gate.${name}`] = filled([output], 1);
    }
    linear(`layer.${l}.semantic`, output, output);
    weights[`layer.${l}.semantic.query`] = {
      ...glorotUniform(streams(`layer.${l}.semantic.query`), 1, output),
      shape: [output],
    };
  }
  return weights;
}

/** Mask tokens `token.TYPE` [1, width] and decoders: `node.TYPE.0`, `node.TYPE.1`, `edge.0`, `edge.1`. */
export function decoderWeights(streams: Streams, types: readonly NodeType[], width: number): Weights {
  const weights: Weights = {};
  const pair = (name: string, fanIn: number, fanOut: number) => {
    [
      [fanIn, width],
      [width, fanOut],
    ].forEach(([from, to], i) => {
      const { weight, bias } = linearWeights(streams(`${name}.${i}`), from!, to!);
      weights[`${name}.${i}.weight`] = weight;
      weights[`${name}.${i}.bias`] = bias;
    });
  };
  for (const type of types) {
    const random = streams(`token.${type}`);
    weights[`token.${type}`] = {
      shape: [1, width],
      data: Float32Array.from({ length: width }, () => TOKEN_SCALE * random.normal()),
    };
    pair(`node.${type}`, width, width);
  }
  pair('edge', 2 * width, 1);
  return weights;
}

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

export function createNetwork(
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

import type { NodeType } from '@routeprofile/schema';
import { aggregateEdges, edgeSoftmax, normalizeRowsOf, type EdgeTensors } from '@routeprofile/tensor';
import type { DirectedRelation, EdgeMap, Parameters, Tensor, Tensor1D, Tensor2D, TensorFlow } from './edges.js';

/** What a network is made of; two networks of the same shape have the same parameters. */
export interface HanShape {
  /** Width of the node features, and of the output. */
  input: number;
  hidden: number;
  heads: number;
  layers: number;
  types: readonly NodeType[];
  relations: readonly Pick<DirectedRelation, 'name' | 'source' | 'target' | 'scored'>[];
  /** Scores of scored relations enter attention and messages. */
  scores: boolean;
  /** Each layer adds the node's own features. */
  skip: boolean;
  /** Messages keep their sign; otherwise a ReLU follows each relation's sum. */
  signed: boolean;
}

export interface LayerWidths {
  input: number;
  output: number;
  heads: number;
}

/** Widths of layer `l`, from 0: the last one has a single head and gives rows of the features' width. */
export function layerWidths({ input, hidden, heads, layers }: HanShape, l: number): LayerWidths {
  const last = l === layers - 1;
  return { input: l === 0 ? input : hidden, output: last ? input : hidden, heads: last ? 1 : heads };
}

/** Features of one node type. */
export interface NodeInput {
  /** [nodes × input], hidden rows replaced by the type's mask token. */
  features: Tensor2D;
  /** `features` times `weight`, for the own path of the hidden layers. Computed apart as masked rows share one product. */
  own: (weight: Tensor2D) => Tensor2D;
}
export type PerType<T> = Partial<Record<NodeType, T>>;

export interface HanOutput {
  /** Unit rows. */
  rows: PerType<Tensor2D>;
  /** What went into each layer. */
  inputs: PerType<Tensor2D>[];
  /** Weight of each relation into a type, layer by layer, in the order of the shape; absent where there is one relation only. */
  mixing: PerType<Tensor1D>[];
}

interface Context {
  tf: TensorFlow;
  shape: HanShape;
  parameters: Parameters;
  edges: EdgeMap;
  /** To encode nodes that were not there in training: what is then given instead of computed. */
  frozen?: Frozen;
}

interface Frozen {
  /** β of each layer, in the order of the relations into a type. */
  mixing: readonly PerType<Tensor1D>[];
  /** What nodes of the other types put into each layer. */
  inputs: readonly PerType<Tensor2D>[];
}

/** The relations into a type, in the shape's order. */
export const relationsInto = (shape: HanShape, type: NodeType) =>
  shape.relations.filter(({ target }) => target === type);

/**
 * Heterogeneous graph attention (HAN, arXiv 1903.07293) over the graph's own relations, as PyTorch Geometric's HANConv
 * computes it. Per layer, for node type t and directed relation r: s → d, with H heads of D columns:
 *
 *     z_t = x_t W_t + b_t
 *     α_r(e, h) = softmax over the edges e = (i, j) into j of LeakyReLU_0.2( z_s(i, h)·a_r(h) + z_d(j, h)·a'_r(h) + p(e) c_r(h) )
 *     o_r(j) = Σ α_r(e) z_s(i) + g_r ⊙ Σ α_r(e) p(e) z_s(i)
 *     β = softmax over the relations into d of q · mean_j tanh(o_r(j) K + k)
 *     x_d(j) ← Σ_r β_r o_r(j) + x⁰(j) S_d
 *
 * The terms with the score p(e) and the own path x⁰ S (the input features themselves in the last layer) are ours; without
 * them, and with a ReLU on o_r, this is the published encoder. ELU between layers, unit rows at the end.
 * @param only node types whose rows are wanted; the last layer computes no others
 */
export function hanEncode(
  context: Context,
  nodes: PerType<NodeInput>,
  only: readonly NodeType[] = context.shape.types,
): HanOutput {
  const { tf, shape } = context;
  let x: PerType<Tensor2D> = mapTypes(shape.types, (type) => nodes[type]?.features);
  const inputs: PerType<Tensor2D>[] = [];
  const mixing: PerType<Tensor1D>[] = [];
  for (let l = 0; l < shape.layers; l++) {
    const last = l === shape.layers - 1;
    const given = context.frozen?.inputs[l];
    inputs.push((x = { ...x, ...given }));
    const targets = last ? only : shape.types.filter((type) => !given?.[type]);
    const layer = hanLayer(context, l, x, targets);
    mixing.push(layer.mixing);
    x = mapTypes(targets, (type) => {
      const sum = layer.rows[type];
      const input = nodes[type];
      if (!sum || !input) return undefined;
      if (!shape.skip) return last ? sum : tf.elu(sum);
      if (last) return tf.add(sum, input.features);
      return tf.elu(tf.add(sum, input.own(matrixOf(context, `layer.${l}.skip.${type}`))));
    });
  }
  return { rows: mapTypes(only, (type) => x[type] && normalizeRowsOf(tf, x[type])), inputs, mixing };
}

/** Σ β o for each target type. */
function hanLayer(
  context: Context,
  l: number,
  x: PerType<Tensor2D>,
  targets: readonly NodeType[],
): { rows: PerType<Tensor2D>; mixing: PerType<Tensor1D> } {
  const { tf, shape } = context;
  const widths = layerWidths(shape, l);
  const project = projections(context, l, x);
  const mixing: PerType<Tensor1D> = {};
  const rows = mapTypes(targets, (type) => {
    const own = x[type];
    if (!own) return undefined;
    const relations = relationsInto(shape, type);
    const messages = relations.map((relation) => deliver(context, l, relation, x, project));
    if (messages.length === 0) return zeros(tf, own.shape[0], widths.output);
    if (messages.length === 1) return messages[0]!;
    const weights = context.frozen?.mixing[l]?.[type] ?? mix(context, l, messages);
    mixing[type] = weights;
    const weighed = messages.map((message, r): Tensor2D => tf.mul(message, tf.slice(weights, r, 1)));
    return tf.addN(weighed);
  });
  return { rows, mixing };
}

/** β: how much each relation into a type counts. */
function mix(context: Context, l: number, messages: readonly Tensor2D[]): Tensor1D {
  const { tf } = context;
  const query: Tensor2D = tf.reshape(parameter(context, `layer.${l}.semantic.query`), [-1, 1]);
  const key = matrixOf(context, `layer.${l}.semantic.weight`);
  const bias = parameter(context, `layer.${l}.semantic.bias`);
  const scores = messages.map((message) =>
    tf.matMul(tf.mean<Tensor2D>(tf.tanh(tf.add(tf.matMul(message, key), bias)), 0, true), query),
  );
  const flat: Tensor1D = tf.reshape(tf.concat(scores, 0), [-1]);
  return tf.softmax(flat);
}

/** z_t, and how messages from it and attention logits are had: by projecting first, or by summing first where that is less work. */
interface Projection {
  /** Shape [nodes × heads]: z(i, h) · vector(h) */
  logits(vector: Tensor2D): Tensor2D;
  /** Shape [targets × output]: Σ weight(e, h) z(i, h) */
  sum(edges: EdgeTensors, weights: Tensor2D): Tensor2D;
}

/**
 * A sum of projected rows is the projected sum of rows. Where a type's nodes outnumber those its edges lead to (thousands of
 * queries, tens of tasks), their features are summed first and only the sums projected.
 */
function projections(context: Context, l: number, x: PerType<Tensor2D>): (type: NodeType) => Projection {
  const { shape } = context;
  const made = new Map<NodeType, Projection>();
  return (type) => {
    const known = made.get(type);
    if (known) return known;
    const count = (t: NodeType) => x[t]?.shape[0] ?? 0;
    const reached = shape.relations
      .filter(({ source }) => source === type)
      .reduce((sum, { target }) => sum + count(target), 0);
    const projection = (count(type) > reached ? sumFirst : projectFirst)(context, l, type, x[type]!);
    made.set(type, projection);
    return projection;
  };
}

function projectFirst(context: Context, l: number, type: NodeType, x: Tensor2D): Projection {
  const { tf } = context;
  const { output, heads } = layerWidths(context.shape, l);
  const bias = parameter(context, `layer.${l}.proj.${type}.bias`);
  const z: Tensor2D = tf.add(tf.matMul(x, matrixOf(context, `layer.${l}.proj.${type}.weight`)), bias);
  const blocks = tf.reshape(z, [x.shape[0], heads, output / heads]);
  return {
    logits: (vector) => tf.sum<Tensor2D>(tf.mul(blocks, tf.expandDims(vector, 0)), -1),
    sum: (edges, weights) => aggregateEdges(tf, edges, weights, z),
  };
}

function sumFirst(context: Context, l: number, type: NodeType, x: Tensor2D): Projection {
  const { tf } = context;
  const { input, output, heads } = layerWidths(context.shape, l);
  const weight = tf.reshape(matrixOf(context, `layer.${l}.proj.${type}.weight`), [input, heads, output / heads]);
  const bias = tf.reshape(parameter(context, `layer.${l}.proj.${type}.bias`), [1, heads, output / heads]);
  return {
    logits: (vector) => {
      const spread = tf.expandDims(vector, 0);
      // [heads × input], so that the product reads both factors along their rows.
      const folded = tf.transpose(tf.sum<Tensor2D>(tf.mul(weight, spread), -1));
      return tf.add(tf.matMul(x, folded, false, true), tf.sum<Tensor2D>(tf.mul(bias, spread), -1));
    },
    sum: (edges, weights) => {
      const sums = tf.reshape(aggregateEdges(tf, edges, weights, x, 'shared'), [edges.targetCount, heads, input]);
      const projected = tf.matMul(tf.transpose(sums, [1, 0, 2]), tf.transpose(weight, [1, 0, 2]));
      const ones: Tensor2D = tf.ones([edges.sourceCount, 1]);
      const shares = tf.reshape(aggregateEdges(tf, edges, weights, ones, 'shared'), [edges.targetCount, heads, 1]);
      const shifted = tf.add(tf.transpose(projected, [1, 0, 2]), tf.mul(shares, bias));
      return tf.reshape(shifted, [edges.targetCount, output]);
    },
  };
}

/** o_r: what one relation brings to each of its targets, [targets × output]. */
function deliver(
  context: Context,
  l: number,
  { name, source, target, scored }: HanShape['relations'][number],
  x: PerType<Tensor2D>,
  project: (type: NodeType) => Projection,
): Tensor2D {
  const { tf, shape } = context;
  const { output, heads } = layerWidths(shape, l);
  const found = context.edges.get(name);
  if (!found || !x[source]) return zeros(tf, x[target]!.shape[0], output);
  const { edges, scores, dropout } = found;
  const conditioned = shape.scores && scored && scores ? scores : undefined;
  const from = project(source);
  const alpha = edgeSoftmax(tf, edges, {
    source: from.logits(matrixOf(context, `layer.${l}.source.${name}`)),
    target: project(target).logits(matrixOf(context, `layer.${l}.target.${name}`)),
    bias: conditioned
      ? tf.mul(conditioned, tf.reshape(parameter(context, `layer.${l}.steer.${name}`), [1, heads]))
      : tf.zeros([edges.sources.shape[0], heads]),
  });
  const kept: Tensor2D = dropout ? tf.mul(alpha, dropout[l]!) : alpha;
  let sum = from.sum(edges, kept);
  if (conditioned) {
    const weighed = from.sum(edges, tf.mul(kept, conditioned));
    sum = tf.add(sum, tf.mul(weighed, parameter(context, `layer.${l}.gate.${name}`)));
  }
  return shape.signed ? sum : tf.relu(sum);
}

function parameter({ parameters }: Context, name: string): Tensor {
  const found = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (!found) throw new Error(`the network has no parameter ${name}`);
  return found;
}

const zeros = (tf: TensorFlow, rows: number, columns: number): Tensor2D => tf.zeros([rows, columns]);

const matrixOf = (context: Context, name: string): Tensor2D => parameter(context, name) as Tensor2D;

function mapTypes<T>(types: readonly NodeType[], value: (type: NodeType) => T | undefined): PerType<T> {
  const out: PerType<T> = {};
  for (const type of types) {
    const made = value(type);
    if (made !== undefined) out[type] = made;
  }
  return out;
}

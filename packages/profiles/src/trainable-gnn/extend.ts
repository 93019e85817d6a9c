import { nodeSet } from '@routeprofile/graph';
import {
  createMatrix,
  RouteProfileError,
  takeRows,
  type HeteroGraph,
  type Matrix,
  type NamedArray,
  type NodeType,
  type ProfileInput,
} from '@routeprofile/schema';
import { disposeVariables, edgeTensors, toVariables, type Runtime, type Weights } from '@routeprofile/tensor';
import { endsOf, scoreSources } from '../common/standing.js';
import {
  directedRelations,
  type DirectedRelation,
  type RelationEdges,
  type Tensor1D,
  type Tensor2D,
  type TensorFlow,
} from './edges.js';
import { hanEncode, layerWidths, relationsInto, type HanOutput, type HanShape, type PerType } from './han.js';
import type { CompleteTrainableGnnOptions } from './options.js';
import { scaled, SOURCE_CLASSES, type Problem } from './problem.js';

/**
 * What a trained set keeps so that new models can join (`ProfileSet.state`):
 *
 * - `encoder/NAME`: the encoder's weights
 * - `mixing/LAYER:RELATION` [1]: weight of each relation into models, where there are several
 * - `node/TYPE:NAME` [widths of all layers]: what a neighbour of models put into each layer, one layer after the other
 * - `scale/RELATION:TASK` [2 × 2]: offset and spread of the task's scores, of candidates and of auxiliary models; spread 0
 *   where nothing is known
 * - `limit/RELATION` [1]: where scaled scores are cut off; 0 for nowhere
 */
export type HanState = Record<string, NamedArray>;

const isEncoder = (name: string) => name.startsWith('layer.');

/** The types whose nodes send messages to models. */
const neighbourTypes = (shape: HanShape): NodeType[] => [
  ...new Set(relationsInto(shape, 'model').map(({ source }) => source)),
];

/** To be called within a tidy: reads the output's tensors. */
export function stateOf(graph: HeteroGraph, problem: Problem, weights: Weights, output: HanOutput): HanState {
  const state: HanState = {};
  for (const [name, array] of Object.entries(weights)) if (isEncoder(name)) state[`encoder/${name}`] = array;
  output.mixing.forEach(({ model }, l) => {
    const weights = model?.dataSync();
    if (weights)
      relationsInto(problem.shape, 'model').forEach(({ name }, r) => {
        state[`mixing/${l}:${name}`] = { shape: [1], data: Float32Array.of(weights[r]!) };
      });
  });
  for (const type of neighbourTypes(problem.shape)) {
    const layers = output.inputs.map((inputs) => ({ data: inputs[type]!.dataSync(), width: inputs[type]!.shape[1] }));
    nodeSet(graph, type)!.names.forEach((name, i) => {
      const data = Float32Array.from(layers.flatMap((x) => [...x.data.subarray(i * x.width, (i + 1) * x.width)]));
      state[`node/${type}:${name}`] = { shape: [data.length], data };
    });
  }
  for (const { relation, scale } of problem.scored) {
    const { models } = endsOf(relation);
    const tasks = models === relation.sourceIndex ? relation.target : relation.source;
    state[`limit/${relation.name}`] = {
      shape: [1],
      data: Float32Array.of(Number.isFinite(scale.limit) ? scale.limit : 0),
    };
    nodeSet(graph, tasks)!.names.forEach((name, task) => {
      const groups = Array.from({ length: SOURCE_CLASSES }, (_, c) => SOURCE_CLASSES * task + c);
      const known = (g: number) => Number.isFinite(scale.offset[g]);
      const data = Float32Array.from(groups.flatMap((g) => (known(g) ? [scale.offset[g]!, scale.spread[g]!] : [0, 0])));
      state[`scale/${relation.name}:${name}`] = { shape: [SOURCE_CLASSES, 2], data };
    });
  }
  return state;
}

/**
 * @throws RouteProfileError BAD_INPUT when the array is missing
 */
function stateArray(state: HanState, name: string): NamedArray {
  const array = Object.hasOwn(state, name) ? state[name] : undefined;
  if (!array)
    throw new RouteProfileError('BAD_INPUT', `trainable-gnn: the profile set's state has no ${name}`, {
      hint: 'Build the profiles again with this version; sets of other strategies cannot be extended here.',
    });
  return array;
}

/** The encoder's weights under their own names. */
const encoderOf = (state: HanState): Weights =>
  Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith('encoder/'))
      .map(([name, array]) => [name.slice('encoder/'.length), array]),
  );

/** Nodes that training saw, by type: their names and positions among the rows taken. */
type Known = Map<NodeType, Map<string, number>>;

/**
 * Rows of models that were not there in training: each is attached by its own edges to nodes that were, which send what
 * they sent when the training ended. Nothing else is computed again, so no other model's row can change.
 * @param positions of the new models among the graph's model nodes
 * @returns the rows, and the neighbours that the training did not know, which are left out
 */
export function encodeNewModels(
  runtime: Runtime,
  state: HanState,
  input: ProfileInput,
  options: CompleteTrainableGnnOptions,
  positions: readonly number[],
): { rows: Matrix; unknown: string[] } {
  const { tf } = runtime;
  const features = input.features?.model;
  if (!features)
    throw new RouteProfileError('BAD_INPUT', 'trainable-gnn: the input has no features of model nodes', {
      hint: 'Encode the graph first, with encodeNodes of @routeprofile/graph.',
    });
  const shape = shapeOf(state, options, features.cols);
  const parameters = toVariables(tf, encoderOf(state));
  const known: Known = new Map();
  const unknown = new Set<string>();
  try {
    const data = tf.tidy(() => {
      const edges = new Map<string, RelationEdges>();
      for (const directed of directedRelations(input.graph)) {
        if (!shape.relations.some(({ name }) => name === directed.name)) continue;
        const attached = attach(tf, state, input, directed, positions, known, unknown);
        if (attached) edges.set(directed.name, attached);
      }
      for (const [name, { edges: tensors }] of edges) {
        const source = shape.relations.find((relation) => relation.name === name)!.source;
        tensors.sourceCount = known.get(source)!.size;
      }
      const own = takeRows(features, positions);
      const rows: Tensor2D = tf.tensor2d(own.data, [own.rows, own.cols]);
      const model = { features: rows, own: (weight: Tensor2D): Tensor2D => tf.matMul(rows, weight) };
      const frozen = { mixing: mixingOf(tf, state, shape), inputs: frozenInputs(tf, state, shape, known) };
      const output = hanEncode({ tf, shape, parameters, edges, frozen }, { model }, ['model']);
      return Float32Array.from(output.rows.model!.dataSync());
    });
    return { rows: createMatrix(positions.length, features.cols, data), unknown: [...unknown] };
  } finally {
    disposeVariables(parameters);
  }
}

/** The part of the trained network that leads to models. */
function shapeOf(state: HanState, options: CompleteTrainableGnnOptions, input: number): HanShape {
  const { hidden, heads, layers, skip, signed } = options;
  const prefix = 'encoder/layer.0.source.';
  const relations = Object.keys(state)
    .filter((name) => name.startsWith(prefix) && name.endsWith('__model'))
    .map((key) => key.slice(prefix.length))
    .map((name) => ({
      name,
      source: name.split('__')[0] as NodeType,
      target: 'model' as const,
      scored: Object.hasOwn(state, `encoder/layer.0.gate.${name}`),
    }));
  const width = stateArray(state, 'encoder/layer.0.proj.model.weight').shape[0];
  if (width !== input)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `trainable-gnn: features have ${input} columns, trained on ${width}`,
      {
        hint: 'Encode the new models with the encoder that the profiles were built with.',
      },
    );
  const types: NodeType[] = ['model', ...new Set(relations.map(({ source }) => source))];
  const scores = options.scores === 'messages';
  return { input, hidden, heads, layers, types, relations, scores, skip, signed };
}

/** The new models' edges of one relation, in the direction of models. */
function attach(
  tf: TensorFlow,
  state: HanState,
  { graph, cards }: Pick<ProfileInput, 'graph' | 'cards'>,
  { relation, source, view }: DirectedRelation,
  positions: readonly number[],
  known: Known,
  unknown: Set<string>,
): RelationEdges | undefined {
  const names = namesOf(graph, source);
  const sources = scoreSources(graph, cards);
  const rows = known.get(source) ?? new Map<string, number>();
  known.set(source, rows);
  const offsets = new Int32Array(positions.length + 1);
  const neighbours: number[] = [];
  const values: number[] = [];
  positions.forEach((model, row) => {
    for (let k = view.offsets[model]!; k < view.offsets[model + 1]!; k++) {
      const name = names[view.neighbours[k]!]!;
      if (!Object.hasOwn(state, `node/${source}:${name}`)) {
        unknown.add(name);
        continue;
      }
      if (!rows.has(name)) rows.set(name, rows.size);
      neighbours.push(rows.get(name)!);
      if (relation.scores)
        values.push(onScale(state, relation.name, name, sources[model]!, relation.scores[view.edges[k]!]!));
    }
    offsets[row + 1] = neighbours.length;
  });
  if (neighbours.length === 0) return undefined;
  return {
    edges: edgeTensors(tf, offsets, Int32Array.from(neighbours), rows.size),
    ...(relation.scores && { scores: tf.tensor2d(Float32Array.from(values), [values.length, 1]) }),
  };
}

/** A raw score on the scale that the task had in training; 0, the task's mean, where it had none. */
function onScale(state: HanState, relation: string, task: string, sourceClass: number, score: number): number {
  const { data } = stateArray(state, `scale/${relation}:${task}`);
  const [offset, spread] = data.subarray(2 * sourceClass, 2 * sourceClass + 2);
  const limit = stateArray(state, `limit/${relation}`).data[0]!;
  return spread === 0 ? 0 : scaled(score, offset!, spread!, limit === 0 ? Infinity : limit);
}

const namesOf = (graph: HeteroGraph, type: NodeType) => nodeSet(graph, type)?.names ?? [];

function mixingOf(tf: TensorFlow, state: HanState, shape: HanShape): PerType<Tensor1D>[] {
  const relations = relationsInto(shape, 'model');
  return Array.from({ length: shape.layers }, (_, l) => {
    if (relations.length < 2) return {};
    const weights = relations.map(({ name }) => stateArray(state, `mixing/${l}:${name}`).data[0]!);
    return { model: tf.tensor1d(weights) };
  });
}

/** What the known neighbours put into each layer, in the order of their rows. */
function frozenInputs(tf: TensorFlow, state: HanState, shape: HanShape, known: Known): PerType<Tensor2D>[] {
  let start = 0;
  return Array.from({ length: shape.layers }, (_, l) => {
    const { input: width } = layerWidths(shape, l);
    const inputs: PerType<Tensor2D> = {};
    for (const [type, rows] of known) {
      if (rows.size === 0) continue;
      const data = new Float32Array(rows.size * width);
      for (const [name, row] of rows)
        data.set(stateArray(state, `node/${type}:${name}`).data.subarray(start, start + width), row * width);
      inputs[type] = tf.tensor2d(data, [rows.size, width]);
    }
    start += width;
    return inputs;
  });
}

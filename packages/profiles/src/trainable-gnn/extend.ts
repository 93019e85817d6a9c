import {
  RouteProfileError,
  createMatrix,
  takeRows,
  type HeteroGraph,
  type Matrix,
  type NodeType,
  type ProfileInput,
} from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';
import { disposeVariables, edgeTensors, toVariables, type Runtime } from '@routeprofile/tensor';
import { scoreSources } from '../common/standing.js';
import { directedRelations, type DirectedRelation, type RelationEdges } from './edges.js';
import { hanEncode, layerWidths, relationsInto, type HanShape, type PerType } from './han.js';
import type { CompleteTrainableGnnOptions } from './options.js';
import { scaled } from './score-scale.js';
import { encoderOf, stateArray, type HanState } from './state.js';
import type { Tensor1D, Tensor2D, TensorFlow } from './tensors.js';

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

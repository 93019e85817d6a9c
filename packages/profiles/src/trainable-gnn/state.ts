import { RouteProfileError, type HeteroGraph, type NamedArray, type NodeType } from '@routeprofile/schema';
import type { Weights } from '@routeprofile/tensor';
import { nodeSet } from '@routeprofile/graph';
import { endsOf } from '../common/standing.js';
import { relationsInto, type HanOutput, type HanShape } from './han.js';
import type { Problem } from './problem.js';
import { SOURCE_CLASSES } from './score-scale.js';

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
export function stateArray(state: HanState, name: string): NamedArray {
  const array = Object.hasOwn(state, name) ? state[name] : undefined;
  if (!array)
    throw new RouteProfileError('BAD_INPUT', `trainable-gnn: the profile set's state has no ${name}`, {
      hint: 'Build the profiles again with this version; sets of other strategies cannot be extended here.',
    });
  return array;
}

/** The encoder's weights under their own names. */
export const encoderOf = (state: HanState): Weights =>
  Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith('encoder/'))
      .map(([name, array]) => [name.slice('encoder/'.length), array]),
  );

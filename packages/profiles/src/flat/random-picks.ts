import { createRandom, type HeteroGraph } from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';
import { pythonRandom } from '../random/python-random.js';
import { otherTypes, type Pick } from './picks.js';

/**
 * The published choice: for each model in the graph's order, min(topK, N) random nodes of every type, from ALL nodes of the
 * graph and one generator for all models. What a model gets thus says nothing about it and depends on which models come before.
 * @param positions the models asked for
 * @param before how many models drew before them
 * @returns one list per model, in the order of `positions`
 */
export function sharedPicks(
  graph: HeteroGraph,
  positions: readonly number[],
  topK: number,
  seed: number,
  before = 0,
): Pick[][] {
  const random = pythonRandom(seed);
  const draw = () =>
    otherTypes(graph).flatMap(({ type, names }) =>
      random.sampleIndices(names.length, Math.min(topK, names.length)).map((node) => ({ type, node })),
    );
  for (let i = 0; i < before; i++) draw();
  const picks = new Map<number, Pick[]>();
  for (const model of positions.toSorted((a, b) => a - b)) picks.set(model, draw());
  return positions.map((model) => picks.get(model)!);
}

/** The same choice from a stream of each model's own: independent of the other models, still not about the model. */
export function independentPicks(
  graph: HeteroGraph,
  positions: readonly number[],
  topK: number,
  seed: number,
): Pick[][] {
  const models = nodeSet(graph, 'model')!.names;
  return positions.map((model) => {
    const random = createRandom(seed, 'flat', models[model]!);
    return otherTypes(graph).flatMap(({ type, names }) =>
      random.sample([...names.keys()], topK).map((node) => ({ type, node })),
    );
  });
}

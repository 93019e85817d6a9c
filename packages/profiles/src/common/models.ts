import { RouteProfileError, type ProfileInput } from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';

/**
 * Positions of the models asked for among the graph's model nodes.
 * @throws RouteProfileError UNKNOWN_NAME naming every model that is not in the graph, BAD_INPUT for none or one twice.
 */
export function modelPositions(strategy: string, { models, graph }: Pick<ProfileInput, 'models' | 'graph'>): number[] {
  if (models.length === 0)
    throw new RouteProfileError('BAD_INPUT', `${strategy}: the list of models is empty`, {
      hint: 'Name at least one model.',
    });
  const twice = models.find((model, i) => models.indexOf(model) !== i);
  if (twice !== undefined)
    throw new RouteProfileError('BAD_INPUT', `${strategy}: the model '${twice}' is listed twice`, {
      hint: 'Name each model once.',
    });
  const positions = new Map(nodeSet(graph, 'model')?.names.map((name, i) => [name, i]));
  const missing = models.filter((model) => !positions.has(model));
  if (missing.length > 0)
    throw new RouteProfileError('UNKNOWN_NAME', `${strategy}: not in the graph ${graph.name}: ${missing.join(', ')}`, {
      hint: 'Give each a model card in the dataset, or ask for the models that have one.',
      details: missing,
    });
  return models.map((model) => positions.get(model)!);
}

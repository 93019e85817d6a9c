import { RouteProfileError, type Matrix, type NodeType, type ProfileInput } from '@routeprofile/schema';
import { scoreSources } from '../common/standing.js';
import { directedRelations, type DirectedRelation } from './edges.js';
import type { HanShape } from './han.js';
import { holdOutEdges, type ScoredRelation } from './masks.js';
import type { CompleteTrainableGnnOptions } from './options.js';
import { globalScale, perTaskScale, scaledScores, type ScoreScale } from './score-scale.js';

/** The graph as training reads it. */
export interface Problem {
  shape: HanShape;
  relations: readonly DirectedRelation[];
  counts: readonly { type: NodeType; count: number }[];
  features: ReadonlyMap<NodeType, Matrix>;
  scored: readonly (ScoredRelation & { scale: ScoreScale })[];
}

/**
 * @throws RouteProfileError BAD_INPUT without node features, SHAPE_MISMATCH when they do not fit the graph or each other.
 */
export function problemOf(input: ProfileInput, options: CompleteTrainableGnnOptions, seed: number): Problem {
  const { graph, cards } = input;
  const features = featuresOf(input);
  const width = features.get('model')?.cols ?? 0;
  const relations = directedRelations(graph);
  const sources = scoreSources(graph, cards);
  const scored = graph.relations.flatMap((relation) => {
    const { scores } = relation;
    if (!scores) return [];
    const everything = perTaskScale(relation, scores, sources, () => true);
    const heldOut = holdOutEdges(seed, relation, everything.groupOf, options.holdOut);
    const scale =
      options.targets === 'per-task'
        ? perTaskScale(relation, scores, sources, (e) => !heldOut[e])
        : globalScale(relation, scores, sources);
    return [{ relation, values: scaledScores(scale, scores), heldOut, scale }];
  });
  const { hidden, heads, layers, skip, signed } = options;
  return {
    shape: {
      input: width,
      hidden,
      heads,
      layers,
      types: graph.nodes.map(({ type }) => type),
      relations: relations.map(({ name, source, target, scored: carries }) => ({
        name,
        source,
        target,
        scored: carries,
      })),
      scores: options.scores === 'messages',
      skip,
      signed,
    },
    relations,
    counts: graph.nodes.map(({ type, names }) => ({ type, count: names.length })),
    features,
    scored,
  };
}

function featuresOf({ graph, features }: ProfileInput): Map<NodeType, Matrix> {
  if (!features)
    throw new RouteProfileError('BAD_INPUT', 'trainable-gnn: the input has no node features', {
      hint: 'Encode the graph first, with encodeNodes of @routeprofile/graph.',
    });
  const width = features.model?.cols;
  return new Map(
    graph.nodes.map(({ type, names }) => {
      const matrix = features[type];
      if (!matrix || matrix.rows !== names.length || matrix.cols !== width)
        throw new RouteProfileError(
          'SHAPE_MISMATCH',
          `trainable-gnn: features of ${type} nodes are ${matrix ? `${matrix.rows} × ${matrix.cols}` : 'missing'}, expected ${names.length} × ${width ?? 'any'}`,
          { hint: 'Encode all nodes of the graph with one encoder.' },
        );
      return [type, matrix];
    }),
  );
}

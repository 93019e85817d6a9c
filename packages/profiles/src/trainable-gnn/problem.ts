import { RouteProfileError, type Matrix, type NodeType, type ProfileInput, type Relation } from '@routeprofile/schema';
import { endsOf, scoreSources, SMALLEST_RANGE } from '../common/standing.js';
import { directedRelations, type DirectedRelation } from './edges.js';
import type { HanShape } from './han.js';
import { holdOutEdges, type ScoredRelation } from './reconstruction.js';
import type { CompleteTrainableGnnOptions } from './options.js';

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

/** Standardised scores beyond this are cut off: a task of few scores can give an outlier any size. */
const LARGEST = 3;
/** How many scores of average spread each task is given beforehand, so that two equal scores do not make a spread of 0. */
const PRIOR_COUNT = 2;

/** value = (score − offset) / spread, cut off at ±limit. One entry per group; NaN where nothing is known. */
export interface ScoreScale {
  offset: Float64Array;
  spread: Float64Array;
  limit: number;
  /** The group of each edge. */
  groupOf: (edge: number) => number;
}

/** Candidates' own measurements and auxiliary models' published numbers have scales of their own. */
export const SOURCE_CLASSES = 2;

/** Group of an edge: its task and the class of its model. */
function groupsOf(relation: Relation, sources: Uint8Array): (edge: number) => number {
  const { models, tasks } = endsOf(relation);
  return (e) => SOURCE_CLASSES * tasks[e]! + (models ? sources[models[e]!]! : 0);
}

/**
 * Scores standardised within each task and class of source: mean 0, and a spread shrunk towards that of the other tasks,
 * √((Σ (s − mean)² + 2 s₀²) / (n + 2)) with s₀ the spread over all groups.
 * @param known which edges the scale may be taken from
 */
export function perTaskScale(
  relation: Relation,
  scores: Float32Array,
  sources: Uint8Array,
  known: (edge: number) => boolean,
): ScoreScale {
  const groupOf = groupsOf(relation, sources);
  const groups = SOURCE_CLASSES * (endsOf(relation).tasks.reduce((a, b) => Math.max(a, b), -1) + 1);
  const [count, sum, square] = [new Float64Array(groups), new Float64Array(groups), new Float64Array(groups)];
  const each = (visit: (group: number, score: number) => void) =>
    scores.forEach((score, e) => {
      if (known(e)) visit(groupOf(e), score);
    });
  each((group, score) => {
    count[group]!++;
    sum[group]! += score;
  });
  const offset = sum.map((total, group) => total / count[group]!);
  each((group, score) => (square[group]! += (score - offset[group]!) ** 2));
  const freedom = count.reduce((total, n) => total + Math.max(n - 1, 0), 0);
  const common = square.reduce((a, b) => a + b, 0) / Math.max(freedom, 1);
  const spread = square.map((s, group) => Math.sqrt((s + PRIOR_COUNT * common) / (count[group]! + PRIOR_COUNT)) || 1);
  return { offset, spread, limit: LARGEST, groupOf };
}

/** As published: scores over all edges of the relation scaled to [0, 1]; all ones where they are equal. */
export function globalScale(relation: Relation, scores: Float32Array, sources: Uint8Array): ScoreScale {
  const min = scores.reduce((a, b) => Math.min(a, b), Infinity);
  const range = scores.reduce((a, b) => Math.max(a, b), -Infinity) - min;
  const equal = range <= SMALLEST_RANGE;
  const groups = SOURCE_CLASSES * (endsOf(relation).tasks.reduce((a, b) => Math.max(a, b), -1) + 1);
  return {
    offset: new Float64Array(groups).fill(equal ? min - 1 : min),
    spread: new Float64Array(groups).fill(equal ? 1 : range),
    limit: Infinity,
    groupOf: groupsOf(relation, sources),
  };
}

/** One score on a scale; 0 where the group is not known. */
export function scaled(score: number, offset: number, spread: number, limit: number): number {
  const value = (score - offset) / spread;
  return Number.isNaN(value) ? 0 : Math.min(limit, Math.max(-limit, value));
}

/** Every edge's score on the scale. */
export function scaledScores({ offset, spread, limit, groupOf }: ScoreScale, scores: Float32Array): Float32Array {
  return scores.map((score, e) => scaled(score, offset[groupOf(e)]!, spread[groupOf(e)]!, limit));
}

import {
  RouteProfileError,
  assertShape,
  createMatrix,
  rowOf,
  throwIfAborted,
  type HeteroGraph,
  type Matrix,
  type NodeFeatures,
  type NodeType,
  type RunContext,
} from '@routeprofile/schema';
import { adjacency, degrees, type Csr } from '@routeprofile/graph';
import type { EdgeFactors } from './score-factors.js';

/** How `propagate` passes messages, in the terms of its formula. Nothing has a default; `embGnnProfile` passes those of its options. */
export interface PropagateOptions {
  /** K, at least 0. */
  hops: number;
  /** Degree weight of an edge i → j: `sym` 1 / √(deg(i) deg(j)), `right` 1 / deg(i), `left` 1 / deg(j), `none` 1. */
  norm: 'sym' | 'right' | 'left' | 'none';
  /** α: share of a node's start vector in every hop, in [0, 1]. */
  self: number;
  /** R(j): relations that delivered a message, or all relations into the node's type, as published. */
  divisor: 'messages' | 'relations';
  /** c: multiply the messages of scored relations, in both directions. */
  factors?: EdgeFactors;
}

/** Messages into the nodes of one type along one relation in one direction. */
interface Messages {
  view: Csr;
  /** Shape [edges], in the order of the view. */
  weights: Float64Array;
}

/**
 * K rounds of message passing over all node types at once, without learned weights (RouteProfile, arXiv 2605.00180,
 * section 3: embedding-based aggregation). With x⁰ the features, for a node j of type d:
 *
 *   m(j) = 1 / R(j) · Σ over relations r into d, Σ over edges (i → j) of r: w_r(i, j) · c_r(i, j) · xᵏ(i)
 *   xᵏ⁺¹(j) = (1 − α) · m(j) + α · x⁰(j)
 *
 * w is the degree weight of `norm`, degrees counted within the relation; c the edge's factor. Each relation passes messages
 * both ways. R(j) counts the relations that delivered a message to j (`messages`), and a node that got none has m(j) = xᵏ(j);
 * or all relations into the type (`relations`, as published), and such a node becomes zero. A type that no relation leads into
 * keeps its features. α > 0 is the teleport of APPNP (Gasteiger et al. 2019): without it a bipartite graph shows a model,
 * after an even number of hops, nothing of its tasks, and after an odd number nothing of itself.
 *
 * Sums are taken in double precision, vectors stored in single.
 *
 * @param features shape [nodes × dimensions] of every node type of the graph, all of one width
 * @returns new features of every type; the inputs' own matrices for K = 0
 * @throws RouteProfileError SHAPE_MISMATCH when features do not fit the graph, ABORTED.
 */
export function propagate(
  graph: HeteroGraph,
  features: NodeFeatures,
  options: PropagateOptions,
  ctx?: RunContext,
): NodeFeatures {
  const start = featuresByType(graph, features);
  const incoming = new Map<NodeType, Messages[]>();
  for (const messages of weigh(adjacency(graph), options)) {
    const type = messages.view.rowType;
    incoming.set(type, [...(incoming.get(type) ?? []), messages]);
  }
  let current = start;
  for (let hop = 0; hop < options.hops; hop++) {
    ctx?.onProgress?.({ stage: 'propagate', done: hop, total: options.hops, unit: 'hops' });
    const next = new Map<NodeType, Matrix>();
    for (const [type, own] of current) {
      throwIfAborted(ctx);
      const messages = incoming.get(type);
      next.set(type, messages ? step(own, start.get(type)!, messages, current, options) : own);
    }
    current = next;
  }
  return Object.fromEntries(current);
}

/** x' of every node of one type. */
function step(
  own: Matrix,
  start: Matrix,
  incoming: readonly Messages[],
  current: ReadonlyMap<NodeType, Matrix>,
  { self, divisor }: PropagateOptions,
): Matrix {
  const out = createMatrix(own.rows, own.cols);
  const sum = new Float64Array(own.cols);
  for (let j = 0; j < own.rows; j++) {
    sum.fill(0);
    let delivered = 0;
    for (const { view, weights } of incoming) {
      const from = view.offsets[j]!;
      const to = view.offsets[j + 1]!;
      if (from < to) delivered++;
      const neighbours = current.get(view.neighbourType)!;
      for (let at = from; at < to; at++) addScaled(sum, weights[at]!, neighbours, view.neighbours[at]!);
    }
    const isolated = delivered === 0 && divisor === 'messages';
    if (isolated) addScaled(sum, 1, own, j);
    const scale = (1 - self) / (divisor === 'relations' ? incoming.length : Math.max(delivered, 1));
    const row = rowOf(out, j);
    const first = rowOf(start, j);
    for (let d = 0; d < row.length; d++) row[d] = scale * sum[d]! + (self === 0 ? 0 : self * first[d]!);
  }
  return out;
}

/** sum += weight × row i */
function addScaled(sum: Float64Array, weight: number, { data, cols }: Matrix, i: number) {
  const offset = i * cols;
  for (let d = 0; d < cols; d++) sum[d]! += weight * data[offset + d]!;
}

/** Degree weight × factor of every edge of every view. */
function weigh(views: readonly Csr[], { norm, factors }: PropagateOptions): Messages[] {
  return views.map((view) => {
    const inDegrees = degrees(view);
    const opposite = views.find((other) => other.relation === view.relation && other !== view)!;
    const outDegrees = degrees(opposite);
    const factor = factors?.get(view.relation.name);
    const weights = new Float64Array(view.edges.length);
    inDegrees.forEach((inDegree, j) => {
      for (let at = view.offsets[j]!; at < view.offsets[j + 1]!; at++)
        weights[at] =
          degreeWeight(norm, outDegrees[view.neighbours[at]!]!, inDegree) * (factor ? factor[view.edges[at]!]! : 1);
    });
    return { view, weights };
  });
}

function degreeWeight(norm: PropagateOptions['norm'], outDegree: number, inDegree: number): number {
  switch (norm) {
    case 'sym':
      return 1 / Math.sqrt(outDegree * inDegree);
    case 'right':
      return 1 / outDegree;
    case 'left':
      return 1 / inDegree;
    case 'none':
      return 1;
  }
}

function featuresByType(graph: HeteroGraph, features: NodeFeatures): Map<NodeType, Matrix> {
  const out = new Map<NodeType, Matrix>();
  let cols: number | undefined;
  for (const { type, names } of graph.nodes) {
    const matrix = features[type];
    if (!matrix)
      throw new RouteProfileError(
        'SHAPE_MISMATCH',
        `emb-gnn: no features for the ${type} nodes of graph ${graph.name}`,
        {
          hint: 'Encode the nodes of every type, with encodeNodes of @routeprofile/graph.',
        },
      );
    assertShape(matrix, names.length, cols, `emb-gnn: features of the ${type} nodes`);
    cols = matrix.cols;
    out.set(type, matrix);
  }
  return out;
}

import type { HeteroGraph, NodeType } from '@routeprofile/schema';
import { csr, degrees } from './csr.js';

/** Smallest, mean and largest of some numbers. */
export interface Range {
  min: number;
  mean: number;
  max: number;
}

/** One relation in numbers. Degrees count the edges of a node within this relation alone. */
export interface RelationStatistics {
  name: string;
  /** How many it has. */
  edges: number;
  /** Edges of each source node; nodes without any count as 0. */
  sourceDegree: Range;
  /** Edges of each target node; nodes without any count as 0. */
  targetDegree: Range;
  /** Raw scores; null when the relation carries none. */
  scores: Range | null;
}

/** A graph in numbers, as `graphStatistics` counts them. */
export interface GraphStatistics {
  /** Nodes of each type; types without nodes do not appear. */
  nodes: Partial<Record<NodeType, number>>;
  /** In the graph's order; relations without edges do not appear. */
  relations: RelationStatistics[];
  /** Over all types. */
  totalNodes: number;
  /** Over all relations; every edge counts once, though it stands for both directions. */
  totalEdges: number;
  /** Names of the nodes without any edge, of the types that have such. */
  isolated: Partial<Record<NodeType, string[]>>;
}

/** What a graph holds, in numbers: nodes, edges, degrees, raw scores and isolated nodes. O(nodes + edges). */
export function graphStatistics(graph: HeteroGraph): GraphStatistics {
  const touched = new Map(graph.nodes.map((set) => [set.type, new Uint8Array(set.names.length)]));
  for (const { source, target, sourceIndex, targetIndex } of graph.relations) {
    for (const i of sourceIndex) touched.get(source)![i] = 1;
    for (const i of targetIndex) touched.get(target)![i] = 1;
  }
  const relations = graph.relations.map((relation) => ({
    name: relation.name,
    edges: relation.sourceIndex.length,
    sourceDegree: rangeOf(degrees(csr(graph, relation, 'source'))),
    targetDegree: rangeOf(degrees(csr(graph, relation, 'target'))),
    scores: relation.scores && rangeOf(relation.scores),
  }));
  const isolated = graph.nodes.map(
    (set) => [set.type, set.names.filter((_, i) => touched.get(set.type)![i] === 0)] as const,
  );
  return {
    nodes: Object.fromEntries(graph.nodes.map((set) => [set.type, set.names.length])),
    relations,
    totalNodes: graph.nodes.reduce((sum, set) => sum + set.names.length, 0),
    totalEdges: relations.reduce((sum, relation) => sum + relation.edges, 0),
    isolated: Object.fromEntries(isolated.filter(([, names]) => names.length > 0)),
  };
}

/** Of at least one number: relations without edges and types without nodes are not listed in a graph. */
function rangeOf(values: ArrayLike<number>): Range {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i]!);
    max = Math.max(max, values[i]!);
    sum += values[i]!;
  }
  return { min, mean: sum / values.length, max };
}

import type { HeteroGraph, NodeType, Relation } from '@routeprofile/schema';
import { nodeSet } from './hetero.js';

/**
 * Compact adjacency (compressed sparse rows): the neighbours of node i of the side looked at are
 * `neighbours[offsets[i] … offsets[i + 1]]`; `edges` tells which edge of the relation each stands for.
 */
export interface Csr {
  relation: Relation;
  /** The side whose nodes are the rows. */
  rowType: NodeType;
  /** The side whose nodes are listed as neighbours. */
  neighbourType: NodeType;
  /** Shape [rows + 1]. */
  offsets: Int32Array;
  /** Shape [edges]. */
  neighbours: Int32Array;
  /** Shape [edges]: positions in the relation's arrays, ascending within a row. */
  edges: Int32Array;
}

/**
 * Adjacency of one relation, by a counting sort in O(nodes + edges).
 * @param rows `target`: who points at each target (messages along the relation); `source`: the reverse direction
 */
export function csr(graph: HeteroGraph, relation: Relation, rows: 'source' | 'target'): Csr {
  const [own, other] = rows === 'target' ? (['target', 'source'] as const) : (['source', 'target'] as const);
  const ownIndex = relation[`${own}Index`];
  const otherIndex = relation[`${other}Index`];
  const count = nodeSet(graph, relation[own])?.names.length ?? 0;

  const offsets = new Int32Array(count + 1);
  for (const i of ownIndex) offsets[i + 1]!++;
  for (let i = 0; i < count; i++) offsets[i + 1]! += offsets[i]!;

  const next = offsets.slice();
  const neighbours = new Int32Array(ownIndex.length);
  const edges = new Int32Array(ownIndex.length);
  for (let e = 0; e < ownIndex.length; e++) {
    const at = next[ownIndex[e]!]!++;
    neighbours[at] = otherIndex[e]!;
    edges[at] = e;
  }
  return { relation, rowType: relation[own], neighbourType: relation[other], offsets, neighbours, edges };
}

/** Every relation in both directions, relations in the graph's order, along the relation first. */
export function adjacency(graph: HeteroGraph): Csr[] {
  return graph.relations.flatMap((relation) => [csr(graph, relation, 'target'), csr(graph, relation, 'source')]);
}

/** Number of neighbours of each row. Shape [rows]. */
export function degrees(view: Csr): Int32Array {
  return Int32Array.from({ length: view.offsets.length - 1 }, (_, i) => view.offsets[i + 1]! - view.offsets[i]!);
}

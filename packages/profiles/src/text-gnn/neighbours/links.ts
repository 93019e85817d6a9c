import type { HeteroGraph, NodeType } from '@routeprofile/schema';
import { adjacency, type Csr } from '@routeprofile/graph';

/** The neighbours of a node by type, each once, in the order of the edges. */
export type Links = (type: NodeType, node: number, neighbourType: NodeType) => readonly number[];

/** Reads every relation in both directions. */
export function linksOf(graph: HeteroGraph): Links {
  const views = adjacency(graph);
  return (type, node, neighbourType) => [
    ...new Set(
      views
        .filter((view) => view.rowType === type && view.neighbourType === neighbourType)
        .flatMap((view) => neighboursIn(view, node)),
    ),
  ];
}

const neighboursIn = ({ offsets, neighbours }: Csr, row: number): number[] =>
  Array.from(neighbours.subarray(offsets[row], offsets[row + 1]));

import { adjacency, type Csr } from '@routeprofile/graph';
import type { HeteroGraph, NodeType, Relation } from '@routeprofile/schema';
import { edgeTensors, type EdgeTensors, type Runtime } from '@routeprofile/tensor';

/** TensorFlow.js and its tensors, as the runtime hands them out. */
export type TensorFlow = Runtime['tf'];
export type Tensor = ReturnType<TensorFlow['tensor']>;
export type Tensor1D = ReturnType<TensorFlow['tensor1d']>;
export type Tensor2D = ReturnType<TensorFlow['tensor2d']>;
export type Parameters = Readonly<Record<string, Tensor>>;

/** Computes plain values; every tensor made on the way is disposed of. */
export function withoutTensors<T>(tf: TensorFlow, compute: () => T): T {
  const values: T[] = [];
  tf.tidy(() => void values.push(compute()));
  return values[0]!;
}

/** One direction of a relation; messages run source → target. */
export interface DirectedRelation {
  /** `source__target`, in the direction of the messages. */
  name: string;
  source: NodeType;
  target: NodeType;
  scored: boolean;
  relation: Relation;
  view: Csr;
}

/** Every relation in both directions, in the graph's order, along the relation first. */
export function directedRelations(graph: HeteroGraph): DirectedRelation[] {
  return adjacency(graph).map((view) => ({
    name: `${view.neighbourType}__${view.rowType}`,
    source: view.neighbourType,
    target: view.rowType,
    scored: view.relation.scores !== null,
    relation: view.relation,
    view,
  }));
}

/** A relation's edges that stay, in the direction of the view; `edges` tells which ones they are. */
export function visibleEdges(
  { offsets, neighbours, edges }: Csr,
  hidden: Uint8Array | undefined,
): Pick<Csr, 'offsets' | 'neighbours' | 'edges'> {
  if (!hidden) return { offsets, neighbours, edges };
  const kept = {
    offsets: new Int32Array(offsets.length),
    neighbours: new Int32Array(edges.length),
    edges: new Int32Array(edges.length),
  };
  let end = 0;
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let k = offsets[row]!; k < offsets[row + 1]!; k++) {
      if (hidden[edges[k]!]) continue;
      kept.neighbours[end] = neighbours[k]!;
      kept.edges[end++] = edges[k]!;
    }
    kept.offsets[row + 1] = end;
  }
  return { offsets: kept.offsets, neighbours: kept.neighbours.subarray(0, end), edges: kept.edges.subarray(0, end) };
}

/** Edges of one direction of a relation; absent from the map when it has none. */
export interface RelationEdges {
  edges: EdgeTensors;
  /** [edges × 1] scores on the network's scale, for scored relations. */
  scores?: Tensor2D;
  /** [edges × heads of the layer] per layer: what attention weights are multiplied with, for dropout. */
  dropout?: readonly Tensor2D[];
}
export type EdgeMap = ReadonlyMap<string, RelationEdges>;

export interface EdgeMapOptions {
  /** Per relation of the graph, by name: 1 for each edge that sends no message. */
  hidden?: ReadonlyMap<string, Uint8Array>;
  /** Per relation of the graph: each edge's score on the network's scale. */
  scores?: ReadonlyMap<string, Float32Array>;
  /** [edges × heads] factors of the attention weights, one a layer. */
  dropout?: (relation: DirectedRelation, edges: number) => readonly Tensor2D[];
}

/** The edges that carry messages, on the device. To be called within a tidy. */
export function edgeMap(
  tf: TensorFlow,
  relations: readonly DirectedRelation[],
  counts: Readonly<Partial<Record<NodeType, number>>>,
  { hidden, scores, dropout }: EdgeMapOptions = {},
): EdgeMap {
  const map = new Map<string, RelationEdges>();
  for (const directed of relations) {
    const { offsets, neighbours, edges } = visibleEdges(directed.view, hidden?.get(directed.relation.name));
    if (edges.length === 0) continue;
    const values = scores?.get(directed.relation.name);
    map.set(directed.name, {
      edges: edgeTensors(tf, offsets, neighbours, counts[directed.source] ?? 0),
      ...(values && {
        scores: tf.tensor2d(
          Float32Array.from(edges, (e) => values[e]!),
          [edges.length, 1],
        ),
      }),
      ...(dropout && { dropout: dropout(directed, edges.length) }),
    });
  }
  return map;
}

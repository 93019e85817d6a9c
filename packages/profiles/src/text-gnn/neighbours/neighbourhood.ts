import { adjacency, type Csr } from '@routeprofile/graph';
import {
  normalizeRows,
  rowOf,
  type HeteroGraph,
  type Matrix,
  type NodeFeatures,
  type NodeType,
} from '@routeprofile/schema';

/** One text per node, by type, in the graph's order. */
export type NodeTexts = Readonly<Partial<Record<NodeType, readonly string[]>>>;

/** Types that are summarised, in this order; queries keep their text. */
const SUMMARISED = ['task', 'domain', 'family', 'model'] as const satisfies readonly NodeType[];
export type SummarisedType = (typeof SUMMARISED)[number];

export const originalTexts = (graph: HeteroGraph): NodeTexts =>
  Object.fromEntries(graph.nodes.map(({ type, texts }) => [type, texts]));

/** The summarised types the graph has. */
export const summarisedSets = (graph: HeteroGraph) =>
  SUMMARISED.flatMap((type) => {
    const set = graph.nodes.find((nodes) => nodes.type === type);
    return set ? [{ ...set, type }] : [];
  });

/** Names and texts as lines hold them: one line, single blanks. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A neighbour chosen for a node's summary. */
export interface Neighbour {
  type: NodeType;
  /** Position among the nodes of its type. */
  node: number;
  /** What the graph's edges say of it, in words, such as `score 88.67, 2nd of 8`. */
  about?: string;
  /** How much it should shape the summary, in [0, 1]: its standing where scores order the neighbours. */
  weight: number;
  /** Shown for contrast: the worst of those that scores order. */
  contrast?: boolean;
}

/** Neighbours of one kind under a heading. */
export interface Section {
  kind: 'family' | 'tasks' | 'domains' | 'models' | 'queries' | 'entities';
  heading: string;
  neighbours: readonly Neighbour[];
}

/** What a node's summary is made of. */
export interface Neighbourhood {
  type: SummarisedType;
  node: number;
  sections: readonly Section[];
  /** What the graph's scores say of the node itself, a sentence each. */
  facts: readonly string[];
}

/** Neighbourhoods by type, a node each, in the graph's order. */
export type Neighbourhoods = Readonly<Partial<Record<SummarisedType, readonly Neighbourhood[]>>>;

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

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
};

/** Unit vectors of nodes. */
export type UnitVectors = (type: NodeType, node: number) => Float32Array;

export function unitVectors(features: NodeFeatures): UnitVectors {
  const unit: Partial<Record<NodeType, Matrix>> = {};
  return (type, node) => rowOf((unit[type] ??= normalizeRows(features[type]!)), node);
}

/** The mean of unit vectors, at unit length; undefined for none. */
export function meanDirection(vectors: readonly Float32Array[]): Float32Array | undefined {
  if (vectors.length === 0) return undefined;
  const sum = new Float32Array(vectors[0]!.length);
  for (const vector of vectors) for (let d = 0; d < sum.length; d++) sum[d]! += vector[d]!;
  const norm = Math.sqrt(dot(sum, sum));
  return norm < 1e-12 ? sum : sum.map((x) => x / norm);
}

/** The k nodes nearest to `anchor` by cosine, nearest first, ties in the order given. */
export function nearest(
  nodes: readonly number[],
  k: number,
  anchor: Float32Array,
  vectorOf: (node: number) => Float32Array,
): number[] {
  return nodes
    .map((node, order) => ({ node, order, similarity: dot(anchor, vectorOf(node)) }))
    .sort((a, b) => b.similarity - a.similarity || a.order - b.order)
    .slice(0, k)
    .map(({ node }) => node);
}

/** The heterogeneous graph as profiles read it: plain arrays, one entry per relation. */

/** Node types in the order in which every graph lists them. */
export const NODE_TYPES = ['family', 'model', 'task', 'domain', 'query', 'entity'] as const;
/** What a node stands for. An entity is what queries mention, such as a name. */
export type NodeType = (typeof NODE_TYPES)[number];

/** All nodes of one type; names and texts are parallel, and the place identifies a node. */
export interface NodeSet {
  type: NodeType;
  /** Unique within the type. */
  names: readonly string[];
  texts: readonly string[];
}

/** Edges source → target; the reverse direction is implied, with the same scores. */
export interface Relation {
  /** `source__target`, such as `model__task`. */
  name: string;
  source: NodeType;
  target: NodeType;
  /** Indices into the source's and the target's node set, one pair per edge. */
  sourceIndex: Int32Array;
  targetIndex: Int32Array;
  /** Raw scores, one an edge; null for relations that carry none. */
  scores: Float32Array | null;
}

/**
 * The heterogeneous graph of models and what is known of them (arXiv 2605.00180), as profiles read it: plain arrays,
 * one entry per relation.
 * Made from a graphology graph by `@routeprofile/graph`.
 */
export interface HeteroGraph {
  /** Preset or other name it was built under. */
  name: string;
  nodes: readonly NodeSet[];
  relations: readonly Relation[];
  /** Hash of nodes, texts, edges and scores. */
  hash: string;
}

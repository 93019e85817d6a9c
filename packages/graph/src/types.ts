import type { DirectedGraph } from 'graphology';
import type { NodeType } from '@routeprofile/schema';

/** What a node of the graph carries. Its key is `type:name`. */
export type NodeAttributes = {
  type: NodeType;
  /** Unique within the type. */
  name: string;
  text: string;
};

/** What an edge carries. */
export type EdgeAttributes = {
  relation: RelationName;
  /** Raw, on the scale of the card, usually points of 100; only on edges of scored relations. */
  score?: number;
};

/** What the graph itself carries (`graph.getAttributes()`). */
export type GraphAttributes = {
  /** Preset, or the node types it was built with. */
  name: string;
  format: 'routeprofile-graph-1';
  /** What the builder left out or had to assume, one sentence each. */
  notes: string[];
};

/** A graphology graph with our attributes. Edges run source → target; the reverse direction is implied. */
export type ProfileGraph = DirectedGraph<NodeAttributes, EdgeAttributes, GraphAttributes>;

/** Relations in the order in which every graph lists them, each with the types of its ends. */
export const RELATIONS = {
  family__model: { source: 'family', target: 'model' },
  model__task: { source: 'model', target: 'task' },
  domain__task: { source: 'domain', target: 'task' },
  query__task: { source: 'query', target: 'task' },
  query__model: { source: 'query', target: 'model' },
  query__entity: { source: 'query', target: 'entity' },
} as const satisfies Record<string, { source: NodeType; target: NodeType }>;

/** Name of a relation, `source__target`: a key of `RELATIONS`. */
export type RelationName = keyof typeof RELATIONS;

/** The keys of `RELATIONS`, in order. */
export const RELATION_NAMES = Object.keys(RELATIONS) as readonly RelationName[];

/** Whether a string read from a file is the name of a relation. */
export const isRelationName = (name: string): name is RelationName => Object.hasOwn(RELATIONS, name);

/** The key of a node in the graph: `type:name`. */
export const nodeKey = (type: NodeType, name: string): string => `${type}:${name}`;

import type { HeteroGraph, NodeType } from '@routeprofile/schema';

/** A node chosen for a model's text. */
export interface Pick {
  type: NodeType;
  /** Position among the nodes of its type. */
  node: number;
  /** The model's raw score on it, where it is a task and the score is known. */
  score?: number;
  /** How much it says of the model: the model's standing on the task it belongs to, in [0, 1]. Default 1. */
  standing?: number;
}

/** The node types beside models, in the graph's order. */
export const otherTypes = ({ nodes }: HeteroGraph) => nodes.filter((set) => set.type !== 'model');

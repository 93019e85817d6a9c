import type { NodeType } from '@routeprofile/schema';
import type { SummarisedType } from '../node-texts.js';

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
  kind: 'family' | 'tasks' | 'domains' | 'models' | 'queries';
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

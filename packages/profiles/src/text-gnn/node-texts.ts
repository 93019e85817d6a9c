import type { HeteroGraph, NodeType } from '@routeprofile/schema';

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

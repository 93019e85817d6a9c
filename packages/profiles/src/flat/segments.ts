import type { HeteroGraph, NodeType } from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';
import type { Pick } from './picks.js';

/** A piece of a model's text: one node. */
export interface Segment {
  type: NodeType;
  text: string;
  /** Among the segments of its type; above 0. */
  weight: number;
}

/** The words the published code uses, which calls families architectures and tasks datasets. */
const TAGS: Record<NodeType, string> = {
  model: 'MODEL',
  family: 'ARCHITECTURE',
  task: 'DATASET',
  domain: 'DOMAIN',
  query: 'QUERY',
  entity: 'ENTITY',
};

/** What a segment of the lowest standing still weighs. */
const FLOOR = 0.05;

/** The model and its picks as text, the model first: `[TAG] text`, with `names` `[TAG] name (score 71.5): text`. */
export function segmentsOf(
  graph: HeteroGraph,
  model: number,
  picks: readonly Pick[],
  { names, scores, weigh }: { names: boolean; scores: boolean; weigh: boolean },
): Segment[] {
  return [{ type: 'model' as const, node: model }, ...picks].map(({ type, node, ...rest }: Pick) => {
    const set = nodeSet(graph, type)!;
    // A query's name is a number we gave it.
    const name = names && type !== 'query' ? [set.names[node]!] : [];
    const score = scores && rest.score !== undefined ? [`(score ${Number(rest.score.toFixed(2))})`] : [];
    const head = [...name, ...score].join(' ');
    const weight = weigh && rest.standing !== undefined ? FLOOR + (1 - FLOOR) * rest.standing : 1;
    return { type, weight, text: `[${TAGS[type]}] ${head === '' ? '' : `${head}: `}${set.texts[node]!}` };
  });
}

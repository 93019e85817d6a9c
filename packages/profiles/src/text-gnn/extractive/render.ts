import type { HeteroGraph, NodeType } from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';
import type { Neighbourhood } from '../neighbours/neighbourhood.js';

interface Quote {
  type: NodeType;
  node: number;
  text: string;
}

const KINDS: Record<NodeType, string> = { family: 'Family', model: 'Model', task: 'Task', domain: 'Domain', query: '' };

/** Whose sentences follow: `Task mmlu:`. */
export const labelOf = (graph: HeteroGraph, { type, node }: Omit<Quote, 'text'>): string =>
  type === 'query' ? 'Typical queries:' : `${KINDS[type]} ${nodeSet(graph, type)!.names[node]!}:`;

/** Own sentences, facts, then what is quoted, source by source in the order first quoted; queries last, in quotation marks. */
export function renderText(
  graph: HeteroGraph,
  { type, node }: Pick<Neighbourhood, 'type' | 'node'>,
  own: readonly { text: string }[],
  facts: readonly string[],
  quotes: readonly Quote[],
  names: boolean,
): string {
  const groups = new Map<string, string[]>();
  const others = quotes.filter((quote) => quote.type !== 'query');
  for (const quote of [...others, ...quotes.filter((quote) => quote.type === 'query')]) {
    const label = labelOf(graph, quote);
    groups.set(label, [...(groups.get(label) ?? []), quote.type === 'query' ? `“${quote.text}”` : quote.text]);
  }
  return [
    ...(names ? [`${nodeSet(graph, type)!.names[node]!}:`] : []),
    ...own.map(({ text }) => text),
    ...facts,
    ...[...groups].flatMap(([label, texts]) => (names ? [label, ...texts] : texts)),
  ].join(' ');
}

import { nodeSet } from '@routeprofile/graph';
import type { HeteroGraph, NodeType } from '@routeprofile/schema';
import { dot, type Neighbourhood } from '../neighbours/neighbourhood.js';

/** Abbreviations whose full stop ends no sentence. */
const ABBREVIATIONS = /(?:^|[\s(])(?:e\.g|i\.e|vs|etc|cf|al|approx|Dr|Mr|Mrs|Ms|No|Fig|Eq|St|[A-Z])\.$/;

/**
 * The sentences of a text, blanks made single. A sentence ends at `.`, `!`, `?` (and closing quotes or brackets) before a
 * blank and something that may begin one, or at a CJK full stop. Joined by blanks they are the text again.
 */
export function sentencesOf(text: string): string[] {
  const clean = text.replace(/\s+/g, ' ').trim();
  if (clean === '') return [];
  // The blank comes first: looking back from every character of a run of quotes would take the square of its length.
  const pieces = clean.split(/ (?<=[.!?]["”')\]]* )(?=["“'([]*[\p{Lu}\p{Lo}\p{N}])/u);
  const sentences: string[][] = [];
  pieces.forEach((piece, i) => {
    if (i > 0 && ABBREVIATIONS.test(pieces[i - 1]!)) sentences.at(-1)!.push(piece);
    else sentences.push([piece]);
  });
  return sentences.map((parts) => parts.join(' '));
}

export const wordCount = (text: string): number => (text === '' ? 0 : text.split(' ').length);

/** The first `words` words, with a mark where the rest was. */
export function firstWords(text: string, words: number): string {
  const all = text.replace(/\s+/g, ' ').trim().split(' ');
  return all.length <= words ? all.join(' ') : `${all.slice(0, words).join(' ')} …`;
}

export interface MmrItem {
  /** Unit length. */
  vector: Float32Array;
  /** Multiplies the relevance, in [0, 1]. */
  weight: number;
  /** What it takes of the budget. */
  size: number;
}

/**
 * Maximal marginal relevance (Carbonell & Goldstein, 1998): again and again the item of greatest
 * (1 − diversity) · weight · cos(item, centroid) − diversity · max cos(item, chosen), as long as one fits in the budget.
 * @param already vectors that count as chosen from the start
 * @returns positions in the order chosen; ties go to the first
 */
export function chooseByMmr(
  items: readonly MmrItem[],
  centroid: Float32Array,
  already: readonly Float32Array[],
  budget: number,
  diversity: number,
): number[] {
  const relevance = items.map(({ vector, weight }) => weight * dot(vector, centroid));
  const redundancy = items.map(({ vector }) => Math.max(0, ...already.map((other) => dot(vector, other))));
  const chosen: number[] = [];
  let left = budget;
  for (;;) {
    let best = -1;
    let bestScore = -Infinity;
    items.forEach(({ size }, i) => {
      if (size > left || chosen.includes(i)) return;
      const score = (1 - diversity) * relevance[i]! - diversity * redundancy[i]!;
      if (score > bestScore) [best, bestScore] = [i, score];
    });
    if (best < 0) return chosen;
    chosen.push(best);
    left -= items[best]!.size;
    items.forEach(({ vector }, i) => {
      redundancy[i] = Math.max(redundancy[i]!, dot(vector, items[best]!.vector));
    });
  }
}

interface Quote {
  type: NodeType;
  node: number;
  text: string;
}

const KINDS: Record<NodeType, string> = {
  ...{ family: 'Family', model: 'Model', task: 'Task', domain: 'Domain', entity: 'Entity' },
  query: '',
};

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

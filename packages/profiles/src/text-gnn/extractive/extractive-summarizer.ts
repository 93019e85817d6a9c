import { nodeSet } from '@routeprofile/graph';
import {
  normalizeRows,
  rowOf,
  throwIfAborted,
  type Encoder,
  type HeteroGraph,
  type NodeType,
  type RunContext,
} from '@routeprofile/schema';
import { encodeAll } from '../../common/encode.js';
import type { Summarizer } from '../hops.js';
import { meanDirection, summarisedSets, type Neighbourhood } from '../neighbours/neighbourhood.js';
import { chooseByMmr, firstWords, labelOf, renderText, sentencesOf, wordCount } from './sentences.js';

/** A sentence of some node's own text. */
interface Sentence {
  type: NodeType;
  node: number;
  text: string;
  /** How much it should shape the texts it gets into: the product of the neighbours' weights on its way. */
  weight: number;
}

export interface ExtractiveOptions {
  words: number;
  diversity: number;
  names: boolean;
}

/** Share of the words that a node's own sentences may take. */
const OWN_SHARE = 0.4;
/** Types whose sentences only direct neighbours quote: further away they would describe somebody else. */
const IDENTITIES: ReadonlySet<string> = new Set(['model', 'family']);
/** Words of a query that are quoted. */
const QUERY_WORDS = 30;

/**
 * Texts put together from sentences of the graph, no language model: a node's own sentences first, then what the scores say
 * of it, then sentences that reached it along the graph, chosen by maximal marginal relevance to the centroid of the node's
 * and its neighbours' sentences. Hop by hop sentences travel on, and keep saying whose they are. The worst tasks of a model
 * and the worst models of a task are named, not quoted, since an encoder hardly reads a "not". What is said of models and
 * families stays with their direct neighbours, so that no profile describes another model.
 */
export function extractiveSummarizer(graph: HeteroGraph, encoder: Encoder, options: ExtractiveOptions): Summarizer {
  const own = new Map<string, Sentence[]>();
  for (const { type, texts } of summarisedSets(graph))
    texts.forEach((text, node) =>
      own.set(
        `${type} ${node}`,
        sentencesOf(text).map((sentence) => ({ type, node, text: sentence, weight: 1 })),
      ),
    );
  nodeSet(graph, 'query')?.texts.forEach((text, node) =>
    own.set(`query ${node}`, [{ type: 'query', node, text: firstWords(text, QUERY_WORDS), weight: 1 }]),
  );
  const encoded = new Map<string, Float32Array>();
  /** What each node's text quotes of others, after the hop before. */
  let quoted = new Map<string, Sentence[]>();
  let sentences = 0;

  const poolOf = ({ type, node, sections }: Neighbourhood): Sentence[] => {
    const pool = new Map<string, Sentence>();
    const neighbours = sections.flatMap((section) => section.neighbours);
    const near = new Set(neighbours.map(keyOf));
    const contrasts = new Set(neighbours.filter(({ contrast }) => contrast).map(keyOf));
    const add = (sentence: Sentence, factor: number) => {
      const source = keyOf(sentence);
      if (source === keyOf({ type, node }) || contrasts.has(source)) return;
      if (IDENTITIES.has(sentence.type) && !near.has(source)) return;
      const key = `${source} ${sentence.text}`;
      const weight = sentence.weight * factor;
      const before = pool.get(key);
      if (!before || before.weight < weight) pool.set(key, { ...sentence, weight });
    };
    for (const one of neighbours) {
      if (one.contrast) continue;
      const key = keyOf(one);
      for (const sentence of [...(own.get(key) ?? []), ...(quoted.get(key) ?? [])]) add(sentence, one.weight);
    }
    for (const sentence of quoted.get(keyOf({ type, node })) ?? []) add(sentence, 1);
    return [...pool.values()];
  };

  const encodeNew = async (texts: readonly string[], ctx: RunContext): Promise<void> => {
    const fresh = [...new Set(texts)].filter((text) => !encoded.has(text));
    if (fresh.length === 0) return;
    const vectors = normalizeRows(await encodeAll(fresh, encoder, ctx));
    fresh.forEach((text, i) => encoded.set(text, rowOf(vectors, i)));
  };

  const vectorsOf = (all: readonly Sentence[]) => all.map(({ text }) => encoded.get(text)!);

  const choose = (neighbourhood: Neighbourhood, mine: readonly Sentence[], pool: readonly Sentence[]) => {
    const { type, node, facts } = neighbourhood;
    const title = options.names ? wordCount(nodeSet(graph, type)!.names[node]!) : 0;
    const kept = withinWords(mine, ({ text }) => wordCount(text), options.words * OWN_SHARE);
    // A text is never without its node's own first words, however long its sentences.
    if (kept.length === 0 && mine[0])
      kept.push({ ...mine[0], text: firstWords(mine[0].text, options.words * OWN_SHARE) });
    const used = kept.reduce((sum, { text }) => sum + wordCount(text), title);
    const said = withinWords(facts, wordCount, options.words - used);
    const budget = options.words - used - said.reduce((sum, fact) => sum + wordCount(fact), 0);
    const [mineMean, poolMean] = [meanDirection(vectorsOf(mine)), meanDirection(vectorsOf(pool))];
    const centroid = meanDirection([mineMean, poolMean].filter((vector) => vector !== undefined));
    const items = pool.map(({ text, weight, ...source }) => ({
      vector: encoded.get(text)!,
      weight,
      size: wordCount(text) + (options.names ? wordCount(labelOf(graph, source)) : 0),
    }));
    const chosen = centroid ? chooseByMmr(items, centroid, vectorsOf(mine), budget, options.diversity) : [];
    // In the order of the pool: the nearest and strongest sources come first.
    return { kept, said, chosen: chosen.sort((a, b) => a - b).map((i) => pool[i]!) };
  };

  return {
    async summarize(hop, neighbourhoods, _texts, ctx) {
      const pools = neighbourhoods.map(poolOf);
      const mine = neighbourhoods.map((one) => own.get(keyOf(one)) ?? []);
      await encodeNew(
        [...mine.flat(), ...pools.flat()].map(({ text }) => text),
        ctx,
      );
      const next = new Map<string, Sentence[]>();
      const texts = neighbourhoods.map((neighbourhood, i) => {
        throwIfAborted(ctx);
        const { kept, said, chosen } = choose(neighbourhood, mine[i]!, pools[i]!);
        next.set(keyOf(neighbourhood), chosen);
        sentences += chosen.length;
        return renderText(graph, neighbourhood, kept, said, chosen, options.names);
      });
      quoted = next;
      ctx.onProgress?.({ stage: 'summarise', done: hop, unit: 'hops' });
      return texts;
    },
    report: () => ({
      notes: [
        'texts are extractive: sentences of the graph chosen by maximal marginal relevance, scores put in words; ' +
          'no language model wrote them',
      ],
      diagnostics: { extractedSentences: sentences },
    }),
  };
}

const keyOf = ({ type, node }: { type: NodeType; node: number }): string => `${type} ${node}`;

/** The first items, in order, whose sizes stay within `words`. */
function withinWords<T>(items: readonly T[], sizeOf: (item: T) => number, words: number): T[] {
  let used = 0;
  const end = items.findIndex((item) => (used += sizeOf(item)) > words);
  return end < 0 ? [...items] : items.slice(0, end);
}

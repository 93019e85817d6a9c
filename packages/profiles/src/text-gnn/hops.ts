import { encodeNodes } from '@routeprofile/graph';
import { sha256Hex } from '@routeprofile/numerics';
import {
  throwIfAborted,
  z,
  type HeteroGraph,
  type ProfileInput,
  type Provenance,
  type RunContext,
  type Store,
} from '@routeprofile/schema';
import { neighboursAsPublished } from './neighbours/as-published.js';
import { neighboursByScore } from './neighbours/by-score.js';
import {
  originalTexts,
  summarisedSets,
  type Neighbourhood,
  type Neighbourhoods,
  type NodeTexts,
} from './neighbours/neighbourhood.js';
import type { CompleteTextGnnOptions } from './options.js';

/** Writes one hop's texts. Made anew for every build, as it may remember what it wrote. */
export interface Summarizer {
  /**
   * One text per neighbourhood, in order.
   * @param texts of all nodes, as they stand after the hop before
   */
  summarize(
    hop: number,
    neighbourhoods: readonly Neighbourhood[],
    texts: NodeTexts,
    ctx: RunContext,
  ): Promise<string[]>;
  /** What the build was made with and what it took, once all hops are done. */
  report(): { notes: string[]; diagnostics: Record<string, number> };
}

/** The neighbourhoods of a hop, given the texts after the hop before. */
export type Surroundings = (texts: NodeTexts) => Promise<Neighbourhoods>;

/** How the options choose neighbours: once and for all hops, or anew at every hop as published. */
export async function surroundings(
  { graph, cards, features, encoder }: Pick<ProfileInput, 'graph' | 'cards' | 'features' | 'encoder'>,
  { neighbours, topK }: Pick<CompleteTextGnnOptions, 'neighbours' | 'topK'>,
  ctx: RunContext,
): Promise<Surroundings> {
  if (neighbours === 'published') return (texts) => neighboursAsPublished(graph, texts, topK, encoder, ctx);
  const chosen = neighboursByScore(graph, cards, features ?? (await encodeNodes(graph, encoder, ctx)), topK);
  return () => Promise.resolve(chosen);
}

/**
 * Texts after each hop, [0] being the graph's own. In every hop all tasks, domains, families and models get a new text from
 * the texts of the hop before, so that the order within a hop does not matter; queries, edges and scores stay.
 */
export async function textsByHop(
  { graph }: Pick<ProfileInput, 'graph'>,
  hops: number,
  neighbourhoodsFor: Surroundings,
  summarizer: Summarizer,
  ctx: RunContext,
): Promise<NodeTexts[]> {
  const byHop = [originalTexts(graph)];
  const sets = summarisedSets(graph);
  for (let hop = 1; hop <= hops; hop++) {
    throwIfAborted(ctx);
    const before = byHop[hop - 1]!;
    const neighbourhoods = await neighbourhoodsFor(before);
    const all = sets.flatMap(({ type }) => neighbourhoods[type] ?? []);
    const written = await summarizer.summarize(hop, all, before, ctx);
    const after: Partial<Record<string, string[]>> = {};
    all.forEach(({ type }, i) => (after[type] ??= []).push(written[i]!));
    byHop.push({ ...before, ...after });
  }
  return byHop;
}

const hopTextsSchema = z.array(z.record(z.string(), z.record(z.string(), z.string())));

/** Texts by hop, node type and node name; hop 0 holds the graph's own. Queries, which never change, are left out. */
export type HopTexts = z.output<typeof hopTextsSchema>;

const hopTextsKey = ({ strategy, options, encoder, graph, seed }: Provenance): string =>
  sha256Hex(JSON.stringify(['text-gnn hops 1', strategy, options, encoder, graph?.hash, seed]));

/** Puts the texts of every node after every hop into the store, if there is one. */
export async function keepHopTexts(
  { store }: Pick<RunContext, 'store'>,
  provenance: Provenance,
  graph: HeteroGraph,
  byHop: readonly NodeTexts[],
): Promise<void> {
  if (!store) return;
  const texts: HopTexts = byHop.map((hop) =>
    Object.fromEntries(
      summarisedSets(graph).map(({ type, names }) => [
        type,
        Object.fromEntries(names.map((name, i) => [name, hop[type]![i]!])),
      ]),
    ),
  );
  await store.set(hopTextsKey(provenance), new TextEncoder().encode(JSON.stringify(texts)));
}

/** The hop texts behind a `text-gnn` profile set, by its provenance; undefined when that store never saw them. Store and provenance must be those of the build. */
export async function readHopTexts(store: Store, provenance: Provenance): Promise<HopTexts | undefined> {
  const bytes = await store.get(hopTextsKey(provenance));
  return bytes && hopTextsSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

import { z, type HeteroGraph, type Provenance, type RunContext, type Store } from '@routeprofile/schema';
import { sha256Hex } from '@routeprofile/numerics';
import { summarisedSets, type NodeTexts } from './node-texts.js';

const hopTextsSchema = z.array(z.record(z.string(), z.record(z.string(), z.string())));

/** Texts by hop, node type and node name; hop 0 holds the graph's own. Queries, which never change, are left out. */
export type HopTexts = z.output<typeof hopTextsSchema>;

const keyOf = ({ strategy, options, encoder, graph, seed }: Provenance): string =>
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
  await store.set(keyOf(provenance), new TextEncoder().encode(JSON.stringify(texts)));
}

/** The hop texts behind a `text-gnn` profile set, by its provenance; undefined when that store never saw them. Store and provenance must be those of the build. */
export async function readHopTexts(store: Store, provenance: Provenance): Promise<HopTexts | undefined> {
  const bytes = await store.get(keyOf(provenance));
  return bytes && hopTextsSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

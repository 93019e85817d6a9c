import { sha256Hex } from '@routeprofile/numerics';
import { inputTokens } from '@routeprofile/providers';
import {
  z,
  type ChatMessage,
  type ChatModel,
  type Completion,
  type HeteroGraph,
  type Provenance,
  type RunContext,
  type Store,
} from '@routeprofile/schema';
import { summarisedSets, type NodeTexts } from './neighbours/neighbourhood.js';

const answerSchema = z.object({
  text: z.string().min(1),
  truncated: z.boolean(),
  promptTokens: z.number().min(0),
  completionTokens: z.number().min(0),
  estimated: z.boolean(),
  attempts: z.number().int().min(1),
});
/** What is kept of a completion: its text, and the tokens read and written. */
export type KeptAnswer = z.output<typeof answerSchema>;

/** Where the answer to a prompt is kept: by model, settings and messages, whatever node or hop it is for. */
const answerKey = (model: ChatModel, messages: readonly ChatMessage[]): string =>
  sha256Hex(JSON.stringify(['text-gnn answer 1', model.id, messages]));

/** An answer kept by an earlier build, if any. A record that cannot be read counts as none, with a warning. */
export async function keptAnswer(
  { store, logger }: Pick<RunContext, 'store' | 'logger'>,
  model: ChatModel,
  messages: readonly ChatMessage[],
): Promise<KeptAnswer | undefined> {
  const key = store && answerKey(model, messages);
  const bytes = key === undefined ? undefined : await store?.get(key);
  if (!bytes) return undefined;
  try {
    return answerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    logger?.warn(`text-gnn: the stored answer ${key} cannot be read; asking again`);
    return undefined;
  }
}

/** Keeps an answer, where there is a store, and gives it as it is kept. */
export async function keepAnswer(
  { store }: Pick<RunContext, 'store'>,
  model: ChatModel,
  messages: readonly ChatMessage[],
  { text, truncated, usage, estimated, attempts }: Completion,
): Promise<KeptAnswer> {
  const tokens = { promptTokens: inputTokens(usage), completionTokens: usage.output };
  const answer: KeptAnswer = { text, truncated, ...tokens, estimated, attempts };
  await store?.set(answerKey(model, messages), new TextEncoder().encode(JSON.stringify(answer)));
  return answer;
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

import { sha256Hex } from '@routeprofile/numerics';
import { inputTokens } from '@routeprofile/providers';
import { z, type ChatMessage, type ChatModel, type Completion, type RunContext } from '@routeprofile/schema';

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
const keyOf = (model: ChatModel, messages: readonly ChatMessage[]): string =>
  sha256Hex(JSON.stringify(['text-gnn answer 1', model.id, messages]));

/** An answer kept by an earlier build, if any. A record that cannot be read counts as none, with a warning. */
export async function keptAnswer(
  { store, logger }: Pick<RunContext, 'store' | 'logger'>,
  model: ChatModel,
  messages: readonly ChatMessage[],
): Promise<KeptAnswer | undefined> {
  const key = store && keyOf(model, messages);
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
  await store?.set(keyOf(model, messages), new TextEncoder().encode(JSON.stringify(answer)));
  return answer;
}

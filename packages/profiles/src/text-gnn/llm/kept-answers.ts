import { z, type ChatMessage, type RunContext } from '@routeprofile/schema';
import { sha256Hex } from '@routeprofile/numerics';
import type { Answer, LanguageModel } from './language-model.js';

const answerSchema = z.object({
  text: z.string().min(1),
  promptTokens: z.number().min(0),
  completionTokens: z.number().min(0),
  estimated: z.boolean(),
  truncated: z.boolean(),
  attempts: z.number().int().min(1),
});

/** Where the answer to a prompt is kept: by model, settings and messages, whatever node or hop it is for. */
const keyOf = (model: LanguageModel, messages: readonly ChatMessage[]): string =>
  sha256Hex(JSON.stringify(['text-gnn answer 1', model.id, messages]));

/** An answer kept by an earlier build, if any. A record that cannot be read counts as none, with a warning. */
export async function keptAnswer(
  { store, logger }: Pick<RunContext, 'store' | 'logger'>,
  model: LanguageModel,
  messages: readonly ChatMessage[],
): Promise<Answer | undefined> {
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

export async function keepAnswer(
  { store }: Pick<RunContext, 'store'>,
  model: LanguageModel,
  messages: readonly ChatMessage[],
  answer: Answer,
): Promise<void> {
  await store?.set(keyOf(model, messages), new TextEncoder().encode(JSON.stringify(answer)));
}

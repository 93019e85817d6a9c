import { sha256Hex } from '@routeprofile/numerics';
import { inPool, inputTokens } from '@routeprofile/providers';
import {
  throwIfAborted,
  z,
  type ChatMessage,
  type ChatModel,
  type Completion,
  type HeteroGraph,
  type RunContext,
} from '@routeprofile/schema';
import { dollarsOf, type Prices } from '../options.js';
import { promptOf, type PromptOptions } from '../prompts/prompt.js';
import type { Summarizer } from '../hops.js';

/**
 * A prompt per node, answered by a language model. Answers are kept in `ctx.store` as they come, so that an interrupted build
 * goes on without paying twice. What it reports counts every answer the texts rest on, kept or new, so that a resumed build
 * is the same as one that was never interrupted; what was paid anew goes to the log.
 */
export function llmSummarizer(
  graph: HeteroGraph,
  model: ChatModel,
  options: PromptOptions & Prices & { hops: number; concurrency: number },
): Summarizer {
  const total = { prompts: 0, promptTokens: 0, completionTokens: 0, attempts: 0, truncated: 0, shortened: 0 };
  let estimated = false;
  return {
    async summarize(hop, neighbourhoods, texts, ctx) {
      const prompts = neighbourhoods.map((one) => promptOf(graph, one, texts, options));
      const fresh = { prompts: 0, promptTokens: 0, completionTokens: 0 };
      let done = 0;
      const answers = await inPool(prompts, options.concurrency, async ({ messages, label, tokens }) => {
        throwIfAborted(ctx);
        let answer = await keptAnswer(ctx, model, messages);
        if (!answer) {
          const completion = await model.complete({ messages, label: `hop ${hop}: ${label}` }, ctx);
          answer = await keepAnswer(ctx, model, messages, completion);
          fresh.prompts++;
          fresh.promptTokens += answer.promptTokens;
          fresh.completionTokens += answer.completionTokens;
        }
        const stage = `summarise hop ${hop} of ${options.hops}`;
        ctx.onProgress?.({ stage, done: ++done, total: prompts.length, unit: 'texts', note: `${tokens} tokens` });
        return answer;
      });
      for (const answer of answers) {
        total.prompts++;
        total.promptTokens += answer.promptTokens;
        total.completionTokens += answer.completionTokens;
        total.attempts += answer.attempts;
        total.truncated += Number(answer.truncated);
        estimated ||= answer.estimated;
      }
      total.shortened += prompts.filter(({ shortened }) => shortened).length;
      ctx.logger?.info(
        `text-gnn: hop ${hop}: ${fresh.prompts} of ${prompts.length} prompts sent again ` +
          `(${fresh.promptTokens} tokens read, ${fresh.completionTokens} written), the other answers were kept`,
      );
      return answers.map(({ text }) => text);
    },
    report() {
      const cost = dollarsOf(total, options);
      const dollars = cost === undefined ? 'no prices given' : `${cost.toFixed(4)} dollars`;
      const notes = [
        `texts written by ${model.id}: ${total.prompts} prompts, ${total.promptTokens} tokens read, ` +
          `${total.completionTokens} written, ${dollars}`,
      ];
      if (estimated) notes.push('the endpoint gave no token counts for some answers: they are estimated');
      if (total.shortened > 0)
        notes.push(`${total.shortened} prompts were shortened to ${options.promptTokens} tokens (promptTokens)`);
      if (total.truncated > 0)
        notes.push(
          `${total.truncated} answers reached the token limit and were cut back to whole sentences (maxTokens)`,
        );
      return {
        notes,
        diagnostics: {
          llmPrompts: total.prompts,
          llmAttempts: total.attempts,
          llmPromptTokens: total.promptTokens,
          llmCompletionTokens: total.completionTokens,
          ...(cost === undefined ? {} : { llmCost: cost }),
        },
      };
    },
  };
}

const answerSchema = z.object({
  text: z.string().min(1),
  truncated: z.boolean(),
  promptTokens: z.number().min(0),
  completionTokens: z.number().min(0),
  estimated: z.boolean(),
  attempts: z.number().int().min(1),
});
/** What is kept of a completion: its text, and the tokens read and written. */
type KeptAnswer = z.output<typeof answerSchema>;

/** Where the answer to a prompt is kept: by model, settings and messages, whatever node or hop it is for. */
const answerKey = (model: ChatModel, messages: readonly ChatMessage[]): string =>
  sha256Hex(JSON.stringify(['text-gnn answer 1', model.id, messages]));

/** An answer kept by an earlier build, if any. A record that cannot be read counts as none, with a warning. */
async function keptAnswer(
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
async function keepAnswer(
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

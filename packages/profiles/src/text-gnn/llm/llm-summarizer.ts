import { inPool } from '@routeprofile/providers';
import { throwIfAborted, type ChatModel, type HeteroGraph } from '@routeprofile/schema';
import { dollarsOf, type Prices } from '../options.js';
import { promptOf, type PromptOptions } from '../prompts/prompt.js';
import type { Summarizer } from '../hops.js';
import { keepAnswer, keptAnswer } from '../kept.js';

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

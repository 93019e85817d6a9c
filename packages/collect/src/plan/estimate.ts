import { estimateMessages, estimateTokens, type ChatMessage } from '@routeprofile/providers';
import type { Grader, PromptItem } from '@routeprofile/schema';
import type { Call } from '../ask/asker.js';
import { boundOf, type PaidModel } from '../ask/models.js';
import { callKey, type Journal } from '../journal/journal.js';

/** What asking one model is expected to take. */
export interface ModelEstimate {
  model: string;
  /** Calls to make. */
  calls: number;
  /** Calls whose answers are there already. */
  kept: number;
  /** Tokens of the calls to make, as a quarter of the bytes. */
  inputTokens: number;
  /** Tokens of their answers: as long as the answers so far, or half the limit while there are few. */
  outputTokens: number;
  /** Dollars for those; null without a price. */
  dollars: number | null;
  /** Dollars that the calls cost at most: every byte a token, every answer as long as the limit. Null without a price. */
  atMost: number | null;
}

/** What is sent for an item. */
export const messagesOf = ({ query }: PromptItem, system: string | undefined): ChatMessage[] => [
  ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
  ...(typeof query === 'string' ? [{ role: 'user' as const, content: query }] : query),
];

/** Answers by which the length of a model's answers is known well enough. */
const FEW = 10;

/** Tokens that an answer of each model is expected to have. */
export function expectedOutput(journal: Pick<Journal, 'answers'> | undefined): (model: PaidModel) => number {
  const sums = new Map<string, { tokens: number; count: number }>();
  for (const { model, usage } of journal?.answers() ?? []) {
    const sum = sums.get(model) ?? { tokens: 0, count: 0 };
    sums.set(model, { tokens: sum.tokens + usage.output, count: sum.count + 1 });
  }
  return ({ id, maxOutputTokens }) => {
    const sum = sums.get(id);
    return sum && sum.count >= FEW ? sum.tokens / sum.count : maxOutputTokens / 2;
  };
}

/** Dollars that a call is expected to cost; 0 without a price. */
export const expectedCost = ({ price }: PaidModel, messages: readonly ChatMessage[], output: number): number =>
  price ? (estimateMessages(messages) * price.input + output * price.output) / 1e6 : 0;

/** What calls are expected to take, by model, in the order of the models. */
export function estimateCalls(
  calls: readonly Call[],
  models: readonly PaidModel[],
  journal: Pick<Journal, 'answers' | 'answer'> | undefined,
): ModelEstimate[] {
  const outputOf = expectedOutput(journal);
  const seen = new Set<string>();
  const estimates = new Map<string, ModelEstimate>(
    models.map(({ id, price }) => {
      const dollars = price ? 0 : null;
      return [id, { model: id, calls: 0, kept: 0, inputTokens: 0, outputTokens: 0, dollars, atMost: dollars }];
    }),
  );
  for (const { model, messages } of calls) {
    const estimate = estimates.get(model.id)!;
    const key = callKey(model.chat.id, messages);
    if (seen.has(key) || journal?.answer(key)) {
      estimate.kept++;
      continue;
    }
    seen.add(key);
    const output = outputOf(model);
    estimate.calls++;
    estimate.inputTokens += estimateMessages(messages);
    estimate.outputTokens += output;
    if (estimate.dollars !== null) estimate.dollars += expectedCost(model, messages, output);
    if (estimate.atMost !== null) estimate.atMost += boundOf(model, messages);
  }
  return [...estimates.values()];
}

/** What a judge's own words take, beside question and answers. */
const JUDGE_FRAME = 250;
/** Tokens of a judge's reply. */
const JUDGE_REPLY = 80;

/** What judges are expected to take, by judge. @param answers how many each item will have */
export function estimateJudging(
  items: readonly { item: PromptItem; grader: Grader; answers: number }[],
  judgeOf: (id: string) => PaidModel,
  answerTokens: number,
): ModelEstimate[] {
  const estimates = new Map<string, ModelEstimate>();
  for (const { item, grader, answers } of items) {
    if (!grader.asks || answers === 0) continue;
    const judge = judgeOf(grader.asks.model);
    const { price } = judge;
    const none = price ? 0 : null;
    const estimate = estimates.get(judge.id) ?? {
      model: judge.id,
      calls: 0,
      kept: 0,
      inputTokens: 0,
      outputTokens: 0,
      dollars: none,
      atMost: none,
    };
    estimates.set(judge.id, estimate);
    const calls = grader.asks.calls(answers);
    const question = estimateTokens(JSON.stringify([item.query, item.reference ?? '']));
    const input = calls * (JUDGE_FRAME + question + grader.asks.answersInPrompt * answerTokens);
    estimate.calls += calls;
    estimate.inputTokens += input;
    estimate.outputTokens += calls * JUDGE_REPLY;
    if (price) {
      estimate.dollars! += (input * price.input + calls * JUDGE_REPLY * price.output) / 1e6;
      estimate.atMost! += (4 * input * price.input + calls * judge.maxOutputTokens * price.output) / 1e6;
    }
  }
  return [...estimates.values()];
}

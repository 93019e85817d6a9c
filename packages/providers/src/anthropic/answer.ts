import { z } from '@routeprofile/schema';
import { readAnswer } from '../http/read-answer.js';
import type { ChatAnswer } from '../openai/answer.js';
import { readUsage } from '../usage/usage.js';

const answerSchema = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.string().nullish(),
  usage: z.unknown().optional(),
});

/** Anthropic's words for why an answer ended, in those of OpenAI where they mean the same. */
const FINISHES: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

/**
 * An answer of `/v1/messages`: its text blocks one after the other; thinking and tool calls are left out.
 * @throws UnusableAnswer when the body is not valid JSON, or holds no answer.
 */
export function parseMessagesAnswer(body: string): ChatAnswer {
  const {
    content,
    stop_reason: reason = null,
    usage: counts,
  } = readAnswer(body, answerSchema, '`content` with a text');
  const usage = readUsage('messages', counts);
  return {
    content: content.map(({ type, text }) => (type === 'text' ? (text ?? '') : '')).join(''),
    finish: reason === null ? null : (FINISHES[reason] ?? reason),
    ...(usage && { usage }),
  };
}

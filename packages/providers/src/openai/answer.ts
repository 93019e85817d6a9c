import { z, type Usage } from '@routeprofile/schema';
import { UnusableAnswer } from '../http/fault.js';
import { readAnswer } from '../http/read-answer.js';
import { readUsage } from '../usage/usage.js';

const partsSchema = z.array(z.looseObject({ type: z.string(), text: z.string().optional() }));
const answerSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({ content: z.union([z.string(), partsSchema]).nullish() }).optional(),
        text: z.string().nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.unknown().optional(),
});

/** An answer of `/chat/completions` or `/completions` as it came. */
export interface ChatAnswer {
  /** All of it, thoughts included; empty when there is none. */
  content: string;
  /** Why it ended, in the server's word: `stop`, `length`, `content_filter` …; null when it does not say. */
  finish: string | null;
  /** Absent when the server does not say. */
  usage?: Usage;
}

/** What of an answer is of use. */
export interface Spoken {
  /** Not empty, trimmed. */
  text: string;
  /** The token limit ended it. */
  truncated: boolean;
}

/** @throws UnusableAnswer when the body is not valid JSON, or holds no answer. */
export function parseChatAnswer(body: string): ChatAnswer {
  const { choices, usage: counts } = readAnswer(body, answerSchema, '`choices` with a text');
  const { message, text, finish_reason: finish = null } = choices[0]!;
  const content = message?.content ?? text ?? '';
  const usage = readUsage('chat', counts);
  return {
    content: typeof content === 'string' ? content : content.map((part) => part.text ?? '').join(''),
    finish,
    ...(usage && { usage }),
  };
}

/**
 * An answer without what the model thought aloud in `<think>…</think>`.
 * @throws UnusableAnswer when it was withheld, ended while the model was thinking, or is empty.
 */
export function spokenAnswer({ content, finish }: Pick<ChatAnswer, 'content' | 'finish'>): Spoken {
  if (finish === 'content_filter') throw new UnusableAnswer("the server's content filter withheld the answer");
  const text = content.replace(/^\s*<think>[\s\S]*?<\/think>/, '').trim();
  if (text.startsWith('<think>'))
    throw new UnusableAnswer('the token limit ended the answer while the model was thinking');
  if (text === '') throw new UnusableAnswer('the answer is empty');
  return { text, truncated: finish === 'length' };
}

import type { ChatMessage, ChatModel } from '@routeprofile/schema';
import { countedCall } from '../http/counted-call.js';
import { assertUsableKey, endpointPath, endpointUrl } from '../http/endpoint.js';
import { assertAnswerLimit } from '../http/post-json.js';
import { endpointName, redact } from '../http/secrets.js';
import type { OpenAiChatSettings } from '../openai/chat.js';
import { spokenAnswer } from '../openai/answer.js';
import { parseMessagesAnswer } from './answer.js';

/** Which model `createAnthropicChat` asks, where, and how. */
export interface AnthropicChatSettings extends Omit<OpenAiChatSettings, 'api'> {
  /** Such as `https://api.anthropic.com/v1`; `messages` is added. */
  baseUrl: string;
  /** Most tokens of an answer, which this wire wants to be told; one in `body` goes before it. Default 1,024. */
  maxTokens?: number;
}

const VERSION = '2023-06-01';

/**
 * A model behind an endpoint that speaks Anthropic's Messages. System and developer messages become its `system`, as the wire has no
 * such roles; messages of one role that follow each other are joined.
 * @throws RouteProfileError BAD_OPTION for an unusable address or key, or `maxAnswerBytes` below 1.
 */
export function createAnthropicChat(settings: AnthropicChatSettings): ChatModel {
  const { names, model, apiKey, maxTokens = 1024, retries = 5, timeout = 120 } = settings;
  const { delays = { firstDelay: 1_000, maximumDelay: 300_000 }, judge = spokenAnswer } = settings;
  const { hint, fetch, wait, headers, maxAnswerBytes } = settings;
  const base = endpointUrl(settings.baseUrl, names);
  assertUsableKey(apiKey, names);
  assertAnswerLimit(maxAnswerBytes, names.who);
  const body = { max_tokens: maxTokens, ...settings.body };
  const endpoint = redact(endpointName(base), apiKey);
  const called = `${redact(model, apiKey)} at ${endpoint}`;
  return {
    specVersion: 1,
    id: redact(`${model} at ${endpoint} (messages) ${JSON.stringify(body)}`, apiKey),
    complete: ({ messages, label, idempotencyKey }, { signal }) =>
      countedCall(
        messages,
        {
          who: [names.who, label, called].filter((part) => part !== undefined).join(': '),
          url: endpointPath(base, 'messages'),
          apiKey,
          keyHeader: 'x-api-key',
          headers: {
            'anthropic-version': VERSION,
            ...headers,
            ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
          },
        },
        { model, ...conversation(messages), ...body },
        parseMessagesAnswer,
        judge,
        { retries, timeout, maxAnswerBytes, delays, hint, fetch, wait, signal },
      ),
  };
}

const SYSTEM = new Set<ChatMessage['role']>(['system', 'developer']);

/** The messages as this wire has them: instructions apart, and turns that alternate. */
function conversation(messages: readonly ChatMessage[]): { system?: string; messages: ChatMessage[] } {
  const system = messages.filter(({ role }) => SYSTEM.has(role)).map(({ content }) => content);
  const turns: ChatMessage[] = [];
  for (const { role: said, content } of messages) {
    if (SYSTEM.has(said)) continue;
    // What a tool gave is something the model is told.
    const role = said === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) turns[turns.length - 1] = { role, content: `${last.content}\n\n${content}` };
    else turns.push({ role, content });
  }
  return { ...(system.length > 0 && { system: system.join('\n\n') }), messages: turns };
}

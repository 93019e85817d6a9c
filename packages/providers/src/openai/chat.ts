import type { ChatMessage, ChatModel } from '@routeprofile/schema';
import { assertUsableKey, endpointPath, endpointUrl, type EndpointNames } from '../http/endpoint.js';
import { countedCall } from '../http/counted-call.js';
import { assertAnswerLimit, type PostFailure, type PostPolicy } from '../http/post-json.js';
import { endpointName, redact } from '../http/secrets.js';
import { parseChatAnswer, spokenAnswer, type ChatAnswer, type Spoken } from './answer.js';

/** Which model `createOpenAiChat` asks, where, and how. */
export interface OpenAiChatSettings {
  /** How messages call the caller and its settings. */
  names: EndpointNames;
  /** The model's name at the endpoint. */
  model: string;
  /** Such as `https://api.openai.com/v1`; the path of `api` is added. */
  baseUrl: string;
  /** Without one no `Authorization` is sent. It goes nowhere else: not into ids, errors or answers. */
  apiKey?: string;
  /** `chat` (default): `/chat/completions`. `completions`: `/completions`, with the texts of the messages as a bare prompt. */
  api?: 'chat' | 'completions';
  /** Further fields of every request, such as `temperature` and `max_tokens`. They are part of the id. */
  body?: Readonly<Record<string, unknown>>;
  /** Attempts after the first. Default 5. */
  retries?: number;
  /** Seconds per attempt. Default 120. */
  timeout?: number;
  /** Bytes of an answer that are read at most. Default 32 MiB. */
  maxAnswerBytes?: number;
  /** Milliseconds before the first retry and at most before any. Default 1,000 and 300,000. */
  delays?: PostPolicy['delays'];
  /** What of an answer is of use; throws `UnusableAnswer` to ask again. Default `spokenAnswer`. */
  judge?: (answer: ChatAnswer) => Spoken;
  /** What the user can do about a failure. */
  hint?: (failure: PostFailure) => string;
  /** Default: the platform's. */
  fetch?: typeof fetch;
  /** Default: the platform's timer. */
  wait?: PostPolicy['wait'];
  /** Further headers of every request; never a secret, and no part of the id. */
  headers?: Readonly<Record<string, string>>;
}

const PATHS = { chat: 'chat/completions', completions: 'completions' };

/**
 * A model behind any endpoint that speaks OpenAI's `/chat/completions` or `/completions`.
 * @throws RouteProfileError BAD_OPTION for an unusable address or key, or `maxAnswerBytes` below 1.
 */
export function createOpenAiChat(settings: OpenAiChatSettings): ChatModel {
  const { names, model, apiKey, api = 'chat', body = {}, retries = 5, timeout = 120 } = settings;
  const {
    delays = { firstDelay: 1_000, maximumDelay: 300_000 },
    judge = spokenAnswer,
    hint,
    fetch,
    wait,
    headers,
    maxAnswerBytes,
  } = settings;
  const base = endpointUrl(settings.baseUrl, names);
  assertUsableKey(apiKey, names);
  assertAnswerLimit(maxAnswerBytes, names.who);
  const endpoint = redact(endpointName(base), apiKey);
  const url = endpointPath(base, PATHS[api]);
  const called = `${redact(model, apiKey)} at ${endpoint}`;

  return {
    specVersion: 1,
    id: redact(`${model} at ${endpoint} (${api}) ${JSON.stringify(body)}`, apiKey),
    complete({ messages, label, idempotencyKey }, { signal }) {
      const input = api === 'chat' ? { messages } : { prompt: barePrompt(messages) };
      return countedCall(
        messages,
        {
          who: [names.who, label, called].filter((part) => part !== undefined).join(': '),
          url,
          apiKey,
          headers: { ...headers, ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }) },
        },
        { model, ...input, ...body },
        parseChatAnswer,
        judge,
        { retries, timeout, maxAnswerBytes, delays, hint, fetch, wait, signal },
      );
    },
  };
}

const barePrompt = (messages: readonly ChatMessage[]): string => messages.map(({ content }) => content).join('\n\n');

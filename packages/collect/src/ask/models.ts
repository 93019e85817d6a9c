import { RouteProfileError, type AskedModel, type ChatMessage, type ChatModel, type Price } from '@routeprofile/schema';
import {
  createAiSdkChat,
  createAnthropicChat,
  createOpenAiChat,
  estimateMessages,
  type LanguageModelCall,
} from '@routeprofile/providers';
import type { Rates } from './pace.js';

/** A model that can be asked, with what asking it costs and how often it may be asked. */
export interface PaidModel extends Rates {
  /** The candidate's id, or that of a judge. */
  id: string;
  /** What is called, for whoever compares a judge with the models it judges. */
  called: string;
  chat: ChatModel;
  /** Models at the same endpoint share their limits. */
  endpoint: string;
  /** Dollars per million tokens. */
  price?: Price | undefined;
  /** Most tokens of an answer. */
  maxOutputTokens: number;
  concurrency: number;
}

/** Environment variables by name; null where nothing will be asked, so that no key is needed. */
export type Environment = Readonly<Record<string, string | undefined>> | null;

/** Fields of a request by which servers limit an answer. */
const LIMITS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];
/** Fields that would break what is counted on: one whole answer per request. */
const FORBIDDEN = ['n', 'best_of', 'stream', 'model', 'messages'];

/**
 * A model of the configuration.
 * @param where names the entry in errors, such as `models.gpt`
 * @param env where keys are; null where it is only planned or looked at
 * @throws RouteProfileError BAD_OPTION for an address, a key or settings that cannot be used
 */
export function openModel(id: string, given: AskedModel, where: string, env: Environment): PaidModel {
  const { price, concurrency, requestsPerMinute, tokensPerMinute, params, timeout } = given;
  const forbidden = FORBIDDEN.filter((name) => Object.hasOwn(params, name));
  if (forbidden.length > 0)
    throw new RouteProfileError('BAD_OPTION', `${where}.params: ${forbidden.join(', ')} cannot be set here`, {
      hint: 'A call is one question and one whole answer. Remove it.',
    });
  const shared = { id, price, concurrency, requestsPerMinute, tokensPerMinute };
  if ('languageModel' in given) {
    const { languageModel } = given;
    const limit = limitIn(params, ['maxOutputTokens'], where) ?? given.maxOutputTokens;
    const call: Omit<LanguageModelCall, 'prompt'> = { maxOutputTokens: limit, ...params };
    return {
      ...shared,
      called: languageModel.modelId,
      chat: createAiSdkChat(languageModel, { who: where, call, timeout }),
      endpoint: `AI SDK: ${languageModel.provider}`,
      maxOutputTokens: limit,
    };
  }
  const { wire, baseUrl, model = id } = given;
  const limit = limitIn(params, LIMITS, where);
  const body = limit === undefined ? { max_tokens: given.maxOutputTokens, ...params } : params;
  const settings = {
    names: { who: where, baseUrl: `${where}.baseUrl`, apiKey: given.key ?? `${where}.key` },
    model,
    baseUrl,
    apiKey: keyOf(given.key, where, env),
    body,
    timeout,
    // Each attempt is counted, paced and written down by itself.
    retries: 0,
  };
  return {
    ...shared,
    called: model,
    chat: wire === 'messages' ? createAnthropicChat(settings) : createOpenAiChat(settings),
    endpoint: `${baseUrl.replace(/\/+$/, '')} ${given.key ?? ''}`.trim(),
    maxOutputTokens: limit ?? given.maxOutputTokens,
  };
}

function limitIn(
  params: Readonly<Record<string, unknown>>,
  names: readonly string[],
  where: string,
): number | undefined {
  const values = names.filter((name) => Object.hasOwn(params, name)).map((name) => params[name]);
  if (values.length === 0) return undefined;
  const numbers = values.filter((value) => typeof value === 'number' && Number.isFinite(value) && value >= 1);
  if (numbers.length < values.length)
    throw new RouteProfileError('BAD_OPTION', `${where}.params: the limit of tokens is not a number of at least 1`);
  return Math.max(...(numbers as number[]));
}

function keyOf(reference: string | undefined, where: string, env: Environment): string | undefined {
  if (reference === undefined || env === null) return undefined;
  const name = reference.slice('env:'.length);
  const key = env[name];
  if (key === undefined || key === '')
    throw new RouteProfileError('BAD_OPTION', `${where}.key: the environment variable ${name} is not set`, {
      hint: `Set ${name}, or omit the key for an endpoint that needs none.`,
    });
  return key;
}

const PER_MILLION = 1e6;
/** What chat templates may add to the texts, rounded up. */
const TEMPLATE = 64;
const PER_MESSAGE = 16;

/** Most tokens that a prompt can be: no common tokenizer makes more tokens than a text has bytes. */
const mostInput = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { content }) => sum + PER_MESSAGE + new TextEncoder().encode(content).length, TEMPLATE);

/** Tokens that a call is booked with at a rate limit: its input as estimated, and the longest answer. */
export const bookedTokens = ({ maxOutputTokens }: PaidModel, messages: readonly ChatMessage[]): number =>
  estimateMessages(messages) + maxOutputTokens;

/** Dollars that a call costs at most: every byte of the prompt a token, the dearest kind of input, the longest answer. */
export function boundOf({ price, maxOutputTokens }: PaidModel, messages: readonly ChatMessage[]): number {
  if (!price) return 0;
  const input = Math.max(price.input, price.cachedInput ?? 0, price.cacheWrite ?? 0);
  return (mostInput(messages) * input + maxOutputTokens * price.output) / PER_MILLION;
}

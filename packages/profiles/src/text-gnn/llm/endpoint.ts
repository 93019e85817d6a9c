import {
  createOpenAiChat,
  openAiHome,
  openAiKeyFor,
  processEnvironment,
  redactAnswer,
  spokenAnswer,
  UnusableAnswer,
  type Backoff,
  type ChatAnswer,
  type PostFailure,
  type Spoken,
} from '@routeprofile/providers';
import { RouteProfileError, type ChatModel } from '@routeprofile/schema';
import type { CompleteTextGnnOptions } from '../options.js';

/** What options never hold: secrets, and how to reach the world. */
export interface LlmEnvironment {
  /** Default: the process's environment; empty in a browser. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Asked once a build. Default: ROUTEPROFILE_LLM_API_KEY; OPENAI_API_KEY where that key belongs. */
  apiKey?: () => string | undefined | Promise<string | undefined>;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
  /** Milliseconds before the first retry and at most before any. Default 1,000 and 300,000. */
  delays?: Pick<Backoff, 'firstDelay' | 'maximumDelay'>;
}

type ChatOptions = Pick<
  CompleteTextGnnOptions,
  'model' | 'baseUrl' | 'api' | 'temperature' | 'maxTokens' | 'maxTokensField' | 'body' | 'retries' | 'timeout'
>;

const NAMES = { who: 'text-gnn', baseUrl: 'ROUTEPROFILE_LLM_BASE_URL', apiKey: 'ROUTEPROFILE_LLM_API_KEY' };

/** The model that options or environment name; undefined if neither does. */
export const modelName = ({ model }: Pick<ChatOptions, 'model'>, env = processEnvironment()): string | undefined =>
  model ?? (env['ROUTEPROFILE_LLM_MODEL'] || undefined);

/**
 * The model that options and environment name, at their endpoint.
 * @throws RouteProfileError BAD_OPTION without a model, with an unusable address or key.
 */
export async function endpointModel(options: ChatOptions, environment: LlmEnvironment = {}): Promise<ChatModel> {
  const { env = processEnvironment(), fetch, delays } = environment;
  const model = modelName(options, env);
  if (model === undefined)
    throw new RouteProfileError('BAD_OPTION', 'text-gnn: summarizer=llm needs a model', {
      hint: 'Give model=NAME or set ROUTEPROFILE_LLM_MODEL; or omit summarizer=llm: the default needs no model.',
    });
  const baseUrl = options.baseUrl ?? (env['ROUTEPROFILE_LLM_BASE_URL'] || openAiHome(env).baseUrl);
  const apiKey = await keyFor(baseUrl, environment, env);
  assertNotSaved(options, apiKey);
  const { api, temperature, maxTokens, maxTokensField, body, retries, timeout } = options;
  return createOpenAiChat({
    names: NAMES,
    model,
    baseUrl,
    apiKey,
    api,
    body: { [maxTokensField]: maxTokens, ...(temperature !== null && { temperature }), ...body },
    retries,
    timeout,
    delays,
    fetch,
    judge: wholeSentences,
    hint: (failure) => hintFor(failure, model),
  });
}

/** Options are saved with the profiles. */
function assertNotSaved(options: object, apiKey: string | undefined): void {
  if (apiKey === undefined) return;
  const saved = JSON.stringify(options);
  if (redactAnswer(saved, apiKey) !== saved)
    throw new RouteProfileError('BAD_OPTION', 'text-gnn: the options hold the API key, and options are saved', {
      hint: 'Give the key in ROUTEPROFILE_LLM_API_KEY alone, and an address that holds it in ROUTEPROFILE_LLM_BASE_URL.',
    });
}

/** OPENAI_API_KEY goes to OPENAI_BASE_URL's host (by default OpenAI's) and nowhere else: a saved option must not lead it astray. */
async function keyFor(
  baseUrl: string,
  { apiKey }: LlmEnvironment,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (apiKey) return (await apiKey()) || undefined;
  return env['ROUTEPROFILE_LLM_API_KEY'] || openAiKeyFor(baseUrl, env);
}

/**
 * An answer that the token limit ended goes back to its last whole sentence.
 * @throws UnusableAnswer when it is of no use, or was ended before its first sentence.
 */
export function wholeSentences(answer: Pick<ChatAnswer, 'content' | 'finish'>): Spoken {
  const { text, truncated } = spokenAnswer(answer);
  if (!truncated) return { text, truncated };
  const whole = upToLastSentence(text);
  if (whole === undefined) throw new UnusableAnswer('the token limit ended the answer within its first sentence');
  return { text: whole, truncated: whole !== text };
}

function upToLastSentence(text: string): string | undefined {
  if (/[.!?。！？]["”')\]]*$/.test(text)) return text;
  const sentences = /^[\s\S]*(?:[.!?]["”')\]]*(?=\s)|[。！？])/.exec(text);
  return sentences?.[0].trim();
}

function hintFor({ status, kind, hasKey }: PostFailure, model: string): string {
  if (kind === 'too-long') return 'Check that ROUTEPROFILE_LLM_BASE_URL is the address of a model server.';
  const KEPT = 'what was answered so far is kept where the run has a store';
  if (status === undefined) return `Check ROUTEPROFILE_LLM_BASE_URL and the connection, then run again: ${KEPT}.`;
  if (status === 401 || status === 403)
    return hasKey
      ? 'The endpoint refuses the key in ROUTEPROFILE_LLM_API_KEY (or OPENAI_API_KEY).'
      : 'Set ROUTEPROFILE_LLM_API_KEY; OPENAI_API_KEY is sent to the host of OPENAI_BASE_URL only.';
  if (status === 404)
    return `Check that the endpoint offers the model '${model}', and that its address is the part before /chat/completions.`;
  if (status === 429) return `The rate limit was reached. Wait or lower the concurrency, then run again: ${KEPT}.`;
  if (status === 200) return `Run again, raise maxTokens, or try another model: ${KEPT}.`;
  if (status >= 300 && status < 400)
    return 'The address redirects. Set ROUTEPROFILE_LLM_BASE_URL to the address it redirects to.';
  return `The text above comes from the server. Run again when that is fixed: ${KEPT}.`;
}

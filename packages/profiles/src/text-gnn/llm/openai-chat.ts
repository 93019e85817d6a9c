import {
  assertUsableKey,
  endpointName,
  endpointPath,
  endpointUrl,
  postJson,
  redact,
  redactAnswer,
  type Backoff,
  type PostFailure,
} from '@routeprofile/encoders';
import { RouteProfileError, type ChatMessage } from '@routeprofile/schema';
import type { CompleteTextGnnOptions } from '../options.js';
import { parseAnswer } from './answer.js';
import type { LanguageModel } from './language-model.js';

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

const OPENAI = 'https://api.openai.com/v1';
const NAMES = { who: 'text-gnn', baseUrl: 'ROUTEPROFILE_LLM_BASE_URL', apiKey: 'ROUTEPROFILE_LLM_API_KEY' };
const PATHS = { chat: 'chat/completions', completions: 'completions' };

export const processEnvironment = (): Readonly<Record<string, string | undefined>> =>
  typeof process === 'undefined' ? {} : process.env;

/** The model that options or environment name; undefined if neither does. */
export const modelName = ({ model }: Pick<ChatOptions, 'model'>, env = processEnvironment()): string | undefined =>
  model ?? (env['ROUTEPROFILE_LLM_MODEL'] || undefined);

/**
 * Any endpoint that speaks OpenAI's `/chat/completions` (or `/completions`, for the bare prompt).
 * @throws RouteProfileError BAD_OPTION without a model, with an unusable address or key.
 */
export async function openAiChat(options: ChatOptions, environment: LlmEnvironment = {}): Promise<LanguageModel> {
  const {
    env = processEnvironment(),
    fetch: send,
    delays = { firstDelay: 1_000, maximumDelay: 300_000 },
  } = environment;
  const model = modelName(options, env);
  if (model === undefined)
    throw new RouteProfileError('BAD_OPTION', 'text-gnn: summarizer=llm needs a model', {
      hint: 'Give model=NAME or set ROUTEPROFILE_LLM_MODEL; or omit summarizer=llm: the default needs no model.',
    });
  const base = endpointUrl(options.baseUrl ?? (env['ROUTEPROFILE_LLM_BASE_URL'] || openAiBaseUrl(env)), NAMES);
  const apiKey = await keyFor(base, environment, env);
  assertUsableKey(apiKey, NAMES);
  assertNotSaved(options, apiKey);

  const { api, temperature, maxTokens, maxTokensField, body, retries, timeout } = options;
  const settings = { [maxTokensField]: maxTokens, ...(temperature === null ? {} : { temperature }), ...body };
  const endpoint = redact(endpointName(base), apiKey);
  const target = { url: endpointPath(base, PATHS[api]), apiKey };
  const hint = (failure: PostFailure) => hintFor(failure, model);

  return {
    id: redact(`${model} at ${endpoint} (${api}) ${JSON.stringify(settings)}`, apiKey),
    async generate(messages, label, { signal }) {
      const input = api === 'chat' ? { messages } : { prompt: barePrompt(messages) };
      const total = { promptTokens: 0, completionTokens: 0, estimated: false, attempts: 0 };
      const answer = await postJson(
        { ...target, who: `text-gnn: ${label}: ${redact(model, apiKey)} at ${endpoint}` },
        { model, ...input, ...settings },
        (body) =>
          parseAnswer(body, messages, ({ promptTokens, completionTokens, estimated }) => {
            total.promptTokens += promptTokens;
            total.completionTokens += completionTokens;
            total.estimated ||= estimated;
            total.attempts++;
          }),
        { retries, timeout, delays, fetch: send, signal, hint },
      );
      return { ...answer, ...total };
    },
  };
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

const openAiBaseUrl = (env: Readonly<Record<string, string | undefined>>) =>
  env['ROUTEPROFILE_OPENAI_BASE_URL'] || env['OPENAI_BASE_URL'] || OPENAI;

/** OPENAI_API_KEY goes to OPENAI_BASE_URL's host (by default OpenAI's) and nowhere else: a saved option must not lead it astray. */
async function keyFor(
  base: URL,
  { apiKey }: LlmEnvironment,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (apiKey) return (await apiKey()) || undefined;
  const own = env['ROUTEPROFILE_LLM_API_KEY'];
  if (own) return own;
  const home = openAiBaseUrl(env);
  if (!URL.canParse(home) || new URL(home).host !== base.host) return undefined;
  return env['ROUTEPROFILE_OPENAI_API_KEY'] || env['OPENAI_API_KEY'] || undefined;
}

const barePrompt = (messages: readonly ChatMessage[]): string => messages.map(({ content }) => content).join('\n\n');

function hintFor({ status, hasKey }: PostFailure, model: string): string {
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

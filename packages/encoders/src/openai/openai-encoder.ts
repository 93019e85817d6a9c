import {
  createMatrix,
  parseOptions,
  RouteProfileError,
  throwIfAborted,
  z,
  type Encoder,
  type RunContext,
} from '@routeprofile/schema';
import { parseEmbeddings } from './response.js';
import { backoffDelay, parseRetryAfter, sleep, type Backoff } from './retry.js';
import { endpointName, isUsableKey, redact } from './secrets.js';

export const openAiOptionsSchema = z.strictObject({
  /** Sent as `dimensions`, for models that can shorten their vectors; then no probe is needed. */
  dimensions: z.number().int().min(1).optional(),
  /** Texts per request at most. */
  batch: z.number().int().min(1).max(2048).default(128),
  /** Seconds per attempt. */
  timeout: z.number().gt(0).max(3600).default(60),
  retries: z.number().int().min(0).max(20).default(5),
  /** Host and path the vectors are from, as ids tell it; must be the one in use. */
  endpoint: z.string().optional(),
});
export type OpenAiOptions = z.input<typeof openAiOptionsSchema>;

export interface OpenAiSettings {
  model: string;
  /** Such as `https://api.openai.com/v1`; `/embeddings` is added. */
  baseUrl: string;
  /** Without one no `Authorization` is sent. It goes nowhere else: not into ids, errors or files. */
  apiKey?: string;
  options?: OpenAiOptions;
  /** Dimensions known from elsewhere, such as a cache. Default: asked of the endpoint. */
  knownDimensions?: number;
  fetch?: typeof fetch;
  /** Milliseconds before the first retry and at most before any. Default 500 and 60,000. */
  delays?: Pick<Backoff, 'firstDelay' | 'maximumDelay'>;
  signal?: AbortSignal;
}

/** Characters per request at most; a single longer text is sent alone. */
const REQUEST_CHARACTERS = 200_000;
const EXCERPT = 300;

/** What is known of an endpoint before anything is sent. @throws RouteProfileError BAD_OPTION. */
export function openAiId({ model, baseUrl, apiKey, options }: OpenAiSettings): { id: string; url: URL } {
  const parsed = parseOptions({ name: 'openai', options: openAiOptionsSchema }, options);
  if (model === '')
    throw new RouteProfileError('BAD_OPTION', 'openai: no model named', {
      hint: 'Write openai:text-embedding-3-small.',
    });
  if (apiKey !== undefined && !isUsableKey(apiKey))
    throw new RouteProfileError('BAD_OPTION', 'openai: the API key has characters that no HTTP header may hold', {
      hint: 'Look for line breaks or blanks in OPENAI_API_KEY.',
    });
  const url = endpointUrl(baseUrl);
  const endpoint = redact(endpointName(url), apiKey);
  if (parsed.endpoint !== undefined && parsed.endpoint !== endpoint)
    throw new RouteProfileError('BAD_OPTION', `openai: vectors of ${parsed.endpoint} asked for, ${endpoint} is set`, {
      hint: 'Set OPENAI_BASE_URL to the endpoint the vectors were made with.',
    });
  const shortened = parsed.dimensions === undefined ? '' : `:dimensions=${parsed.dimensions}`;
  return { id: `openai:${model}${shortened}:endpoint=${endpoint}`, url };
}

function endpointUrl(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  // Neither message repeats the address: it may hold a password.
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new RouteProfileError('BAD_OPTION', 'openai: the base URL is no http(s) address', {
      hint: 'OPENAI_BASE_URL looks like https://api.openai.com/v1.',
    });
  if (url.username !== '' || url.password !== '')
    throw new RouteProfileError('BAD_OPTION', 'openai: the base URL holds a user name or password', {
      hint: 'Give the key in OPENAI_API_KEY instead.',
    });
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/`;
  return url;
}

/**
 * Any endpoint that speaks OpenAI's `/embeddings`. Vectors are as served, not rescaled. An empty text is sent as one
 * blank, because endpoints refuse empty ones. Requests go one after another; 408, 409, 429, 5xx, timeouts and broken
 * connections are tried again.
 * @throws RouteProfileError BAD_OPTION, ENCODER_FAILED, NETWORK, ABORTED.
 */
export async function openAiEncoder(settings: OpenAiSettings): Promise<Encoder> {
  const { id, url } = openAiId(settings);
  const options = parseOptions({ name: 'openai', options: openAiOptionsSchema }, settings.options);
  const target = new URL('embeddings', url);
  target.search = url.search;

  const send = (texts: readonly string[], dimensions: number | undefined, signal: AbortSignal | undefined) => {
    const payload = JSON.stringify({
      model: settings.model,
      input: texts.map((text) => (text === '' ? ' ' : text)),
      ...(options.dimensions === undefined ? {} : { dimensions: options.dimensions }),
    });
    return request(settings, options, target, payload, id, signal).then((body) =>
      parseEmbeddings(body, texts.length, dimensions, id),
    );
  };
  const dimensions =
    options.dimensions ??
    settings.knownDimensions ??
    (await send(['How many dimensions?'], undefined, settings.signal))[0]!.length;

  async function encode(texts: readonly string[], ctx?: RunContext) {
    throwIfAborted(ctx);
    const out = createMatrix(texts.length, dimensions);
    for (let start = 0; start < texts.length;) {
      throwIfAborted(ctx);
      const end = batchEnd(texts, start, options.batch);
      const vectors = await send(texts.slice(start, end), dimensions, ctx?.signal ?? settings.signal);
      vectors.forEach((vector, i) => out.data.set(vector, (start + i) * dimensions));
      start = end;
      ctx?.onProgress?.({ stage: 'encode', done: end, total: texts.length, unit: 'texts' });
    }
    return out;
  }
  return { specVersion: 1, id, dimensions, encode };
}

function batchEnd(texts: readonly string[], start: number, batch: number): number {
  let end = start + 1;
  let characters = texts[start]!.length;
  while (end < texts.length && end - start < batch && (characters += texts[end]!.length) <= REQUEST_CHARACTERS) end++;
  return end;
}

/** The body of a successful answer, after as many attempts as it takes. */
async function request(
  { apiKey, fetch: send = fetch, delays = { firstDelay: 500, maximumDelay: 60_000 }, model }: OpenAiSettings,
  { retries, timeout }: z.output<typeof openAiOptionsSchema>,
  target: URL,
  payload: string,
  id: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const clean = (text: string) => redact(text, apiKey);
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' };
  if (apiKey !== undefined) headers['authorization'] = `Bearer ${apiKey}`;

  for (let attempt = 0; ; attempt++) {
    throwIfAborted({ signal });
    const last = attempt >= retries;
    const limit = AbortSignal.timeout(timeout * 1000);
    let asked: number | undefined;
    try {
      const answer = await send(target, {
        method: 'POST',
        headers,
        body: payload,
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      const body = await answer.text();
      if (answer.ok) return body;
      const retryable = answer.status === 408 || answer.status === 409 || answer.status === 429 || answer.status >= 500;
      if (!retryable || last)
        throw refusal(answer.status, clean(serverMessage(body)), id, model, apiKey !== undefined, attempt);
      asked = parseRetryAfter(answer.headers.get('retry-after'), Date.now());
    } catch (error) {
      throwIfAborted({ signal });
      if (RouteProfileError.isInstance(error)) throw error;
      // No `cause`: what the platform says may quote the request.
      if (last)
        throw new RouteProfileError(
          'NETWORK',
          `${id}: ${limit.aborted ? `no answer within ${timeout} s` : clean(reasonOf(error))}`,
          {
            hint: 'Check OPENAI_BASE_URL and the connection; what was encoded before is in the cache.',
          },
        );
    }
    try {
      await sleep(backoffDelay(attempt, asked, { retries, ...delays }), signal);
    } catch {
      throwIfAborted({ signal });
    }
  }
}

/** `fetch failed` says little; its cause has the code, such as ECONNREFUSED. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const cause = error.cause instanceof Error ? error.cause : undefined;
  return cause ? `${error.message} (${cause.message || cause.name})` : error.message;
}

/** What the server says is wrong: `error.message` of its JSON, else the text itself. */
function serverMessage(body: string): string {
  const schema = z.looseObject({ error: z.union([z.string(), z.looseObject({ message: z.string() })]) });
  try {
    const { error } = schema.parse(JSON.parse(body));
    return typeof error === 'string' ? error : error.message;
  } catch {
    return body;
  }
}

function refusal(
  status: number,
  said: string,
  id: string,
  model: string,
  hasKey: boolean,
  attempt: number,
): RouteProfileError {
  const code = status === 429 || status === 408 || status >= 500 ? 'NETWORK' : 'ENCODER_FAILED';
  const excerpt = said.replace(/\s+/g, ' ').trim().slice(0, EXCERPT);
  const tries = attempt === 0 ? '' : ` after ${attempt + 1} attempts`;
  const hint =
    status === 401 || status === 403
      ? hasKey
        ? 'The endpoint refuses the key in OPENAI_API_KEY (or ROUTEPROFILE_OPENAI_API_KEY).'
        : 'Set OPENAI_API_KEY (or ROUTEPROFILE_OPENAI_API_KEY).'
      : status === 404
        ? `Does the endpoint offer the model '${model}', and does OPENAI_BASE_URL end where /embeddings follows?`
        : status === 429
          ? 'The rate limit holds; wait, then run again: what was encoded is in the cache.'
          : status >= 300 && status < 400
            ? 'The address redirects; set OPENAI_BASE_URL to where it leads.'
            : 'The text above is the server’s own.';
  return new RouteProfileError(code, `${id}: HTTP ${status}${tries}${excerpt === '' ? '' : `: ${excerpt}`}`, { hint });
}

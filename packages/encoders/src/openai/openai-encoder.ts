import {
  createMatrix,
  parseOptions,
  RouteProfileError,
  throwIfAborted,
  z,
  type Encoder,
  type RunContext,
} from '@routeprofile/schema';
import {
  assertUsableKey,
  createOpenAiEmbeddings,
  endpointName,
  endpointUrl,
  redact,
  type Backoff,
  type PostFailure,
} from '@routeprofile/providers';

/** The options of `openai:MODEL`, with their defaults. */
export const openAiOptionsSchema = z.strictObject({
  /** Sent as `dimensions`, for models that can shorten their vectors; then no probe is needed. */
  dimensions: z.number().int().min(1).optional(),
  /** Texts per request at most. */
  batch: z.number().int().min(1).max(2048).default(128),
  /** Seconds per attempt. */
  timeout: z.number().gt(0).max(3600).default(60),
  /** Attempts after the first. */
  retries: z.number().int().min(0).max(20).default(5),
  /** Host and path the vectors are from, as ids tell it; must be the one in use. */
  endpoint: z.string().optional(),
});
/** Options of `openai:MODEL` as people write them; all of it is optional. */
export type OpenAiOptions = z.input<typeof openAiOptionsSchema>;

/** What `createOpenAiEncoder` asks, and where. */
export interface OpenAiSettings {
  /** The model's name at the endpoint. */
  model: string;
  /** Such as `https://api.openai.com/v1`; `/embeddings` is added. */
  baseUrl: string;
  /** Without one no `Authorization` is sent. It goes nowhere else: not into ids, errors or files. */
  apiKey?: string;
  options?: OpenAiOptions;
  /** Dimensions known from elsewhere, such as a cache. Default: asked of the endpoint. */
  knownDimensions?: number;
  /** Default: the platform's. */
  fetch?: typeof fetch;
  /** Milliseconds before the first retry and at most before any. Default 500 and 60,000. */
  delays?: Pick<Backoff, 'firstDelay' | 'maximumDelay'>;
  signal?: AbortSignal;
}

/** Characters per request at most; a single longer text is sent alone. */
const REQUEST_CHARACTERS = 200_000;

const NAMES = { who: 'openai', baseUrl: 'OPENAI_BASE_URL', apiKey: 'OPENAI_API_KEY' };

/** What is known of an endpoint before anything is sent. @throws RouteProfileError BAD_OPTION. */
export function openAiId({ model, baseUrl, apiKey, options }: OpenAiSettings): { id: string; url: URL } {
  const parsed = parseOptions({ name: 'openai', options: openAiOptionsSchema }, options);
  if (model === '')
    throw new RouteProfileError('BAD_OPTION', 'openai: names no model', {
      hint: 'Write openai:text-embedding-3-small.',
    });
  assertUsableKey(apiKey, NAMES);
  const url = endpointUrl(baseUrl, NAMES);
  const endpoint = redact(endpointName(url), apiKey);
  if (parsed.endpoint !== undefined && parsed.endpoint !== endpoint)
    throw new RouteProfileError(
      'BAD_OPTION',
      `openai: vectors from ${parsed.endpoint} were asked for, but the endpoint is set to ${endpoint}`,
      {
        hint: 'Set OPENAI_BASE_URL to the endpoint the vectors were made with.',
      },
    );
  const shortened = parsed.dimensions === undefined ? '' : `:dimensions=${parsed.dimensions}`;
  return { id: `openai:${model}${shortened}:endpoint=${endpoint}`, url };
}

/**
 * Any endpoint that speaks OpenAI's `/embeddings`. Vectors are as served, not rescaled. An empty text is sent as one
 * blank, because endpoints refuse empty ones. Requests go one after another; 408, 409, 429, 5xx, timeouts and broken
 * connections are tried again.
 * @throws RouteProfileError BAD_OPTION, ENCODER_FAILED, NETWORK, ABORTED.
 */
export async function createOpenAiEncoder(settings: OpenAiSettings): Promise<Encoder> {
  const { id, url } = openAiId(settings);
  const options = parseOptions({ name: 'openai', options: openAiOptionsSchema }, settings.options);
  const { model, apiKey, delays, fetch } = settings;
  const { timeout, retries } = options;
  const ask = createOpenAiEmbeddings({
    who: id,
    model,
    url,
    apiKey,
    dimensions: options.dimensions,
    timeout,
    retries,
    delays,
    fetch,
    hint: (failure) => hintFor(failure, model),
  });
  const dimensions =
    options.dimensions ??
    settings.knownDimensions ??
    (await ask(['How many dimensions?'], undefined, settings.signal)).vectors[0]!.length;

  async function encode(texts: readonly string[], ctx?: RunContext) {
    throwIfAborted(ctx);
    const out = createMatrix(texts.length, dimensions);
    for (let start = 0; start < texts.length;) {
      throwIfAborted(ctx);
      const end = batchEnd(texts, start, options.batch);
      const { vectors } = await ask(texts.slice(start, end), dimensions, ctx?.signal ?? settings.signal);
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

function hintFor({ status, kind, hasKey }: PostFailure, model: string): string {
  if (kind === 'too-long')
    return 'Check that OPENAI_BASE_URL is the address of a model server, or encode fewer texts at a time: `:batch=16`.';
  if (status === undefined) return 'Check OPENAI_BASE_URL and the connection; what was encoded before is in the cache.';
  if (status === 401 || status === 403)
    return hasKey
      ? 'The endpoint refuses the key in OPENAI_API_KEY (or ROUTEPROFILE_OPENAI_API_KEY).'
      : 'Set OPENAI_API_KEY (or ROUTEPROFILE_OPENAI_API_KEY).';
  if (status === 404)
    return `Check that the endpoint offers the model '${model}', and that OPENAI_BASE_URL is the part of the address before /embeddings.`;
  if (status === 429) return 'The rate limit was reached. Wait, then run again: what was encoded is in the cache.';
  if (status >= 300 && status < 400)
    return 'The address redirects. Set OPENAI_BASE_URL to the address it redirects to.';
  return 'The text above comes from the server.';
}

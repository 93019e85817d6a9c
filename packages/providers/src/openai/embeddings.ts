import { RouteProfileError, z, type Usage } from '@routeprofile/schema';
import { endpointPath } from '../http/endpoint.js';
import { assertAnswerLimit, MAX_ANSWER_BYTES, postJson, type PostPolicy } from '../http/post-json.js';
import { readUsage } from '../usage/usage.js';

/** Which model `createOpenAiEmbeddings` asks, where, and how. */
export interface OpenAiEmbeddingsSettings extends Pick<
  PostPolicy,
  'retries' | 'timeout' | 'delays' | 'hint' | 'fetch'
> {
  /** Names the caller in errors, such as an encoder's id. Never a secret. */
  who: string;
  /** The model's name at the endpoint. */
  model: string;
  /** As `endpointUrl` gives it; `embeddings` is added. */
  url: URL;
  /** Without one no `Authorization` is sent. */
  apiKey?: string;
  /** Sent as `dimensions`, for models that can shorten their vectors. */
  dimensions?: number;
  /** Bytes of an answer that are read at most. Default 32 MiB, or 256 KiB for each text of the request where that is more. */
  maxAnswerBytes?: number;
}

/** Room for 8,192 numbers of 32 characters. */
const BYTES_A_TEXT = 256 * 2 ** 10;

/** Vectors of one request. */
export interface Embeddings {
  /** One per text, in the order of the texts, all of one length. */
  vectors: Float32Array[];
  /** Absent when the server does not say. */
  usage?: Usage;
}

/**
 * Asks any endpoint that speaks OpenAI's `/embeddings`, one request per call. An empty text is sent as one blank, because
 * endpoints refuse empty ones.
 * @returns a function from texts to vectors; `width` is the length that earlier answers had, if there were any
 * @throws RouteProfileError BAD_OPTION for `maxAnswerBytes` below 1; ENCODER_FAILED, NETWORK, ABORTED (the function).
 */
export function createOpenAiEmbeddings(settings: OpenAiEmbeddingsSettings) {
  const { who, model, url, apiKey, dimensions, maxAnswerBytes, ...policy } = settings;
  assertAnswerLimit(maxAnswerBytes, who);
  const target = { who, url: endpointPath(url, 'embeddings'), apiKey };
  return (texts: readonly string[], width: number | undefined, signal: AbortSignal | undefined): Promise<Embeddings> =>
    postJson(
      target,
      {
        model,
        input: texts.map((text) => (text === '' ? ' ' : text)),
        ...(dimensions !== undefined && { dimensions }),
      },
      (body) => parseEmbeddings(body, texts.length, width, who),
      {
        ...policy,
        maxAnswerBytes: maxAnswerBytes ?? Math.max(MAX_ANSWER_BYTES, texts.length * BYTES_A_TEXT),
        signal,
        refused: 'ENCODER_FAILED',
      },
    );
}

const embeddingsSchema = z.looseObject({
  data: z.array(z.looseObject({ index: z.number().int().optional(), embedding: z.array(z.unknown()) })),
  usage: z.unknown().optional(),
});

/**
 * The vectors of one answer of `/embeddings`, in the order of the texts sent. Rows are placed by their `index` where
 * they have one, since servers may answer out of order.
 * @param who names the encoder in errors
 * @param dimensions of earlier answers; undefined for the first one
 * @throws RouteProfileError ENCODER_FAILED.
 */
export function parseEmbeddings(body: string, rows: number, dimensions: number | undefined, who: string): Embeddings {
  const fail = (what: string, hint: string) => new RouteProfileError('ENCODER_FAILED', `${who}: ${what}`, { hint });
  const INCOMPATIBLE = 'Check that this address is an OpenAI-compatible /embeddings endpoint.';
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw fail(`the answer is not valid JSON (${body.length} characters, perhaps cut short)`, INCOMPATIBLE);
  }
  const parsed = embeddingsSchema.safeParse(json);
  if (!parsed.success) throw fail('the answer holds no list `data` of embeddings', INCOMPATIBLE);
  const { data } = parsed.data;
  if (data.length !== rows)
    throw fail(`${data.length} vectors came back for ${rows} texts`, 'Try a smaller batch: `:batch=16`.');

  const out = new Array<Float32Array | undefined>(rows).fill(undefined);
  const indexed = data.some((row) => row.index !== undefined);
  data.forEach((row, position) => {
    const at = indexed ? row.index : position;
    if (at === undefined || at < 0 || at >= rows || out[at])
      throw fail(`the \`index\` of row ${position} is ${at ?? 'missing'}, out of place or twice`, INCOMPATIBLE);
    const bad = row.embedding.findIndex((x) => typeof x !== 'number' || !Number.isFinite(Math.fround(x)));
    if (bad >= 0)
      throw fail(`dimension ${bad} of text ${at} is not a finite number`, 'The server or its model is at fault.');
    out[at] = Float32Array.from(row.embedding, Number);
  });
  const width = dimensions ?? out[0]?.length ?? 0;
  const vectors = out.flatMap((vector) => vector ?? []);
  const odd = vectors.findIndex((vector) => vector.length !== width || width === 0);
  if (odd >= 0)
    throw fail(
      `text ${odd} has ${vectors[odd]!.length} dimensions, others have ${width}`,
      'If the model behind this name has changed, use another --cache folder or delete this one.',
    );
  const usage = readUsage('embeddings', parsed.data.usage);
  return { vectors, ...(usage && { usage }) };
}

import { z } from '@routeprofile/schema';
import { parseRetryAfter } from './retry.js';

/** Kinds of faults, and whether the same request to the same endpoint may do better later. */
const KINDS = {
  /** The caller stopped the request. */
  aborted: false,
  /** No answer came in time. */
  timeout: true,
  /** No connection, or one that broke. */
  connection: true,
  /** Too many requests or tokens at a time: status 429. */
  'rate-limited': true,
  /** The account has no money or quota left: waiting does not help. */
  'no-credit': false,
  /** The server is too busy or broken: 408, 5xx, or an error that says so. */
  overloaded: true,
  /** Status 409: something else was at work on the same thing. */
  conflict: true,
  /** The key is missing, wrong, or not allowed to do this: 401, 403. */
  'refused-key': false,
  /** No such model or address. */
  'not-found': false,
  /** The request is longer than the model reads. Another model may read more. */
  'context-length': false,
  /** The provider's content policy withheld an answer. */
  'content-policy': false,
  /** A signature of an earlier answer's reasoning is not this provider's. */
  signature: false,
  /** The address redirects; nothing is sent to where, as the key would go there too. */
  redirect: false,
  /** The answer did not end within the bytes that the caller reads at most. */
  'too-long': false,
  /** Whatever else the server refuses in the request. */
  'bad-request': false,
  /** An answer came, but it is of no use: empty, cut short, of another format. */
  unusable: true,
} as const;
/** What kind of fault kept a server from giving an answer of use. */
export type FaultKind = keyof typeof KINDS;

/** Why there is no answer, and what may help. */
export interface Fault {
  kind: FaultKind;
  /** Whether the same request to the same endpoint may do better later. */
  retryable: boolean;
  /** Milliseconds that the server asks to wait. */
  retryAfter?: number;
  /** There was no connection, so that nothing of the request was sent, and nobody charges for it. */
  unsent?: true;
}

/** All that is known of an answer that is of no use, or of why none came. */
export interface FaultyAnswer {
  /** HTTP status; absent when no answer came. */
  status?: number;
  headers?: Pick<Headers, 'get'>;
  /** The answer's body, as far as it was read. */
  body?: string;
  /** What was thrown instead of an answer, or by its reader. */
  error?: unknown;
  /** The time a date in `Retry-After` is measured against, in milliseconds since 1970. Default: now. */
  now?: number;
}

/** Thrown by a reader of answers: what came with status 200 is of no use, ask again. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}

/** What kind of fault an answer is. It depends on the status first, then on the words that providers use. */
export function faultOf({ status, headers, body = '', error, now = Date.now() }: FaultyAnswer): Fault {
  const kind = error === undefined ? kindOfAnswer(status ?? 200, body.slice(0, LOOKED_AT)) : kindOfError(error);
  const retryAfter = parseRetryAfter(headers?.get('retry-after') ?? null, now);
  return {
    kind,
    retryable: KINDS[kind],
    ...(retryAfter !== undefined && { retryAfter }),
    ...(wasUnsent(error) && { unsent: true }),
  };
}

/** Codes of failures after which nothing of a request has been sent, in Node and in undici. */
const UNSENT = new Set<unknown>([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Whether what `fetch` or a client of a platform threw says that there was no connection. */
export const wasUnsent = (error: unknown): boolean =>
  chainOf(error).some((one) => 'code' in one && UNSENT.has(one.code));

/** An error, and what caused it. */
const chainOf = (error: unknown): Error[] =>
  [error, error instanceof Error ? error.cause : undefined].filter((one) => one instanceof Error);

/** Characters of a body that are looked at. */
const LOOKED_AT = 65_536;

/** Codes and types of errors that need no pattern. */
const WORDS: Readonly<Record<string, FaultKind>> = {
  // OpenAI, and who speaks like it
  insufficient_quota: 'no-credit',
  context_length_exceeded: 'context-length',
  content_filter: 'content-policy',
  content_policy_violation: 'content-policy',
  invalid_encrypted_content: 'signature',
  model_not_found: 'not-found',
  invalid_api_key: 'refused-key',
  rate_limit_exceeded: 'rate-limited',
  server_error: 'overloaded',
  // llama.cpp
  exceed_context_size_error: 'context-length',
  // Anthropic
  authentication_error: 'refused-key',
  permission_error: 'refused-key',
  billing_error: 'no-credit',
  not_found_error: 'not-found',
  rate_limit_error: 'rate-limited',
  overloaded_error: 'overloaded',
  timeout_error: 'overloaded',
  api_error: 'overloaded',
};

/** What providers say in words, the more certain first. */
const PATTERNS: readonly (readonly [FaultKind, RegExp])[] = [
  ['no-credit', /credit balance is too low/i],
  [
    'context-length',
    new RegExp(
      [
        'maximum (context|prompt|model) length', // OpenAI, vLLM, xAI
        'context (length|window|size)', // SGLang, LM Studio, OpenAI, llama.cpp
        '(prompt|input) is too long', // Anthropic, Bedrock
        'too many (input |total )?tokens',
        'input token count.*exceeds the maximum', // Gemini
        'input length and `?max_tokens`? exceed', // Anthropic
        'reduce the length of the (messages|prompt|input)', // Groq
        'exceed(s|ed)? (the )?(model )?token limit', // Moonshot
      ].join('|'),
      'is',
    ),
  ],
  [
    'signature',
    /encrypted content.{0,80}not be verified|invalid.{0,40}signature|signature.{0,40}(invalid|not valid|missing|required)/is,
  ],
  ['content-policy', /content (management )?policy|content filter|safety (system|policy|setting)/i],
  ['not-found', /model.{0,80}(does not exist|not found)/is],
];

const word = z.union([z.string(), z.number()]).optional().catch(undefined);
const errorSchema = z.looseObject({
  error: z.union([
    z.string().transform((message) => ({ message, code: undefined, type: undefined })),
    z.looseObject({ message: z.string().optional().catch(undefined), code: word, type: word }),
  ]),
});

/** What a server says is wrong: `error.message` of its JSON, else the text itself; and the words or numbers it has for it. */
export function readServerError(body: string): { message: string; words: readonly (string | number)[] } {
  try {
    const { message, code, type } = errorSchema.parse(JSON.parse(body)).error;
    return { message: message ?? body, words: [code, type].filter((one) => one !== undefined) };
  } catch {
    return { message: body, words: [] };
  }
}

function kindOfAnswer(status: number, body: string): FaultKind {
  const { message, words } = readServerError(body);
  // Some servers answer 200 and put the status into the body.
  const inside = words.find((one): one is number => typeof one === 'number' && one >= 300 && one < 600);
  const code = status < 300 && inside !== undefined ? inside : status;
  const named = words.flatMap((one) => (typeof one === 'string' && Object.hasOwn(WORDS, one) ? [WORDS[one]!] : []));
  if (code === 429) return named.includes('no-credit') ? 'no-credit' : 'rate-limited';
  const settled = kindOfStatus(code);
  if (settled) return settled;
  if (code < 300) return named[0] ?? (words.length === 0 ? 'unusable' : (kindOfMessage(message) ?? 'unusable'));
  // A refused request stays refused, whatever else its error is called.
  return named.find((kind) => !KINDS[kind]) ?? kindOfMessage(message) ?? 'bad-request';
}

const kindOfMessage = (message: string) => PATTERNS.find(([, pattern]) => pattern.test(message))?.[0];

/** Statuses that say it all. */
function kindOfStatus(status: number): FaultKind | undefined {
  if (status >= 500 || status === 408) return 'overloaded';
  if (status >= 300 && status < 400) return 'redirect';
  switch (status) {
    case 401:
    case 403:
      return 'refused-key';
    case 402:
      return 'no-credit';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    default:
      return undefined;
  }
}

/** What `fetch` or a reader threw; the platform's own time-outs are told by name or code. */
function kindOfError(error: unknown): FaultKind {
  if (error instanceof UnusableAnswer) return 'unusable';
  const names = chainOf(error).flatMap((one) => [one.name, 'code' in one ? String(one.code) : '']);
  if (names.some((name) => /Timeout|TIMEOUT|ETIMEDOUT/.test(name))) return 'timeout';
  return names.includes('AbortError') ? 'aborted' : 'connection';
}

import { RouteProfileError, throwIfAborted, type ErrorCode } from '@routeprofile/schema';
import { CallError } from './call-error.js';
import { faultOf, readServerError, UnusableAnswer, type Fault, type FaultKind } from './fault.js';
import { readBody } from './read-body.js';
import { backoffDelay, sleep, type Backoff } from './retry.js';
import { redactBody, redactRefusal } from './secrets.js';

/** Where a request goes, and for whom. */
export interface PostTarget {
  /** Names the caller in errors, such as an encoder's id. Never a secret. */
  who: string;
  url: URL;
  /** Masked wherever the server repeats it. Without one no key is sent. */
  apiKey?: string;
  /** The header that holds the key: as a bearer token (default), or as it is. */
  keyHeader?: 'authorization' | 'x-api-key';
  /** Further headers; never a secret. */
  headers?: Readonly<Record<string, string>>;
}

/** What went wrong for good, for a hint: an HTTP status, or none when no answer came. */
export interface PostFailure {
  status: number | undefined;
  kind: FaultKind;
  /** Whether a key was sent. */
  hasKey: boolean;
}

/** How long `postJson` waits, how often it tries again, and how it says that it gave up. */
export interface PostPolicy {
  /** Attempts after the first. */
  retries: number;
  /** Seconds per attempt. */
  timeout: number;
  /** Bytes of an answer's body, unpacked, that are read at most. Default 32 MiB. */
  maxAnswerBytes?: number;
  /** Milliseconds before the first retry and at most before any. Default 500 and 60,000. */
  delays?: Pick<Backoff, 'firstDelay' | 'maximumDelay'>;
  /** The code of a refusal that trying again does not help, such as 401. Default NETWORK. */
  refused?: ErrorCode;
  /** What the user can do about a failure. */
  hint?: (failure: PostFailure) => string;
  /** Default: the platform's. */
  fetch?: typeof fetch;
  /** Waits that many milliseconds, or rejects once the signal fires. Default: by the platform's timer. */
  wait?: typeof sleep;
  /** Ends waiting and trying again; the request then throws ABORTED. */
  signal?: AbortSignal;
}

const EXCERPT = 300;
/** 32 MiB: the longest answers that models write are far shorter. */
export const MAX_ANSWER_BYTES = 32 * 2 ** 20;

/** @throws RouteProfileError BAD_OPTION for a limit of bytes that lets no answer pass, or is not a number */
export function assertAnswerLimit(maxAnswerBytes: number | undefined, who: string): void {
  if (maxAnswerBytes === undefined || maxAnswerBytes >= 1) return;
  throw new RouteProfileError(
    'BAD_OPTION',
    `${who}: maxAnswerBytes is ${String(maxAnswerBytes)}, expected a number of at least 1`,
    { hint: 'Omit it for the default of 32 MiB.' },
  );
}
const DELAYS = { firstDelay: 500, maximumDelay: 60_000 };

/**
 * Sends `payload` as JSON and gives what `read` makes of the answer's body. Overload (408, 429, 5xx), 409, timeouts, broken
 * connections and answers that `read` calls unusable are tried again, after a doubling delay or what `Retry-After` asks
 * for; an account without credit is not. Redirects are not followed, as they would take the key elsewhere. A body is read as it
 * comes; one longer than `maxAnswerBytes` is broken off, and not asked for again.
 * @param read may throw `UnusableAnswer`; whatever else it throws ends the request at once
 * @throws CallError NETWORK or the policy's `refused`; RouteProfileError ABORTED, BAD_OPTION for `maxAnswerBytes` below 1.
 */
export async function postJson<T>(
  target: PostTarget,
  payload: unknown,
  read: (body: string) => T,
  policy: PostPolicy,
): Promise<T> {
  const { retries, delays = DELAYS, signal, wait = sleep } = policy;
  assertAnswerLimit(policy.maxAnswerBytes, target.who);
  const body = JSON.stringify(payload);
  for (let attempt = 0; ; attempt++) {
    throwIfAborted({ signal });
    const outcome = await post(target, body, policy, attempt);
    let failed: Failed;
    if ('error' in outcome) failed = outcome;
    else
      try {
        return read(outcome.body);
      } catch (error) {
        if (!(error instanceof UnusableAnswer)) throw error;
        // Some servers answer 200 and say in the body what is wrong.
        const { message, words } = readServerError(outcome.body);
        const what = `${error.message}${tries(attempt)}${words.length > 0 ? quoted(message) : ''}`;
        failed = failure(target, policy, faultOf({ status: 200, body: outcome.body }), what, 200, policy.refused);
      }
    const { fault, error } = failed;
    if (!fault.retryable || attempt >= retries) throw error;
    try {
      await wait(backoffDelay(attempt, fault.retryAfter, { retries, ...delays }), signal);
    } catch {
      throwIfAborted({ signal });
    }
  }
}

/** One attempt: the body of a successful answer, or what to say if it was the last. */
type Attempt = { body: string } | Failed;
interface Failed {
  error: CallError;
  fault: Fault;
}

async function post(target: PostTarget, body: string, policy: PostPolicy, attempt: number): Promise<Attempt> {
  const { url, apiKey, keyHeader = 'authorization' } = target;
  const { timeout, signal, fetch: send = fetch, refused, maxAnswerBytes = MAX_ANSWER_BYTES } = policy;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...target.headers,
  };
  if (apiKey !== undefined) headers[keyHeader] = keyHeader === 'authorization' ? `Bearer ${apiKey}` : apiKey;
  const limit = AbortSignal.timeout(timeout * 1000);
  try {
    const answer = await send(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const { ok, status } = answer;
    const { text: said, whole } = await readBody(answer, maxAnswerBytes);
    if (ok && !whole) {
      const what = `the answer is longer than the limit of ${maxAnswerBytes.toLocaleString('en-US')} bytes`;
      return failure(target, policy, { kind: 'too-long', retryable: false }, what, status, refused);
    }
    if (ok) return { body: redactBody(said, apiKey) };
    const fault = faultOf({ status, headers: answer.headers, body: said });
    const what = `HTTP ${status}${tries(attempt)}${quoted(redactRefusal(readServerError(said).message, apiKey))}`;
    const busy = fault.kind === 'overloaded' || status === 429;
    return failure(target, policy, fault, what, status, busy ? 'NETWORK' : refused);
  } catch (error) {
    throwIfAborted({ signal });
    const what = limit.aborted ? `no answer within ${timeout} s` : redactRefusal(reasonOf(error), apiKey);
    return failure(
      target,
      policy,
      faultOf({ error: limit.aborted ? limit.reason : error }),
      what,
      undefined,
      'NETWORK',
    );
  }
}

/** No `cause`: what the platform says may quote the request. */
const failure = (
  { who, apiKey }: PostTarget,
  { hint }: PostPolicy,
  fault: Fault,
  what: string,
  status: number | undefined,
  code: ErrorCode = 'NETWORK',
): Failed => ({
  fault,
  error: new CallError(code, `${who}: ${what}`, {
    fault,
    status,
    hint: hint?.({ status, kind: fault.kind, hasKey: apiKey !== undefined }),
  }),
});

/** What a server says, behind what is said of it. */
function quoted(said: string): string {
  const excerpt = said.replace(/\s+/g, ' ').trim().slice(0, EXCERPT);
  return excerpt === '' ? '' : `: ${excerpt}`;
}

const tries = (attempt: number) => (attempt === 0 ? '' : ` after ${attempt + 1} attempts`);

/** `fetch failed` says little; its cause has the code, such as ECONNREFUSED. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const cause = error.cause instanceof Error ? error.cause : undefined;
  return cause ? `${error.message} (${cause.message || cause.name})` : error.message;
}

import { faultOf, readServerError, type FaultKind } from '@routeprofile/providers';
import { RouteProfileError } from '@routeprofile/schema';
import type { Fault } from './contracts/fault.js';
import { UnsentRequest, type UpstreamAnswer } from './contracts/upstream.js';

/** What an answer of no use is, and how long its server asks to wait. */
export interface Classified {
  fault: Fault;
  retryAfterMs?: number;
}

/** What kinds of `faultOf` mean to a gateway, which has alternatives. */
const BY_KIND: Readonly<Record<FaultKind, Fault>> = {
  // The client's own signal is looked at before anything is classified, so this is the server's doing.
  aborted: 'cut',
  timeout: 'first-byte',
  connection: 'connect',
  'rate-limited': 'rate-limited',
  'no-credit': 'no-credit',
  overloaded: 'server',
  conflict: 'server',
  'refused-key': 'auth',
  'not-found': 'not-found',
  'context-length': 'context-window',
  'content-policy': 'content-policy',
  signature: 'signature',
  // The address is one of the configuration, and not the right one.
  redirect: 'not-found',
  'too-long': 'malformed',
  'bad-request': 'bad-request',
  unusable: 'malformed',
};

const BUSY = new Set([408, 503, 529]);
const BUSY_WORDS = new Set<string | number>(['overloaded_error', 'overloaded', 'timeout_error', ...BUSY]);

const saysBusy = (body: string): boolean => readServerError(body).words.some((word) => BUSY_WORDS.has(word));

/** What kind of fault a refusal is. @param body as far as it was read @param now milliseconds since 1970 */
export function classifyRefusal(
  { status, headers }: Omit<UpstreamAnswer, 'body'>,
  body: string,
  now: number,
): Classified {
  const { kind, retryAfter } = faultOf({ status, headers, body, now });
  const busy = kind === 'overloaded' && (BUSY.has(status) || saysBusy(body));
  return {
    fault: busy ? 'overloaded' : BY_KIND[kind],
    ...(retryAfter !== undefined && { retryAfterMs: retryAfter }),
  };
}

/** What kind of fault an error is that came under status 200. @param body JSON with `error` */
export function classifyError(body: string): Fault {
  if (saysBusy(body)) return 'overloaded';
  const { kind } = faultOf({ status: 200, body });
  // It says that something is wrong, in words that nobody knows.
  return kind === 'unusable' || kind === 'bad-request' ? 'server' : BY_KIND[kind];
}

/** What kind of fault it is that the transport threw. @param answered whether status and headers had come */
export function classifyThrown(error: unknown, answered: boolean): Fault {
  if (UnsentRequest.isInstance(error)) return 'connect';
  if (RouteProfileError.isInstance(error) && error.code === 'LIMIT_EXCEEDED') return 'malformed';
  const fault = BY_KIND[faultOf({ error }).kind];
  return fault === 'connect' && answered ? 'cut' : fault;
}

import type { FixedHeaders } from '../config/fixed-headers.js';
import type { UpstreamRequest } from '../contracts/upstream.js';
import type { PlannedAttempt } from '../plan.js';
import { withMember } from '../wire/json-text.js';
import type { ReadRequest } from '../wire/read-request.js';
import type { Exchange, HeaderReader } from './exchange.js';

/** Headers of clients that providers read; lists stay open, as new ones come with each beta. */
const FORWARDED = ['anthropic-', 'openai-'] as const;
/** They name an account, and the account is that of the endpoint's key. */
const NOT_FORWARDED = new Set(['openai-organization', 'openai-project']);

const isForwarded = (name: string): boolean =>
  (name.startsWith(FORWARDED[0]) || name.startsWith(FORWARDED[1])) && !NOT_FORWARDED.has(name);

/** What of a client's headers an endpoint sees: nothing that says who the client is. Undefined where it sees none. */
function forwardedHeaders(headers: HeaderReader): Record<string, string> | undefined {
  let forwarded: Record<string, string> | undefined;
  headers.forEach((value, name) => {
    if (isForwarded(name)) (forwarded ??= {})[name] = value;
  });
  return forwarded;
}

/** The body for an endpoint: its own name of the model, the candidate's settings, and all else as it came. */
function bodyFor({ text, body, format }: ReadRequest, { endpoint, candidate }: PlannedAttempt): string {
  let changed = withMember(text, 'model', JSON.stringify(endpoint.model));
  for (const [name, value] of Object.entries(candidate.params ?? {}))
    changed = withMember(changed, name, JSON.stringify(value));
  return endpoint.askUsage ? format.askingForUsage(changed, body) : changed;
}

/** The address with the part that belongs to the header of a beta, as the client has it. */
function addressFor(address: URL, search: URLSearchParams): URL {
  if (search.get('beta') !== 'true') return address;
  const url = new URL(address);
  url.searchParams.set('beta', 'true');
  return url;
}

/** A version that Anthropic's servers ask for, where the client names none. */
const VERSION = { 'anthropic-version': '2023-06-01' };

/** @param address of the endpoint for this wire @param fixed its headers @param traced headers that tie the request to a trace */
export function outgoing(
  read: ReadRequest,
  planned: PlannedAttempt,
  address: URL,
  fixed: FixedHeaders,
  { headers, search }: Pick<Exchange, 'headers' | 'search'>,
  traced: Readonly<Record<string, string>> | undefined,
): UpstreamRequest {
  const own = read.stream ? fixed.streamed : fixed.whole;
  const forwarded = forwardedHeaders(headers);
  const version = read.format.wire === 'messages' ? VERSION : undefined;
  return {
    url: addressFor(address, search),
    headers: forwarded || traced || version ? { ...version, ...forwarded, ...traced, ...own } : own,
    body: UTF_8.encode(bodyFor(read, planned)),
  };
}
const UTF_8 = /* @__PURE__ */ new TextEncoder();

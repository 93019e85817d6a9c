import type { Call } from '../attempt/call.js';
import type { Endpoint } from '../contracts/endpoint.js';
import type { UpstreamRequest } from '../contracts/upstream.js';
import type { PlannedAttempt } from '../plan.js';
import { withMember } from '../wire/json-text.js';
import type { ReadRequest } from '../wire/read-request.js';
import type { HeaderReader } from './exchange.js';

/** Headers of clients that providers read; lists stay open, as new ones come with each beta. */
const FORWARDED = /^(anthropic|openai)-/;
/** They name an account, and the account is that of the endpoint's key. */
const NOT_FORWARDED = new Set(['openai-organization', 'openai-project']);

/** What of a client's headers an endpoint sees: nothing that says who the client is. */
export function forwardedHeaders(headers: HeaderReader): Record<string, string> {
  const forwarded: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (FORWARDED.test(name) && !NOT_FORWARDED.has(name)) forwarded[name] = value;
  });
  return forwarded;
}

/** The body for an endpoint: its own name of the model, the candidate's settings, and all else as it came. */
function bodyFor({ text, body, format }: ReadRequest, { endpoint, candidate }: PlannedAttempt): string {
  const settings = Object.entries(candidate.params ?? {});
  const named = withMember(text, 'model', JSON.stringify(endpoint.model));
  const set = settings.reduce((changed, [name, value]) => withMember(changed, name, JSON.stringify(value)), named);
  return endpoint.askUsage ? format.askingForUsage(set, body) : set;
}

function keyHeaders({ keyHeader }: Pick<Endpoint, 'keyHeader'>, wireHeader: string, secret: string | undefined) {
  if (secret === undefined) return {};
  const name = keyHeader ?? wireHeader;
  return { [name]: name === 'authorization' ? `Bearer ${secret}` : secret };
}

/** Parsed addresses, by endpoint and what is added to it: making one costs more than all headers. */
const ADDRESSES = /* @__PURE__ */ new WeakMap<Endpoint, Map<string, URL>>();

function addressOf(endpoint: Endpoint, path: string, beta: boolean): URL {
  let known = ADDRESSES.get(endpoint);
  if (known === undefined) ADDRESSES.set(endpoint, (known = new Map<string, URL>()));
  const name = beta ? `${path}?beta` : path;
  const address = known.get(name);
  if (address !== undefined) return address;
  const base = new URL(endpoint.baseUrl);
  const url = new URL(`${base.pathname.replace(/\/+$/, '')}/${path}${base.search}`, base);
  if (beta) url.searchParams.set('beta', 'true');
  known.set(name, url);
  return url;
}

/** @param search of the client's address @param forwarded headers of the client */
export function outgoing(
  read: ReadRequest,
  planned: PlannedAttempt,
  secret: string | undefined,
  forwarded: Readonly<Record<string, string>>,
  search: URLSearchParams,
): UpstreamRequest & Pick<Call, 'secret'> {
  const { endpoint } = planned;
  const { format } = read;
  return {
    // The header of a beta and this part of the address belong together.
    url: addressOf(endpoint, format.path, search.get('beta') === 'true'),
    secret,
    headers: {
      ...(format.wire === 'messages' && { 'anthropic-version': '2023-06-01' }),
      ...forwarded,
      'content-type': 'application/json',
      accept: read.stream ? 'text/event-stream' : 'application/json',
      'accept-encoding': 'identity',
      ...endpoint.headers,
      ...keyHeaders(endpoint, format.keyHeader, secret),
    },
    body: new TextEncoder().encode(bodyFor(read, planned)),
  };
}

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

/** The address with the part that belongs to the header of a beta, as the client has it. */
function addressFor(address: URL, search: URLSearchParams): URL {
  if (search.get('beta') !== 'true') return address;
  const url = new URL(address);
  url.searchParams.set('beta', 'true');
  return url;
}

/** @param address of the endpoint for this wire @param search of the client's address @param forwarded headers of the client */
export function outgoing(
  read: ReadRequest,
  planned: PlannedAttempt,
  address: URL,
  secret: string | undefined,
  forwarded: Readonly<Record<string, string>>,
  search: URLSearchParams,
): UpstreamRequest & Pick<Call, 'secret'> {
  const { endpoint } = planned;
  const { format } = read;
  return {
    url: addressFor(address, search),
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

import type { Decision } from '@routeprofile/schema';
import type { EndpointWire } from '../contracts/wire.js';
import { WIRES } from '../wire/formats.js';
import type { Reply } from './exchange.js';
import type { Refused } from './refused.js';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Characters of a header's value. */
const HEADER = 200;

/** Signs that reasons have, as headers can hold them. */
const IN_ASCII: Readonly<Record<string, string>> = {
  λ: 'lambda',
  ν: 'nu',
  '×': 'x',
  '–': '-',
  '−': '-',
  '…': '...',
  '’': "'",
};

/** A text as headers may hold it: ASCII on one line, cut. */
const headerText = (text: string): string =>
  (PLAIN.test(text) ? text : text.replace(/[^\x20-\x7e]/gu, (sign) => IN_ASCII[sign] ?? '?')).slice(0, HEADER);
const PLAIN = /^[\x20-\x7e]*$/;

/** A name as headers may hold it, so that no two are the same: what is not ASCII, and `%`, is percent-encoded as in addresses. */
const headerName = (name: string): string =>
  PLAIN.test(name) && !name.includes('%') ? name : name.replace(/[^\x20-\x7e]+|%/g, percentEncoded);

const percentEncoded = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** @param headers beside the type */
export const jsonResponse = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({ status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(value) });

/** What is wrong, in the way of the client's wire. */
export const refusedResponse = (
  wire: EndpointWire,
  { complaint, headers, body }: Refused,
  more: Readonly<Record<string, string>> = {},
): Reply => ({
  status: complaint.status,
  headers: { ...JSON_TYPE, ...headers, ...more },
  body: body ?? WIRES[wire].errorBody(complaint),
});

/** Names the request, in our header and in those that clients of the wires show with an error. */
export const idHeaders = (id: string): Record<string, string> => ({
  'x-routeprofile-id': id,
  'x-request-id': id,
  'request-id': id,
});

/** What the headers of an answer say of how it came about; all else is in the decision. */
export interface Explained {
  id: string;
  /** null for a request that named a candidate. */
  route: string | null;
  decision: Decision;
  /** The candidate that answers. */
  served: string | undefined;
  attempts: number;
  /** Milliseconds until the first attempt; undefined where none was made. */
  overheadMs: number | undefined;
}

export function explainingHeaders(explained: Explained): Record<string, string> {
  const { id, route, decision, served, attempts, overheadMs } = explained;
  const headers = idHeaders(id);
  if (served !== undefined) headers['x-routeprofile-model'] = headerName(served);
  if (route !== null) headers['x-routeprofile-route'] = headerName(route);
  headers['x-routeprofile-reason'] = headerText(decision.reasons[0]?.text ?? 'highest score');
  headers['x-routeprofile-attempts'] = String(attempts);
  if (overheadMs !== undefined) headers['x-routeprofile-overhead-ms'] = overheadMs.toFixed(1);
  return headers;
}

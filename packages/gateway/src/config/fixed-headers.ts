import type { Endpoint } from '../contracts/endpoint.js';
import type { WireFormat } from '../wire/format.js';

/** Headers that an endpoint is sent with each request of a wire, for an answer as a whole and for one that is streamed. */
export interface FixedHeaders {
  whole: Readonly<Record<string, string>>;
  streamed: Readonly<Record<string, string>>;
}

function keyHeaders(keyHeader: 'authorization' | 'x-api-key', secret: string | undefined): Record<string, string> {
  if (secret === undefined) return {};
  return { [keyHeader]: keyHeader === 'authorization' ? `Bearer ${secret}` : secret };
}

/** @param secret the endpoint's key; undefined where it has none */
export function fixedHeaders(
  { headers, keyHeader }: Pick<Endpoint, 'headers' | 'keyHeader'>,
  format: Pick<WireFormat, 'keyHeader'>,
  secret: string | undefined,
): FixedHeaders {
  const accepting = (accept: string) => ({
    'content-type': 'application/json',
    accept,
    'accept-encoding': 'identity',
    ...headers,
    ...keyHeaders(keyHeader ?? format.keyHeader, secret),
  });
  return { whole: accepting('application/json'), streamed: accepting('text/event-stream') };
}

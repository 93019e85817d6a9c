import { UnsentRequest, type Upstream } from '../contracts/upstream.js';

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

const codeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined;

async function* piecesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read())
      if (value) yield value;
  } finally {
    // Ends the connection where the answer was not read to its end; nobody minds how.
    await reader.cancel().catch(() => {});
  }
}

/**
 * Sends requests by the platform's `fetch`, in every runtime. It follows no redirect. How long a connection may take is up to the
 * platform, which does not let it be set, and whether names lead to forbidden addresses is not looked at: keep to hosts that you trust.
 * @param send default: the platform's `fetch`
 */
export const fetchUpstream = (send: typeof fetch = fetch): Upstream => ({
  async send(_, { url, headers, body }, signal) {
    let response: Response;
    try {
      // A copy, as `fetch` takes no view of memory that may be shared.
      response = await send(url, { method: 'POST', headers, body: body.slice(), redirect: 'manual', signal });
    } catch (error) {
      if (UNSENT.has(codeOf(error))) throw new UnsentRequest('no connection', { cause: error });
      throw error;
    }
    return { status: response.status, headers: response.headers, body: piecesOf(response.body) };
  },
});

import { wasUnsent } from '@routeprofile/providers';
import { UnsentRequest, type Upstream } from '../contracts/upstream.js';

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
  async send(_, { url, headers, body }, { signal }) {
    let response: Response;
    try {
      // A copy, as `fetch` takes no view of memory that may be shared.
      response = await send(url, { method: 'POST', headers, body: body.slice(), redirect: 'manual', signal });
    } catch (error) {
      if (wasUnsent(error)) throw new UnsentRequest('no connection', { cause: error });
      throw error;
    }
    return { status: response.status, headers: response.headers, body: piecesOf(response.body) };
  },
});

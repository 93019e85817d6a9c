import { answerJson, openModelServer, type ModelServer } from '@routeprofile/providers/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endpointSchema } from '../contracts/endpoint.js';
import { UnsentRequest } from '../contracts/upstream.js';
import { fetchUpstream } from './fetch-upstream.js';

let server: ModelServer<unknown>;
let left = 0;
beforeAll(async () => {
  server = await openModelServer((_, response) => answerJson(response, 200, { ok: true }));
});
afterAll(() => server.close());
afterEach(() => server.reset());

const send = (base = server.baseUrl, signal = new AbortController().signal) =>
  fetchUpstream().send(
    { ...endpointSchema.parse({ candidate: 'a', baseUrl: base, wires: ['chat'] }), id: 'a', model: 'a' },
    {
      url: new URL(`${base}/chat/completions`),
      headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
      body: new TextEncoder().encode('{"a":1}'),
    },
    signal,
  );
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of body) text += decoder.decode(piece, { stream: true });
  return text;
}

describe('fetchUpstream', () => {
  it('sends a request as it is, and gives the answer as it comes', async () => {
    const { status, headers, body } = await send();
    expect([status, headers.get('content-type'), await textOf(body)]).toEqual([200, 'application/json', '{"ok":true}']);
    expect(server.requests).toEqual([{ path: '/v1/chat/completions', key: 'Bearer k', body: { a: 1 } }]);
  });

  it('says when nothing was sent', async () => {
    const closed = await openModelServer(() => {});
    await closed.close();
    await expect(send(closed.baseUrl)).rejects.toSatisfy((error) => UnsentRequest.isInstance(error));
    server.script.push((_, response) => void response.destroy());
    await expect(send()).rejects.toSatisfy((error) => !UnsentRequest.isInstance(error));
  });

  it('does not go where a redirect leads', async () => {
    server.script.push((_, response) => {
      response.writeHead(307, { location: `${server.baseUrl}/elsewhere` });
      response.end();
    });
    const { status, body } = await send();
    expect([status, await textOf(body), server.arrived]).toEqual([307, '', 1]);
  });

  it('ends the call with the signal, or where its body is left', async () => {
    const streams = () =>
      server.script.push((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: a\n\n');
        // The stand-in's response is Node's, which tells when the client has left.
        (response as unknown as { on(event: 'close', run: () => void): void }).on('close', () => left++);
      });
    const controller = new AbortController();
    streams();
    const { body } = await send(server.baseUrl, controller.signal);
    const pieces = body[Symbol.asyncIterator]();
    await pieces.next();
    const waiting = pieces.next();
    controller.abort();
    await expect(waiting).rejects.toThrow();
    streams();
    for await (const piece of (await send()).body) if (piece.length > 0) break;
    for (let i = 0; i < 100 && left < 2; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(left).toBe(2);
  });
});

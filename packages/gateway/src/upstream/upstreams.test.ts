import { answerJson, openModelServer, type ModelServer } from '@routeprofile/providers/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endpointSchema } from '../contracts/endpoint.js';
import { endingOf, UnsentRequest, type Upstream } from '../contracts/upstream.js';
import { openNodeUpstream } from '../node/upstream.js';
import { fetchUpstream } from './fetch-upstream.js';

let server: ModelServer<unknown>;
let left = 0;
const node = openNodeUpstream();
beforeAll(async () => {
  server = await openModelServer((_, response) => answerJson(response, 200, { ok: true }));
});
afterAll(async () => {
  await node.close();
  await server.close();
});
afterEach(() => {
  server.reset();
  left = 0;
});

const sendBy = (upstream: Upstream, base: string, signal: AbortSignal, timeouts?: { connectMs: number }) =>
  upstream.send(
    { ...endpointSchema.parse({ candidate: 'a', baseUrl: base, wires: ['chat'], timeouts }), id: 'a', model: 'a' },
    {
      url: new URL(`${base}/chat/completions`),
      headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
      body: new TextEncoder().encode('{"a":1}'),
    },
    endingOf(signal),
  );
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of body) text += decoder.decode(piece, { stream: true });
  return text;
}

describe.each([
  ['fetchUpstream', fetchUpstream()],
  ['openNodeUpstream', node],
])('%s', (_, upstream) => {
  const send = (base = server.baseUrl, signal = new AbortController().signal) => sendBy(upstream, base, signal);

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

describe('openNodeUpstream', () => {
  it('gives up when there is no connection in time', async () => {
    // A network for documentation: nobody answers, or the machine says at once that it has no way there.
    const asked = sendBy(node, 'https://192.0.2.1/v1', new AbortController().signal, { connectMs: 200 });
    const started = Date.now();
    await expect(asked).rejects.toSatisfy((error) => UnsentRequest.isInstance(error));
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it('unpacks nothing', async () => {
    server.script.push((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end('not packed at all');
    });
    const { headers, body } = await sendBy(node, server.baseUrl, new AbortController().signal);
    expect([headers.get('Content-Encoding'), await textOf(body)]).toEqual(['gzip', 'not packed at all']);
  });

  it('leaves nothing behind where a request is ended before its body is read', async () => {
    const controller = new AbortController();
    server.script.push((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: a\n\n');
    });
    const { body } = await sendBy(node, server.baseUrl, controller.signal);
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(textOf(body)).rejects.toThrow();
  });
});

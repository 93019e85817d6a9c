import { connect } from 'node:net';
import { openModelServer } from '@routeprofile/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.js';
import { openGateway, SECRETS } from '../testing/open-gateway.js';
import { RECORDINGS } from '../testing/recordings.js';
import { json } from '../testing/requests.js';
import { listen, type Listening } from './listen.js';
import { openNodeUpstream } from './upstream.js';

const keys = [{ id: 'a', key: 'env:TEAM_A' }];
const open: Listening[] = [];
const listening = async (...args: Parameters<typeof listen>) => {
  const one = await listen(args[0], { port: 0, ...args[1] });
  open.push(one);
  return one;
};
afterEach(() => Promise.all(open.splice(0).map((one) => one.close(0))));

const ask = (url: string, more: object = {}, init: RequestInit = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ ...RECORDINGS.chat.request, ...more }),
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });

/** What is answered to a request that names another host. */
const askAs = (port: number, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /health HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`),
    );
    socket
      .on('data', (bytes) => (said += String(bytes)))
      .on('end', () => resolve(said))
      .on('error', reject);
  });

describe('listen', () => {
  it('answers over HTTP, streamed and not', async () => {
    const { url } = await listening(openGateway().gateway);
    const whole = await ask(url);
    expect([whole.status, whole.headers.get('x-routeprofile-model')]).toEqual([200, 'a']);
    expect(await json(whole)).toEqual(RECORDINGS.chat.answer);
    const streamed = await ask(url, { stream: true, stream_options: { include_usage: true } });
    expect(await streamed.text()).toBe(RECORDINGS.chat.events.join(''));
    const head = await fetch(`${url}/health`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('is not reached by other machines without keys, nor under their names', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', ''])
      await expect(listen(openGateway().gateway, { port: 0, host })).rejects.toMatchObject({ code: 'BAD_OPTION' });
    const { port } = await listening(openGateway().gateway);
    expect(await askAs(port, 'evil.example')).toMatch(/^HTTP\/1.1 421 [^]*foreign_host/);
    expect(await askAs(port, `localhost:${port}`)).toContain('200 OK');
  });

  it('may be reached by all where it asks for keys', async () => {
    const { port, url } = await listening(openGateway({ keys }).gateway, { host: '0.0.0.0' });
    expect(url).toBe(`http://0.0.0.0:${port}`);
    expect(await askAs(port, 'gateway.example')).toContain('200 OK');
    const local = `http://127.0.0.1:${port}`;
    expect((await ask(local)).status).toBe(401);
    expect((await ask(local, {}, { headers: { authorization: `Bearer ${SECRETS['env:TEAM_A']}` } })).status).toBe(200);
  });

  it('says when a port is taken', async () => {
    const { port } = await listening(openGateway().gateway);
    await expect(listen(openGateway().gateway, { port })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: `cannot listen on 127.0.0.1:${port} (another program does)`,
    });
  });

  it('ends the call of a client that leaves, and on closing lets the others finish', async () => {
    let left = 0;
    let finish = () => {};
    const models = await openModelServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const [first, ...others] = RECORDINGS.chat.events;
      response.write(`${first}${others[0]}`);
      finish = () => response.end(others.slice(1).join(''));
      // The stand-in's response is Node's, which tells when the client has left.
      (response as unknown as { on(event: 'close', run: () => void): void }).on('close', () => left++);
    });
    const upstream = openNodeUpstream();
    const endpoints = [{ candidate: 'a', baseUrl: models.baseUrl, wires: ['chat' as const] }];
    const { gateway } = openGateway({ endpoints }, { upstream, clock: systemClock });
    const server = await listening(gateway);
    const { url } = server;

    const controller = new AbortController();
    const leaving = await ask(url, { stream: true }, { signal: controller.signal });
    await leaving.body!.getReader().read();
    controller.abort();
    for (let i = 0; i < 100 && left < 1; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(left).toBe(1);

    const staying = await ask(url, { stream: true });
    const closed = server.close();
    const text = staying.text();
    await new Promise((resolve) => setTimeout(resolve, 50));
    finish();
    expect(await text).toContain('[DONE]');
    await closed;
    await expect(ask(url)).rejects.toThrow();
    await upstream.close();
    await models.close();
  });
});

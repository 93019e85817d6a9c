import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LiveStream } from '../attempt/call.js';
import { BodyTooLong, type Exchange, type Reply } from '../serve/exchange.js';
import { exchangeOfIncoming, sendReply } from './http-door.js';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers by a function. @returns its port */
async function serving(answer: (exchange: Exchange) => Promise<Reply>, stalledMs?: number): Promise<number> {
  const server = createServer((incoming, outgoing) => {
    void answer(exchangeOfIncoming(incoming, outgoing)).then((reply) =>
      sendReply(reply, outgoing, incoming.method === 'HEAD', stalledMs),
    );
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const text = (body: string): Reply => ({ status: 200, headers: { 'content-type': 'text/plain' }, body });
const until = async (true_: () => boolean): Promise<void> => {
  for (let i = 0; i < 200 && !true_(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** All that comes back for a request written by hand. */
const raw = (port: number, said: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let heard = '';
    connect(port, '127.0.0.1', function (this: { write(text: string): unknown }) {
      this.write(said);
    })
      .on('data', (bytes) => (heard += String(bytes)))
      .on('end', () => resolve(heard))
      .on('error', reject);
  });

describe('the door of Node’s server', () => {
  it.each([
    ['/v1/models?limit=3&x=a%20b', '/v1/models', { limit: '3', x: 'a b' }],
    ['/a/../v1/models', '/v1/models', {}],
    ['/v1/%6dodels', '/v1/%6dodels', {}],
    ['http://gateway.example/v1/models?a=1', '/v1/models', { a: '1' }],
    ['//evil.example/v1', '/v1', {}],
  ])('reads the address %s as a URL would be read', async (address, path, search) => {
    const port = await serving(async (exchange) =>
      text(JSON.stringify([exchange.path, Object.fromEntries(exchange.search)])),
    );
    const said = await raw(port, `GET ${address} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(JSON.parse(said.slice(said.indexOf('\r\n\r\n') + 4))).toEqual([path, search]);
  });

  it('reads headers by their names in lower case', async () => {
    const port = await serving(async ({ headers }) => {
      const all: string[] = [];
      headers.forEach((value, name) => all.push(`${name}=${value}`));
      return text(JSON.stringify([headers.get('x-a'), headers.has('x-b'), headers.get('x-b'), all]));
    });
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      headers: [
        ['X-A', '1'],
        ['x-a', '2'],
      ],
    });
    const [value, has, none, all] = (await response.json()) as [string, boolean, null, string[]];
    expect([value, has, none]).toEqual(['1, 2', false, null]);
    expect(all).toContain('x-a=1, 2');
  });

  it('gives a length to what is whole, bytes or text, and to HEAD the headers alone', async () => {
    const port = await serving(async ({ path }) =>
      path === '/bytes' ? { ...text(''), body: Uint8Array.of(0xc3, 0xa4) } : text('ä'),
    );
    for (const path of ['/text', '/bytes']) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      expect([response.headers.get('content-length'), await response.text()]).toEqual(['2', 'ä']);
    }
    const head = await fetch(`http://127.0.0.1:${port}/text`, { method: 'HEAD' });
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['2', '']);
  });

  it('reads no more of a body than it may, and goes on serving', async () => {
    const port = await serving(async (exchange) => {
      try {
        return text(String((await exchange.read(1_000)).length));
      } catch (error) {
        return { ...text('too long'), status: error instanceof BodyTooLong ? 413 : 500 };
      }
    });
    const post = (bytes: number) => fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x'.repeat(bytes) });
    const [exact, longer, much] = [await post(1_000), await post(1_001), await post(5_000_000)];
    expect([exact.status, await exact.text(), longer.status, much.status]).toEqual([200, '1000', 413, 413]);
    expect(await (await post(3)).text()).toBe('3');
  });

  it('says that a body broke off, and that the client has left', async () => {
    let broken: unknown;
    let gone = 0;
    const port = await serving(async (exchange) => {
      exchange.leaving.onLeave(() => gone++);
      exchange.signal.addEventListener('abort', () => gone++);
      await exchange.read(1_000).catch((error: unknown) => (broken = error));
      return text('');
    });
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf', () =>
        setTimeout(() => socket.destroy(), 50),
      );
    });
    await until(() => gone === 2 && broken !== undefined);
    expect([gone, broken]).toEqual([2, expect.any(Error)]);
  });

  it.each([
    ['half', 100],
    ['whole', 5],
  ])('says so too where the client left before the body was read, be it %s', async (body, length) => {
    let broken: unknown;
    const port = await serving(async (exchange) => {
      await until(() => exchange.leaving.left);
      await new Promise((resolve) => setTimeout(resolve, 10));
      await exchange.read(1_000).catch((error: unknown) => (broken = error));
      return text('');
    });
    const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`;
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(head + body, () => setTimeout(() => socket.destroy(), 20)),
    );
    await until(() => broken !== undefined);
    expect(broken).toEqual(new Error('the body broke off'));
  });

  it('notices a client that leaves while its second request waits for the answer to its first', async () => {
    const left: string[] = [];
    let asked = 0;
    const port = await serving(async ({ path, leaving }) => {
      leaving.onLeave(() => left.push(path));
      asked++;
      if (path === '/1') return new Promise(() => {});
      const live: LiveStream = {
        read: async () => (left.includes('live') ? undefined : new Uint8Array(100_000)),
        leave: () => void left.push('live'),
        ended: new Promise(() => {}),
      };
      return { status: 200, headers: {}, body: live };
    });
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
    const socket = connect(port, '127.0.0.1', () => socket.write(['/1', '/2', '/3'].map(get).join('')));
    await until(() => asked === 3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    await until(() => left.length === 5);
    expect(left.sort()).toEqual(['/1', '/2', '/3', 'live', 'live']);
  });

  it('does not take a client for one that left when it has been answered', async () => {
    let gone = false;
    const port = await serving(async ({ leaving }) => {
      leaving.onLeave(() => (gone = true));
      return text('all');
    });
    expect(await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text()).toBe('all');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(gone).toBe(false);
  });

  it('asks a stream for no more than a slow client takes, and leaves it when the client does', async () => {
    let asked = 0;
    let left = false;
    const piece = new Uint8Array(100_000);
    const live: LiveStream = {
      async read() {
        asked++;
        await new Promise((resolve) => setImmediate(resolve));
        return left ? undefined : piece;
      },
      leave: () => void (left = true),
      ended: new Promise(() => {}),
    };
    const port = await serving(async () => ({ status: 200, headers: {}, body: live }));
    const incoming = await new Promise<IncomingMessage>((resolve) =>
      request({ port, host: '127.0.0.1' }, resolve).end(),
    );
    incoming.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const then = asked;
    await new Promise((resolve) => setTimeout(resolve, 200));
    // Buffers of the system take some megabytes; without back-pressure there would be thousands of pieces.
    expect([asked - then, asked < 200]).toEqual([0, true]);
    incoming.destroy();
    await until(() => left);
    expect(left).toBe(true);
  });

  it('gives up a client that takes nothing any more, and not one that is slow', async () => {
    const left: string[] = [];
    const much = new Uint8Array(100_000);
    const port = await serving(async ({ path, leaving }) => {
      leaving.onLeave(() => left.push(path));
      let pieces = path === '/slow' ? 60 : Infinity;
      const live: LiveStream = {
        read: async () => (pieces-- > 0 && !left.includes('live') ? much : undefined),
        leave: () => void (path === '/slow' || left.push('live')),
        ended: new Promise(() => {}),
      };
      return { status: 200, headers: {}, body: path === '/whole' ? new Uint8Array(30_000_000) : live };
    }, 150);
    const ask = (path: string) =>
      new Promise<IncomingMessage>((resolve) => request({ port, path, host: '127.0.0.1' }, resolve).end());
    const connections = () => new Promise<number>((resolve) => open[0]!.getConnections((_, count) => resolve(count)));
    for (const path of ['/whole', '/stalled']) (await ask(path)).pause().on('error', () => {});
    expect(await connections()).toBe(2);
    for (let i = 0; i < 200 && (await connections()) > 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await connections()).toBe(0);
    expect(left.sort()).toEqual(['/stalled', 'live']);
    left.length = 0;
    let bytes = 0;
    for await (const piece of await ask('/slow')) {
      bytes += (piece as Uint8Array).length;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect([bytes, left]).toEqual([6_000_000, []]);
  });
});

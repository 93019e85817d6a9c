// What comes over a socket when nobody keeps to the rules: one clear answer each, and the gateway goes on.
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGateway, type OpenedGateway } from '../testing/open-gateway.js';
import { listen, type Listening } from './listen.js';

let opened: OpenedGateway;
let listening: Listening;
beforeEach(async () => {
  opened = openGateway();
  listening = await listen(opened.gateway, { port: 0 });
});
afterEach(async () => {
  // Whatever came, it still serves.
  expect((await fetch(`${listening.url}/health`)).status).toBe(200);
  await listening.close(0);
});

interface Said {
  /** All that came back until the server ended the connection, or nothing came for a while. */
  text: string;
  /** Whether the server ended it. */
  ended: boolean;
  statuses: number[];
}

/** Writes pieces by hand, one after the other. */
const raw = (...pieces: readonly string[]): Promise<Said> =>
  new Promise((resolve) => {
    let text = '';
    let quiet: NodeJS.Timeout | undefined;
    const done = (ended: boolean) => {
      clearTimeout(quiet);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ text, ended, statuses });
    };
    const wait = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => done(false), 250);
    };
    const socket: Socket = connect(listening.port, '127.0.0.1', () => {
      wait();
      void (async () => {
        for (const piece of pieces) {
          if (socket.destroyed) return;
          socket.write(piece, 'latin1');
          await new Promise((next) => setTimeout(next, 5));
        }
      })();
    })
      .on('data', (bytes) => {
        text += String(bytes);
        wait();
      })
      .on('end', () => done(true))
      .on('error', () => done(true));
  });

const BODY = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hi' }] });
const ask = (headers: string, body = BODY, line = 'POST /v1/chat/completions HTTP/1.1') =>
  `${line}\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}\r\n${body}`;
const sized = (more = '', body = BODY) => ask(`content-length: ${body.length}\r\n${more}`, body);
const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const LENGTH = `content-length: ${BODY.length}\r\n`;

describe('a request', () => {
  it.each([
    ['two lengths', ask(`${LENGTH}content-length: 5\r\n`)],
    ['the same length twice', ask(LENGTH + LENGTH)],
    ['a length and chunks', ask(`${LENGTH}transfer-encoding: chunked\r\n`, chunked(BODY))],
    ['chunks and a length', ask(`transfer-encoding: chunked\r\n${LENGTH}`, chunked(BODY))],
    ['two encodings of transfer', ask('transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n', chunked(BODY))],
    ['an encoding of transfer that is not known', ask('transfer-encoding: xchunked\r\n', chunked(BODY))],
    ['a length that is no number', ask('content-length: +5\r\n')],
    ['a length below 0', ask('content-length: -1\r\n')],
    ['a header that goes on in the next line', ask(`${LENGTH}x: a\r\n b: c\r\n`.replace('\r\n b', '\r\n\x00b'))],
    ['a blank before a colon', ask(`content-length : ${BODY.length}\r\n`)],
    ['no host', `GET /health HTTP/1.1\r\n\r\n`],
    ['lone line feeds within headers', `GET /health HTTP/1.1\r\nhost: localhost\nx: y\rz: 1\r\n\r\n`],
    ['what is not HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['HTTP/2 by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method that nobody knows', 'BREW /coffee HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ])('with %s is refused once, with 400, and its connection is closed', async (_, text) => {
    const { statuses, ended } = await raw(text);
    expect([statuses, ended]).toEqual([[400], true]);
    expect(opened.upstream.sent).toHaveLength(0);
  });

  it('with a bomb of headers is refused with 431', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `x-${i}: ${'y'.repeat(20)}\r\n`).join('');
    const long = `x: ${'y'.repeat(200_000)}\r\n`;
    for (const headers of [many, long]) {
      const { statuses, ended } = await raw(sized(headers));
      expect([statuses, ended]).toEqual([[431], true]);
    }
    const line = await raw(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    expect([line.statuses, line.ended]).toEqual([[431], true]);
  });

  it.each([
    ['an address that cannot be read', 'GET //[ HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
    ['an address of another protocol', 'GET ftp://x/health HTTP/1.1\r\nhost: localhost\r\n\r\n', 200],
    ['a whole address', 'GET http://localhost/health HTTP/1.1\r\nhost: localhost\r\n\r\n', 200],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
    ['a host that is none', 'GET /health HTTP/1.1\r\nhost: <>\r\n\r\n', 421],
    ['an empty host', 'GET /health HTTP/1.1\r\nhost:\r\n\r\n', 421],
    [
      'two hosts, the first of them foreign',
      'GET /health HTTP/1.1\r\nhost: evil.example\r\nhost: localhost\r\n\r\n',
      421,
    ],
    [
      'a wish for another protocol',
      'GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      200,
    ],
    [
      'a wish for HTTP/2',
      'GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n',
      200,
    ],
    ['an expectation that cannot be met', sized('expect: the-unexpected\r\n'), 417],
    ['a path with a zero byte', 'GET /v1/models%00 HTTP/1.1\r\nhost: localhost\r\n\r\n', 404],
    ['a body that is said to be packed', sized('content-encoding: br\r\n'), 415],
    ['many encodings of its body', sized('content-encoding: gzip, gzip\r\n'), 415],
    [
      'a body where there is none to be',
      `GET /health HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\nhello`,
      200,
    ],
  ])('with %s is answered once', async (_, text, status) => {
    expect((await raw(text)).statuses).toEqual([status]);
    expect(opened.upstream.sent).toHaveLength(0);
  });

  it('that asks whether it may send its body may', async () => {
    const { statuses } = await raw(sized('expect: 100-continue\r\n'));
    expect(statuses).toEqual([100, 200]);
  });

  it('in chunks, byte by byte, is read', async () => {
    const text = ask('transfer-encoding: chunked\r\nconnection: close\r\n', chunked(BODY));
    const { statuses, ended } = await raw(...text.match(/[^]{1,7}/g)!);
    expect([statuses, ended]).toEqual([[200], true]);
  });

  it('of HTTP/1.0 is answered, streamed or not, and its connection is closed', async () => {
    const line = 'POST /v1/chat/completions HTTP/1.0';
    const whole = await raw(ask(LENGTH, BODY, line));
    expect([whole.statuses, whole.ended]).toEqual([[200], true]);
    const body = BODY.replace('{', '{"stream":true,');
    const streamed = await raw(ask(`content-length: ${body.length}\r\n`, body, line));
    expect([streamed.statuses, streamed.ended]).toEqual([[200], true]);
    expect(streamed.text).not.toMatch(/transfer-encoding/i);
    expect(streamed.text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect((await raw('GET /health HTTP/1.0\r\n\r\n')).statuses).toEqual([200]);
  });

  it('that wants a tunnel is not given one', async () => {
    const { statuses, ended } = await raw('CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n');
    expect([statuses, ended]).toEqual([[405], true]);
  });
});

describe('a connection', () => {
  it('of requests that do not wait for their answers has them in their order', async () => {
    const names = ['a', 'b', 'auto', 'nobody', 'b', 'a'];
    const texts = names.map((model) => sized('', BODY.replace('auto', model)));
    const { statuses, text } = await raw(texts.join(''));
    expect(statuses).toEqual([200, 200, 200, 404, 200, 200]);
    const models = [...text.matchAll(/x-routeprofile-model: (\w+)/g)].map(([, model]) => model);
    expect(models).toEqual(['a', 'b', 'a', 'b', 'a']);
  });

  it('whose body is longer than the gateway reads is answered, and can be used no more for what follows by mistake', async () => {
    await listening.close(0);
    opened = openGateway({ limits: { bodyBytes: 100 } });
    listening = await listen(opened.gateway, { port: 0 });
    const smuggled = 'GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const body = 'x'.repeat(200) + smuggled;
    const { statuses } = await raw(sized('', body));
    expect(statuses).toEqual([413]);
  });
});

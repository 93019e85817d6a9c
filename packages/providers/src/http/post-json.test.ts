import { createServer, type Server } from 'node:http';
import { RouteProfileError } from '@routeprofile/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnusableAnswer } from './fault.js';
import { postJson, type PostPolicy } from './post-json.js';

const KEY = 'sk-0123456789';

/** A server of canned answers, one a request; the last one stays. */
function serverOf(...answers: (() => Response)[]) {
  let asked = 0;
  const send = async () => answers[Math.min(asked++, answers.length - 1)]!();
  return { send, asked: () => asked };
}
const ask = (send: typeof fetch, more: Partial<PostPolicy> = {}, apiKey = KEY) =>
  postJson(
    { who: 'test', url: new URL('http://host.test/v1/thing'), apiKey },
    {},
    (body) => {
      if (body === '') throw new UnusableAnswer('an empty answer');
      if (body === 'bug') throw new TypeError('a mistake of ours');
      return body;
    },
    { retries: 2, timeout: 5, delays: { firstDelay: 1, maximumDelay: 5 }, fetch: send, ...more },
  );

describe('postJson', () => {
  it('asks again when the reader calls an answer unusable, and says so in the end', async () => {
    const recovers = serverOf(
      () => new Response(''),
      () => new Response('good'),
    );
    expect(await ask(recovers.send)).toBe('good');
    const never = serverOf(() => new Response(''));
    await expect(ask(never.send, { hint: ({ status }) => `status ${status}` })).rejects.toMatchObject({
      code: 'NETWORK',
      message: 'test: an empty answer after 3 attempts',
      hint: 'status 200',
    });
    expect(never.asked()).toBe(3);
  });

  it.each([
    ['a refused key', { error: { code: 401, message: 'no such key' } }, 1, /HTTP|no such key/],
    ['an account without credit', { error: { code: 'insufficient_quota', message: 'top up' } }, 1, /top up/],
    ['an overload', { error: { type: 'overloaded_error', message: 'busy' } }, 3, /busy/],
  ])('reads %s out of a body that came with status 200', async (_, body, asked, said) => {
    const server = serverOf(() => new Response(JSON.stringify(body)));
    const read = () => {
      throw new UnusableAnswer('no answer in it');
    };
    const policy = { retries: 2, timeout: 5, delays: { firstDelay: 1, maximumDelay: 5 }, fetch: server.send };
    const target = { who: 'test', url: new URL('http://host.test/v1/thing'), apiKey: KEY };
    await expect(postJson(target, {}, read, policy)).rejects.toThrow(said);
    expect(server.asked()).toBe(asked);
  });

  it('masks a key that JSON writes with escapes, and keeps the answer valid', async () => {
    const key = 'sk-abc/DEF+ghijklmnop1234567890';
    const escaped = [...key].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    for (const written of [key.replace('/', '\\/'), escaped, key.slice(0, 24).replace('/', '\\/')]) {
      const said = await ask(
        serverOf(() => new Response(`{"text":"you are ${written}, \\"you\\"","n":1.5}`)).send,
        {},
        key,
      );
      const { text, n } = JSON.parse(said) as { text: string; n: number };
      expect(text).toBe('you are ***, "you"');
      expect(n).toBe(1.5);
    }
  });

  it('does not ask again after a mistake of the reader', async () => {
    const server = serverOf(() => new Response('bug'));
    await expect(ask(server.send)).rejects.toThrow(TypeError);
    expect(server.asked()).toBe(1);
  });

  it('waits as long as the server asks, else twice as long each time', async () => {
    const busy = (headers?: Record<string, string>) => () => new Response('', { status: 429, headers });
    const server = serverOf(
      busy(),
      busy(),
      busy({ 'retry-after': '7.5' }),
      busy({ 'retry-after': '86400' }),
      () => new Response('good'),
    );
    const waits: number[] = [];
    const wait = async (milliseconds: number) => void waits.push(milliseconds);
    expect(await ask(server.send, { retries: 4, delays: undefined, wait })).toBe('good');
    expect(waits).toEqual([500, 1000, 7500, 60_000]);
  });

  it('gives an attempt its seconds, then tries again', async () => {
    let asked = 0;
    const silent: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        asked++;
        init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error));
      });
    const hint = ({ kind }: { kind: string }) => kind;
    await expect(ask(silent, { timeout: 0.01, retries: 1, hint })).rejects.toMatchObject({
      code: 'NETWORK',
      message: 'test: no answer within 0.01 s',
      hint: 'timeout',
    });
    expect(asked).toBe(2);
  });

  it('stops while it waits to try again', async () => {
    const controller = new AbortController();
    const server = serverOf(() => new Response('', { status: 503 }));
    const wait: PostPolicy['wait'] = async (_, signal) => {
      controller.abort();
      expect(signal?.aborted).toBe(true);
      throw new Error('woken');
    };
    await expect(ask(server.send, { signal: controller.signal, wait })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(server.asked()).toBe(1);
  });

  it.each<[number, string, string, number]>([
    [429, 'NETWORK', 'rate-limited', 3],
    [408, 'NETWORK', 'overloaded', 3],
    [529, 'NETWORK', 'overloaded', 3],
    [409, 'ENCODER_FAILED', 'conflict', 3],
    [401, 'ENCODER_FAILED', 'refused-key', 1],
    [402, 'ENCODER_FAILED', 'no-credit', 1],
    [404, 'ENCODER_FAILED', 'not-found', 1],
    [400, 'ENCODER_FAILED', 'bad-request', 1],
    [308, 'ENCODER_FAILED', 'redirect', 1],
  ])('calls %i %s, a fault of kind %s, and asks %i times', async (status, code, kind, tries) => {
    const server = serverOf(() => new Response('', { status }));
    const hint = (failure: { kind: string }) => failure.kind;
    await expect(ask(server.send, { refused: 'ENCODER_FAILED', hint })).rejects.toMatchObject({ code, hint: kind });
    expect(server.asked()).toBe(tries);
  });

  it('does not wait for an account without credit', async () => {
    const body = JSON.stringify({ error: { message: 'Check your plan.', code: 'insufficient_quota' } });
    const server = serverOf(() => new Response(body, { status: 429 }));
    await expect(ask(server.send, { refused: 'ENCODER_FAILED' })).rejects.toMatchObject({
      code: 'NETWORK',
      message: 'test: HTTP 429: Check your plan.',
    });
    expect(server.asked()).toBe(1);
  });

  it('masks the key in answers and errors, but no placeholder for one', async () => {
    expect(await ask(serverOf(() => new Response(`you are ${KEY}`)).send)).toBe('you are ***');
    expect(await ask(serverOf(() => new Response('run ollama')).send, {}, 'ollama')).toBe('run ollama');
    const error = await ask(serverOf(() => new Response(KEY, { status: 401 })).send, { refused: 'BAD_OPTION' }).catch(
      (reason: unknown) => reason,
    );
    if (!RouteProfileError.isInstance(error)) throw error;
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toBe('test: HTTP 401: ***');
  });
});

describe('an answer that does not end', () => {
  let server: Server;
  let address: URL;
  let closed = Promise.resolve();
  let asked = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked++;
      closed = new Promise((resolve) => response.on('close', resolve));
      response.writeHead(request.url === '/busy' ? 503 : 200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
    address = new URL(`http://127.0.0.1:${bound.port}`);
  });
  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const post = (path: string, more: Partial<PostPolicy> = {}) =>
    postJson({ who: 'test', url: new URL(path, address) }, {}, (body) => body, {
      retries: 2,
      timeout: 20,
      delays: { firstDelay: 1, maximumDelay: 5 },
      ...more,
    });

  it.each([NaN, 0, -1])('has a limit that is a number of at least 1, not %s', async (maxAnswerBytes) => {
    asked = 0;
    await expect(post('/', { maxAnswerBytes })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: `test: maxAnswerBytes is ${maxAnswerBytes}, expected a number of at least 1`,
    });
    expect(asked).toBe(0);
  });

  it('is broken off at the limit, with an error that names it, and not asked for again', async () => {
    asked = 0;
    const hint = ({ kind, status }: { kind: string; status: number | undefined }) => `${kind} ${status}`;
    await expect(post('/', { maxAnswerBytes: 1_000_000, refused: 'ENCODER_FAILED', hint })).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: 'test: the answer is longer than the limit of 1,000,000 bytes',
      hint: 'too-long 200',
    });
    await closed;
    expect(asked).toBe(1);
  });

  it('has a limit of 32 MiB unless told otherwise', async () => {
    await expect(post('/')).rejects.toThrow('longer than the limit of 33,554,432 bytes');
    await closed;
  });

  it('leaves an error what its status says', async () => {
    await expect(post('/busy', { maxAnswerBytes: 100_000, retries: 0 })).rejects.toThrow(/HTTP 503: x{300}$/);
    await closed;
  });

  it('passes where it is as long as the limit, and counts bytes, whatever they are cut into', async () => {
    const bytes = new TextEncoder().encode('"grün €"');
    const cut = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
            controller.close();
          },
        }),
      );
    expect(await ask(serverOf(cut).send, { maxAnswerBytes: bytes.length })).toBe('"grün €"');
    await expect(ask(serverOf(cut).send, { maxAnswerBytes: bytes.length - 1 })).rejects.toThrow(/limit of 10 bytes/);
  });
});

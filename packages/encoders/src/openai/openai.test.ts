import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RouteProfileError, rowOf } from '@routeprofile/schema';
import { describeEncoderContract } from '@routeprofile/schema/testing';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashEncoder } from '../hash/hash-encoder.js';
import { openAiEncoder, type OpenAiSettings } from './openai-encoder.js';
import { parseEmbeddings } from './response.js';
import { backoffDelay, parseRetryAfter } from '../http/retry.js';
import { redact } from '../http/secrets.js';

const KEY = 'sk-test-0123456789+/abcdef';

interface Asked {
  model: string;
  input: string[];
  dimensions?: number;
}
type Handler = (asked: Asked, response: ServerResponse, request: IncomingMessage) => Promise<void> | void;

const teacher = hashEncoder({ dimensions: 32 });
const rowsFor = async (input: string[]) => {
  const matrix = await teacher.encode(input);
  return input.map((_, index) => ({ object: 'embedding', index, embedding: [...rowOf(matrix, index)] }));
};
const answer = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const behave: Handler = async ({ input }, response) => answer(response, 200, { data: await rowsFor(input) });

/** What the server does next, once each; then it behaves. */
let script: Handler[] = [];
const requests: (Asked & { key: string | undefined; path: string | undefined })[] = [];
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (part: Buffer) => (text += part.toString()));
  request.on('end', () => {
    const asked = JSON.parse(text) as Asked;
    requests.push({ ...asked, key: request.headers.authorization, path: request.url });
    void (script.shift() ?? behave)(asked, response, request);
  });
});
let baseUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  script = [];
  requests.length = 0;
});

const create = (more: Partial<OpenAiSettings> = {}) =>
  openAiEncoder({
    model: 'toy',
    baseUrl,
    apiKey: KEY,
    knownDimensions: 32,
    delays: { firstDelay: 1, maximumDelay: 20 },
    ...more,
  });
const failureOf = async (work: Promise<unknown>): Promise<RouteProfileError> => {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!RouteProfileError.isInstance(error)) throw error;
  return error;
};

describeEncoderContract({ describe, it, expect }, 'openai', () => create({ knownDimensions: undefined }));

describe('openai encoder', () => {
  it('asks for the dimensions when nobody knows them', async () => {
    expect((await create({ knownDimensions: undefined })).dimensions).toBe(32);
    expect(requests).toHaveLength(1);
    expect((await create({ options: { dimensions: 32 } })).dimensions).toBe(32);
    expect(requests).toHaveLength(1);
  });

  it('sends model, key and texts in batches to BASE/embeddings', async () => {
    const encoder = await create({ options: { batch: 3, dimensions: 32 }, baseUrl: `${baseUrl}/` });
    const texts = ['a', 'b', '', 'd', 'e', 'f', 'g'];
    const matrix = await encoder.encode(texts);
    expect(requests.map(({ input }) => input)).toEqual([['a', 'b', ' '], ['d', 'e', 'f'], ['g']]);
    expect(requests[0]).toMatchObject({ model: 'toy', dimensions: 32, key: `Bearer ${KEY}`, path: '/v1/embeddings' });
    expect([...matrix.data]).toEqual([...(await teacher.encode(texts)).data]);
  });

  it('keeps requests short, and sends a very long text alone', async () => {
    await (await create()).encode(['x'.repeat(150_000), 'y'.repeat(100_000), 'z', 'w'.repeat(300_000)]);
    expect(requests.map(({ input }) => input.length)).toEqual([1, 2, 1]);
  });

  it('sends no key when it has none', async () => {
    await (await create({ apiKey: undefined })).encode(['a']);
    expect(requests[0]?.key).toBeUndefined();
  });

  it('puts rows in the order of their index', async () => {
    script = [async ({ input }, response) => answer(response, 200, { data: (await rowsFor(input)).reverse() })];
    const matrix = await (await create()).encode(['a', 'b', 'c']);
    expect([...matrix.data]).toEqual([...(await teacher.encode(['a', 'b', 'c'])).data]);
  });

  it.each<[string, Handler]>([
    ['429', (_, response) => answer(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '0.01' })],
    ['500', (_, response) => answer(response, 500, 'oops')],
    ['503 with a date', (_, response) => answer(response, 503, '', { 'retry-after': new Date().toUTCString() })],
    ['a broken connection', (_, response) => void response.destroy()],
    [
      'a body that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"data": [');
        setTimeout(() => response.destroy(), 5);
      },
    ],
  ])('tries again after %s', async (_, misbehave) => {
    script = [misbehave, misbehave];
    expect((await (await create()).encode(['a'])).rows).toBe(1);
    expect(requests).toHaveLength(3);
  });

  it('tries again when no answer comes in time, and gives up in the end', async () => {
    script = [() => undefined, () => undefined, () => undefined];
    const encoder = await create({ options: { timeout: 0.05, retries: 1 } });
    expect(await failureOf(encoder.encode(['a']))).toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('0.05 s') as string,
    });
    expect(requests).toHaveLength(2);
  });

  it.each<[string, string, RegExp, Handler, number]>([
    [
      'a refused key',
      'ENCODER_FAILED',
      /HTTP 401.*no such key/,
      (_, r) => answer(r, 401, { error: { message: 'no such key' } }),
      1,
    ],
    ['an unknown model', 'ENCODER_FAILED', /HTTP 404.*no model/, (_, r) => answer(r, 404, { error: 'no model' }), 1],
    ['a bad request', 'ENCODER_FAILED', /HTTP 400: too long/, (_, r) => answer(r, 400, 'too\n long'), 1],
    [
      'a redirect',
      'ENCODER_FAILED',
      /HTTP 308/,
      (_, r) => answer(r, 308, '', { location: 'http://elsewhere.test/' }),
      1,
    ],
    ['lasting overload', 'NETWORK', /HTTP 529 after 3 attempts/, (_, r) => answer(r, 529, ''), 3],
    ['truncated JSON', 'ENCODER_FAILED', /not valid JSON/, (_, r) => answer(r, 200, '{"data": [{"embedding": [0.1'), 1],
    ['no data', 'ENCODER_FAILED', /no list `data`/, (_, r) => answer(r, 200, { object: 'list' }), 1],
    [
      'a row too few',
      'ENCODER_FAILED',
      /1 vectors came back for 2 texts/,
      async (_, r) => answer(r, 200, { data: await rowsFor(['a']) }),
      1,
    ],
    [
      'an index twice',
      'ENCODER_FAILED',
      /index/,
      async (_, r) => answer(r, 200, { data: (await rowsFor(['a', 'b'])).map((row) => ({ ...row, index: 0 })) }),
      1,
    ],
    [
      'null for a number',
      'ENCODER_FAILED',
      /dimension 1 of text 0/,
      (_, r) => answer(r, 200, { data: [{ embedding: [1, null] }, { embedding: [1, 2] }] }),
      1,
    ],
    [
      'a number beyond float32',
      'ENCODER_FAILED',
      /dimension 0 of text 1/,
      (_, r) => answer(r, 200, { data: [{ embedding: [1, 2] }, { embedding: [1e300, 2] }] }),
      1,
    ],
    [
      'other dimensions than before',
      'ENCODER_FAILED',
      /2 dimensions, others have 32/,
      (_, r) => answer(r, 200, { data: [{ embedding: [1, 2] }, { embedding: [1, 2] }] }),
      1,
    ],
  ])('gives one clear error for %s', async (_, code, message, misbehave, tries) => {
    script = [misbehave, misbehave, misbehave];
    const error = await failureOf((await create({ options: { retries: 2 } })).encode(['a', 'b']));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('openai:toy');
    expect(error.hint).toBeTruthy();
    expect(requests).toHaveLength(tries);
  });

  it('says where nobody listens', async () => {
    const encoder = await create({ baseUrl: 'http://127.0.0.1:1/v1', options: { retries: 0 } });
    expect(await failureOf(encoder.encode(['a']))).toMatchObject({ code: 'NETWORK' });
  });

  it('stops while it waits for an answer, and while it waits to try again', async () => {
    for (const handler of [
      () => undefined,
      (_: Asked, response: ServerResponse) => answer(response, 429, '', { 'retry-after': '30' }),
    ]) {
      script = [handler];
      const controller = new AbortController();
      const encoder = await create({ delays: { firstDelay: 30_000, maximumDelay: 60_000 } });
      const work = failureOf(encoder.encode(['a'], { seed: 1, signal: controller.signal }));
      setTimeout(() => controller.abort(), 50);
      const start = performance.now();
      expect((await work).code).toBe('ABORTED');
      expect(performance.now() - start).toBeLessThan(5_000);
    }
  });

  it('reports progress', async () => {
    const seen: number[] = [];
    const encoder = await create({ options: { batch: 2, dimensions: 32 } });
    await encoder.encode(['a', 'b', 'c'], { seed: 1, onProgress: ({ done }) => seen.push(done) });
    expect(seen).toEqual([2, 3]);
  });
});

describe('the API key', () => {
  const everything = (error: unknown): string =>
    error instanceof Error
      ? [error.message, error.stack, everything(error.cause), JSON.stringify(error)].join('\n')
      : String(error);

  it.each<[string, Handler]>([
    [
      'its message',
      (_, r, request) => answer(r, 401, { error: { message: `bad key ${request.headers.authorization}` } }),
    ],
    ['its text', (_, r) => answer(r, 400, `you sent ${KEY}, also as ${encodeURIComponent(KEY)} and ${btoa(KEY)}`)],
    ['its text, after much else', (_, r) => answer(r, 400, 'x'.repeat(290) + KEY)],
    ['an overload', (_, r) => answer(r, 503, KEY)],
    ['what should be JSON', (_, r) => answer(r, 200, KEY)],
  ])('is in no error when the server repeats it in %s', async (_, handler) => {
    script = [handler, handler];
    const error = await failureOf((await create({ options: { retries: 1 } })).encode(['a']));
    for (const form of [KEY, encodeURIComponent(KEY), btoa(KEY), KEY.slice(0, 12)])
      expect(everything(error) + error.hint).not.toContain(form);
  });

  it('is in no id, even when it is part of the address', async () => {
    const encoder = await create({ baseUrl: `${baseUrl}/${KEY}?key=${KEY}` });
    expect(encoder.id).toMatch(/^openai:toy:endpoint=127\.0\.0\.1:\d+\/v1\/\*\*\*$/);
    const error = await failureOf(create({ baseUrl: `http://user:${KEY}@host/v1` }));
    expect(error.code).toBe('BAD_OPTION');
    expect(everything(error)).not.toContain(KEY);
  });

  it('with a line break is refused without being shown', async () => {
    const error = await failureOf(create({ apiKey: `${KEY}\n` }));
    expect(error.code).toBe('BAD_OPTION');
    expect(everything(error)).not.toContain(KEY);
  });

  it('is masked in whatever form', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, unit: fc.constantFrom(...'abcXYZ019+/"\\-_=') }),
        fc.string(),
        (key, around) => {
          const text = [key, JSON.stringify(key), encodeURIComponent(key)].join(around);
          expect(redact(text, key)).not.toContain(key);
        },
      ),
    );
  });
});

describe('back-off', () => {
  const backoff = { retries: 5, firstDelay: 100, maximumDelay: 1000 };

  it('doubles, heeds the server, and has an end', () => {
    expect([0, 1, 2, 3, 4].map((n) => backoffDelay(n, undefined, backoff))).toEqual([100, 200, 400, 800, 1000]);
    expect(backoffDelay(0, 700, backoff)).toBe(700);
    expect(backoffDelay(0, 9e9, backoff)).toBe(1000);
  });

  it('reads Retry-After as seconds or a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(parseRetryAfter('2', now)).toBe(2000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:10 GMT', now)).toBe(10_000);
    expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });
});

describe('parseEmbeddings', () => {
  it('gives vectors or one of our errors, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((o) => JSON.stringify({ data: [o] })),
        ),
        (body) => {
          try {
            expect(parseEmbeddings(body, 1, undefined, 'test')).toHaveLength(1);
          } catch (error) {
            if (!RouteProfileError.isInstance(error)) throw error;
            expect(error.code).toBe('ENCODER_FAILED');
          }
        },
      ),
    );
  });
});

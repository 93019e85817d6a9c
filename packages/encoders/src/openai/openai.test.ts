import {
  answerJson as answer,
  openModelServer,
  type ModelHandler,
  type ModelServer,
} from '@routeprofile/providers/testing';
import { RouteProfileError, rowOf } from '@routeprofile/schema';
import { describeEncoderContract } from '@routeprofile/schema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHashEncoder } from '../hash/hash-encoder.js';
import { createOpenAiEncoder, type OpenAiSettings } from './openai-encoder.js';

const KEY = 'sk-test-0123456789+/abcdef';

interface Asked {
  model: string;
  input: string[];
  dimensions?: number;
}
type Handler = ModelHandler<Asked>;

const teacher = createHashEncoder({ dimensions: 32 });
const rowsFor = async (input: string[]) => {
  const matrix = await teacher.encode(input);
  return input.map((_, index) => ({ object: 'embedding', index, embedding: [...rowOf(matrix, index)] }));
};
const behave: Handler = async ({ input }, response) => answer(response, 200, { data: await rowsFor(input) });

let server: ModelServer<Asked>;
beforeAll(async () => {
  server = await openModelServer(behave);
});
afterAll(() => server.close());
afterEach(() => server.reset());

const create = (more: Partial<OpenAiSettings> = {}) =>
  createOpenAiEncoder({
    model: 'toy',
    baseUrl: server.baseUrl,
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
    expect(server.requests).toHaveLength(1);
    expect((await create({ options: { dimensions: 32 } })).dimensions).toBe(32);
    expect(server.requests).toHaveLength(1);
  });

  it('sends model, key and texts in batches to BASE/embeddings', async () => {
    const encoder = await create({ options: { batch: 3, dimensions: 32 }, baseUrl: `${server.baseUrl}/` });
    const texts = ['a', 'b', '', 'd', 'e', 'f', 'g'];
    const matrix = await encoder.encode(texts);
    expect(server.requests.map(({ body }) => body.input)).toEqual([['a', 'b', ' '], ['d', 'e', 'f'], ['g']]);
    expect(server.requests[0]).toMatchObject({
      path: '/v1/embeddings',
      key: `Bearer ${KEY}`,
      body: { model: 'toy', dimensions: 32 },
    });
    expect([...matrix.data]).toEqual([...(await teacher.encode(texts)).data]);
  });

  it('keeps requests short, and sends a very long text alone', async () => {
    await (await create()).encode(['x'.repeat(150_000), 'y'.repeat(100_000), 'z', 'w'.repeat(300_000)]);
    expect(server.requests.map(({ body }) => body.input.length)).toEqual([1, 2, 1]);
  });

  it('sends no key when it has none', async () => {
    await (await create({ apiKey: undefined })).encode(['a']);
    expect(server.requests[0]?.key).toBeUndefined();
  });

  it('puts rows in the order of their index', async () => {
    server.script = [async ({ input }, response) => answer(response, 200, { data: (await rowsFor(input)).reverse() })];
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
    server.script = [misbehave, misbehave];
    expect((await (await create()).encode(['a'])).rows).toBe(1);
    expect(server.requests).toHaveLength(3);
  });

  it('tries again when no answer comes in time, and gives up in the end', async () => {
    server.script = [() => undefined, () => undefined, () => undefined];
    const encoder = await create({ options: { timeout: 1, retries: 1 } });
    expect(await failureOf(encoder.encode(['a']))).toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('no answer within 1 s') as string,
    });
    expect(server.arrived).toBe(2);
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
    server.script = [misbehave, misbehave, misbehave];
    const error = await failureOf((await create({ options: { retries: 2 } })).encode(['a', 'b']));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('openai:toy');
    expect(error.hint).toBeTruthy();
    expect(server.requests).toHaveLength(tries);
  });

  it('says where nobody listens', async () => {
    const encoder = await create({ baseUrl: 'http://127.0.0.1:1/v1', options: { retries: 0 } });
    expect(await failureOf(encoder.encode(['a']))).toMatchObject({ code: 'NETWORK' });
  });

  it('stops while it waits for an answer, and while it waits to try again', async () => {
    const busy: Handler = (_, response) => answer(response, 429, '', { 'retry-after': '3600' });
    for (const handler of [() => undefined, busy]) {
      const controller = new AbortController();
      server.script = [
        async (...asked) => {
          await handler(...asked);
          controller.abort();
        },
      ];
      // An hour: longer than any test may take.
      const encoder = await create({ delays: { firstDelay: 3_600_000, maximumDelay: 3_600_000 } });
      const work = failureOf(encoder.encode(['a'], { seed: 1, signal: controller.signal }));
      expect((await work).code).toBe('ABORTED');
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
    server.script = [handler, handler];
    const error = await failureOf((await create({ options: { retries: 1 } })).encode(['a']));
    for (const form of [KEY, encodeURIComponent(KEY), btoa(KEY), KEY.slice(0, 12)])
      expect(everything(error) + error.hint).not.toContain(form);
  });

  it('is in no id, even when it is part of the address', async () => {
    const encoder = await create({ baseUrl: `${server.baseUrl}/${KEY}?key=${KEY}` });
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
});

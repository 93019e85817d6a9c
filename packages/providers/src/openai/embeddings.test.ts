import { RouteProfileError } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointUrl } from '../http/endpoint.js';
import { createOpenAiEmbeddings, parseEmbeddings } from './embeddings.js';

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
            expect(parseEmbeddings(body, 1, undefined, 'test').vectors).toHaveLength(1);
          } catch (error) {
            if (!RouteProfileError.isInstance(error)) throw error;
            expect(error.code).toBe('ENCODER_FAILED');
          }
        },
      ),
    );
  });
});

describe('createOpenAiEmbeddings', () => {
  it('reads longer answers to more texts, unless it is given a limit', async () => {
    const texts = Array.from({ length: 150 }, (_, i) => `text ${i}`);
    const vectors = JSON.stringify({ data: texts.map((_, index) => ({ index, embedding: [index] })) });
    const embed = (more: object) =>
      createOpenAiEmbeddings({
        who: 'test',
        model: 'toy',
        url: new URL('http://host.test/v1/'),
        retries: 0,
        timeout: 20,
        fetch: async () => new Response(' '.repeat(33 * 2 ** 20) + vectors),
        ...more,
      })(texts, undefined, undefined);
    expect((await embed({})).vectors).toHaveLength(150);
    await expect(embed({ maxAnswerBytes: 1000 })).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: 'test: the answer is longer than the limit of 1,000 bytes',
    });
  });

  it('asks once for all texts, and says what the server counted', async () => {
    const names = { who: 'test', baseUrl: 'the base URL', apiKey: 'the key' };
    const sent: unknown[] = [];
    const answers = [
      {
        data: [
          { index: 1, embedding: [3, 4] },
          { index: 0, embedding: [1, 2] },
        ],
        usage: { prompt_tokens: 9, total_tokens: 9 },
      },
      { data: [{ embedding: [5, 6] }] },
    ];
    const embed = createOpenAiEmbeddings({
      who: 'test',
      model: 'toy',
      url: endpointUrl('http://host.test/v1?version=2', names),
      dimensions: 2,
      retries: 0,
      timeout: 5,
      fetch: async (url, init) => {
        sent.push([(url as URL).href, JSON.parse(init!.body as string)]);
        return new Response(JSON.stringify(answers.shift()));
      },
    });
    expect(await embed(['a', ''], undefined, undefined)).toEqual({
      vectors: [Float32Array.of(1, 2), Float32Array.of(3, 4)],
      usage: { uncachedInput: 9, cacheRead: 0, cacheWrite: 0, output: 0 },
    });
    expect(sent).toEqual([
      ['http://host.test/v1/embeddings?version=2', { model: 'toy', input: ['a', ' '], dimensions: 2 }],
    ]);
    expect(await embed(['b'], 2, undefined)).toEqual({ vectors: [Float32Array.of(5, 6)] });
  });
});

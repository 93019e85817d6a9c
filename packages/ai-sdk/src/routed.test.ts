import { manualClock } from '@routeprofile/gateway/testing';
import { generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import { candidatesOf, listedRouter, PRICE } from './testing/listed-router.js';
import { saying, type Turn } from './testing/mock-models.js';
import { openRouted as open, prompt, refusal, unreachable } from './testing/open-routed.js';

describe('a routed model', () => {
  it('answers by the candidate that the router chooses, and says why and for how much', async () => {
    const { routeprofile, records, asked } = open();
    const { text, providerMetadata } = await generateText({ model: routeprofile('auto'), prompt });
    expect(text).toBe('I am a.');
    expect(asked()).toEqual([1, 0, 0]);
    const cost = (12 * PRICE.input + 8 * PRICE.cachedInput + 6 * PRICE.output) / 1e6;
    expect(providerMetadata?.['routeprofile']).toMatchObject({
      id: 'id-1',
      route: 'default',
      router: { strategy: 'listed', encoder: null },
      model: 'a',
      served: 'a',
      ranked: [
        { model: 'a', score: 1 },
        { model: 'b', score: 0.9 },
        { model: 'c', score: 0.8 },
      ],
      reasons: [{ kind: 'listed', text: 'it is first' }],
      attempts: [{ endpoint: 'mock-a.chat/model-a', candidate: 'a', cost }],
      cost,
      leftOut: [],
    });
    expect(records).toMatchObject([
      { id: 'id-1', model: 'a', served: 'a', status: 200, cost, wire: 'chat', propensity: 1 },
    ]);
    expect(records[0]).not.toHaveProperty('text');
  });

  it('streams, and says the same with the last part', async () => {
    const { routeprofile, records } = open();
    const result = streamText({ model: routeprofile('auto'), prompt });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect(text).toBe('I am a.');
    expect((await result.providerMetadata)?.['routeprofile']).toMatchObject({
      id: 'id-1',
      served: 'a',
      cost: records[0]?.cost,
    });
    expect(records[0]?.attempts[0]).toMatchObject({ usage: { uncachedInput: 12, cacheRead: 8, output: 6 } });
    expect(records[0]?.attempts[0]?.firstContentMs).toBeGreaterThanOrEqual(0);
  });

  const empty = { text: '' };
  const FAULTS: [string, Turn, Turn, string][] = [
    ['429', { error: refusal(429, '{}', { 'retry-after': '7' }) }, { error: refusal(429) }, 'rate-limited'],
    ['500', { error: refusal(500) }, { error: refusal(500) }, 'server'],
    ['529', { error: refusal(529) }, { error: refusal(529) }, 'overloaded'],
    ['401', { error: refusal(401) }, { error: refusal(401) }, 'auth'],
    ['no connection', { error: unreachable() }, { error: unreachable() }, 'connect'],
    [
      'an answer that cannot be read',
      { error: refusal(200, '{"half') },
      { error: refusal(200, '{"half') },
      'malformed',
    ],
    [
      'an error under 200',
      { error: refusal(200, '{"error":{"type":"overloaded_error"}}') },
      { parts: [{ type: 'error', error: { type: 'overloaded_error', message: 'x' } }] },
      'overloaded',
    ],
    ['an empty answer', empty, empty, 'empty'],
  ];
  it.each(FAULTS)('goes to the next after %s', async (_, whole, streamed, fault) => {
    const { routeprofile, records, asked } = open([whole]);
    expect((await generateText({ model: routeprofile('auto'), prompt, maxRetries: 0 })).text).toBe(
      fault === 'connect' ? 'I am a.' : 'I am b.',
    );
    const again = open([streamed]);
    expect(await streamText({ model: again.routeprofile('auto'), prompt, maxRetries: 0 }).text).toBe(
      fault === 'connect' ? 'I am a.' : 'I am b.',
    );
    for (const { attempts } of [...records, ...again.records])
      expect(attempts.map((one) => one.fault)).toEqual([fault, undefined]);
    // Where nothing could be sent the same model is asked once more.
    for (const count of [asked(), again.asked()]) expect(count).toEqual(fault === 'connect' ? [2, 0, 0] : [1, 1, 0]);
  });

  it.each<[string, Turn, string]>([
    [
      'ends with an error',
      {
        parts: [
          ...saying('').slice(0, 2),
          {
            type: 'finish',
            finishReason: { unified: 'error', raw: 'error' },
            usage: {
              inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
              outputTokens: { total: 0, text: 0, reasoning: 0 },
            },
          },
        ],
      },
      'server',
    ],
    ['ends without a last part', { parts: saying('').slice(0, 3) }, 'cut'],
    ['breaks', { parts: saying('').slice(0, 3), then: 'throw' }, 'cut'],
    ['says something is wrong in a word', { parts: [{ type: 'error', error: 'Overloaded' }] }, 'server'],
  ])('goes to the next where a stream %s before content', async (_, turn, fault) => {
    const { routeprofile, records } = open([turn]);
    expect(await streamText({ model: routeprofile('auto'), prompt }).text).toBe('I am b.');
    expect(records[0]?.attempts.map((one) => one.fault)).toEqual([fault, undefined]);
  });

  it.each([400, 422])('passes a %i on, and asks nobody else', async (status) => {
    const { routeprofile, records, asked } = open([{ error: refusal(status) }]);
    await expect(generateText({ model: routeprofile('auto'), prompt })).rejects.toMatchObject({ statusCode: status });
    expect(asked()).toEqual([1, 0, 0]);
    expect(records).toMatchObject([{ served: null, status, attempts: [{ fault: 'bad-request' }] }]);
  });

  it('asks only who reads more after a prompt that is too long', async () => {
    const candidates = candidatesOf('a', 'b', 'c').map((one, i) => ({
      ...one,
      limits: { contextTokens: [8_000, 4_000, 64_000][i] },
    }));
    const tooLong = { error: refusal(400, '{"error":{"code":"context_length_exceeded","message":"too long"}}') };
    const { routeprofile, asked } = open([tooLong], { router: listedRouter(candidates) });
    expect((await generateText({ model: routeprofile('auto'), prompt })).text).toBe('I am c.');
    expect(asked()).toEqual([1, 0, 1]);
  });

  it('accepts that a second model gives an empty answer, too', async () => {
    const { routeprofile } = open([empty], {}, { b: [empty] });
    expect((await generateText({ model: routeprofile('auto'), prompt })).text).toBe('');
  });

  it('says who was tried when nobody answers, and is not asked again for it', async () => {
    const { routeprofile, asked, records } = open(
      [{ error: refusal(500) }],
      {},
      { b: [{ error: refusal(429) }], c: [{ error: refusal(503) }] },
    );
    await expect(generateText({ model: routeprofile('auto'), prompt })).rejects.toMatchObject({
      code: 'NETWORK',
      message: 'no model gave an answer (a: server, b: rate-limited, c: overloaded)',
      cause: { statusCode: 503 },
    });
    expect(asked()).toEqual([1, 1, 1]);
    expect(records).toMatchObject([{ served: null, status: 502 }]);
  });

  it('leaves a model alone that fails again and again, and tries it later', async () => {
    const clock = manualClock();
    const limited = { error: refusal(429, '{}', { 'retry-after': '20' }) };
    const { routeprofile, asked } = open([limited], { clock });
    const ask = () => generateText({ model: routeprofile('auto'), prompt }).then(({ text }) => text);
    expect([await ask(), await ask()]).toEqual(['I am b.', 'I am b.']);
    expect(asked()).toEqual([1, 2, 0]);
    await clock.advance(20_000);
    expect(await ask()).toBe('I am a.');
  });

  it('stops at the number of attempts', async () => {
    const { routeprofile, asked } = open([{ error: refusal(500) }], { attempts: 1 });
    await expect(generateText({ model: routeprofile('auto'), prompt })).rejects.toThrow(
      'no model gave an answer (a: server)',
    );
    expect(asked()).toEqual([1, 0, 0]);
  });
});

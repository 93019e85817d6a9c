import { APICallError, NoSuchModelError } from '@ai-sdk/provider';
import { decisionRecordSchema, type DecisionRecord } from '@routeprofile/gateway';
import { manualClock } from '@routeprofile/gateway/testing';
import { createProviderRegistry, generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import { createRouteProfile, type RouteProfileSettings } from './index.js';
import { candidatesOf, listedRouter, PRICE } from './testing/listed-router.js';
import { model, saying, type Turn } from './testing/mock-models.js';

const refusal = (statusCode: number, responseBody = '{}', responseHeaders = {}) =>
  new APICallError({
    message: 'refused',
    url: 'https://a.example',
    requestBodyValues: {},
    statusCode,
    responseBody,
    responseHeaders,
  });
const unreachable = () =>
  new APICallError({
    message: 'Cannot connect to API',
    url: 'https://a.example',
    requestBodyValues: {},
    isRetryable: true,
    cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  });

/** Candidates `a`, `b` and `c`; `a` does the turns, the others are good unless said otherwise. */
function open(turns: Turn[] = [], more: Partial<RouteProfileSettings> = {}, others: Record<string, Turn[]> = {}) {
  const models = {
    a: model('a', ...turns),
    b: model('b', ...(others['b'] ?? [])),
    c: model('c', ...(others['c'] ?? [])),
  };
  const router = listedRouter(candidatesOf('a', 'b', 'c'));
  const records: DecisionRecord[] = [];
  const warnings: string[] = [];
  let ids = 0;
  const routeprofile = createRouteProfile({
    router,
    models,
    newId: () => `id-${++ids}`,
    onDecision: (record) => void records.push(decisionRecordSchema.parse(record)),
    logger: { info: () => {}, warn: (message) => void warnings.push(message) },
    ...more,
  });
  const asked = () =>
    Object.values(models).map(({ doGenerateCalls, doStreamCalls }) => doGenerateCalls.length + doStreamCalls.length);
  return { routeprofile, router, models, records, warnings, asked };
}
const prompt = 'What is 17 * 3?';

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

describe('a stream that fails after content', () => {
  it.each<[string, Turn, string, string | RegExp]>([
    ['breaks', { parts: saying('One two three').slice(0, 4), then: 'throw' }, 'cut', 'terminated'],
    [
      'ends without a last part',
      { parts: saying('One two three').slice(0, 4) },
      'cut',
      /broke off. The answer is not whole/,
    ],
    [
      'ends without a reason',
      {
        parts: [
          ...saying('One two').slice(0, 4),
          {
            type: 'finish',
            finishReason: { unified: 'other', raw: undefined },
            usage: {
              inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
              outputTokens: { total: undefined, text: undefined, reasoning: undefined },
            },
          },
        ],
      },
      'cut',
      /not whole/,
    ],
    [
      'says that something is wrong',
      { parts: [...saying('One two').slice(0, 4), { type: 'error', error: new Error('Overloaded') }] },
      'cut',
      'Overloaded',
    ],
  ])('%s: an error, never quietly, and never another model', async (_, turn, fault, message) => {
    const { routeprofile, asked, records } = open([turn]);
    const errors: unknown[] = [];
    const result = streamText({ model: routeprofile('auto'), prompt, onError: ({ error }) => void errors.push(error) });
    let text = '';
    await expect(
      (async () => {
        for await (const piece of result.textStream) text += piece;
      })(),
    ).rejects.toThrow(message);
    expect(text).toBe('One ');
    expect(errors).toHaveLength(1);
    await expect(result.text).rejects.toThrow(message);
    expect(asked()).toEqual([1, 0, 0]);
    expect(records).toMatchObject([{ served: 'a', attempts: [{ candidate: 'a', fault, usage: { estimated: true } }] }]);
  });

  it('stands still: the model is given up after the time between parts', async () => {
    const clock = manualClock();
    const { routeprofile, records } = open([{ parts: saying('One two three').slice(0, 4), then: 'hang' }], {
      clock,
      timeouts: { idleMs: 5_000 },
    });
    const text = streamText({ model: routeprofile('auto'), prompt, onError: () => {} }).text;
    const failed = expect(text).rejects.toThrow('the model stopped sending. The answer is not whole.');
    await new Promise((done) => setTimeout(done, 20));
    await clock.advance(5_000);
    await failed;
    expect(records).toMatchObject([{ attempts: [{ fault: 'idle' }] }]);
  });

  it('that has no content in time is left for another model', async () => {
    const clock = manualClock();
    const { routeprofile, records } = open([{ parts: saying('').slice(0, 2), then: 'hang' }], { clock });
    const text = streamText({ model: routeprofile('auto'), prompt }).text;
    await new Promise((done) => setTimeout(done, 20));
    await clock.advance(120_000);
    expect(await text).toBe('I am b.');
    expect(records[0]?.attempts.map((one) => one.fault)).toEqual(['first-byte', undefined]);
  });
});

describe('a caller that leaves', () => {
  it('before content ends the call, and nobody else is asked', async () => {
    const { routeprofile, asked, records, models } = open([{ parts: saying('').slice(0, 2), then: 'hang' }]);
    const leave = new AbortController();
    const { stream } = await Promise.race([
      routeprofile('auto').doStream({ prompt: [], abortSignal: leave.signal }),
      new Promise<never>((_, reject) =>
        setTimeout(() => (leave.abort(), setTimeout(() => reject(new Error('left')), 20)), 20),
      ),
    ]).catch((error: unknown) => ({ stream: error }));
    expect(stream).toMatchObject({ name: 'AbortError' });
    expect(asked()).toEqual([1, 0, 0]);
    expect(models.a.doStreamCalls[0]?.abortSignal?.aborted).toBe(true);
    expect(records).toMatchObject([{ status: 499, served: null, attempts: [{ fault: 'client-gone' }] }]);
  });

  it('within a stream ends it, whether it says so or stops reading', async () => {
    for (const how of ['abort', 'cancel'] as const) {
      const { routeprofile, records, models } = open([{ parts: saying('One two three').slice(0, 5), then: 'hang' }]);
      const leave = new AbortController();
      const { stream } = await routeprofile('auto').doStream({ prompt: [], abortSignal: leave.signal });
      const reader = stream.getReader();
      for (;;) if ((await reader.read()).value?.type === 'text-delta') break;
      if (how === 'abort') leave.abort();
      else await reader.cancel();
      await new Promise((done) => setTimeout(done, 5));
      expect(models.a.doStreamCalls[0]?.abortSignal?.aborted).toBe(true);
      expect(records).toMatchObject([{ status: 499, served: 'a', attempts: [{ fault: 'client-gone' }] }]);
    }
  });

  it('before it is decided is not even routed', async () => {
    const { routeprofile, router, records } = open();
    await expect(
      generateText({ model: routeprofile('auto'), prompt, abortSignal: AbortSignal.abort() }),
    ).rejects.toThrow();
    expect(router.asked).toEqual([]);
    expect(records).toEqual([]);
  });
});

describe('names', () => {
  it('of candidates call that model alone, whose errors are its own', async () => {
    const { routeprofile, router, records } = open([], {}, { b: [{ error: refusal(503) }] });
    expect(
      await generateText({ model: routeprofile('b'), prompt, maxRetries: 0 }).catch((error: unknown) => error),
    ).toBeInstanceOf(APICallError);
    expect(records).toMatchObject([{ route: null, router: null, model: 'b', served: null, status: 503 }]);
    // The AI SDK asks again, as it would ask the model itself.
    expect((await generateText({ model: routeprofile('b'), prompt })).text).toBe('I am b.');
    expect(router.asked).toEqual([]);
  });

  it('tell which addresses a model reads itself; of routed ones all are downloaded', () => {
    const supportedUrls = { 'image/*': [/^https:/] };
    const { provider, modelId, doGenerate, doStream } = model('b');
    const b = { provider, modelId, doGenerate, doStream, specificationVersion: 'v3' as const, supportedUrls };
    const { routeprofile } = open([], { models: { a: model('a'), b } });
    expect(routeprofile('b').supportedUrls).toBe(b.supportedUrls);
    expect(routeprofile('auto').supportedUrls).toEqual({});
  });

  it('that nothing answers to are refused with those that there are', () => {
    const { routeprofile } = open([], { aliases: ['cheap'] });
    expect(() => routeprofile('gpt-9')).toThrow('There is no model called "gpt-9". Use one of: auto, cheap, a, b, c.');
    const refused = () => routeprofile.languageModel('gpt-9');
    expect(refused).toThrow(NoSuchModelError);
    expect(() => routeprofile.embeddingModel('x')).toThrow('Only language models are routed.');
    expect(routeprofile('cheap').modelId).toBe('cheap');
  });

  it('are found in a registry of providers', async () => {
    const registry = createProviderRegistry({ routeprofile: open().routeprofile });
    expect((await generateText({ model: registry.languageModel('routeprofile:auto'), prompt })).text).toBe('I am a.');
  });
});

describe('settings', () => {
  it('are refused with all that is wrong', () => {
    const candidates = [...candidatesOf('a'), { id: 'b', model: 'b', params: { reasoning_effort: 'high' } }];
    const settings = {
      router: listedRouter(candidates),
      models: { b: model('b'), x: model('x'), a: 'openai/gpt-5' as never },
      onLate: 'c',
      attempts: 0,
    };
    let details: readonly string[] = [];
    try {
      createRouteProfile(settings);
    } catch (error) {
      ({ details } = error as { details: string[] });
    }
    expect(details).toEqual([
      'models.x: the router has no such candidate; it has a, b',
      'models.a: not a language model object of the AI SDK of specification v2 or v3',
      'onLate: c has no model',
      expect.stringContaining('b must be called with settings (params)'),
      expect.stringContaining('attempts: '),
    ]);
    expect(() => createRouteProfile({ router: listedRouter(candidatesOf('a')), models: {} })).toThrow(
      /these settings make no routed model/,
    );
  });

  it('may say that the models bring the settings of their candidates', async () => {
    const router = listedRouter([{ id: 'a', model: 'a', params: { reasoning_effort: 'high' } }]);
    const routeprofile = createRouteProfile({ router, models: { a: model('a') }, paramsInModels: true });
    expect((await generateText({ model: routeprofile('auto'), prompt })).text).toBe('I am a.');
  });

  it('leave out candidates without a model, and say so', async () => {
    const router = listedRouter(candidatesOf('a', 'b'));
    const routeprofile = createRouteProfile({ router, models: { b: model('b') } });
    const { text, providerMetadata } = await generateText({ model: routeprofile('auto'), prompt });
    expect(text).toBe('I am b.');
    expect(providerMetadata?.['routeprofile']).toMatchObject({
      model: 'a',
      served: 'b',
      leftOut: [{ model: 'a', why: 'no model' }],
      cost: (12 + 0.8 + 60) / 1e6,
    });
  });

  it('decide what happens to a router that fails, and to a listener that does', async () => {
    const failing = { ...listedRouter(candidatesOf('a', 'b')), route: () => Promise.reject(new Error('no weights')) };
    const { routeprofile, warnings, records } = open([], {
      router: failing,
      onLate: 'b',
      models: { a: model('a'), b: model('b') },
    });
    expect((await generateText({ model: routeprofile('auto'), prompt })).text).toBe('I am b.');
    expect(warnings).toEqual(['the router failed: no weights']);
    expect(records[0]?.reasons).toMatchObject([{ kind: 'failed' }]);
    const without = open([], { router: failing, models: { a: model('a') } });
    await expect(generateText({ model: without.routeprofile('auto'), prompt })).rejects.toThrow('no weights');
    const deaf = open([], { onDecision: () => Promise.reject(new Error('disk full')) });
    expect((await generateText({ model: deaf.routeprofile('auto'), prompt })).text).toBe('I am a.');
    expect(deaf.warnings).toEqual(['decision id-1 is not kept: disk full']);
  });

  it('keep the text and the session where they are wanted, and pass on what is for other providers', async () => {
    const { routeprofile, records, router, models } = open([], { keepText: true, tenant: 'team' });
    const providerOptions = {
      routeprofile: { session: 's1', requirements: { region: 'eu' } },
      mock: { effort: 'high' },
    };
    await expect(generateText({ model: routeprofile('auto'), prompt, providerOptions })).rejects.toThrow(
      'no model can answer this call (a: not in eu, b: not in eu, c: not in eu)',
    );
    expect(records).toMatchObject([
      { text: prompt, session: 's1', tenant: 'team', requirements: { region: 'eu' }, status: 400 },
    ]);
    await generateText({
      model: routeprofile('auto'),
      prompt,
      providerOptions: { ...providerOptions, routeprofile: {} },
    });
    expect(router.asked[0]).toMatchObject({ text: prompt, requirements: { region: 'eu' } });
    expect(models.a.doGenerateCalls[0]?.providerOptions).toEqual({ mock: { effort: 'high' } });
    await expect(
      generateText({ model: routeprofile('auto'), prompt, providerOptions: { routeprofile: { sesion: 'x' } } }),
    ).rejects.toThrow('providerOptions.routeprofile cannot be read');
  });
});

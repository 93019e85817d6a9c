import { manualClock } from '@routeprofile/gateway/testing';
import { generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import { saying, type Turn } from './testing/mock-models.js';
import { openRouted as open, prompt } from './testing/open-routed.js';

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

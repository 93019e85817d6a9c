import { manualClock } from '@routeprofile/gateway/testing';
import { generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import { openRouted as open, prompt, refusal } from './testing/open-routed.js';

const named = (session: string) => ({ routeprofile: { session } });

describe('a conversation', () => {
  it('stays with who answered it, streamed or not, until it was silent for long', async () => {
    const clock = manualClock();
    const { routeprofile, records } = open([{ error: refusal(500) }], { session: { ttl: '10m' }, clock });
    const model = routeprofile('auto');
    await generateText({ model, prompt, providerOptions: named('s') });
    // `a` rests no longer, and would be chosen again.
    await clock.advance(9 * 60_000);
    const { textStream } = streamText({ model, prompt, providerOptions: named('s') });
    for await (const _piece of textStream);
    expect(records.map(({ model: chosen, served }) => [chosen, served])).toEqual([
      ['a', 'b'],
      ['b', 'b'],
    ]);
    expect(records[1]!.reasons).toEqual([{ kind: 'session', text: 'b has answered this conversation' }]);
    await generateText({ model, prompt, providerOptions: named('t') });
    await generateText({ model, prompt });
    await clock.advance(10 * 60_000);
    await generateText({ model, prompt, providerOptions: named('s') });
    expect(records.slice(2).map(({ served }) => served)).toEqual(['a', 'a', 'a']);
  });

  it('moves when who answered it may not go on, and says why', async () => {
    const { routeprofile, records } = open(
      [],
      { session: { ttl: '10m' } },
      { b: [{ error: refusal(429, '{}', { 'retry-after': '50' }) }] },
    );
    const model = routeprofile('auto');
    await generateText({ model, prompt, providerOptions: named('s') });
    await generateText({
      model,
      prompt,
      providerOptions: { routeprofile: { session: 's', requirements: { local: true } } },
    }).catch(() => {});
    expect(records[1]!.served).toBeNull();
    await generateText({ model, prompt, providerOptions: named('s') });
    expect(records[2]!.reasons[0]!.text).toBe('a has answered this conversation');
  });

  it('is only recorded where nothing is said of keeping it, and the setting is checked', async () => {
    const { routeprofile, records } = open([{ error: refusal(500) }]);
    const clock = { providerOptions: named('s') };
    await generateText({ model: routeprofile('auto'), prompt, ...clock });
    expect(records[0]!.served).toBe('b');
    expect(records[0]!.session).toBe('s');
    expect(() => open([], { session: { ttl: 'long' } })).toThrow();
  });
});

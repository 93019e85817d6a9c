// A provider that people really use, over a real connection to model servers that fail.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { DecisionRecord } from '@routeprofile/gateway';
import type { Behaviour } from '@routeprofile/gateway/testing';
import { generateText, streamText } from 'ai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouteProfile, type RouteProfileProvider } from './index.js';
import { candidatesOf, listedRouter } from './testing/listed-router.js';
import { listenStandIn, type StandIn } from './testing/stand-in.js';

let standIn: StandIn;
let records: DecisionRecord[];
let routeprofile: RouteProfileProvider;
beforeEach(async () => {
  standIn = await listenStandIn();
  records = [];
  const provider = (name: string) =>
    createOpenAICompatible({ name, baseURL: standIn.urlOf(name), apiKey: 'none', includeUsage: true })(`model-${name}`);
  routeprofile = createRouteProfile({
    router: listedRouter(candidatesOf('a', 'b')),
    models: { a: provider('a'), b: provider('b') },
    onDecision: (record) => void records.push(record),
  });
});
afterEach(() => standIn.close());

const SAID = 'Seventeen times three is 51.';
const prompt = 'What is 17 * 3?';
const script = (...behaviours: Behaviour[]) => void standIn.script.set('a', behaviours);
const asked = () => standIn.sent.map(({ endpoint }) => endpoint);

describe('@ai-sdk/openai-compatible', () => {
  it('is answered, streamed or not, and the cost is that of the counts', async () => {
    const { text } = await generateText({ model: routeprofile('auto'), prompt });
    expect(text).toBe(SAID);
    expect(await streamText({ model: routeprofile('auto'), prompt }).text).toBe(SAID);
    expect(standIn.sent[0]?.body).toMatchObject({ model: 'model-a' });
    for (const { cost, attempts } of records) {
      expect(attempts[0]?.usage).toMatchObject({ uncachedInput: 12, cacheRead: 8, output: 6 });
      expect(cost).toBeCloseTo((12 + 0.8 + 60) / 1e6, 12);
    }
  });

  const BEFORE: [string, Behaviour, string][] = [
    ['429', { kind: 'refuse', status: 429, headers: { 'retry-after': '3' } }, 'rate-limited'],
    ['503', { kind: 'refuse', status: 503 }, 'overloaded'],
    ['401', { kind: 'refuse', status: 401 }, 'auth'],
    ['a reset', { kind: 'reset' }, 'connect'],
  ];
  it.each(BEFORE)('goes to the next after %s', async (_, behaviour, fault) => {
    script(behaviour);
    expect((await generateText({ model: routeprofile('auto'), prompt })).text).toBe(SAID);
    expect(records[0]?.attempts).toMatchObject([{ candidate: 'a', fault }, { candidate: 'b' }]);
    expect(asked()).toEqual(['a', 'b']);
  });

  it.each<[string, Behaviour, string]>([
    ['says that something is wrong', { kind: 'error', after: 1 }, 'overloaded'],
    ['ends', { kind: 'cut', after: 1 }, 'malformed'],
    ['breaks', { kind: 'break', after: 1 }, 'cut'],
    ['says what cannot be read', { kind: 'garble', after: 1 }, 'malformed'],
  ])('goes to the next where a stream %s before content', async (_, behaviour, fault) => {
    script(behaviour);
    expect(await streamText({ model: routeprofile('auto'), prompt }).text).toBe(SAID);
    expect(records[0]?.attempts).toMatchObject([{ candidate: 'a', fault }, { candidate: 'b' }]);
    expect(asked()).toEqual(['a', 'b']);
  });

  it.each<[string, Behaviour]>([
    ['says that something is wrong', { kind: 'error', after: 4 }],
    ['ends', { kind: 'cut', after: 4 }],
    ['breaks', { kind: 'break', after: 4 }],
    ['says what cannot be read', { kind: 'garble', after: 4 }],
  ])('gives an error where a stream %s after content, and nothing of another model', async (_, behaviour) => {
    script(behaviour);
    const result = streamText({ model: routeprofile('auto'), prompt, onError: () => {} });
    let text = '';
    await expect(
      (async () => {
        for await (const piece of result.textStream) text += piece;
      })(),
    ).rejects.toThrow();
    expect(text).not.toBe('');
    expect(SAID.startsWith(text)).toBe(true);
    expect(asked()).toEqual(['a']);
    expect(records).toMatchObject([{ served: 'a' }]);
    expect(records[0]?.attempts[0]?.fault).toBeDefined();
  });

  it('passes a refusal of the call on', async () => {
    script({ kind: 'refuse', status: 400, body: '{"error":{"message":"no such parameter"}}' });
    await expect(generateText({ model: routeprofile('auto'), prompt })).rejects.toThrow('no such parameter');
    expect(asked()).toEqual(['a']);
  });

  it('ends the call of a caller that leaves', async () => {
    script({ kind: 'stall', after: 4 });
    const leave = new AbortController();
    const { textStream } = streamText({ model: routeprofile('auto'), prompt, abortSignal: leave.signal });
    for await (const _ of textStream) leave.abort();
    for (let i = 0; i < 200 && !standIn.sent[0]?.over; i++) await new Promise((done) => setTimeout(done, 10));
    expect(standIn.sent[0]).toMatchObject({ aborted: true, over: true });
    expect(records).toMatchObject([{ status: 499, attempts: [{ fault: 'client-gone' }] }]);
  });
});

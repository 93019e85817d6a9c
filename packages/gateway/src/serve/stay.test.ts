import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { createSessionPins } from '../decide/session-pins.js';
import { manualClock } from '../testing/manual-clock.js';
import { listedRouter, openGateway } from '../testing/open-gateway.js';

const candidates: Candidate[] = [
  { id: 'a', model: 'a', limits: { contextTokens: 1_000 } },
  { id: 'b', model: 'b' },
];

/** A route whose router prefers each candidate in turn, so that staying is seen. */
function open(settings: object = { session: { ttl: '10m' } }, config: object = {}) {
  let asked = 0;
  const router = listedRouter(candidates, {
    route: async (texts) =>
      texts.map(() => {
        const order = asked++ % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
        const ranked = order.map((model, i) => ({ model, score: 1 - i }));
        return { model: order[0]!, ranked, reasons: [{ kind: 'turn', text: `${order[0]} has its turn` }] };
      }),
  });
  const opened = openGateway({ routes: { default: settings }, ...config }, { routes: { default: router } });
  const say = async (session: string | undefined, more: object = {}, key?: string) => {
    const headers = {
      ...(session !== undefined && { 'x-session-id': session }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    };
    const response = await opened.ask('chat', false, more, { headers });
    await response.text();
    return [response.headers.get('x-routeprofile-model'), response.headers.get('x-routeprofile-reason')];
  };
  return { ...opened, say };
}

describe('a conversation', () => {
  it('stays with who answered it, for as long as it goes on', async () => {
    const { say, clock } = open();
    expect(await say('s')).toEqual(['a', 'a has its turn']);
    expect(await say('s')).toEqual(['a', 'a has answered this conversation']);
    expect((await say('t'))[0]).toBe('b');
    await clock.advance(9 * 60_000);
    expect((await say('s'))[0]).toBe('a');
    await clock.advance(9 * 60_000);
    expect(await say('s')).toEqual(['a', 'a has answered this conversation']);
    expect(await say('t')).toEqual(['a', 'a has its turn']);
  });

  it('is decided anew each time where the route does not keep it', async () => {
    const { say } = open({});
    expect([(await say('s'))[0], (await say('s'))[0]]).toEqual(['a', 'b']);
  });

  it('without a name is known by how it began', async () => {
    const { say } = open();
    const turn = (role: string, content: string) => ({ role, content });
    const begun = [turn('system', 'Be brief.'), turn('user', 'Why?')];
    expect((await say(undefined, { messages: begun }))[0]).toBe('a');
    expect((await say(undefined, { messages: [...begun, turn('assistant', 'So.'), turn('user', 'And?')] }))[0]).toBe(
      'a',
    );
    expect((await say(undefined, { messages: [turn('user', 'Why?')] }))[0]).toBe('b');
  });

  it('moves when who answered it may not answer the next request, and stays there', async () => {
    const { say } = open();
    expect((await say('s'))[0]).toBe('a');
    const long = { messages: [{ role: 'user', content: 'why '.repeat(2_000) }] };
    expect(await say('s', long)).toEqual([
      'b',
      expect.stringMatching(
        /^a, which answered this conversation, may not answer this request \(context of 1000 tokens, about 2\d+ needed\)$/,
      ),
    ]);
    expect(await say('s')).toEqual(['b', 'b has answered this conversation']);
  });

  it('moves when who answered it fails, and when it is out of service', async () => {
    const { say, upstream } = open();
    expect((await say('s'))[0]).toBe('a');
    upstream.script.set('a', [{ kind: 'refuse', status: 429, body: '', headers: { 'retry-after': '50' } }]);
    // Another answers this one request, as far as anybody knew beforehand.
    expect((await say('s'))[0]).toBe('b');
    expect(await say('s')).toEqual(['b', 'b has answered this conversation']);
    expect((await say('t'))[0]).toBe('b');
    upstream.script.set('b', [{ kind: 'refuse', status: 429, body: '', headers: { 'retry-after': '50' } }]);
    expect((await say('t'))[0]).toBe(null);
    expect((await say('t'))[1]).toMatch(/^b, which answered this conversation, is out of service for now$/);
  });

  it('is its own of each tenant, and of each set of options', async () => {
    const keys = [
      { id: 'team-a', key: 'env:TEAM_A' },
      { id: 'team-b', key: 'env:TEAM_B' },
    ];
    const { say } = open(undefined, { keys });
    expect((await say('s', {}, 'team-a-key-0123456789'))[0]).toBe('a');
    expect((await say('s', {}, 'team-b-key-0123456789'))[0]).toBe('b');
    expect((await say('s', { model: 'auto:outputTokens=5' }, 'team-b-key-0123456789'))[0]).toBe('a');
    expect((await say('s', {}, 'team-b-key-0123456789'))[0]).toBe('b');
  });

  it('is not begun by asking what would be decided', async () => {
    const { say, gateway } = open();
    const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Why?' }] });
    const headers = { 'content-type': 'application/json', 'x-session-id': 's' };
    await gateway.fetch(new Request('http://gateway.example/v1/route', { method: 'POST', body, headers }));
    expect(await say('s')).toEqual(['b', 'b has its turn']);
  });

  it('needs a duration', () => {
    for (const ttl of ['10', '10 minutes', '0m', '25h', ''])
      expect(() => open({ session: { ttl } })).toThrow('routes.default.session.ttl: expected');
  });
});

describe('pins', () => {
  const pin = { model: 'a', ranked: [] };

  it('are counted per model, while they last', async () => {
    const clock = manualClock();
    const pins = createSessionPins(clock);
    pins.set('1', 'x', pin, 1_000);
    pins.set('1', 'y', pin, 2_000);
    pins.set('2', 'x', { ...pin, model: 'b' }, 2_000);
    const counted = () => [...pins.perModel('1')];
    expect(counted()).toEqual([['a', 2]]);
    await clock.advance(1_500);
    expect(counted()).toEqual([['a', 1]]);
    expect(pins.get('1', 'x')).toBeUndefined();
    expect(pins.get('2', 'x')?.model).toBe('b');
  });

  it('are bounded', () => {
    const pins = createSessionPins(manualClock(), 2);
    for (const key of ['1', '2', '3']) pins.set('t', key, pin, 1_000);
    expect(['1', '2', '3'].map((key) => pins.get('t', key)?.model)).toEqual([undefined, 'a', 'a']);
  });

  it('of one tenant never push out those of another that has no more than its share', () => {
    const pins = createSessionPins(manualClock(), 90);
    const keep = (tenant: string, count: number) => {
      for (let i = 0; i < count; i++) pins.set(tenant, String(i), pin, 1_000);
    };
    const kept = (tenant: string) => [...pins.perModel(tenant).values()][0] ?? 0;
    keep('quiet', 30);
    keep('loud', 500);
    expect([kept('quiet'), kept('loud')]).toEqual([30, 60]);
    keep('late', 40);
    expect([kept('quiet'), kept('loud'), kept('late')]).toEqual([30, 30, 30]);
    // What was silent longest is gone, and what is set again counts once.
    expect([pins.get('loud', '469'), pins.get('loud', '470')?.model]).toEqual([undefined, 'a']);
    for (let i = 0; i < 9; i++) keep('quiet', 30);
    expect([kept('quiet'), kept('loud'), kept('late')]).toEqual([30, 30, 30]);
  });

  it('are bounded where there are more tenants than are kept', () => {
    const pins = createSessionPins(manualClock(), 3);
    for (let i = 0; i < 10; i++) pins.set(String(i), 'x', pin, 1_000);
    expect(Array.from({ length: 10 }, (_, i) => pins.get(String(i), 'x')).filter(Boolean)).toHaveLength(3);
  });
});

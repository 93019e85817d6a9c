import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import type { SessionMonitor } from '../session/monitors.js';
import { settle } from '../testing/manual-clock.js';
import { listedRouter, openGateway } from '../testing/open-gateway.js';

const price = (input: number) => ({ input, output: input * 5, cachedInput: input / 10 });
const candidates: Candidate[] = ['small', 'middle', 'large'].map((id, i) => ({
  id,
  model: id,
  price: price([0.25, 1, 3][i]!),
}));
/** Chances of being right on easy and on hard questions. */
const CHANCES = { easy: [0.9, 0.91, 0.92], hard: [0.2, 0.5, 0.9] };

function open(session: object, { monitors = [] as SessionMonitor[], lambda = 1, keys = {} } = {}) {
  let asked = 0;
  const router = listedRouter(candidates, {
    strategy: 'listed+cost',
    route: async (texts) =>
      texts.map((text) => {
        asked++;
        const chances = CHANCES[text.includes('hard') ? 'hard' : 'easy'];
        const ranked = candidates
          .map(({ id }, i) => ({
            model: id,
            score: chances[i]!,
            probability: chances[i]!,
            expectedCost: 0.001 * 3 ** i,
          }))
          .sort((a, b) => b.score - a.score);
        return { model: ranked[0]!.model, ranked, reasons: [] };
      }),
  });
  const wires = ['chat' as const, 'messages' as const, 'responses' as const];
  const opened = openGateway(
    {
      endpoints: candidates.map(({ id }) => ({ id, candidate: id, baseUrl: `https://${id}.example/v1`, wires })),
      routes: { default: { wrappers: [`cost:lambda=${lambda}`], session: { ttl: '1h', ...session } } },
      ...keys,
    },
    { routes: { default: router }, ...(monitors.length > 0 && { monitors }) },
  );
  const say = async (more: object, headers: Record<string, string> = {}) => {
    const response = await opened.ask('chat', false, more, { headers: { 'x-session-id': 's', ...headers } });
    const body = await response.text();
    await settle();
    return {
      status: response.status,
      body,
      model: response.headers.get('x-routeprofile-model'),
      reason: response.headers.get('x-routeprofile-reason'),
    };
  };
  return { ...opened, say, asked: () => asked };
}
const user = (content: string) => ({ role: 'user', content });
const call = (run: string, says = 'done') => [
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: '1', type: 'function', function: { name: 'bash', arguments: run } }],
  },
  { role: 'tool', tool_call_id: '1', content: says },
];
const begun = [user('An easy one.')];
const circles = [...begun, ...call('ls'), ...call('ls'), ...call('ls')];

describe('a conversation that is stuck', () => {
  it('goes up the ladder, rung by rung, on turns since the last move alone, and nothing brings it down but a milestone', async () => {
    const { say } = open(
      { monitors: ['stuck', 'milestone'], ladder: ['small', 'large'], switch: 'priced' },
      { lambda: 50 },
    );
    expect((await say({ messages: begun })).model).toBe('small');
    const up = await say({ messages: circles });
    expect([up.model, up.reason]).toEqual(['large', 'stuck found it stuck with small; large takes over']);
    const on = [...circles, ...call('cat')];
    expect((await say({ messages: on })).reason).toBe('large has answered this conversation');
    expect((await say({ messages: [...on, user('An easy one.')] })).model).toBe('large');
    const again = [...on, ...call('ls'), ...call('ls'), ...call('ls')];
    const top = await say({ messages: again });
    expect([top.model, top.reason]).toEqual(['large', 'stuck found it stuck, and nobody is above large']);
    const released = await say({ messages: [...again, user('An easy one.')] }, { 'x-routeprofile-step': 'review' });
    expect([released.model, released.reason]).toEqual(['small', 'milestone ended what large answered']);
    expect((await say({ messages: [...begun, ...call('cat')] }, { 'x-routeprofile-step': 'review' })).model).toBe(
      'small',
    );
  });

  it('goes up by expected quality without a ladder, past who may not answer', async () => {
    const { say, upstream } = open({ monitors: ['stuck'] }, { lambda: 50 });
    expect((await say({ messages: begun })).model).toBe('small');
    upstream.script.set('middle', [{ kind: 'refuse', status: 429, body: '', headers: { 'retry-after': '50' } }]);
    // It is chosen, and who stands in for it keeps the conversation.
    expect((await say({ messages: circles })).model).toBe('large');
    expect((await say({ messages: circles })).model).toBe('large');
  });

  it.each(['responses', 'messages'] as const)('is seen on the wire of %s', async (wire) => {
    const { ask } = open({ monitors: ['stuck'], ladder: ['small', 'large'] }, { lambda: 50 });
    const headers = { 'x-session-id': 's' };
    const turns = {
      responses: {
        input: ['1', '2', '3'].flatMap((id) => [
          { type: 'function_call', call_id: id, name: 'bash', arguments: '{}' },
          { type: 'function_call_output', call_id: id, output: 'done' },
        ]),
      },
      messages: {
        messages: ['1', '2', '3'].flatMap((id) => [
          { role: 'assistant', content: [{ type: 'tool_use', id, name: 'bash', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'done' }] },
        ]),
      },
    };
    await (await ask(wire, false, {}, { headers })).text();
    await settle();
    const response = await ask(wire, false, turns[wire], { headers });
    expect(response.headers.get('x-routeprofile-model')).toBe('large');
  });

  it('is told by monitors of one’s own; one that fails changes nothing', async () => {
    const broken: SessionMonitor = {
      name: 'broken',
      observe: () => {
        throw new Error('no');
      },
    };
    const eager: SessionMonitor = { name: 'eager', observe: (turns) => (turns.length > 1 ? 'release' : 'stay') };
    const { say, warnings, asked } = open({ monitors: ['broken', 'eager'] }, { monitors: [broken, eager] });
    await say({ messages: begun });
    await say({ messages: begun });
    expect(asked()).toBe(1);
    expect((await say({ messages: circles })).reason).toMatch(/^eager ended what/);
    expect(asked()).toBe(2);
    expect(warnings).toContain('the monitor broken failed, and the conversation stays: no');
  });
});

describe('a conversation whose prices are weighed', () => {
  // The recorded answers count few tokens, so that a move costs next to nothing.
  it('moves at the turns of its user where that is worth it, never within a loop of tools', async () => {
    const { say } = open({ switch: 'priced' });
    expect((await say({ messages: begun })).model).toBe('large');
    expect((await open({ switch: 'priced' }, { lambda: 50 }).say({ messages: begun })).model).toBe('small');
    const { say: thrifty } = open({ switch: 'priced' }, { lambda: 20 });
    expect((await thrifty({ messages: begun })).model).toBe('small');
    const hard = [...begun, user('A hard one.')];
    expect((await thrifty({ messages: [...hard, ...call('ls')] })).model).toBe('small');
    const moved = await thrifty({ messages: hard });
    expect(moved.model).toBe('large');
    expect(moved.reason).toMatch(
      /^large \(\$0\.\d+\) is worth leaving small \(\$[\de.-]+ with its cache\) at .* = 20$/,
    );
    expect((await thrifty({ messages: hard })).reason).toBe('large has answered this conversation');
  });

  it('moves on a fault within a loop all the same, and stays there', async () => {
    const { say, upstream } = open({ switch: 'priced' }, { lambda: 50 });
    expect((await say({ messages: begun })).model).toBe('small');
    upstream.script.set('small', [{ kind: 'refuse', status: 429, body: '', headers: { 'retry-after': '50' } }]);
    const loop = [...begun, ...call('ls')];
    const after = (await say({ messages: loop })).model;
    expect(after).not.toBe('small');
    expect((await say({ messages: loop })).model).toBe(after);
  });
});

describe('the budget of a conversation', () => {
  it('takes cheaper models while they fit, then refuses and says so; another conversation has its own', async () => {
    // A request with 1,000 tokens of output holds 15 tenths of a cent at the large model, 1.25 at the small one.
    const { say, store } = open({ budget: 0.016 });
    const asking = { messages: begun, max_tokens: 1_000 };
    expect((await say(asking)).model).toBe('large');
    const scope = 'session ["local","default",null,"named s"]';
    const spend = async (dollars: number) => {
      const held = await store.reserve(scope, dollars, { amount: 0.016, per: 'day' }, 1_000);
      await store.settle(held!.id, dollars);
    };
    await spend(0.012);
    expect((await say(asking)).model).toBe('small');
    await spend(0.003);
    const refused = await say(asking);
    expect(refused.status).toBe(429);
    expect(refused.body).toContain('insufficient_quota');
    expect(refused.body).toContain(
      'What is left of this conversation’s budget of $0.016 per day does not cover the request',
    );
    expect((await say(asking, { 'x-session-id': 't' })).status).toBe(200);
  });
});

describe('settings of sessions', () => {
  it.each([
    [{ monitors: ['stuk'] }, 'routes.default.session.monitors: there is no monitor stuk; there are: stuck, milestone'],
    [
      { ladder: ['small', 'huge'] },
      'routes.default.session.ladder: huge is not a candidate of the route that has an endpoint',
    ],
    [{ ladder: ['small', 'small'] }, 'routes.default.session.ladder: names a candidate twice'],
    [{ margin: -1 }, 'routes.default.session.margin'],
    [{ budget: 0 }, 'routes.default.session.budget'],
  ])('%j', (session, problem) => {
    expect(() => open(session)).toThrow(problem);
  });

  it('need costs and λ for priced moves', () => {
    const router = listedRouter(candidates, { strategy: 'listed+estimate' });
    const endpoints = candidates.map(({ id }) => ({
      candidate: id,
      baseUrl: `https://${id}.example/v1`,
      wires: ['chat' as const],
    }));
    const routes = { default: { session: { ttl: '1h', switch: 'priced' as const } } };
    expect(() => openGateway({ endpoints, routes }, { routes: { default: router } })).toThrow(
      'routes.default.session.switch: priced: nothing says what a dollar is worth',
    );
    const bare = listedRouter(candidates);
    expect(() => openGateway({ endpoints, routes }, { routes: { default: bare } })).toThrow(
      'priced: the router listed does not say what a call is expected to cost',
    );
  });
});

import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { settle } from '../testing/manual-clock.js';
import { listedRouter, openGateway, SECRETS } from '../testing/open-gateway.js';
import { recordedAnswer } from '../testing/recordings.js';
import { errorOf, json, post } from '../testing/requests.js';

const auth = { authorization: `Bearer ${SECRETS['env:TEAM_A']}` };
const budget = (dollars: number) => ({ keys: [{ id: 'team-a', key: 'env:TEAM_A', budget: { dollars } }] });

describe('a budget', () => {
  // An answer of 32,768 tokens, where nothing limits it, at $10 per million.
  const LONGEST = 0.328;

  it.each([-1, -1e6, 0, 1e308])('is not evaded by max_tokens of %d', async (max_tokens) => {
    const { ask, upstream } = openGateway(budget(LONGEST - 0.01));
    const response = await ask('chat', false, { max_tokens }, { headers: auth });
    expect([response.status, (await errorOf(response))['code']]).toEqual([429, 'insufficient_quota']);
    expect(upstream.sent).toEqual([]);
    const enough = openGateway(budget(LONGEST));
    const answered = await enough.ask('chat', false, { max_tokens }, { headers: auth });
    expect(answered.status).toBe(max_tokens > 1 ? 429 : 200);
  });

  it('is held against what the candidate’s settings make of the request', async () => {
    const price = { input: 1, output: 10 };
    const candidates: Candidate[] = [{ id: 'a', model: 'a', price, params: { max_tokens: 20_000 } }];
    const routes = { default: listedRouter(candidates) };
    const endpoints = [{ candidate: 'a', baseUrl: 'https://a.example/v1', wires: ['chat' as const] }];
    const asked = async (dollars: number) => {
      const { ask } = openGateway({ ...budget(dollars), endpoints }, { routes });
      return (await ask('chat', false, { max_tokens: 10 }, { headers: auth })).status;
    };
    expect([await asked(0.1), await asked(0.201)]).toEqual([429, 200]);
  });

  it('is not spent by answers that are fetched later, as nobody could tell what they cost', async () => {
    const { ask, upstream } = openGateway(budget(1));
    const response = await ask('responses', false, { background: true }, { headers: auth });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      code: 'unsupported_parameter',
      message: expect.stringMatching(/^background does not work.*Leave it out\.$/) as string,
    });
    expect(upstream.sent).toEqual([]);
    expect((await ask('responses', false, { background: false }, { headers: auth })).status).toBe(200);
  });

  it('counts an estimate where a server counts what cannot be', async () => {
    const { ask, upstream, store, warnings } = openGateway(budget(1));
    const { answer, events } = recordedAnswer('chat', ['Fifty-one.']);
    const usage = { prompt_tokens: 1e307, completion_tokens: 3 };
    upstream.script.set('a', [{ kind: 'good', said: { events, answer: { ...answer, usage } } }]);
    expect((await ask('chat', false, {}, { headers: auth })).status).toBe(200);
    await settle();
    expect((await store.find('id-1'))?.attempts[0]?.usage).toMatchObject({ uncachedInput: 5, estimated: true });
    expect([await store.spent('key team-a', 'day'), warnings]).toEqual([0.000035, []]);
  });
});

describe('what is stored at a server', () => {
  it.each([
    ['conversation', { conversation: 'conv_1' }],
    ['conversation', { conversation: { id: 'conv_1' } }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['item_reference', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
  ])('binds a request to it: %s', async (name, more) => {
    const { ask } = openGateway();
    const response = await ask('responses', false, more);
    expect([response.status, (await errorOf(response))['message']]).toEqual([
      400,
      `${name} only works at the server that stored what it names. Send the whole conversation, or name a model that has one endpoint.`,
    ]);
    expect((await ask('responses', false, { ...more, model: 'b' })).status).toBe(200);
    expect((await ask('responses', false, { conversation: null, prompt: null })).status).toBe(200);
  });
});

describe('a key with routes', () => {
  const candidates = (...ids: string[]) => ids.map((id): Candidate => ({ id, model: id }));
  const { ask, gateway } = openGateway(
    {
      endpoints: [
        { candidate: 'a', baseUrl: 'https://a.example/v1', wires: ['chat'] },
        { candidate: 'hidden', baseUrl: 'https://b.example/v1', wires: ['embeddings'] },
      ],
      keys: [{ id: 'team-a', key: 'env:TEAM_A', routes: ['default'] }],
    },
    { routes: { default: listedRouter(candidates('a')), theirs: listedRouter(candidates('hidden')) } },
  );

  it.each([
    'routeprofile/theirs',
    'routeprofile/theirs:region=eu',
    'routeprofile/theirs:lambda=2',
    'routeprofile/theirs:x=1',
  ])('is not told of another, not by %s', async (model) => {
    const response = await ask('chat', false, { model }, { headers: auth });
    expect([response.status, (await errorOf(response))['message']]).toEqual([
      404,
      `There is no model called "${model}". Use one of: routeprofile/default, auto.`,
    ]);
  });

  it('is not told of candidates that it may not name', async () => {
    const response = await gateway.fetch(post('/v1/embeddings', '{"model":"auto","input":"Why?"}', auth));
    expect(JSON.stringify(await errorOf(response))).not.toContain('hidden');
  });
});

describe('a server', () => {
  it('that has answered stays, though what one request names is not there', async () => {
    const { ask, upstream, warnings } = openGateway();
    const lost = '{"error":{"message":"No such File object: file-1","type":"invalid_request_error"}}';
    upstream.script.set('a', [{ kind: 'good' }, { kind: 'refuse', status: 404, body: lost }]);
    const served = [];
    for (let i = 0; i < 3; i++) served.push((await ask('chat', false)).headers.get('x-routeprofile-model'));
    expect([served, warnings]).toEqual([['a', 'b', 'a'], ['a has no such model or address']]);
  });
});

describe('a router that decides what cannot be recorded', () => {
  const ranked = (score: number, first = 'a') => [
    { model: first, score: 1 },
    { model: first === 'a' ? 'b' : 'a', score },
  ];
  it.each<[string, object]>([
    ['b the score NaN', { ranked: ranked(NaN) }],
    ['b the score -Infinity', { ranked: ranked(-Infinity) }],
    ['a the chance 0', { ranked: ranked(0), propensity: 0 }],
    ['a ranking that begins with b, and chose a', { ranked: ranked(0, 'b') }],
  ])('fails: %s', async (what, more) => {
    const candidates = ['a', 'b'].map((id): Candidate => ({ id, model: id }));
    const route = async () => [{ model: 'a', ranked: [], reasons: [], ...more }];
    const routes = { default: listedRouter(candidates, { route }) };
    const { ask, get, warnings } = openGateway({ routes: { default: { onLate: 'b' } } }, { routes });
    expect((await ask('chat', false)).headers.get('x-routeprofile-model')).toBe('b');
    await settle();
    expect(warnings).toEqual([`the router of default failed: the router gave ${what}`]);
    expect(await json(await get('/v1/decisions'))).toMatchObject({ data: [{ reasons: [{ kind: 'failed' }] }] });
  });
});

describe('names that are not ASCII', () => {
  it('stay apart in headers', async () => {
    const candidates = ['模型甲', '模型乙'].map((id): Candidate => ({ id, model: id }));
    const endpoints = candidates.map(({ id }) => ({
      ...{ candidate: id, baseUrl: 'https://a.example/v1', wires: ['chat' as const] },
    }));
    const { ask } = openGateway({ endpoints }, { routes: { 'größe 50%': listedRouter(candidates) } });
    for (const { id } of candidates) {
      const { headers } = await ask('chat', false, { model: id });
      expect(decodeURIComponent(headers.get('x-routeprofile-model')!)).toBe(id);
    }
    const { headers } = await ask('chat', false);
    expect(headers.get('x-routeprofile-route')).toBe('gr%C3%B6%C3%9Fe 50%25');
  });
});

describe('a conversation that is named by nothing', () => {
  it('has no name', async () => {
    const { ask, store } = openGateway();
    await (await ask('chat', false, {}, { headers: { 'x-session-id': '', 'session-id': 's' } })).text();
    await settle();
    expect((await store.find('id-1'))?.session).toBe('s');
  });
});

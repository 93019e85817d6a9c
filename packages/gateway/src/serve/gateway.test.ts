import { gzipSync } from 'node:zlib';
import { RouteProfileError, type Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { settle } from '../testing/manual-clock.js';
import { listedRouter, openGateway, SECRETS } from '../testing/open-gateway.js';
import { RECORDINGS } from '../testing/recordings.js';

const TEAMS = {
  keys: [
    { id: 'team-a', key: 'env:TEAM_A' },
    { id: 'team-b', key: 'env:TEAM_B', routes: ['default'] },
  ],
};
const bearer = (team: 'A' | 'B') => ({ headers: { authorization: `Bearer ${SECRETS[`env:TEAM_${team}`]}` } });
/** An answer's JSON, read as tests need it. */
const json = async <T = Record<string, unknown>>(response: Response) => (await response.json()) as T;
const errorOf = async (response: Response) => (await json<{ error: Record<string, unknown> }>(response)).error;

describe('what an endpoint is sent', () => {
  it('is what the client sent, with the endpoint’s name of the model and key, and nothing of the client', async () => {
    const { gateway, upstream } = openGateway();
    const text =
      '{ "model" : "auto",\n "temperature": 1.0, "messages": [{"role":"user","content":"K\\u00f6ln"}], "x": {"model": 1} }';
    await gateway.fetch(
      new Request('http://gateway.example/v1/chat/completions', {
        method: 'POST',
        body: text,
        headers: {
          authorization: 'Bearer client-key',
          'x-api-key': 'client-key',
          cookie: 'c=1',
          'x-openwebui-user-email': 'a@b.example',
          'x-routeprofile-id': 'forged',
          'openai-organization': 'org-of-the-client',
          'openai-beta': 'assistants=v2',
          'anthropic-beta': 'one,two',
        },
      }),
    );
    const [sent] = upstream.sent;
    expect(sent!.text).toBe(text.replace('"auto"', '"model-a"'));
    expect(sent!.url).toBe('https://a.example/v1/chat/completions');
    expect(sent!.headers).toEqual({
      'openai-beta': 'assistants=v2',
      'anthropic-beta': 'one,two',
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
      authorization: `Bearer ${SECRETS['env:UPSTREAM_KEY']}`,
    });
  });

  it('has the key where messages have it, and the beta of the address', async () => {
    const { gateway, upstream } = openGateway();
    const body = JSON.stringify(RECORDINGS.messages.request);
    await gateway.fetch(new Request('http://gateway.example/v1/messages?beta=true&x=1', { method: 'POST', body }));
    expect(upstream.sent[0]).toMatchObject({
      url: 'https://a.example/v1/messages?beta=true',
      headers: { 'x-api-key': SECRETS['env:UPSTREAM_KEY'], 'anthropic-version': '2023-06-01' },
    });
  });

  it('has the settings of the candidate', async () => {
    const candidate: Candidate = { id: 'a', model: 'm', params: { reasoning_effort: 'high' } };
    const { ask, upstream } = openGateway(
      { endpoints: [{ candidate: 'a', baseUrl: 'https://a.example/v1', wires: ['chat'], model: 'm-2026' }] },
      { routes: { default: listedRouter([candidate]) } },
    );
    await ask('chat', false, { reasoning_effort: 'low' });
    expect(upstream.sent[0]!.body).toMatchObject({ model: 'm-2026', reasoning_effort: 'high' });
  });

  it('asks for usage that the client then does not see', async () => {
    const { ask, upstream, gateway, store } = openGateway();
    const text = await (await ask('chat', true)).text();
    expect(upstream.sent[0]!.body['stream_options']).toEqual({ include_usage: true });
    expect(text).toBe(RECORDINGS.chat.events.filter((event) => !event.includes('prompt_tokens')).join(''));
    await gateway.close();
    expect((await store.find('id-1'))?.attempts[0]?.usage).toEqual(RECORDINGS.chat.usage);
  });
});

describe('what a client is told', () => {
  it('stands in few headers, in ASCII, and in full in the decision', async () => {
    const { ask, get } = openGateway();
    const { headers } = await ask('chat', false);
    expect(Object.fromEntries(headers)).toEqual({
      'content-type': 'application/json',
      'x-routeprofile-id': 'id-1',
      'x-request-id': 'id-1',
      'request-id': 'id-1',
      'x-routeprofile-model': 'a',
      'x-routeprofile-route': 'default',
      'x-routeprofile-reason': 'it is first ? of all',
      'x-routeprofile-attempts': '1',
      'x-routeprofile-overhead-ms': '0.0',
    });
    const decision = await json(await get('/v1/decisions/id-1'));
    expect(decision).toMatchObject({
      id: 'id-1',
      tenant: 'local',
      wire: 'chat',
      router: { strategy: 'listed', encoder: null },
      ranked: [
        { model: 'a', score: 1 },
        { model: 'b', score: 0.9 },
      ],
      reasons: [{ text: 'it is first – of all' }],
      attempts: [{ endpoint: 'a', status: 200 }],
    });
    expect(decision).not.toHaveProperty('text');
  });

  it('keeps the text of a request only where the configuration says so', async () => {
    const { ask, gateway, store } = openGateway({ log: { text: 'full' } });
    await ask('responses', false);
    await gateway.close();
    expect((await store.find('id-1'))?.text).toBe('What is 17 * 3?');
  });

  it('is what the server says of the request’s own faults, without the key', async () => {
    const { ask, upstream } = openGateway();
    const body = JSON.stringify({ error: { message: 'temperature? said sk-upstream-0123456789', code: 'bad' } });
    upstream.script.set('a', [{ kind: 'refuse', status: 422, body }]);
    const response = await ask('chat', true);
    expect([response.status, await response.text()]).toEqual([422, body.replace('sk-upstream-0123456789', '***')]);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(upstream.sent).toHaveLength(1);
  });

  it('is when to come back, once every endpoint is limited', async () => {
    const { ask, upstream } = openGateway();
    upstream.script.set('a', [{ kind: 'refuse', status: 429, headers: { 'retry-after': '20' } }]);
    upstream.script.set('b', [{ kind: 'refuse', status: 429, headers: { 'retry-after': '9' } }]);
    const first = await ask('messages', true);
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '9']);
    const second = await ask('messages', true);
    expect([second.status, second.headers.get('retry-after'), upstream.sent.length]).toEqual([503, '9', 2]);
    expect(await errorOf(second)).toMatchObject({ type: 'overloaded_error' });
  });
});

describe('the choice', () => {
  it.each([
    ['auto', 'a'],
    ['routeprofile/default', 'a'],
    ['claude-auto', 'a'],
    ['claude-auto[1m]', 'a'],
    ['b', 'b'],
  ])('of %s is %s', async (model, served) => {
    const { ask } = openGateway({ routes: { default: { aliases: ['claude-auto'] } } });
    const { headers } = await ask('chat', false, { model });
    expect(headers.get('x-routeprofile-model')).toBe(served);
    expect(headers.get('x-routeprofile-route')).toBe(model === 'b' ? null : 'default');
  });

  it('of a name that nothing answers to is an error that lists the names', async () => {
    const { ask } = openGateway();
    for (const model of ['gpt-x', '', 'constructor', '__proto__']) {
      const response = await ask('chat', false, { model });
      expect(response.status).toBe(404);
      expect(await errorOf(response)).toMatchObject({
        code: 'model_not_found',
        message: expect.stringContaining('routeprofile/default, auto, a, b') as string,
      });
    }
  });

  it('never falls back from a candidate that the request names', async () => {
    const { ask, upstream } = openGateway();
    upstream.script.set('a', [{ kind: 'refuse', status: 500, body: '' }]);
    expect((await ask('chat', false, { model: 'a' })).status).toBe(502);
    expect(upstream.sent.map(({ endpoint }) => endpoint)).toEqual(['a']);
  });

  it('goes to a model that reads more, when the first one reads too little', async () => {
    const sizes = [8_000, 4_000, 16_000];
    const candidates = sizes.map((contextTokens): Candidate => ({
      id: `m${contextTokens}`,
      model: 'm',
      limits: { contextTokens },
    }));
    const endpoints = candidates.map(({ id }) => ({
      id,
      candidate: id,
      baseUrl: 'https://x.example/v1',
      wires: ['chat' as const],
    }));
    const { ask, upstream } = openGateway({ endpoints }, { routes: { default: listedRouter(candidates) } });
    const body = JSON.stringify({ error: { message: 'prompt is too long', type: 'x' } });
    upstream.script.set('m8000', [{ kind: 'refuse', status: 400, body }]);
    expect((await ask('chat', false)).headers.get('x-routeprofile-model')).toBe('m16000');
    expect(upstream.sent.map(({ endpoint }) => endpoint)).toEqual(['m8000', 'm16000']);
  });

  it('is the default when the router is late or fails, and an error where there is none', async () => {
    const candidates = ['a', 'b'].map((id): Candidate => ({ id, model: id }));
    const late = listedRouter(candidates, { route: () => new Promise(() => {}) });
    const opened = openGateway({ routes: { default: { deadlineMs: 40, onLate: 'b' } } }, { routes: { default: late } });
    const asking = opened.ask('chat', false);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await opened.clock.advance(40);
    const { headers } = await asking;
    expect([headers.get('x-routeprofile-model'), headers.get('x-routeprofile-reason')]).toEqual([
      'b',
      'the router did not decide within 40 ms; b is the default',
    ]);
    const broken = listedRouter(candidates, { route: async () => Promise.reject(new Error('out of memory')) });
    const withDefault = openGateway({ routes: { default: { onLate: 'b' } } }, { routes: { default: broken } });
    expect((await withDefault.ask('chat', false)).headers.get('x-routeprofile-model')).toBe('b');
    const without = openGateway({}, { routes: { default: broken } });
    const response = await without.ask('chat', false);
    expect([response.status, without.warnings]).toEqual([503, ['the router of default failed: out of memory']]);
    expect(await response.text()).not.toContain('memory');
  });

  it('says why no model may answer', async () => {
    const { ask } = openGateway(
      {},
      {
        routes: {
          default: listedRouter([
            { id: 'a', model: 'a', capabilities: {} },
            { id: 'b', model: 'b', limits: { contextTokens: 1 } },
          ]),
        },
      },
    );
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const response = await ask('chat', false, { tools });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      code: 'no_candidate',
      message: expect.stringMatching(/a: no tools, b: context of 1 tokens/) as string,
    });
    const refusing = listedRouter(
      [
        { id: 'a', model: 'a' },
        { id: 'b', model: 'b' },
      ],
      {
        route: async () =>
          Promise.reject(new RouteProfileError('UNSUPPORTED', 'constraints: no model fulfils query 0')),
      },
    );
    const constrained = openGateway({}, { routes: { default: refusing } });
    expect(await errorOf(await constrained.ask('chat', false))).toMatchObject({ code: 'no_candidate' });
  });

  it('refuses what only the server of an earlier answer knows, unless that server is named', async () => {
    const { ask } = openGateway();
    expect((await ask('responses', false, { previous_response_id: 'r0' })).status).toBe(400);
    expect((await ask('responses', false, { previous_response_id: 'r0', model: 'a' })).status).toBe(200);
  });
});

describe('a dry run', () => {
  it('decides without calling anybody', async () => {
    const { gateway, upstream } = openGateway();
    const body = JSON.stringify({ ...RECORDINGS.messages.request, tools: [{ name: 'f' }] });
    const response = await gateway.fetch(
      new Request('http://g.example/v1/route?wire=messages', { method: 'POST', body }),
    );
    expect(await json(response)).toMatchObject({
      route: 'default',
      model: 'a',
      text: 'What is 17 * 3?',
      requirements: { tools: true, outputTokens: 100 },
      attempts: [
        { model: 'a', endpoint: 'a' },
        { model: 'b', endpoint: 'b' },
      ],
    });
    expect(upstream.sent).toEqual([]);
    const odd = await gateway.fetch(new Request('http://g.example/v1/route?wire=x', { method: 'POST', body }));
    expect(odd.status).toBe(400);
  });
});

describe('keys', () => {
  it('are asked for wherever something is given or told, and nowhere else', async () => {
    const { ask, get } = openGateway(TEAMS);
    const wrong = { headers: { 'x-api-key': 'team-a-key-012345678' } };
    for (const response of [
      await ask('chat', false),
      await ask('chat', false, {}, wrong),
      await get('/v1/models'),
      await get('/v1/decisions/id-1'),
    ]) {
      expect(response.status).toBe(401);
      expect(await errorOf(response)).toMatchObject({ code: 'invalid_api_key' });
    }
    expect([(await get('/health')).status, (await get('/ready')).status]).toEqual([200, 200]);
    expect((await ask('chat', false, {}, bearer('A'))).status).toBe(200);
    expect((await ask('messages', false, {}, { headers: { 'x-api-key': SECRETS['env:TEAM_A']! } })).status).toBe(200);
  });

  it('see their own decisions only', async () => {
    const { ask, get } = openGateway(TEAMS);
    await ask('chat', false, {}, bearer('A'));
    await settle();
    const statuses = (['A', 'B'] as const).map(
      async (team) => (await get('/v1/decisions/id-1', bearer(team).headers)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 404]);
  });

  it('may ask for what they are given', async () => {
    const { ask, get } = openGateway(TEAMS);
    expect((await ask('chat', false, { model: 'b' }, bearer('B'))).status).toBe(404);
    expect((await ask('chat', false, { model: 'auto' }, bearer('B'))).status).toBe(200);
    const list = await json<{ data: { id: string }[] }>(await get('/v1/models', bearer('B').headers));
    expect(list.data.map(({ id }) => id)).toEqual(['routeprofile/default', 'auto']);
  });
});

describe('a budget', () => {
  const budget = (dollars: number) => ({ keys: [{ id: 'team-a', key: 'env:TEAM_A', budget: { dollars } }] });

  it('of $100 lets 100 of 400 requests of $1 go out at the same time', async () => {
    // The bound of one request: its bytes at $1 and 99,980 tokens at $10, per million.
    const { ask, store, gateway, upstream } = openGateway(budget(100));
    upstream.script.set(
      'a',
      Array.from({ length: 400 }, () => ({ kind: 'hang' as const })),
    );
    const client = new AbortController();
    const request = () => ask('chat', false, { max_tokens: 99_980 }, { ...bearer('A'), signal: client.signal });
    const asking = Array.from({ length: 400 }, request);
    await Promise.all(asking.slice(100));
    expect(upstream.sent).toHaveLength(100);
    client.abort();
    const responses = await Promise.all(asking);
    expect(responses.filter(({ status }) => status === 499)).toHaveLength(100);
    for (const response of responses.filter(({ status }) => status !== 499)) {
      expect(response.status).toBe(429);
      expect(response.headers.get('retry-after')).toBe('43200');
      expect(await errorOf(response)).toMatchObject({ code: 'insufficient_quota' });
    }
    await gateway.close();
    // What is left to be paid is the input, estimated.
    expect(await store.spent('key team-a', 'day')).toBeCloseTo(100 * 0.000005, 9);
  });

  it('holds back what was spent, as the server counts it', async () => {
    const { ask, store, gateway } = openGateway(budget(1));
    for (let i = 0; i < 3; i++) await ask('chat', false, {}, bearer('A'));
    await gateway.close();
    expect(await store.spent('key team-a', 'day')).toBeCloseTo(3 * 0.0000728, 9);
  });

  it('is what a cheaper candidate may still fit', async () => {
    const candidates: Candidate[] = [
      { id: 'a', model: 'a', price: { input: 1000, output: 1000 } },
      { id: 'b', model: 'b', price: { input: 1, output: 1 } },
    ];
    const { ask } = openGateway(budget(0.01), { routes: { default: listedRouter(candidates) } });
    const { headers } = await ask('chat', false, { max_tokens: 100 }, bearer('A'));
    expect(headers.get('x-routeprofile-model')).toBe('b');
  });

  it('refuses requests while nobody can tell what is left', async () => {
    const store = { ...memoryStore(), reserve: async () => Promise.reject(new Error('down')) };
    const { ask, upstream, warnings } = openGateway(budget(1), { store });
    const response = await ask('chat', false, {}, bearer('A'));
    expect([response.status, upstream.sent.length, warnings]).toEqual([503, 0, ['budgets cannot be kept: down']]);
  });

  it('is no matter of answers: a record that is lost is told, not feared', async () => {
    const store = { ...memoryStore(), append: async () => Promise.reject(new Error('disk full')) };
    const { ask, gateway, warnings } = openGateway({}, { store });
    expect((await ask('chat', false)).status).toBe(200);
    await gateway.close();
    expect(warnings).toEqual(['decision id-1 is not kept: disk full']);
  });
});

describe('endpoints', () => {
  it('are left alone after three faults, then tried by one request', async () => {
    const { ask, upstream, clock } = openGateway();
    upstream.script.set(
      'a',
      Array.from({ length: 4 }, () => ({ kind: 'refuse' as const, status: 500, body: '' })),
    );
    const asked = () => upstream.sent.filter(({ endpoint }) => endpoint === 'a').length;
    for (let i = 0; i < 5; i++) expect((await ask('chat', false)).status).toBe(200);
    expect(asked()).toBe(3);
    await clock.advance(5_000);
    await ask('chat', false);
    await ask('chat', false);
    expect(asked()).toBe(4);
    await clock.advance(10_000);
    expect((await ask('chat', false)).headers.get('x-routeprofile-model')).toBe('a');
  });

  it('are not blamed for clients that leave', async () => {
    const { ask, upstream } = openGateway();
    for (let i = 0; i < 5; i++) {
      upstream.script.set('a', [{ kind: 'stall', after: 3 }]);
      await (await ask('chat', true)).body!.cancel();
    }
    expect((await ask('chat', false)).headers.get('x-routeprofile-model')).toBe('a');
  });

  it('make the gateway not ready when none is left', async () => {
    const { ask, get, upstream } = openGateway();
    for (const id of ['a', 'b']) upstream.script.set(id, [{ kind: 'refuse', status: 401 }]);
    await ask('chat', false);
    const response = await get('/ready');
    expect([response.status, await json(response)]).toMatchObject([503, { checks: { endpoint: false, store: true } }]);
    expect((await get('/health')).status).toBe(200);
  });
});

describe('bodies', () => {
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    new Request('http://g.example/v1/chat/completions', { method: 'POST', body, headers });
  const request = JSON.stringify(RECORDINGS.chat.request);

  it.each<[string, () => Request, number]>([
    ['nothing', () => new Request('http://g.example/v1/chat/completions', { method: 'POST' }), 400],
    ['half of one', () => post('{"model": '), 400],
    ['a list', () => post('[]'), 400],
    ['bytes that are not UTF-8', () => post(Uint8Array.of(0x22, 0xff, 0x22)), 400],
    ['too many bytes', () => post(JSON.stringify({ model: 'x'.repeat(2_000) })), 413],
    ['more bytes than it says', () => post('x'.repeat(2_000), { 'content-length': '5' }), 413],
    ['packed', () => post(gzipSync(request), { 'content-encoding': 'gzip' }), 200],
    ['packed to burst', () => post(gzipSync(' '.repeat(100_000)), { 'content-encoding': 'gzip' }), 413],
    ['not packed as it says', () => post(request, { 'content-encoding': 'gzip' }), 400],
    ['packed in another way', () => post(request, { 'content-encoding': 'br' }), 415],
  ])('that are %s', async (_, of, status) => {
    const { gateway } = openGateway({ limits: { bodyBytes: 1_000, inflatedBytes: 50_000 } });
    expect((await gateway.fetch(of())).status).toBe(status);
  });

  it('may be nested and long without end', async () => {
    const { ask } = openGateway();
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect((await ask('chat', false, { metadata: 1, x: 'y'.repeat(1e6) })).status).toBe(200);
    const { gateway } = openGateway();
    const body = `{"model":"auto","messages":${deep}}`;
    expect((await gateway.fetch(post(body))).status).toBe(200);
  });
});

describe('paths', () => {
  it.each([
    ['GET', '/v1/chat/completions', 405],
    ['POST', '/v1/models', 405],
    ['GET', '/', 404],
    ['GET', '/v1/models/', 404],
    ['GET', '/v1/decisions/', 404],
    ['GET', '/v1/decisions/a/b', 404],
    ['GET', '/toString', 404],
    ['GET', '/v1/decisions/none', 404],
  ])('%s %s: %i', async (method, path, status) => {
    const { gateway } = openGateway();
    expect((await gateway.fetch(new Request(`http://g.example${path}`, { method }))).status).toBe(status);
  });

  it('list every model in the form that both kinds of clients read', async () => {
    const { get } = openGateway();
    const list = await json(await get('/v1/models?limit=1000'));
    expect(list).toMatchObject({ object: 'list', has_more: false, first_id: 'routeprofile/default', last_id: 'b' });
    expect(list['data']).toContainEqual(
      expect.objectContaining({ id: 'a', object: 'model', type: 'model', created_at: '1970-01-01T00:00:00.000Z' }),
    );
  });
});

describe('closing', () => {
  it('refuses what is new, and waits for what is under way', async () => {
    const { ask, get, gateway, store } = openGateway();
    const response = await ask('chat', true);
    let closed = false;
    const closing = gateway.close().then(() => (closed = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([closed, (await ask('chat', false)).status, (await get('/ready')).status]).toEqual([false, 503, 503]);
    await response.text();
    await closing;
    expect(await store.find('id-1')).toMatchObject({ served: 'a', status: 200 });
  });

  it('waits no longer than it may', async () => {
    const { ask, gateway, clock } = openGateway();
    await ask('chat', true);
    const closing = gateway.close(1_000);
    await clock.advance(1_000);
    await closing;
  });
});

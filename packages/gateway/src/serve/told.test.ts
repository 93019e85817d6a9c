import { describe, expect, it } from 'vitest';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { errorOf, json, post } from '../testing/requests.js';
import { RECORDINGS } from '../testing/recordings.js';

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
      'x-routeprofile-reason': 'it is first - of all',
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

  it('names λ in a header, where other signs that ASCII lacks become question marks', async () => {
    const reasoned = listedRouter([{ id: 'a', model: 'a' }], {
      route: async () => [
        {
          model: 'a',
          ranked: [{ model: 'a', score: 1 }],
          reasons: [{ kind: 'cost', text: 'worth its price at λ = 2, 東' }],
        },
      ],
    });
    const endpoints = [{ candidate: 'a', baseUrl: 'https://a.example/v1', wires: ['chat' as const] }];
    const { ask } = openGateway({ endpoints }, { routes: { default: reasoned } });
    const { headers } = await ask('chat', false);
    expect(headers.get('x-routeprofile-reason')).toBe('worth its price at lambda = 2, ?');
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

describe('a dry run', () => {
  it('decides without calling anybody', async () => {
    const { gateway, upstream } = openGateway();
    const body = JSON.stringify({ ...RECORDINGS.messages.request, tools: [{ name: 'f' }] });
    const response = await gateway.fetch(post('/v1/route?wire=messages', body));
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
    const odd = await gateway.fetch(post('/v1/route?wire=x', body));
    expect(odd.status).toBe(400);
  });
});

describe('paths', () => {
  it.each([
    ['HEAD', '/health', 200],
    ['GET', '/v1/chat/completions', 405],
    ['POST', '/v1/models', 405],
    ['GET', '/nothing', 404],
    ['GET', '/v1/models/', 404],
    ['GET', '/v1/decisions/', 404],
    ['GET', '/v1/decisions/a/b', 404],
    ['GET', '/toString', 404],
    ['GET', '/v1/decisions/none', 404],
  ])('%s %s: %i', async (method, path, status) => {
    const { gateway } = openGateway();
    expect((await gateway.fetch(new Request(`http://gateway.example${path}`, { method }))).status).toBe(status);
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

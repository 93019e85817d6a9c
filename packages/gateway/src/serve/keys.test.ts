import { type Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { settle } from '../testing/manual-clock.js';
import { listedRouter, openGateway, SECRETS } from '../testing/open-gateway.js';
import { errorOf, json } from '../testing/requests.js';

const TEAMS = {
  keys: [
    { id: 'team-a', key: 'env:TEAM_A' },
    { id: 'team-b', key: 'env:TEAM_B', routes: ['default'] },
  ],
};
const bearer = (team: 'A' | 'B') => ({ headers: { authorization: `Bearer ${SECRETS[`env:TEAM_${team}`]}` } });
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

  it('that is too small says what the request can cost, and what makes that less', async () => {
    const { ask } = openGateway(budget(0.01));
    const response = await ask('chat', false, {}, bearer('A'));
    expect(response.status).toBe(429);
    expect((await errorOf(response)).message).toMatch(
      /^What is left of this key’s budget of \$0\.01 per day does not cover the request, which can cost up to \$0\.\d+\. A lower limit on its output tokens makes that less\.$/,
    );
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

  it('keeps what was already tried when it can no longer be told', async () => {
    let asked = 0;
    const real = memoryStore();
    const reserve: typeof real.reserve = async (...of) =>
      asked++ === 0 ? real.reserve(...of) : Promise.reject(new Error('down'));
    const { ask, upstream, gateway } = openGateway(budget(1), { store: { ...real, reserve } });
    upstream.script.set('a', [{ kind: 'refuse', status: 500, body: '' }]);
    expect((await ask('chat', false, {}, bearer('A'))).status).toBe(503);
    await gateway.close();
    expect(await real.find('id-1')).toMatchObject({ status: 503, served: null, attempts: [{ fault: 'server' }] });
  });

  it('is no matter of answers: a record that is lost is told, not feared', async () => {
    const store = { ...memoryStore(), append: async () => Promise.reject(new Error('disk full')) };
    const { ask, gateway, warnings } = openGateway({}, { store });
    expect((await ask('chat', false)).status).toBe(200);
    await gateway.close();
    expect(warnings).toEqual(['decision id-1 is not kept: disk full']);
  });
});

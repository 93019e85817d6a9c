import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/manual-clock.js';
import { openGateway, SECRETS } from '../../testing/open-gateway.js';
import { errorOf, json } from '../../testing/requests.js';
import type { DecisionList, Overview } from './overview.js';

const TEAMS = {
  keys: [
    { id: 'team-a', key: 'env:TEAM_A' },
    { id: 'team-b', key: 'env:TEAM_B', routes: ['default'] },
  ],
};
const bearer = (team: 'A' | 'B') => ({ authorization: `Bearer ${SECRETS[`env:TEAM_${team}`]}` });

describe('GET /v1/decisions', () => {
  it('lists the last ones, the newest first', async () => {
    const { ask, get } = openGateway();
    for (let i = 0; i < 3; i++) await ask('chat', false);
    await settle();
    const list = await json<DecisionList>(await get('/v1/decisions?limit=2'));
    expect(list.object).toBe('list');
    expect(list.data.map(({ id }) => id)).toEqual(['id-3', 'id-2']);
    expect((await json<DecisionList>(await get('/v1/decisions'))).data).toHaveLength(3);
  });

  it('lists those of the key alone', async () => {
    const { ask, get } = openGateway(TEAMS);
    await ask('chat', false, {}, { headers: bearer('A') });
    await ask('chat', false, {}, { headers: bearer('B') });
    await settle();
    for (const [team, id] of [
      ['A', 'id-1'],
      ['B', 'id-2'],
    ] as const) {
      const { data } = await json<DecisionList>(await get('/v1/decisions', bearer(team)));
      expect(data.map((record) => record.id)).toEqual([id]);
    }
    expect((await get('/v1/decisions')).status).toBe(401);
  });

  it('refuses a limit that is none', async () => {
    const { get } = openGateway();
    for (const limit of ['0', '201', '-1', '1e2', 'many', '']) {
      const response = await get(`/v1/decisions?limit=${limit}`);
      expect([response.status, await errorOf(response)]).toEqual([400, expect.objectContaining({ code: 'bad_limit' })]);
    }
  });
});

describe('GET /v1/overview', () => {
  it('says how endpoints fare, and why', async () => {
    const { ask, get, upstream, clock } = openGateway({ page: { note: 'a trial' } });
    upstream.script.set('a', [{ kind: 'refuse', status: 429, headers: { 'retry-after': '7' } }]);
    await ask('chat', false);
    await settle();
    await clock.advance(2_000);
    const overview = await json<Overview>(await get('/v1/overview'));
    expect(overview).toMatchObject({
      tenant: 'local',
      note: 'a trial',
      models: ['routeprofile/default', 'auto', 'a', 'b'],
    });
    expect(overview.endpoints).toEqual([
      expect.objectContaining({ id: 'a', candidate: 'a', state: 'cooling', waitMs: 5_000, fault: 'rate-limited' }),
      expect.objectContaining({ id: 'b', candidate: 'b', state: 'up', faults: 0 }),
    ]);
    expect(overview.spend).toMatchObject({ decisions: 1, answered: 1, fellBack: 1, unpriced: 0 });
    expect(overview.spend.compared).toEqual({ decisions: 0, cost: 0, bestSingleCost: 0, models: [] });
  });

  it('tells a key what is its own', async () => {
    const { ask, get } = openGateway(TEAMS);
    await ask('chat', false, {}, { headers: bearer('A') });
    await settle();
    const overview = await json<Overview>(await get('/v1/overview', bearer('B')));
    expect(overview).toMatchObject({ tenant: 'team-b', models: ['routeprofile/default', 'auto'] });
    expect(overview.spend.decisions).toBe(0);
    expect((await get('/v1/overview')).status).toBe(401);
  });
});

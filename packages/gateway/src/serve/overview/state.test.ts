import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/manual-clock.js';
import { listedRouter, openGateway, SECRETS } from '../../testing/open-gateway.js';
import { json } from '../../testing/requests.js';
import type { HealthAnswer } from './state.js';

const CANDIDATES = ['a', 'b'].map((id): Candidate => ({ id, model: id }));
const UNLIMITED = { attempts: 4 };

describe('GET /v1/health', () => {
  it('says how every endpoint fares, whatever is watched', async () => {
    const { ask, get, upstream } = openGateway();
    expect(await json<HealthAnswer>(await get('/v1/health'))).toMatchObject({
      status: 'ok',
      endpoints: [
        { id: 'a', candidate: 'a', state: 'up' },
        { id: 'b', candidate: 'b', state: 'up' },
      ],
    });
    upstream.script.set('a', [{ kind: 'refuse', status: 429 }]);
    await ask('chat', false);
    await settle();
    const health = await json<HealthAnswer>(await get('/v1/health'));
    expect([health.status, health.endpoints[0]!.state, health.drift]).toEqual(['degraded', 'cooling', undefined]);
  });

  it('tells what has changed, in metrics and the overview too, and distrust moves the traffic', async () => {
    const opened = openGateway(
      { ...UNLIMITED, routes: { default: { drift: { action: 'distrust' } } } },
      { routes: { default: listedRouter(CANDIDATES) } },
    );
    const { ask, get, upstream, warnings, clock } = opened;
    const served = async () => (await ask('chat', false)).headers;
    for (let i = 0; i < 64; i++) await served();
    expect((await json<HealthAnswer>(await get('/v1/health'))).drift).toEqual({
      streams: 10,
      delta: 0.0002,
      flags: [],
    });
    // Single faults, so that the endpoint is never cooled down: its health does not help.
    for (let i = 0; i < 192; i++) {
      if (i % 4 !== 3) upstream.script.set('a', [{ kind: 'refuse', status: 500 }]);
      await ask('chat', false);
      await clock.advance(60_000);
    }
    await settle();
    const { status, drift } = await json<HealthAnswer>(await get('/v1/health'));
    expect(status).toBe('degraded');
    expect(drift!.flags).toContainEqual(expect.objectContaining({ stream: 'faults:a', worse: true }));
    expect(await json(await get('/v1/overview'))).toMatchObject({ drift });
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('routeprofile_drift_flag{stream="faults:a",worse="yes"} 1');
    expect(metrics).toContain('routeprofile_drift_streams 10');
    expect(warnings.filter((line) => line.includes('failed attempts of a'))).toHaveLength(1);
    const headers = await served();
    expect(headers.get('x-routeprofile-model')).toBe('b');
    expect(headers.get('x-routeprofile-reason')).toMatch(/^share of failed attempts of a rose .* it comes after b$/);
  });

  it('watches what answers are judged to be worth, once each, as far as feedback trains', async () => {
    const { ask, get, post } = openGateway({ routes: { default: { drift: {} } } });
    const say = async (id: string, value: number, name = 'quality') => {
      expect((await post('/v1/feedback', { id, name, value })).status).toBe(202);
    };
    const judge = async (value: number, name?: string) => {
      const id = (await ask('chat', false)).headers.get('x-routeprofile-id')!;
      await say(id, value, name);
      await say(id, value, name);
    };
    const flags = async () => (await json<HealthAnswer>(await get('/v1/health'))).drift!.flags;
    for (let i = 0; i < 96; i++) await judge(i < 64 ? 1 : 0, 'length');
    expect(await flags()).toEqual([]);
    for (let i = 0; i < 128; i++) await judge(i < 64 ? 1 : 0);
    await settle();
    expect(await flags()).toMatchObject([{ stream: 'reward:a', since: 64, before: 1, after: 0, worse: true }]);
  });

  it('tells a key of what it may use', async () => {
    const router = (id: string) => listedRouter([{ id, model: id }]);
    const { get } = openGateway(
      {
        keys: [
          { id: 'team-a', key: 'env:TEAM_A' },
          { id: 'team-b', key: 'env:TEAM_B', routes: ['other'] },
        ],
        routes: { default: { drift: {} } },
      },
      { routes: { default: router('a'), other: router('b') } },
    );
    const as = async (team: string) =>
      json<HealthAnswer>(await get('/v1/health', { authorization: `Bearer ${SECRETS[`env:TEAM_${team}`]}` }));
    expect((await get('/v1/health')).status).toBe(401);
    expect((await as('A')).endpoints.map(({ id }) => id)).toEqual(['a', 'b']);
    expect((await as('B')).endpoints.map(({ id }) => id)).toEqual(['b']);
  });
});

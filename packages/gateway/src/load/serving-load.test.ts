import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { settle } from '../testing/manual-clock.js';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { errorOf, json } from '../testing/requests.js';
import type { HealthAnswer } from '../serve/overview/state.js';

const CANDIDATES = ['a', 'b'].map((id): Candidate => ({ id, model: id }));
const endpoint = (id: string, candidate = id, maxConcurrent?: number) => ({
  ...{ id, candidate, baseUrl: `https://${id}.example/v1`, wires: ['chat' as const] },
  ...(maxConcurrent !== undefined && { maxConcurrent }),
});
const open = (endpoints: ReturnType<typeof endpoint>[], more: object = {}) =>
  openGateway({ endpoints, ...more }, { routes: { default: listedRouter(CANDIDATES) } });
const turns = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a gateway with several endpoints per candidate', () => {
  it('spreads requests over them, and holds to the list where that is asked for', async () => {
    for (const [order, all] of [
      ['load', ['a1', 'a2']],
      ['listed', ['a1']],
    ] as const) {
      const { ask, upstream } = open([endpoint('a1', 'a'), endpoint('a2', 'a')], { endpointOrder: order });
      for (let i = 0; i < 6; i++) {
        upstream.script.set('a1', [{ kind: 'hang' }]);
        const asking = ask('chat', true);
        await turns();
        upstream.script.set('a1', []);
        void asking;
      }
      expect(new Set(upstream.sent.map((one) => one.endpoint))).toEqual(new Set(all));
    }
  });

  it('sends no more requests at the same time than an endpoint takes, and the next elsewhere', async () => {
    const { ask, get, upstream } = open([endpoint('a', 'a', 1), endpoint('b', 'b', 1)]);
    upstream.script.set('a', [{ kind: 'hang' }]);
    upstream.script.set('b', [{ kind: 'hang' }]);
    void ask('chat', false);
    await turns();
    void ask('chat', false);
    await turns();
    expect(upstream.sent.map((one) => one.endpoint)).toEqual(['a', 'b']);
    const { endpoints } = await json<HealthAnswer>(await get('/v1/health'));
    expect(endpoints).toMatchObject([
      { id: 'a', outstanding: 1, maxConcurrent: 1 },
      { id: 'b', outstanding: 1, maxConcurrent: 1 },
    ]);
    expect(await (await get('/metrics')).text()).toContain(
      'routeprofile_endpoint_outstanding{endpoint="a",model="a"} 1',
    );
    const response = await ask('chat', false);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await errorOf(response)).toMatchObject({
      code: 'no_endpoint',
      message: expect.stringContaining('as many requests') as string,
    });
  });

  it('prefers the quicker model where a second costs something', async () => {
    const opened = open([endpoint('a'), endpoint('b')], { routes: { default: { wrappers: ['load:nu=0.01'] } } });
    const { ask, upstream, clock } = opened;
    const served = async () => (await ask('chat', false)).headers;
    expect((await served()).get('x-routeprofile-model')).toBe('a');
    expect((await ask('chat', false, { model: 'b' })).status).toBe(200);
    await settle();
    // Scores are 1 and 0.9: a is chosen until it is known to take more than 10 s.
    expect((await served()).get('x-routeprofile-model')).toBe('a');
    upstream.script.set('a', [{ kind: 'hang' }]);
    const waiting = ask('chat', true, { model: 'a' });
    await turns();
    await clock.advance(120_000);
    expect((await waiting).status).toBe(504);
    const after = await served();
    expect(after.get('x-routeprofile-model')).toBe('b');
    expect(after.get('x-routeprofile-reason')).toMatch(
      /^b \(.* s\) instead of a \(.* s\) at nu = 0\.01 per second of waiting$/,
    );
  });

  it('gives the place back, whatever came of the request', async () => {
    const { ask, get, upstream, clock } = open([endpoint('a', 'a', 1)]);
    const kinds = [
      { kind: 'good' },
      { kind: 'refuse', status: 500 },
      { kind: 'reset' },
      { kind: 'cut', after: 2 },
    ] as const;
    for (const behaviour of kinds) {
      upstream.script.set('a', [behaviour]);
      await (await ask('chat', true)).text();
      await settle();
      await clock.advance(60_000);
    }
    const leaving = new AbortController();
    upstream.script.set('a', [{ kind: 'hang' }]);
    const asking = ask('chat', true, {}, { signal: leaving.signal });
    await turns();
    leaving.abort();
    await asking;
    expect((await json<HealthAnswer>(await get('/v1/health'))).endpoints[0]!.outstanding).toBe(0);
  });
});

import { RouteProfileError, type Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { settle } from '../testing/manual-clock.js';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { errorOf, json } from '../testing/requests.js';

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

  it('is among the models that have an endpoint, and the operator is told once which have none', async () => {
    const router = listedRouter(['x', 'a', 'y', 'b'].map((id) => ({ id, model: id })));
    const { ask, store, warnings } = openGateway({}, { routes: { default: router } });
    const { headers } = await ask('chat', false);
    expect(headers.get('x-routeprofile-reason')).toBe('x has no endpoint here; a ranks next');
    const { model, served, ranked } = (await store.find('id-1'))!;
    expect([model, served, ranked.map((one) => one.model)]).toEqual(['a', 'a', ['a', 'b']]);
    await ask('chat', false);
    expect(warnings).toEqual(['routes.default: 2 of 4 candidates have no endpoint, and are never chosen: x, y']);
  });

  it('can be looked up by each of its names, as clients of both APIs do', async () => {
    const { gateway } = openGateway();
    const look = (name: string) => gateway.fetch(new Request(`http://gateway.example/v1/models/${name}`));
    for (const [path, id] of [
      ['auto', 'auto'],
      ['routeprofile%2Fdefault', 'routeprofile/default'],
      ['routeprofile/default', 'routeprofile/default'],
      ['b', 'b'],
    ])
      expect(await json(await look(path!))).toMatchObject({ id, object: 'model', type: 'model' });
    const missing = await look('gpt-x');
    expect(missing.status).toBe(404);
    expect(await errorOf(missing)).toMatchObject({ message: expect.stringContaining('Use one of: ') as string });
  });

  it('never falls back from a candidate that the request names', async () => {
    const { ask, upstream } = openGateway();
    upstream.script.set('a', [{ kind: 'refuse', status: 500, body: '' }]);
    expect((await ask('chat', false, { model: 'a' })).status).toBe(502);
    expect(upstream.sent.map(({ endpoint }) => endpoint)).toEqual(['a']);
  });

  it('does not go on and on', async () => {
    const opened = openGateway({ giveUpMs: 120_000 });
    opened.upstream.script.set('a', [{ kind: 'hang' }]);
    const asking = opened.ask('chat', true);
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await opened.clock.advance(120_000);
    expect([(await asking).status, opened.upstream.sent.length]).toEqual([504, 1]);
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
    const instead = (await withDefault.ask('chat', false)).headers;
    expect([instead.get('x-routeprofile-model'), instead.get('x-routeprofile-reason'), withDefault.warnings]).toEqual([
      'b',
      'the router failed; b is the default',
      ['the router of default failed: out of memory'],
    ]);
    const without = openGateway({}, { routes: { default: broken } });
    const response = await without.ask('chat', false);
    expect([response.status, without.warnings]).toEqual([503, ['the router of default failed: out of memory']]);
    expect(await response.text()).not.toContain('memory');
  });

  it('is the default too when too many requests wait for the router, or else to come back later', async () => {
    const candidates = ['a', 'b'].map((id): Candidate => ({ id, model: id }));
    const stuck = () => listedRouter(candidates, { route: () => new Promise(() => {}) });
    const batch = { texts: 1, waiting: 1 };
    const asked = async (config: object) => {
      const opened = openGateway({ routes: { default: config } }, { routes: { default: stuck() } });
      // The first is under way, the second waits.
      void opened.ask('chat', false);
      void opened.ask('chat', false);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { response: await opened.ask('chat', false), warnings: opened.warnings };
    };
    const { response: instead, warnings } = await asked({ batch, onLate: 'b' });
    expect([instead.headers.get('x-routeprofile-model'), instead.headers.get('x-routeprofile-reason')]).toEqual([
      'b',
      '1 request waits for the router already; b is the default',
    ]);
    expect(warnings).toEqual([]);
    const { response: later } = await asked({ batch });
    expect([later.status, later.headers.get('retry-after'), await errorOf(later)]).toMatchObject([
      503,
      '1',
      { code: 'router_busy' },
    ]);
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

  it('that the operator must mend are named, without the key', async () => {
    const { ask, upstream, warnings } = openGateway();
    upstream.script.set('a', [{ kind: 'refuse', status: 401 }]);
    upstream.script.set('b', [{ kind: 'refuse', status: 404, body: '' }]);
    const response = await ask('chat', false);
    expect(await errorOf(response)).toMatchObject({
      message: 'No model server gave an answer (a: auth, b: not-found).',
    });
    expect(warnings).toEqual([
      'a refuses its key, and is not asked again until the configuration is loaded anew',
      'b has no such model or address, and is not asked again until the configuration is loaded anew',
    ]);
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

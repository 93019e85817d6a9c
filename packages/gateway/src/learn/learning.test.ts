import { describe, expect, it } from 'vitest';
import { settle } from '../testing/manual-clock.js';
import type { GatewayConfigInput } from '../config/config.js';
import type { DecisionRecord } from '../contracts/record.js';
import { memoryStore } from '../store/memory.js';
import { chancesRoute, meansLearner } from '../testing/learning-routers.js';
import { openGateway } from '../testing/open-gateway.js';
import { json } from '../testing/requests.js';
import type { LearningState } from './route-learner.js';

type Learn = NonNullable<NonNullable<GatewayConfigInput['routes']>[string]['learn']>;

function learning(learn: Partial<Learn> = {}, config: Partial<GatewayConfigInput> = {}, store = memoryStore()) {
  const settings: Learn = { strategy: 'means', mode: 'live', every: 2, ...learn };
  const given = { routes: { default: { learn: settings } } };
  const parts = { routes: { default: chancesRoute({ a: 0.8, b: 0.6 }) }, learners: [meansLearner], store };
  const opened = openGateway({ ...given, ...config }, parts);
  /** Asks, judges, and lets time pass. @returns the record */
  const turn = async (value?: boolean, more: object = {}): Promise<DecisionRecord> => {
    const asked = opened.ask('chat', false, more);
    await opened.clock.advance(5);
    const response = await asked;
    const id = response.headers.get('x-routeprofile-id')!;
    await settle();
    if (value !== undefined) expect((await opened.post('/v1/feedback', { id, value })).status).toBe(202);
    await settle();
    return (await store.find(id))!;
  };
  const look = async () =>
    (await json<{ learning: ({ route: string } & LearningState)[] }>(await opened.get('/v1/overview'))).learning;
  return { ...opened, turn, look, parts, given };
}

describe('a route that learns', () => {
  it('follows what it learned, from the next request after a number of judgements', async () => {
    const { turn, look } = learning();
    const first = [await turn(false), await turn(false)];
    expect(first.map(({ model, router }) => [model, router?.learned])).toEqual([
      ['a', 0],
      ['a', 0],
    ]);
    expect((await turn()).model).toBe('b');
    expect((await turn(true)).router).toEqual({ strategy: 'chances', encoder: 'length', learned: 2 });
    expect(await look()).toEqual([
      {
        ...{ route: 'default', strategy: 'means', mode: 'live', version: 2, observed: 2, waiting: 1 },
        ...{ catchingUp: false, skipped: {} },
      },
    ]);
  });

  it('learns from few judgements too, after a while', async () => {
    const { turn, clock, look } = learning({ every: 100, within: '10s' });
    await turn(false);
    await clock.advance(9_000);
    expect(await look()).toMatchObject([{ version: 0, waiting: 1 }]);
    await clock.advance(1_000);
    expect(await look()).toMatchObject([{ version: 1, waiting: 0 }]);
  });

  it('looks on in shadow mode, and says what it would have chosen', async () => {
    const { turn } = learning({ mode: 'shadow' });
    expect(await turn(false)).not.toHaveProperty('shadow');
    await turn(false);
    const { model, shadow, router } = await turn();
    expect([model, shadow, router]).toEqual([
      'a',
      [{ router: 'means', learned: 2, model: 'b' }],
      { strategy: 'chances', encoder: 'length' },
    ]);
  });

  it('would not choose in shadow mode what the route rules out', async () => {
    const { turn, given, parts, gateway } = learning({ mode: 'shadow' });
    const { candidates, ...rest } = parts.routes.default;
    const local = candidates.map((one) => ({ ...one, capabilities: { local: one.id === 'a' } }));
    const constrained = { default: { ...given.routes.default, wrappers: ['constraints:local=true'] } };
    gateway.reload({ endpoints: ENDPOINTS, routes: constrained }, { default: { ...rest, candidates: local } });
    await turn(false);
    await turn(false);
    expect((await turn()).shadow).toEqual([{ router: 'means', learned: 2, model: 'a' }]);
  });

  it('takes what names and sources say that the configuration trusts, the last of each', async () => {
    const { turn, post, look } = learning({ every: 1 }, { feedback: { trains: { sources: ['user'] } } });
    const { id } = await turn();
    for (const other of [{ source: 'model' }, { name: 'tone' }, { value: 'meh' }])
      await post('/v1/feedback', { id, value: false, ...other });
    await settle();
    expect(await look()).toMatchObject([{ observed: 0, waiting: 0 }]);
    await post('/v1/feedback', { id, value: true });
    await settle();
    expect(await look()).toMatchObject([{ observed: 1, skipped: {} }]);
    await post('/v1/feedback', { id, value: false });
    await settle();
    expect(await look()).toMatchObject([{ observed: 1, skipped: { again: 1 } }]);
  });

  it('skips, and counts, what it cannot learn from', async () => {
    const { turn, upstream, look } = learning({ every: 1 });
    await turn(true, { model: 'a' });
    upstream.script.set('a', [{ kind: 'refuse', status: 500, body: '' }]);
    expect((await turn(true)).served).toBe('b');
    expect(await look()).toMatchObject([{ observed: 0, skipped: { 'fell-back': 1 } }]);
  });

  it('reads what was judged before it started, where vectors are kept, and waits for nobody', async () => {
    const store = memoryStore();
    const before = learning({ mode: 'off' }, { log: { vectors: true } }, store);
    for (let i = 0; i < 3; i++) await before.turn(false);
    await before.gateway.close();
    const after = learning({}, {}, store);
    expect((await after.look())[0]).toMatchObject({ catchingUp: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await after.look()).toMatchObject([{ catchingUp: false, version: 3 }]);
  });

  it('says that what it judged before is lost without vectors', async () => {
    const store = memoryStore();
    const before = learning({ mode: 'off' }, {}, store);
    await before.turn(false);
    const after = learning({}, {}, store);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await after.look()).toMatchObject([{ version: 0, skipped: { 'no-vector': 1 } }]);
    expect(after.warnings).toEqual([expect.stringContaining('log: { vectors: true }') as string]);
  });

  it('forgets what it learned with a configuration that turns it off', async () => {
    const { turn, gateway, given, parts, look } = learning();
    await turn(false);
    await turn(false);
    expect((await turn()).model).toBe('b');
    const off = { default: { learn: { ...given.routes.default.learn, mode: 'off' as const } } };
    gateway.reload({ endpoints: ENDPOINTS, routes: off }, parts.routes);
    expect((await turn()).model).toBe('a');
    expect(await look()).toBe(undefined);
  });

  it('goes on where a store was down', async () => {
    const store = memoryStore();
    let down = true;
    const said = (id: string) => (down ? Promise.reject(new Error('no disk')) : store.said(id));
    const { turn, clock, look, warnings } = learning({ every: 1, within: '5s' }, {}, { ...store, said });
    await turn(true);
    expect(warnings).toEqual([
      expect.stringContaining('learning waits, as the store cannot be read: no disk') as string,
    ]);
    down = false;
    await clock.advance(5_000);
    expect(await look()).toMatchObject([{ version: 1, waiting: 0 }]);
  });

  it('is refused with a learner that there is not, and around a router that does not say what it reads', () => {
    expect(() => learning({ strategy: 'nobody' })).toThrow('routes.default.learn: there is no learner called nobody');
    const { steps: _, ...closed } = chancesRoute({ a: 0.8, b: 0.6 });
    const config = { routes: { default: { learn: { strategy: 'means' } } } };
    expect(() => openGateway(config, { routes: { default: closed }, learners: [meansLearner] })).toThrow('steps');
  });
});

const ENDPOINTS = ['a', 'b'].map((candidate) => ({
  ...{ id: candidate, candidate, baseUrl: `https://${candidate}.example/v1`, wires: ['chat' as const] },
}));

import { describe, expect, it } from 'vitest';
import { vectorOf } from '../contracts/vector.js';
import { settle } from '../testing/manual-clock.js';
import { chancesRoute } from '../testing/learning-routers.js';
import { listedRouter, openGateway } from '../testing/open-gateway.js';

const ask = (content: string) => ({ messages: [{ role: 'user', content }] });
const near = { default: chancesRoute({ a: 0.8, b: 0.79 }) };
const exploring = (more: object = {}) => ({ routes: { default: { explore: { epsilon: 0.5, ...more } } } });

describe('records with vectors', () => {
  it('hold what the router read, each its own, also of requests that are decided together', async () => {
    const opened = openGateway({ log: { vectors: true } }, { routes: near });
    const texts = ['Why?', 'What is 17 * 3?', 'Who?'];
    const asked = texts.map((text) => opened.ask('chat', false, ask(text)));
    await opened.clock.advance(10);
    await Promise.all(asked);
    await settle();
    const records = await Promise.all(texts.map((_, i) => opened.store.find(`id-${i + 1}`)));
    expect(records.map((record) => [...vectorOf(record?.vector ?? '')])).toEqual(
      texts.map((text) => [text.length, text.charCodeAt(0)]),
    );
    expect(records[0]?.text).toBe(undefined);
  });

  it('are made only where the configuration says so', async () => {
    const { ask: send, store } = openGateway({}, { routes: near });
    await send('chat', false, { model: 'a', ...ask('Why?') });
    await settle();
    expect(await store.find('id-1')).not.toHaveProperty('vector');
  });
});

describe('a route that explores', () => {
  const choices = async (config: object, count: number, more: object = {}, init = {}) => {
    const opened = openGateway(config, { routes: near });
    for (let i = 0; i < count; i++) {
      const asked = opened.ask('chat', false, { ...ask('Why?'), ...more }, init);
      await opened.clock.advance(5);
      await (await asked).text();
    }
    await settle();
    const records = await opened.store.latest('local', count);
    return { ...opened, records: records.reverse() };
  };

  it('draws by the id of the request, and says with which chance', async () => {
    const { records } = await choices(exploring(), 200);
    const drawn = records.filter(({ model }) => model === 'b').length;
    // 50 expected, standard deviation 6.1.
    expect(drawn).toBeGreaterThan(25);
    expect(drawn).toBeLessThan(75);
    for (const { model, propensity, served } of records)
      expect([propensity, served]).toEqual([model === 'a' ? 0.75 : 0.25, model]);
    const again = await choices(exploring(), 200);
    expect(again.records.map(({ model }) => model)).toEqual(records.map(({ model }) => model));
    const other = await choices({ ...exploring(), seed: 1 }, 200);
    expect(other.records.map(({ model }) => model)).not.toEqual(records.map(({ model }) => model));
  });

  it('leaves alone what is not near the best, requests that name a model, and conversations that stay', async () => {
    const far = await choices(exploring({ within: 0.001 }), 20);
    expect(new Set(far.records.map(({ model, propensity }) => `${model} ${propensity}`))).toEqual(new Set(['a 1']));
    const named = await choices(exploring(), 20, { model: 'b' });
    expect(new Set(named.records.map(({ model, propensity }) => `${model} ${propensity}`))).toEqual(new Set(['b 1']));
    const staying = { routes: { default: { ...exploring().routes.default, session: { ttl: '1h' } } } };
    const { records } = await choices(staying, 30, {}, { headers: { 'x-session-id': 's' } });
    expect(new Set(records.map(({ model }) => model)).size).toBe(1);
    expect(records.slice(1).every(({ propensity }) => propensity === 1)).toBe(true);
  });

  it('embeds with one model, as vectors of two do not compare', async () => {
    const endpoint = (candidate: string) => ({
      ...{ candidate, baseUrl: `https://${candidate}.example/v1`, wires: ['embeddings' as const] },
    });
    const opened = openGateway({ ...exploring(), endpoints: [endpoint('a'), endpoint('b')] }, { routes: near });
    for (let i = 0; i < 20; i++) {
      const asked = opened.post('/v1/route?wire=embeddings', { model: 'auto', input: 'Why?' });
      await opened.clock.advance(5);
      expect(await (await asked).json()).toMatchObject({ model: 'a' });
    }
  });

  it('never tries what a constraint rules out, also one of the request', async () => {
    const { records } = await choices(exploring(), 30, { model: 'auto:region=eu' });
    expect(records).toEqual([]);
    const eu = chancesRoute({ a: 0.8, b: 0.79 });
    const candidates = eu.candidates.map((one) => (one.id === 'a' ? { ...one, capabilities: { region: 'eu' } } : one));
    const opened = openGateway(exploring(), { routes: { default: { ...eu, candidates } } });
    for (let i = 0; i < 30; i++) {
      const asked = opened.ask('chat', false, { ...ask('Why?'), model: 'auto:region=eu' });
      await opened.clock.advance(5);
      expect((await asked).headers.get('x-routeprofile-model')).toBe('a');
    }
  });

  it('keeps who was drawn, and who answered in its place', async () => {
    const opened = openGateway(exploring(), { routes: near });
    opened.upstream.script.set(
      'b',
      Array.from({ length: 50 }, () => ({ kind: 'refuse', status: 500, body: '' })),
    );
    for (let i = 0; i < 20; i++) {
      const asked = opened.ask('chat', false, ask('Why?'));
      await opened.clock.advance(5);
      await asked;
    }
    await settle();
    const fell = (await opened.store.latest('local', 20)).filter(({ model }) => model === 'b');
    expect(fell.length).toBeGreaterThan(0);
    for (const { served, propensity } of fell) expect([served, propensity]).toEqual(['a', 0.25]);
  });

  it('tries none that cannot be called', async () => {
    const routes = { default: chancesRoute({ a: 0.8, b: 0.79, nowhere: 0.81 }) };
    const opened = openGateway(exploring(), { routes });
    for (let i = 0; i < 30; i++) {
      const asked = opened.ask('chat', false, ask('Why?'));
      await opened.clock.advance(5);
      await asked;
    }
    await settle();
    const records = await opened.store.latest('local', 30);
    for (const { model, served, propensity, ranked } of records)
      expect([served, propensity, ranked.length]).toEqual([model, model === 'a' ? 0.75 : 0.25, 2]);
    expect(new Set(records.map(({ model }) => model))).toEqual(new Set(['a', 'b']));
  });

  it.each<[string, object, object, object?]>([
    [
      'lacks what it needs',
      { tools: [{ type: 'function', function: { name: 'f' } }] },
      { capabilities: { vision: true } },
    ],
    [
      'reads too little',
      { messages: [{ role: 'user', content: 'why '.repeat(500) }] },
      { limits: { contextTokens: 50 } },
    ],
    ['does not speak its wire', {}, {}, { wires: ['messages'] }],
    ['has as many requests as it may', {}, {}, { maxConcurrent: 1 }],
  ])('tries none that %s: another would answer', async (_, request, candidate, endpoint = {}) => {
    const { candidates, ...rest } = chancesRoute({ a: 0.8, b: 0.79 });
    const given = candidates.map((one) => (one.id === 'b' ? { ...one, ...candidate } : one));
    const endpoints = ['a', 'b'].map((id) => ({
      ...{ id, candidate: id, baseUrl: `https://${id}.example/v1`, wires: ['chat' as const] },
      ...(id === 'b' && endpoint),
    }));
    const opened = openGateway({ ...exploring(), endpoints }, { routes: { default: { ...rest, candidates: given } } });
    opened.upstream.script.set('b', [{ kind: 'hang' }]);
    // It stays under way.
    void opened.ask('chat', false, { model: 'b' });
    for (let i = 0; i < 20; i++) {
      const asked = opened.ask('chat', false, { ...ask('Why?'), ...request });
      await opened.clock.advance(5);
      await asked;
    }
    await settle();
    const records = (await opened.store.latest('local', 50)).filter(({ route }) => route !== null);
    expect(records).toHaveLength(20);
    expect(new Set(records.map(({ model, propensity, served }) => [model, propensity, served].join()))).toEqual(
      new Set(['a,1,a']),
    );
  });

  it('follows a router that says no chances as it is, and says so once', async () => {
    const candidates = near.default.candidates;
    const opened = openGateway(exploring(), { routes: { default: listedRouter(candidates) } });
    for (let i = 0; i < 3; i++) expect((await opened.ask('chat', false)).headers.get('x-routeprofile-model')).toBe('a');
    expect(opened.warnings).toEqual([
      expect.stringContaining('routes.default.explore has no effect on some requests') as string,
    ]);
  });

  it('is refused with settings that do not go together', () => {
    expect(() => openGateway({ routes: { default: { explore: { epsilon: 0.1, temperature: 1 } } } })).toThrow(
      'routes.default.explore: give one of temperature and epsilon',
    );
  });
});

import { expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { openGateway } from '../testing/open-gateway.js';

const states = async ({ get }: ReturnType<typeof openGateway>) => {
  const { endpoints } = (await (await get('/v1/overview')).json()) as { endpoints: { id: string }[] };
  return endpoints.map(({ id, ...more }) => [id, more]);
};

it('lets an endpoint rest for all gateways that share a store, for as long as it rests for the first', async () => {
  const store = memoryStore();
  const said: unknown[] = [];
  store.subscribe('cooldown', (value) => said.push(value));
  const [first, second] = [openGateway({}, { store }), openGateway({}, { store })];
  for (const id of ['a', 'b'])
    first.upstream.script.set(id, [{ kind: 'refuse', status: 429, headers: { 'retry-after': '30' } }]);
  await first.ask('chat', false);
  expect(await states(second)).toMatchObject([
    ['a', { state: 'cooling', waitMs: 30_000, fault: 'rate-limited', faults: 0 }],
    ['b', { state: 'cooling', waitMs: 30_000 }],
  ]);
  // Two gateways, two endpoints: each is said once, and nothing but this of it.
  expect(said).toEqual(
    ['a', 'b'].map((endpoint) => ({ from: expect.any(String) as string, endpoint, fault: 'rate-limited', ms: 30_000 })),
  );
  await second.clock.advance(30_001);
  expect(await states(second)).toMatchObject([
    ['a', { state: 'trial' }],
    ['b', { state: 'trial' }],
  ]);
});

it('believes nobody who says what cannot be', async () => {
  const store = memoryStore();
  const opened = openGateway({}, { store });
  for (const value of [
    null,
    { endpoint: 'a' },
    { from: 'x', endpoint: 'a', fault: 'server', ms: -1 },
    { from: 'x', endpoint: 'z', fault: 'server', ms: 1 },
  ])
    store.publish('cooldown', value);
  store.publish('cooldown', { from: 'x', endpoint: 'b', fault: 'server', ms: 1e12 });
  expect(await states(opened)).toMatchObject([
    ['a', { state: 'up' }],
    ['b', { state: 'cooling', waitMs: 60_000 }],
  ]);
  await opened.gateway.close();
  store.publish('cooldown', { from: 'x', endpoint: 'a', fault: 'server', ms: 1_000 });
  expect(await (await opened.get('/ready')).json()).toMatchObject({ checks: { endpoint: true } });
});

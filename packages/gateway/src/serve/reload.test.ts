import { describe, expect, it } from 'vitest';
import type { RequestRouter } from '../decide/request-router.js';
import { settle } from '../testing/manual-clock.js';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { json } from '../testing/requests.js';

const endpoint = (id: string) => ({
  id,
  candidate: id,
  baseUrl: `https://${id}.example/v1`,
  wires: ['chat' as const],
});
const candidates = (...ids: string[]) => ids.map((id) => ({ id, model: id }));
const routerOf = (...ids: string[]) => listedRouter(candidates(...ids));

describe('reload', () => {
  it('serves by the new configuration, and finishes what began by the old one', async () => {
    const { gateway, ask, get, store } = openGateway();
    const stream = await ask('chat', true);
    const { retired } = gateway.reload({ endpoints: [endpoint('c')] }, { other: routerOf('c') });
    const [after, models] = [await ask('chat', false), await json<{ data: { id: string }[] }>(await get('/v1/models'))];
    expect(after.headers.get('x-routeprofile-model')).toBe('c');
    expect(models.data.map(({ id }) => id)).toEqual(['routeprofile/other', 'auto', 'c']);
    let over = false;
    void retired.then(() => (over = true));
    await settle();
    expect(over).toBe(false);
    expect(await stream.text()).toContain('[DONE]');
    await retired;
    expect((await store.find('id-1'))?.served).toBe('a');
  });

  it('changes nothing when the configuration cannot be served', async () => {
    const { gateway, ask } = openGateway();
    expect(() => gateway.reload({ endpoints: [endpoint('x')] }, { default: routerOf('c') })).toThrow();
    expect(() => gateway.reload({ endpoints: [endpoint('c')] }, {})).toThrow();
    expect((await ask('chat', false)).headers.get('x-routeprofile-model')).toBe('a');
  });

  it('does not make a gateway with keys one that serves everybody', async () => {
    const { gateway } = openGateway({ keys: [{ id: 'a', key: 'env:TEAM_A' }] });
    const change = () => gateway.reload({ endpoints: [endpoint('c')] }, { default: routerOf('c') });
    expect(change).toThrowError(expect.objectContaining({ code: 'BAD_OPTION' }));
    expect(gateway.asksForKeys).toBe(true);
  });

  it('tries endpoints again that were out until then', async () => {
    const { gateway, ask, upstream } = openGateway();
    upstream.script.set('a', [{ kind: 'refuse', status: 401 }]);
    await ask('chat', false);
    expect((await ask('chat', false)).headers.get('x-routeprofile-model')).toBe('b');
    gateway.reload({ endpoints: [endpoint('a'), endpoint('b')] }, { default: routerOf('a', 'b') });
    expect((await ask('chat', false)).headers.get('x-routeprofile-model')).toBe('a');
  });

  it('shows no request two configurations', async () => {
    // Each router gives its text's decision only after another reload.
    const slow = (id: string): RequestRouter => {
      const router = routerOf(id, `${id}2`);
      return {
        ...router,
        async route(texts) {
          await settle();
          return router.route(texts);
        },
      };
    };
    const configOf = (id: string) => ({ endpoints: [endpoint(id), endpoint(`${id}2`)] });
    const { gateway, ask, upstream, store } = openGateway(configOf('v0'), { routes: { default: slow('v0') } });
    const asked: Promise<Response>[] = [];
    for (let version = 1; version <= 20; version++) {
      asked.push(ask('chat', false), ask('chat', version % 2 === 0));
      gateway.reload(configOf(`v${version}`), { default: slow(`v${version}`) });
    }
    for (const one of await Promise.all(asked)) {
      await one.text();
      expect(one.status).toBe(200);
    }
    await settle();
    const { sent } = upstream;
    expect(new Set(sent.map(({ endpoint: id }) => id)).size).toBe(20);
    for (let i = 1; i <= asked.length; i++) {
      const record = await store.find(`id-${i}`);
      expect(record?.ranked.map(({ model }) => model)).toEqual([record?.model, `${record?.model}2`]);
      expect(record?.served).toBe(record?.model);
    }
  });
});

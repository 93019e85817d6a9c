import { RouteProfileError } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { manualClock, settle } from '../testing/manual-clock.js';
import { listedRouter } from '../testing/open-gateway.js';
import { batchedRouter, QueueFull, type Batching } from './batched-router.js';

/** A router that says which texts it was given together, and waits until it is told to go on. */
function slowRouter(more: { encoder?: string | null } = {}) {
  const batches: string[][] = [];
  const signals: (AbortSignal | undefined)[] = [];
  let go = () => {};
  const inner = listedRouter([{ id: 'a', model: 'a' }], {
    encoder: more.encoder === undefined ? 'toy' : more.encoder,
    async route(texts, { signal } = {}) {
      batches.push([...texts]);
      signals.push(signal);
      await new Promise<void>((resolve) => (go = resolve));
      if (texts.includes('refused')) throw new RouteProfileError('UNSUPPORTED', 'no model fulfils it');
      return texts.map((text) => ({ model: 'a', ranked: [{ model: 'a', score: 1 }], reasons: [{ kind: 't', text }] }));
    },
  });
  const clock = manualClock();
  return {
    batches,
    signals,
    clock,
    router: (batching: Partial<Batching> = {}) =>
      batchedRouter(inner, { texts: 3, waitMs: 2, waiting: 5, ...batching }, clock),
    finish: async () => {
      go();
      await settle();
    },
  };
}
const said = async (asking: Promise<{ reasons: { text: string }[] }[]>) => (await asking)[0]!.reasons[0]!.text;

describe('a batch', () => {
  it('holds what comes within its time, and each gets its own decision', async () => {
    const { router, batches, clock, finish } = slowRouter();
    const one = router();
    const asking = ['x', 'y'].map((text) => said(one.route([text])));
    await clock.advance(1);
    expect(batches).toEqual([]);
    await clock.advance(1);
    expect(batches).toEqual([['x', 'y']]);
    await finish();
    expect(await Promise.all(asking)).toEqual(['x', 'y']);
  });

  it('goes at once when it is full, and takes along what came while another was under way', async () => {
    const { router, batches, clock, finish } = slowRouter();
    const one = router();
    const asking = ['1', '2', '3', '4', '5', '6', '7'].map((text) => said(one.route([text])));
    expect(batches).toEqual([['1', '2', '3']]);
    await finish();
    expect(batches[1]).toEqual(['4', '5', '6']);
    await finish();
    expect([batches[2], clock.waiting]).toEqual([['7'], 0]);
    await finish();
    expect(await Promise.all(asking)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('does not wait for a router that encodes nothing', async () => {
    const { router, batches, finish } = slowRouter({ encoder: null });
    const asking = said(router().route(['x']));
    expect(batches).toEqual([['x']]);
    await finish();
    expect(await asking).toBe('x');
  });

  it('harms nobody by a text that the router refuses', async () => {
    const { router, batches, clock, finish } = slowRouter();
    const one = router();
    const asking = ['x', 'refused', 'y'].map((text) => said(one.route([text])).catch((error: Error) => error.message));
    await clock.advance(2);
    for (let i = 0; i < 4; i++) await finish();
    expect(await Promise.all(asking)).toEqual(['x', 'no model fulfils it', 'y']);
    expect(batches).toEqual([['x', 'refused', 'y'], ['x'], ['refused'], ['y']]);
  });

  it('leaves out whoever has left, and is stopped when all have', async () => {
    const { router, batches, signals, clock, finish } = slowRouter();
    const one = router();
    const clients = ['x', 'y', 'z'].map(() => new AbortController());
    const asking = clients.map(({ signal }, i) =>
      one.route([String(i)], { signal }).then(
        () => 'decided',
        (error: { code: string }) => error.code,
      ),
    );
    // Three are a full batch, which has gone already.
    const [late] = [one.route(['late'], { signal: clients[0]!.signal }).catch(() => 'left')];
    clients[0]!.abort();
    expect([await late, await asking[0]]).toEqual(['left', 'ABORTED']);
    expect(signals[0]!.aborted).toBe(false);
    clients[1]!.abort();
    clients[2]!.abort();
    expect(signals[0]!.aborted).toBe(true);
    await finish();
    await clock.advance(10);
    expect(batches).toEqual([['0', '1', '2']]);
    const already = new AbortController();
    already.abort();
    await expect(one.route(['x'], { signal: already.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('is refused to whoever comes when too many wait', async () => {
    const { router, finish } = slowRouter();
    const one = router({ waiting: 2 });
    const first = ['1', '2'].map((text) => one.route([text]));
    await expect(one.route(['3'])).rejects.toThrow(QueueFull);
    await expect(one.route(['3'])).rejects.toThrow('2 requests wait for the router already');
    void Promise.allSettled(first);
    await finish();
  });

  it('is told of a router that decides too little', async () => {
    const clock = manualClock();
    const inner = listedRouter([{ id: 'a', model: 'a' }], { route: async () => [] });
    const one = batchedRouter(inner, { texts: 3, waitMs: 2, waiting: 5 }, clock);
    await expect(one.route(['x'])).rejects.toMatchObject({ code: 'PLUGIN_FAILED' });
    expect(await one.route(['x', 'y'])).toEqual([]);
  });
});

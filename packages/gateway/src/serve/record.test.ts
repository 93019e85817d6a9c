import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { RECORDINGS } from '../testing/recordings.js';
import { json } from '../testing/requests.js';

const candidates: Candidate[] = [
  { id: 'a', model: 'a', price: { input: 1, output: 10 } },
  { id: 'b', model: 'b', price: { input: 3, output: 30 } },
];
const open = (more: Partial<Parameters<typeof listedRouter>[1]>, own = candidates) =>
  openGateway({}, { routes: { default: listedRouter(own, more) } });

describe('what the best single model would have cost', () => {
  it('is shown with the decision, for the tokens of the answer that was delivered', async () => {
    const { ask, get, upstream } = open({ bestSingle: 'b' });
    // An attempt that failed is not what another model would have taken.
    upstream.script.set('a', [{ kind: 'refuse', status: 500, body: '' }]);
    for (const stream of [false, true]) {
      const response = await ask('chat', stream);
      await response.text();
      const record = await json<{ cost: number; bestSingle: { model: string; cost: number } }>(
        await get(`/v1/decisions/${response.headers.get('x-routeprofile-id')}`),
      );
      const { uncachedInput, cacheRead, output } = RECORDINGS.chat.usage;
      const cost = ((uncachedInput + cacheRead) * 3 + output * 30) / 1e6;
      expect(record.bestSingle).toEqual({ model: 'b', cost: expect.closeTo(cost, 12) as number });
    }
  });

  it('is absent where the model, its price or the answer is not there', async () => {
    const free = candidates.map(({ id, model }) => ({ id, model }));
    for (const { ask, store } of [open({}), open({ bestSingle: 'b' }, free), open({ bestSingle: 'c' })]) {
      await (await ask('chat', false)).text();
      expect(await store.find('id-1')).not.toHaveProperty('bestSingle');
    }
    const failing = open({ bestSingle: 'b' });
    for (const id of ['a', 'b']) failing.upstream.script.set(id, [{ kind: 'refuse', status: 500, body: '' }]);
    await failing.ask('chat', false);
    expect(await failing.store.find('id-1')).toMatchObject({ served: null });
    expect(await failing.store.find('id-1')).not.toHaveProperty('bestSingle');
    const pinned = open({ bestSingle: 'b' });
    await (await pinned.ask('chat', false, { model: 'a' })).text();
    expect(await pinned.store.find('id-1')).not.toHaveProperty('bestSingle');
  });
});

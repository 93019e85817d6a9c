import { expect, it } from 'vitest';
import { settle } from '../../testing/manual-clock.js';
import { openGateway } from '../../testing/open-gateway.js';
import { json } from '../../testing/requests.js';
import type { Overview } from './overview.js';

it('an overview says what useful answers cost, by what was said of them', async () => {
  const { ask, get, store } = openGateway();
  const useful = async () => (await json<Overview>(await get('/v1/overview'))).useful;
  for (let i = 0; i < 4; i++) await ask('chat', false);
  await settle();
  expect(await useful()).toEqual({ judged: 0, cost: 0, useful: 0 });
  const said = (decision: string, score: number, more: object = {}) =>
    store.feedback({
      ...{
        id: `${decision} ${score}`,
        decision,
        tenant: 'local',
        name: 'quality',
        value: score,
        score,
        source: 'user',
        at: 0,
      },
      ...more,
    });
  await said('id-1', 1);
  await said('id-2', 1);
  await said('id-2', 0);
  await said('id-3', 0);
  // What may not train says nothing here either.
  await said('id-4', 1, { source: 'model' });
  const each = (await store.find('id-1'))!.cost!;
  const { judged, cost, useful: sum, perUseful } = await useful();
  // Of what one user says of an answer the last counts, as for learners.
  expect([judged, sum]).toEqual([3, 1]);
  expect(cost).toBeCloseTo(3 * each, 12);
  expect(perUseful).toBeCloseTo(3 * each, 12);
});

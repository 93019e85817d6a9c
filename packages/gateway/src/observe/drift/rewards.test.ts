import { expect, it } from 'vitest';
import { settle } from '../../testing/manual-clock.js';
import { openGateway } from '../../testing/open-gateway.js';
import { json } from '../../testing/requests.js';
import type { SeenDrift } from '../../serve/overview/state.js';

it('one answer that is judged a thousand times is one answer', async () => {
  const opened = openGateway({ routes: { default: { drift: { action: 'distrust' } } } });
  for (let i = 0; i < 60; i++) await (await opened.ask('chat', false)).text();
  await settle();
  const say = async (all: object[]) => {
    expect((await opened.post('/v1/feedback', all)).status).toBe(202);
    await settle();
  };
  const rewards = async () => {
    const { drift } = await json<{ drift: SeenDrift }>(await opened.get('/v1/overview'));
    return drift.flags.filter(({ stream }) => stream === 'reward:a');
  };
  await say(Array.from({ length: 59 }, (_, i) => ({ id: `id-${i + 1}`, value: true })));
  await say(Array.from({ length: 1_000 }, (_, i) => ({ id: 'id-60', value: false, feedbackId: `again ${i}` })));
  expect(await rewards()).toEqual([]);
});

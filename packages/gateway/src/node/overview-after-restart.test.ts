import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { StateStore } from '../contracts/store.js';
import type { Overview } from '../serve/overview/overview.js';
import { settle } from '../testing/manual-clock.js';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { json } from '../testing/requests.js';
import { openJournal } from './journal.js';

const folder = mkdtempSync(join(tmpdir(), 'gateway-overview-'));
afterAll(() => rmSync(folder, { recursive: true }));

const price = { input: 1, output: 10 };
const candidates = ['a', 'b'].map((id) => ({ id, model: id, price }));
const open = (store: StateStore) =>
  openGateway(
    { routes: { default: { session: { ttl: '10m' } } } },
    { store, routes: { default: listedRouter(candidates, { bestSingle: 'b' }) } },
  );

it('an overview shows the same figures after a restart, by the journal alone', async () => {
  const before = await openJournal(folder);
  const first = open(before);
  for (let i = 0; i < 12; i++) {
    if (i % 3 === 2) first.upstream.script.set('a', [{ kind: 'refuse', status: 500 }]);
    await (await first.ask('chat', false, {}, { headers: { 'x-session-id': `s${i}` } })).text();
  }
  await settle();
  for (const [i, value] of [1, 0, 1].entries())
    expect((await first.post('/v1/feedback', { id: `id-${i + 1}`, value })).status).toBe(202);
  const shown = await json<Overview>(await first.get('/v1/overview'));
  expect(shown.window).toEqual({ decisions: 200, judged: 50 });
  expect(shown.routes).toEqual([expect.objectContaining({ route: 'default', decisions: 12, fellBack: 4 })]);
  const { value, low, high } = shown.spend.compared.saved!;
  expect(low! <= value && value <= high!).toBe(true);
  expect(shown.quality.map(({ model, judged }) => [model, judged])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  expect(shown.pins).toEqual([
    { model: 'a', conversations: 8 },
    { model: 'b', conversations: 4 },
  ]);
  await first.gateway.close();
  await before.close();

  const after = await openJournal(folder);
  const again = await json<Overview>(await open(after).get('/v1/overview'));
  for (const figure of ['spend', 'routes', 'useful', 'quality'] as const) expect(again[figure]).toEqual(shown[figure]);
  // Who answers which conversation is in memory alone.
  expect(again.pins).toEqual([]);
  await after.close();
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importOutcomes } from '@routeprofile/data';
import type { Candidate } from '@routeprofile/schema';
import { afterAll, expect, it } from 'vitest';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { openJournal } from './journal.js';

const folder = mkdtempSync(join(tmpdir(), 'rp-decisions-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a journal becomes a dataset with the chances of choices, and feedback as scores', async () => {
  const candidates = ['a', 'b'].map((id): Candidate => ({ id, model: id, price: { input: 1, output: 10 } }));
  // It draws: three of four times the first.
  const drawing = listedRouter(candidates, {
    route: async (texts) =>
      texts.map((text) => {
        const order = text.endsWith('4?') ? ['b', 'a'] : ['a', 'b'];
        const ranked = order.map((model, i) => ({ model, score: 1 - i }));
        return { model: order[0]!, ranked, reasons: [], propensity: order[0] === 'a' ? 0.75 : 0.25 };
      }),
  });
  const store = await openJournal(join(folder, 'state'));
  const { ask, upstream, gateway } = openGateway({ log: { text: 'full' } }, { routes: { default: drawing }, store });
  const say = async (content: string, more: object = {}) => {
    const response = await ask('chat', false, { messages: [{ role: 'user', content }], ...more });
    await response.text();
    return response.headers.get('x-routeprofile-id')!;
  };
  const ids = [];
  for (const n of [1, 2, 3, 4]) ids.push(await say(`Question ${n}?`));
  upstream.script.set('a', [{ kind: 'refuse', status: 500, body: '' }]);
  ids.push(await say('Question 5?'), await say('Question 6?', { model: 'b' }));
  for (const id of ['a', 'b']) upstream.script.set(id, [{ kind: 'refuse', status: 500, body: '' }]);
  await say('Question 7?');
  await gateway.close();
  // A change of mind, and a judgement of something else in words.
  const early = { decision: ids[0]!, tenant: 'local', source: 'user', at: 0 } as const;
  await store.feedback({ ...early, id: 'f0', name: 'quality', value: 1, score: 1 });
  await store.feedback({ ...early, id: 'tone', name: 'tone', value: 'curt' });
  for (const [i, decision] of ids.entries()) {
    const said = { id: `f${i}`, decision, tenant: 'local', name: 'quality', value: i % 2, score: i % 2, at: i };
    expect(await store.feedback({ ...said, source: 'user' })).toBe(i === 0 ? 'replaced' : 'stored');
  }
  await store.close();

  const out = join(folder, 'dataset');
  const { preset, rows, warnings } = await importOutcomes(join(folder, 'state', 'journal.jsonl'), out);
  expect([preset, rows]).toEqual(['gateway', 5]);
  const skipped = warnings.join('\n');
  for (const what of ['requests that nobody answered', 'requests that named their model'])
    expect(skipped).toContain(what);
  const written = readFileSync(join(out, 'outcomes.jsonl'), 'utf8').trim().split('\n');
  const found = written.map((line) => {
    const { query, models } = JSON.parse(line) as { query: string; models: Record<string, Record<string, unknown>> };
    const [[model, { score, propensity, source }]] = Object.entries(models) as [[string, Record<string, unknown>]];
    return [query, model, score, propensity, source];
  });
  expect(found.sort()).toEqual([
    ['Question 1?', 'a', 0, 0.75, 'user'],
    ['Question 2?', 'a', 1, 0.75, 'user'],
    ['Question 3?', 'a', 0, 0.75, 'user'],
    ['Question 4?', 'b', 1, 0.25, 'user'],
    // Another answered than was drawn: nobody knows the chance of that.
    ['Question 5?', 'b', 0, undefined, 'user'],
  ]);
});

import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportOptions } from './import.js';
import { csv, jsonl, Workbench } from './testing.js';
import { unitOfName } from './units.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

it.each([
  ['latency', 'latency_ms', 1e3],
  ['latency', 'delayMs', 1e3],
  ['latency', 'duration_us', 1e6],
  ['latency', 'min_latency', undefined],
  ['latency', 'latency', undefined],
  ['cost', 'cost_cents', 100],
  ['cost', 'costInCents', 100],
  ['cost', 'cents_per_call', 100],
  ['cost', 'cost_millicents', 1e5],
  ['cost', 'cost_microdollars', 1e6],
  ['cost', 'costUSD', 1],
  ['cost', 'cost', undefined],
] as const)('the %s of %s has a unit of which %s make ours', (role, name, per) => {
  expect(unitOfName(role, name)).toBe(per);
});

type Row = Record<string, string | number>;
/** The same two calls at each door: their fields, and their first outcome beside its score. */
const DOORS: Readonly<Record<string, (row: Row) => readonly [file: string, text: string]>> = {
  columns: (row) => [
    'a.csv',
    csv(`query,model,score,${Object.keys(row).join(',')}`, `Why?,a,1,${Object.values(row).join(',')}`),
  ],
  'JSON lines': (row) => ['a.jsonl', jsonl({ query: 'Why?', model: 'a', score: 1, ...row })],
  'a preset': (row) => [
    'a.jsonl',
    jsonl({
      ...{ request: { model: 'a', messages: [{ role: 'user', content: 'Why?' }] }, response: { choices: [] } },
      ...{ score: 1, ...row },
    }),
  ],
};
const imported = async (door: string, row: Row, options: ImportOptions = {}) => {
  const { warnings } = await bench.import(...DOORS[door]!(row), { ...options, replace: true });
  const { score: _, ...outcome } = bench.rows()[0]!.models['a'] as { score: number };
  return { outcome, said: warnings.join('\n') };
};

describe.each(Object.keys(DOORS))('units at the door of %s', (door) => {
  it.each<[Row, object]>([
    [{ cost_cents: 0.5 }, { cost: 0.005 }],
    [{ cost_microdollars: 1200 }, { cost: 0.0012 }],
    [{ cost: '$0.002' }, { cost: 0.002 }],
    [{ latency_ms: 850 }, { latency: 0.85 }],
    [{ durationMs: '850' }, { latency: 0.85 }],
    [{ response_time: 1.5 }, { latency: 1.5 }],
  ])('are told by names: %j', async (row, outcome) => {
    const found = await imported(door, row);
    expect([found.outcome, found.said]).toEqual([outcome, expect.not.stringContaining('--latency-unit')]);
  });

  it('are assumed to be seconds, which is doubted', async () => {
    const { outcome, said } = await imported(door, { latency: 850 });
    expect([outcome, said]).toEqual([{ latency: 850 }, expect.stringContaining('give --latency-unit ms')]);
  });

  it('are those that were asked for', async () => {
    for (const options of [{}, { columns: { latency: 'latency' } }]) {
      const { outcome, said } = await imported(door, { latency: 850 }, { latencyUnit: 'ms', ...options });
      expect([outcome, said]).toEqual([{ latency: 0.85 }, expect.not.stringContaining('--latency-unit')]);
    }
  });

  it('are told by the name of the column that was asked for', async () => {
    const columns = { latency: 'waited_ms', cost: 'paid_cents' };
    const { outcome } = await imported(door, { waited_ms: 850, paid_cents: 50 }, { columns });
    expect(outcome).toEqual({ latency: 0.85, cost: 0.5 });
  });

  it('are refused where there is nothing that has them', async () => {
    const error = await bench.refused(...DOORS[door]!({ cost: 1 }), { latencyUnit: 'ms' });
    expect([error.code, error.message]).toEqual(['BAD_OPTION', expect.stringContaining('latencyUnit: ')]);
  });
});

it('a unit is refused where a tool has its own, and a field that no record has', async () => {
  const text = jsonl({
    ...{ request_id: '1', request_model: 'a', response_status: 200, delay_ms: 900, scores: { ok: 100 } },
    request_body: { messages: [{ role: 'user', content: 'Hi?' }] },
  });
  const error = await bench.refused('a.jsonl', text, { latencyUnit: 's' });
  expect([error.code, error.hint]).toEqual(['BAD_OPTION', expect.stringContaining('--latency COLUMN')]);
  expect((await bench.refused('a.jsonl', text, { columns: { latency: 'nowhere' } })).message).toMatch(
    /latency: no record has "nowhere"; the files were read as requests of Helicone/,
  );
  await bench.import('a.jsonl', text, { latencyUnit: 's', columns: { latency: 'delay_ms' } });
  expect(bench.rows()[0]!.models['a']).toEqual({ score: 1, latency: 900 });
});

it('columns per model have the unit of their suffix', async () => {
  await bench.import('a.csv', csv('query,a,a_ms,a_cents', 'Why?,1,850,2'), {
    models: ['a'],
    suffixes: { latency: '_ms', cost: '_cents' },
  });
  expect(bench.rows()[0]!.models['a']).toEqual({ score: 1, latency: 0.85, cost: 0.02 });
});

it('outcomes under other names have their units', async () => {
  const outcome = { score: 1, cost_cents: 2, duration_ms: 850, prompt_tokens: 3 };
  await bench.import('a.jsonl', jsonl({ id: 'x', query: 'Hi?', models: { a: outcome } }));
  expect(bench.rows()[0]!.models['a']).toEqual({ score: 1, cost: 0.02, inputTokens: 3, latency: 0.85 });
});

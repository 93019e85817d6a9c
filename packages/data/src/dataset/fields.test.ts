import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { checkDataset } from '../layouts/check.js';
import { loadDataset } from '../layouts/load.js';
import { failureOf } from '../disk/testing.js';
import { folderOf, outcomeRow as row, temporaryFolder } from './testing.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const folder = (rows: unknown[], cards?: unknown) =>
  folderOf(root, `d${count++}`, { 'outcomes.jsonl': rows, ...(cards !== undefined && { 'models.json': cards }) });
const rowsOf = (a: object, b: object, extra: object = {}) =>
  ['1', '2', '3'].map((id, i) =>
    row(
      id,
      {},
      { split: i < 2 ? 'train' : 'test', models: { a: { score: 1, ...a }, b: { score: 0, ...b } }, ...extra },
    ),
  );

describe('other spellings', () => {
  it('of an outcome are understood, units included, and named once', async () => {
    const dataset = await loadDataset(
      folder(
        rowsOf(
          { prompt_tokens: 300, completion_tokens: 20, latency_ms: 1500 },
          { costs: 0.5, input_tokens: 7, duration_s: 2 },
        ),
      ),
    );
    const { cost, inputTokens, outputTokens, latency } = dataset.test.values;
    expect([...inputTokens, ...outputTokens]).toEqual([300, 7, 20, NaN]);
    expect([...latency, cost[1]]).toEqual([1.5, 2, 0.5]);
    expect(dataset.warnings).toEqual([
      'outcomes.jsonl: read under other names: prompt_tokens as inputTokens (3 outcomes), completion_tokens as outputTokens (3 outcomes), latency_ms as latency (3 outcomes, times 0.001), costs as cost (3 outcomes), input_tokens as inputTokens (3 outcomes), duration_s as latency (3 outcomes).',
    ]);
  });

  it('are held to the bounds of what they stand for, under the name they have', async () => {
    const error = await failureOf(() => loadDataset(folder(rowsOf({ prompt_tokens: -3 }, { latency_ms: '12' }))));
    expect(error.details.slice(0, 2)).toEqual([
      'outcomes.jsonl: line 1: models.a.prompt_tokens: is -3, expected a count of tokens from 0 to 1e9',
      'outcomes.jsonl: line 1: models.b.latency_ms: is a string, expected a number',
    ]);
  });

  it('do not override the field itself', async () => {
    const dataset = await loadDataset(folder(rowsOf({ cost: 2, cost_usd: 9 }, { cost: null, cost_usd: 4 })));
    expect([...dataset.test.values.cost]).toEqual([2, 4]);
    expect(dataset.warnings).toEqual([
      'outcomes.jsonl: read under other names: cost_usd as cost (3 outcomes).',
      'outcomes.jsonl: fields that nothing reads: cost_usd beside cost (3 outcomes).',
    ]);
  });

  it('of prices for cached input are understood, and the prices go with the candidate', async () => {
    const price = { input_price: 3, output_price: 15 };
    const cards = {
      a: { feature: 'A.', ...price, cached_input_price: 0.3, cache_write_price: 3.75 },
      b: { feature: 'B.', ...price, cache_read_input_token_cost: 5e-7, cache_creation_input_token_cost: null },
    };
    const { candidates } = await loadDataset(folder(rowsOf({}, {}), cards));
    expect(candidates.map((candidate) => candidate.price)).toEqual([
      { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75 },
      { input: 3, output: 15, cachedInput: 0.5 },
    ]);
    const error = await failureOf(() =>
      loadDataset(folder(rowsOf({}, {}), { a: { ...cards.a, cache_write_price: -1 } })),
    );
    expect(error.message).toMatch(/^models\.json: a\.cache_write_price: is -1/);
  });

  it('of a card are understood', async () => {
    const cards = {
      a: { description: 'Big.', inputPrice: 3, outputPrice: 15, context_window: 8000, family: 'F', maker: 'x' },
      b: { feature: 'Small.', input_cost_per_token: 1e-6, output_cost_per_token: 2e-6, scores: { t: 4 } },
    };
    const dataset = await loadDataset(folder(rowsOf({ prompt_tokens: 10, completion_tokens: 1 }, {}), cards));
    expect(dataset.candidates).toMatchObject([
      { id: 'a', price: { input: 3, output: 15 }, limits: { contextTokens: 8000 } },
      { id: 'b', price: { input: 1, output: 2 } },
    ]);
    expect(dataset.cards.map(({ text, family }) => [text, family])).toEqual([
      ['Big.', 'F'],
      ['Small.', null],
    ]);
    expect(dataset.warnings).toContain('models.json: fields that nothing reads: maker (1 model).');
    expect(dataset.warnings).toContainEqual(
      expect.stringMatching(
        /^models\.json: read under other names: description as feature \(1 model\), inputPrice as input_price/,
      ),
    );
    const error = await failureOf(() => loadDataset(folder(rowsOf({}, {}), { a: { description: 5 } })));
    expect(error.message).toBe('models.json: a.description: is a number, expected a string');
  });
});

describe('unknown fields', () => {
  it('are named once with their counts, by the check as by the loader', async () => {
    const dir = folder(rowsOf({ note: 'x', output_chars: 4 }, { note: 'y' }, { answer: '4', origin: 'web' }));
    const expected =
      'outcomes.jsonl: fields that nothing reads: origin (3 rows), note (6 outcomes), output_chars (3 outcomes).';
    expect((await loadDataset(dir)).warnings).toEqual([expected]);
    expect((await checkDataset(dir)).warnings).toEqual([expected]);
  });
});

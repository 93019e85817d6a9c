import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { modelCardFileSchema } from '@routeprofile/schema';
import { folderOf, outcomeRow as row, publishedFiles, temporaryFolder } from '../dataset/testing.js';
import { failureOf } from '../disk/testing.js';
import { loadDataset } from '../layouts/load.js';
import { pricedCards, writePricedCards } from './cards.js';
import type { CatalogueEntry } from './entry.js';
import { matchCatalogue } from './match.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
const entry = (id: string, input: number, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  id,
  model: id,
  price: { input, output: 2 * input, cachedInput: input / 10 },
  limits: { contextTokens: 8000, maxOutputTokens: 500 },
  capabilities: { jsonMode: true, tools: true },
  source: 'prices.json',
  date: '2026-11-01',
  ...more,
});
const rows = ['1', '2', '3', '4', '5'].map((id, i) =>
  row(
    id,
    {},
    {
      split: i < 3 ? 'train' : 'test',
      models: {
        b: { score: 1, inputTokens: 1000, outputTokens: 100 },
        a: { score: 0, inputTokens: 1000, outputTokens: 100 },
      },
    },
  ),
);
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('pricedCards', () => {
  const matchesOf = (...entries: CatalogueEntry[]) =>
    matchCatalogue(
      entries.map(({ id }) => ({ id, model: id })),
      entries,
    ).matched;

  it('puts in the price, adds what the card does not say, and leaves the rest', () => {
    const card = modelCardFileSchema.parse({
      feature: 'A.',
      own: 'kept',
      input_price: 3,
      input_cost_per_token: 3e-6,
      contextTokens: 9,
      context_tokens: 4000,
      capabilities: { tools: false, region: 'eu' },
    });
    const { cards, priced, replaced } = pricedCards(['b', 'a'], { a: card }, matchesOf(entry('a', 1), entry('b', 2)));
    expect(Object.keys(cards)).toEqual(['a', 'b']);
    expect(cards['a']).toEqual({
      feature: 'A.',
      own: 'kept',
      detailed_scores: {},
      contextTokens: 9,
      context_tokens: 4000,
      max_output_tokens: 500,
      capabilities: { json_mode: true, tools: false, region: 'eu' },
      input_price: 1,
      output_price: 2,
      cached_input_price: 0.1,
      price_source: 'a in prices.json',
      price_date: '2026-11-01',
    });
    expect(cards['b']).toMatchObject({ input_price: 2, context_tokens: 8000 });
    expect(priced).toEqual(['a', 'b']);
    expect(replaced).toEqual([{ id: 'a', before: { input: 3 }, after: { input: 1, output: 2, cachedInput: 0.1 } }]);
  });

  it('keeps the price of a card where the catalogue has none, and does not leave half of an old price', () => {
    const card = modelCardFileSchema.parse({ input_price: 3, output_price: 4, cached_input_price: 2 });
    const { price: _price, ...unpriced } = entry('a', 1);
    const kept = pricedCards(['a'], { a: card }, matchesOf(unpriced));
    expect(kept.cards['a']).toMatchObject({ input_price: 3, output_price: 4, context_tokens: 8000 });
    expect([kept.priced, kept.replaced]).toEqual([[], []]);
    const fresh = pricedCards(['a'], { a: card }, matchesOf(entry('a', 1, { price: { input: 1, output: 2 } })));
    expect(fresh.cards['a']).not.toHaveProperty('cached_input_price', 2);
  });
});

describe('writePricedCards', () => {
  const matchesOf = (dataset: Awaited<ReturnType<typeof loadDataset>>) =>
    matchCatalogue(dataset.candidates, [entry('a', 1)]).matched;

  it('makes a file that the next run reads: costs are filled in, order and scores stay', async () => {
    const dir = folderOf(root, 'outcomes', { 'outcomes.jsonl': rows });
    const before = await loadDataset(dir);
    expect(before.train.outcomes!.cost[1]).toBeNaN();
    const file = join(dir, 'models.json');
    const written = await writePricedCards(file, dir, before, matchesOf(before));
    expect(written).toEqual({ file, priced: ['a'], replaced: [] });
    const after = await loadDataset(dir);
    expect(after.candidates.map(({ id, price }) => [id, price])).toEqual([
      ['b', undefined],
      ['a', { input: 1, output: 2, cachedInput: 0.1 }],
    ]);
    // 1,000 tokens at $1 and 100 at $2 per million.
    expect(after.train.outcomes!.cost[1]).toBeCloseTo(0.0012, 12);
    expect(after.cards.map(({ name, text, scores }) => [name, text, scores])).toEqual(
      before.cards.map(({ name, text, scores }) => [name, text, scores]),
    );
    expect(after.warnings).toEqual(before.warnings);
  });

  it('does not write over a file unless told, and then keeps what its cards say', async () => {
    const cards = { a: { feature: 'The one.', input_price: 9, output_price: 9 }, other: { feature: 'Not asked.' } };
    const dir = folderOf(root, 'replaced', { 'outcomes.jsonl': rows, 'models.json': cards });
    const dataset = await loadDataset(dir);
    const file = join(dir, 'models.json');
    const error = await failureOf(() => writePricedCards(file, dir, dataset, matchesOf(dataset)));
    expect([error.code, error.message, error.hint]).toEqual([
      'OUTPUT_UNWRITABLE',
      `${file}: is there already`,
      expect.stringContaining('--replace'),
    ]);
    expect(read(file)).toEqual(cards);
    const { replaced } = await writePricedCards(file, dir, dataset, matchesOf(dataset), { replace: true });
    expect(replaced).toMatchObject([{ id: 'a', before: { input: 9, output: 9 } }]);
    expect(read(file)).toMatchObject({
      a: { feature: 'The one.', input_price: 1 },
      other: { feature: 'Not asked.' },
      b: {},
    });
  });

  it('takes over the cards of the dataset into a file elsewhere', async () => {
    const dir = folderOf(root, 'elsewhere', { 'outcomes.jsonl': rows, 'models.json': { a: { feature: 'The one.' } } });
    const dataset = await loadDataset(dir);
    const file = join(root, 'priced.json');
    await writePricedCards(file, dir, dataset, matchesOf(dataset));
    expect(read(file)).toMatchObject({ a: { feature: 'The one.', input_price: 1 } });
    expect(read(join(dir, 'models.json'))).toEqual({ a: { feature: 'The one.' } });
  });

  it('keeps the candidates of a published folder that has no list of them, in their order', async () => {
    const dir = folderOf(root, 'published', publishedFiles({ 'profile_data/candidate_models.json': undefined }));
    const before = await loadDataset(dir, { mode: 'newllm' });
    const standard = await loadDataset(dir);
    expect(before.newModels).toEqual(['c']);
    const file = join(dir, 'profile_data', 'candidate_models.json');
    await writePricedCards(file, dir, standard, matchesOf(standard));
    const after = await loadDataset(dir, { mode: 'newllm' });
    expect(after.newModels).toEqual(['c']);
    expect(after.candidates.map(({ id }) => id)).toEqual(before.candidates.map(({ id }) => id));
    expect(after.candidates[0]).toMatchObject({ id: 'a', price: { input: 1, output: 2 } });
    expect(after.cards).toMatchObject(before.cards.map(({ text, scores }) => ({ text, scores })));
  });
});

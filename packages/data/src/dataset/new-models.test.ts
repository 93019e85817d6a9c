import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { modelCardsFileSchema, type Dataset } from '@routeprofile/schema';
import { loadDataset } from '../layouts/load.js';
import { failureOf } from '../disk/testing.js';
import { folderOf, outcomeRow, publishedFiles, routingRow, temporaryFolder } from './testing.js';
import { withCards } from './with-cards.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const folder = (files: Record<string, unknown>) => folderOf(root, `d${count++}`, files);
const scoresOf = (dataset: Dataset, name: string) => [
  ...dataset.cards.find((card) => card.name === name)!.scores.keys(),
];

/** Training rows in which `c` scores as given, test rows in which everybody does. */
const rowsWith = (scores: readonly (number | null)[]) => [
  ...scores.map((score, i) => outcomeRow(`train ${i}`, { a: i % 2, b: (i + 1) % 2, c: score }, { task: `t${i % 2}` })),
  outcomeRow('test 1', { a: 1, b: 0, c: 1 }, { split: 'test', task: 't0' }),
  outcomeRow('test 2', { a: 1, b: 0, c: 0 }, { split: 'test', task: 't1' }),
];
const cards = {
  c: { feature: 'Model c.', architecture: 'Fam', detailed_scores: { t0: 12, elsewhere: 34 } },
};
const outcomes = (scores: readonly (number | null)[], more = {}) =>
  folder({ 'outcomes.jsonl': rowsWith(scores), 'models.json': cards, 'meta.json': { name: 'same' }, ...more });

describe('new models by name, in the outcomes layout', () => {
  it('are candidates of which the training data say nothing', async () => {
    const dataset = await loadDataset(outcomes([1, 0, 1, 1]), { newModels: ['c', 'c'] });
    expect([dataset.mode, dataset.newModels, dataset.candidates.map(({ id }) => id)]).toEqual([
      'newllm',
      ['c'],
      ['c', 'a', 'b'],
    ]);
    expect(dataset.train.outcomes!.score).toEqual(Float64Array.of(NaN, 0, 1, NaN, 1, 0, NaN, 0, 1, NaN, 1, 0));
    expect(dataset.train.pairs.every(({ better, worse }) => better !== 0 && worse !== 0)).toBe(true);
    expect(dataset.test.values.score).toEqual(Float64Array.of(1, 1, 0, 0, 1, 0));
    expect(scoresOf(dataset, 'c')).toEqual(['elsewhere']);
    expect(scoresOf(dataset, 'a')).toEqual(['t0', 't1']);
    expect(dataset.warnings).toContainEqual(
      expect.stringMatching(/^The new model c loses 1 score on tasks that routers train on \(t0\):/),
    );
    const bare = await loadDataset(outcomes([1, 0], { 'models.json': {} }), { newModels: ['c'] });
    expect(bare.cards.find(({ name }) => name === 'c')).toMatchObject({ text: 'c. No measured tasks.' });
  });

  it('leave no trace of their training outcomes, whatever those are', async () => {
    const load = async (scores: readonly (number | null)[]) => {
      const { hash: _hash, ...rest } = await loadDataset(outcomes(scores), { newModels: ['c'] });
      return rest;
    };
    const silent = await load([null, null, null, null]);
    const score = fc.option(fc.double({ min: 0.001, max: 1, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(score, { minLength: 4, maxLength: 4 }), async (scores) => {
        expect(await load(scores)).toEqual(silent);
      }),
      { numRuns: 15 },
    );
  });

  it('need not be covered by training rows, but by test rows', async () => {
    const dataset = await loadDataset(outcomes([1, null, null, null]), { newModels: ['c'] });
    expect([dataset.newModels, dataset.leftOut]).toEqual([['c'], []]);
    const untested = folder({
      'outcomes.jsonl': rowsWith([1, 1]).map((row) =>
        row.split === 'test' ? { ...row, models: { ...row.models, c: { score: null } } } : row,
      ),
    });
    expect(await failureOf(() => loadDataset(untested, { newModels: ['c'] }))).toMatchObject({
      code: 'BAD_INPUT',
      message: 'new models: c has no outcome on the 2 test rows',
    });
  });

  it('must exist, and leave somebody to learn from', async () => {
    const dir = outcomes([1, 0]);
    expect(await failureOf(() => loadDataset(dir, { newModels: ['c', 'ghost'] }))).toMatchObject({
      code: 'UNKNOWN_NAME',
      message: expect.stringContaining('ghost') as string,
      hint: expect.stringContaining('a, b') as string,
    });
    expect(await failureOf(() => loadDataset(dir, { newModels: ['a', 'b', 'c'] }))).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('every candidate') as string,
    });
    expect((await loadDataset(dir, { newModels: [] })).mode).toBe('standard');
  });
});

describe('models that are new by the files', () => {
  const rows = rowsWith([null, null]);

  it('keep card scores of routed tasks with a warning, or drop them', async () => {
    const dir = folder({ 'outcomes.jsonl': rows, 'models.json': cards });
    const kept = await loadDataset(dir, { mode: 'newllm' });
    expect([kept.newModels, scoresOf(kept, 'c')]).toEqual([['c'], ['t0', 'elsewhere']]);
    expect(kept.warnings).toContainEqual(
      "The card of the new model c has 1 score on tasks that routers train on (t0), maybe measured on the training queries; leakedScores 'drop' takes them off.",
    );
    const dropped = await loadDataset(dir, { mode: 'newllm', leakedScores: 'drop' });
    expect(scoresOf(dropped, 'c')).toEqual(['elsewhere']);
  });
});

describe('new models by name, in the published layout', () => {
  it('are read from the standard files, without their pairs and their scores on routed tasks', async () => {
    const dataset = await loadDataset(folder(publishedFiles()), { newModels: ['a'] });
    expect([dataset.mode, dataset.newModels, dataset.candidates.map(({ id }) => id)]).toEqual([
      'newllm',
      ['a'],
      ['b', 'a', 'c'],
    ]);
    expect(dataset.train.queries.map(({ text }) => text)).toEqual(['1+1?']);
    expect(dataset.train.pairs).toEqual([{ query: 0, better: 2, worse: 0 }]);
    expect([scoresOf(dataset, 'a'), scoresOf(dataset, 'b')]).toEqual([[], ['math', 'qa']]);
    expect(dataset.warnings).toEqual([
      'Not used: 3 training pairs with a new model.',
      expect.stringMatching(/^The new model a loses 2 scores .* \(math, qa\)/),
    ]);
  });

  it('lose their full outcomes too', async () => {
    const train = [routingRow('math', '3+3?', { a: 1, b: 0, c: 0.5 }), routingRow('qa', 'When?', { a: 1, b: 1, c: 0 })];
    const dir = folder(publishedFiles({ 'route_data/routing_train_data.json': train }));
    const dataset = await loadDataset(dir, { newModels: ['a'] });
    expect(dataset.train.outcomes!.score).toEqual(Float64Array.of(0, NaN, 0.5, 1, NaN, 0));
    expect(dataset.train.outcomes!.inputTokens).toEqual(Float64Array.of(100, NaN, 100, 100, NaN, 100));
    expect(dataset.train.pairs.every(({ better, worse }) => better !== 1 && worse !== 1)).toBe(true);
  });

  it('must be candidates with test outcomes, where there are test rows', async () => {
    const dir = folder(publishedFiles());
    expect(await failureOf(() => loadDataset(dir, { newModels: ['aux'] }))).toMatchObject({ code: 'UNKNOWN_NAME' });
    const test = 'route_data/routing_test_data.json';
    const without = publishedFiles({ [test]: [routingRow('math', '2+2?', { a: null, b: 0, c: 1 })] });
    expect(await failureOf(() => loadDataset(folder(without), { newModels: ['a'] }))).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('a has no outcome on the 1 test row') as string,
    });
    const noTests = folder(publishedFiles({ [test]: undefined }));
    expect((await loadDataset(noTests, { newModels: ['a'], testRows: false })).newModels).toEqual(['a']);
  });

  it('leave out models that only the standard files know nothing of', async () => {
    const pairs = [{ task_name: 'math', query: '1+1?', better_model: 'a', worse_model: 'b' }];
    const dir = folder(publishedFiles({ 'route_data/pairwise_training_data_standard.json': pairs }));
    const dataset = await loadDataset(dir, { newModels: ['a'] }).catch((error: unknown) => error);
    expect(dataset).toMatchObject({ newModels: ['a'], leftOut: [{ model: 'c', coverage: 0 }] });
  });
});

describe('withCards', () => {
  it('adds cards for a graph and leaves candidates and training as they are', async () => {
    const before = await loadDataset(folder(publishedFiles()));
    const card = { feature: 'Fresh.', architecture: 'Novel', detailed_scores: { math: 90, unheard: 3, qa: null } };
    const { dataset, warnings } = withCards(before, { fresh: card, a: { feature: 'Other.', detailed_scores: {} } });
    expect(dataset.cards.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'aux', 'fresh']);
    expect(dataset.cards[0]).toMatchObject({ text: 'Other.', family: null });
    expect(dataset.cards.at(-1)).toMatchObject({ auxiliary: false, scores: new Map([['math', { value: 90 }]]) });
    expect(dataset.families.at(-1)).toEqual({ name: 'Novel', text: 'The Novel family of language models.' });
    expect([dataset.candidates, dataset.train, dataset.test]).toEqual([before.candidates, before.train, before.test]);
    expect(warnings).toEqual([expect.stringContaining('unheard')]);
    expect(before.cards).toHaveLength(4);
  });

  it('gives a card without text one of its name and family, so that there is something to encode', async () => {
    const before = await loadDataset(folder(publishedFiles()));
    const cards = modelCardsFileSchema.parse({ fresh: { architecture: 'Fam', input_price: 1, output_price: 2 } });
    const { dataset } = withCards(before, cards);
    expect(dataset.cards.at(-1)).toMatchObject({
      text: 'fresh, a language model of the Fam family.',
      price: { input: 1, output: 2 },
    });
  });
});

const real = join(process.env['ROUTEPROFILE_DATA'] ?? '', 'routeprofile');
describe.runIf(process.env['ROUTEPROFILE_DATA'] !== undefined && existsSync(real))('the published new model', () => {
  const name = 'mistral-small-24b-instruct-2501-bf16';
  const test = join(real, 'route_data', 'routing_dev_data.json');
  const scores = (dataset: Dataset) => dataset.cards.reduce((sum, card) => sum + card.scores.size, 0);

  it('keeps one score of a routed task by the files, which is told, and none by name', async () => {
    const byFiles = await loadDataset(real, { test, mode: 'newllm' });
    expect(scores(byFiles)).toBe(351);
    expect(byFiles.warnings).toContainEqual(expect.stringMatching(/^The card of .* has 1 score .* \(mmlu\)/));
    const dropped = await loadDataset(real, { test, mode: 'newllm', leakedScores: 'drop' });
    expect(scores(dropped)).toBe(350);

    const byName = await loadDataset(real, { test, newModels: [name] });
    expect(byName.newModels).toEqual([name]);
    const column = byName.candidates.findIndex(({ id }) => id === name);
    expect(byName.train.pairs.some(({ better, worse }) => better === column || worse === column)).toBe(false);
    expect(scoresOf(byName, name)).toEqual(scoresOf(dropped, name));
    const other = await loadDataset(real, { test, newModels: ['qwen2.5-7b-instruct'] });
    expect([other.newModels, other.candidates.length]).toEqual([['qwen2.5-7b-instruct'], 8]);
  });
});

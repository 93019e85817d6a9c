import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { checkDataset } from '../layouts/check.js';
import { loadDataset } from '../layouts/load.js';
import { assertEvaluable } from './evaluable.js';
import { failureOf } from '../disk/testing.js';
import { folderOf, outcomeRow as row, temporaryFolder } from './testing.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const folder = (rows: unknown[]) => folderOf(root, `d${count++}`, { 'outcomes.jsonl': rows });

describe('rows of one call each', () => {
  const call = (id: string, query: string, model: string, score: number, split: string) => ({
    ...row(id, {}, { split, query }),
    models: { [model]: { score, cost: score + 1 } },
  });
  const calls = ['train', 'test'].flatMap((split) =>
    ['one', 'two'].flatMap((query, q) =>
      ['a', 'b'].map((model, m) => call(`${split}${query}${model}`, `${query} ${split}`, model, (q + m) % 2, split)),
    ),
  );

  it('of the same text and task become one query, and that is said with its numbers', async () => {
    const dataset = await loadDataset(folder(calls));
    expect(dataset.candidates.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(dataset.train.queries.map(({ id, text }) => [id, text])).toEqual([
      ['trainonea', 'one train'],
      ['traintwoa', 'two train'],
    ]);
    expect(dataset.train.outcomes!.score).toEqual(Float64Array.of(0, 1, 1, 0));
    expect(dataset.train.outcomes!.cost).toEqual(Float64Array.of(1, 2, 2, 1));
    expect(dataset.test.values.score).toEqual(Float64Array.of(0, 1, 1, 0));
    expect(dataset.warnings).toContainEqual(
      expect.stringMatching(/^outcomes\.jsonl: 8 rows hold one model each .* put together into 4 queries/),
    );
  });

  it('give what one line per query gives', async () => {
    const lines = ['train', 'test'].flatMap((split) =>
      ['one', 'two'].map((query, q) => ({
        ...row(`${split}${query}a`, {}, { split, query: `${query} ${split}` }),
        models: { a: { score: q % 2, cost: (q % 2) + 1 }, b: { score: (q + 1) % 2, cost: ((q + 1) % 2) + 1 } },
      })),
    );
    const [joined, whole] = [await loadDataset(folder(calls)), await loadDataset(folder(lines))];
    expect([joined.train, joined.test, joined.cards]).toEqual([whole.train, whole.test, whole.cards]);
    expect(whole.warnings).toEqual([]);
  });

  it('stay apart where task, split or text differ, and average a model that was asked twice', async () => {
    const rows = [...calls, call('again', 'one train', 'a', 1, 'train'), { ...calls[0]!, id: 'other', task: 'u' }];
    const dataset = await loadDataset(folder(rows), { minCoverage: 0.5 });
    expect(dataset.train.queries.map(({ id }) => id)).toEqual(['trainonea', 'traintwoa', 'other']);
    expect(dataset.train.outcomes!.score).toEqual(Float64Array.of(0.5, 1, 1, 0, 0, NaN));
  });
});

describe('battles of two models out of more', () => {
  const ids = ['a', 'b', 'c'];
  const battles = Array.from({ length: 120 }, (_, i) =>
    row(`${i}`, { [ids[i % 3]!]: i % 2, [ids[(i + 1) % 3]!]: 1 - (i % 2) }, { split: i < 90 ? 'train' : 'test' }),
  );

  it('are read as a log, which routers can be judged by, and said to be one', async () => {
    const dataset = await loadDataset(folder(battles));
    expect([dataset.logged, dataset.candidates.map(({ id }) => id)]).toEqual([true, ids]);
    expect(dataset.warnings.join()).toContain(
      'This is read as a log: 120 rows have outcomes of 2.0 of 3 models on average (a: 80, b: 80, c: 80).',
    );
    expect(() => assertEvaluable(dataset)).not.toThrow();
  });
});

describe('a log with one model per query', () => {
  const log = Array.from({ length: 100 }, (_, i) =>
    row(`${i}`, i % 3 === 0 ? { tiny: i % 2 } : i === 50 ? { rare: 1 } : { big: 1 }, {
      split: i < 70 ? 'train' : 'test',
    }),
  );

  it('is loaded with the models that have outcomes enough, each on its own rows', async () => {
    const dataset = await loadDataset(folder(log), { minOutcomes: 20 });
    expect(dataset.logged).toBe(true);
    expect(dataset.candidates.map(({ id }) => id)).toEqual(['tiny', 'big']);
    expect(dataset.leftOut).toEqual([{ model: 'rare', coverage: 1 / 70 }]);
    const { score } = dataset.train.outcomes!;
    expect(score.filter((value) => !Number.isNaN(value))).toHaveLength(69);
    expect(dataset.train.pairs).toEqual([]);
    expect(dataset.warnings).toEqual(
      expect.arrayContaining([
        'This is read as a log: 100 of 100 rows have an outcome of one model only (big: 65, tiny: 34, rare: 1). Routers learn from what each model did on its own queries.',
        '1 model left out, with fewer than 20 training outcomes: rare.',
      ]),
    );
  });

  it('is refused where fewer than two models have enough, with the numbers', async () => {
    const error = await failureOf(() => loadDataset(folder(log)));
    expect([error.code, error.message]).toEqual([
      'BAD_INPUT',
      'there is nothing to route: only big has 30 training outcomes or more; left out: tiny (24), rare (1)',
    ]);
    expect(error.hint).toMatch(/--min-outcomes/);
    expect(error.hint).not.toMatch(/coverage/);
  });

  it('is a log by its training rows, whatever the test rows are', async () => {
    const tested = Array.from({ length: 200 }, (_, i) => row(`t${i}`, { tiny: i % 2, big: 1 }, { split: 'test' }));
    const dataset = await loadDataset(folder([...log.filter((_, i) => i < 70), ...tested]), { minOutcomes: 20 });
    expect(dataset.logged).toBe(true);
    expect(() => assertEvaluable(dataset)).not.toThrow();
  });

  it('is also what rows with several models are that leave no two candidates otherwise', async () => {
    const sparse = Array.from({ length: 120 }, (_, i) =>
      row(`${i}`, i % 2 === 0 ? { a: 1, b: 0 } : { b: 1, c: i % 4 === 1 ? 0 : 1 }, {
        split: i < 100 ? 'train' : 'test',
      }),
    );
    const dataset = await loadDataset(folder(sparse), { minOutcomes: 40 });
    expect([dataset.logged, dataset.candidates.map(({ id }) => id)]).toEqual([true, ['a', 'b', 'c']]);
  });

  it('states chances, and a judge who gave scores is named', async () => {
    const stated = log.map((line) => ({
      ...line,
      models: Object.fromEntries(
        Object.entries(line.models).map(([model, outcome]) => [
          model,
          { ...outcome, propensity: 0.25, source: model === 'big' ? 'judge:gpt' : 'user' },
        ]),
      ),
    }));
    const { train, warnings } = await loadDataset(folder(stated), { minOutcomes: 20 });
    const { score, propensity } = train.outcomes!;
    expect([...propensity!]).toEqual([...score].map((value) => (Number.isNaN(value) ? NaN : 0.25)));
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /^outcomes.jsonl: 65 scores were given by a language model \(judge:gpt: 65\), not measured/,
      ),
    );
    const wrong = stated.with(3, { ...stated[3]!, models: { tiny: { score: 1, propensity: 0, source: 'user' } } });
    expect((await failureOf(() => loadDataset(folder(wrong)))).details).toEqual([
      expect.stringContaining('models.tiny.propensity: is 0, expected a chance above 0 and up to 1'),
    ]);
  });

  it('is named by the check, with who has enough outcomes', async () => {
    const { coverage, problems, summary } = await checkDataset(folder(log), { minOutcomes: 20 });
    expect([summary === null, problems]).toEqual([false, []]);
    expect(coverage).toMatchObject({
      kind: 'one-model-per-query',
      rows: 100,
      oneModelRows: 100,
      models: [
        { model: 'big', outcomes: 65 },
        { model: 'tiny', outcomes: 34 },
        { model: 'rare', outcomes: 1 },
      ],
    });
    expect(coverage!.notes[0]).toMatch(/20 outcomes or more \(big: 65, tiny: 34\)\. Too few .*: rare: 1\./);
    expect(coverage!.notes[2]).toMatch(/^Assumption: .* at random/);
    expect(coverage!.notes[3]).toMatch(/same 20 or more queries, drawn at random/);
  });

  it('can be judged by estimates, unlike rows that have several models and never all', async () => {
    const dataset = await loadDataset(folder(log), { minOutcomes: 20 });
    expect(() => assertEvaluable(dataset)).not.toThrow();
    const partly = Array.from({ length: 90 }, (_, i) =>
      row(`${i}`, i < 60 ? { a: 1, b: 0, c: 1 } : i % 2 === 0 ? { a: 1, b: 0 } : { b: 1, c: 0 }, {
        split: i < 60 ? 'train' : 'test',
      }),
    );
    const loaded = await loadDataset(folder(partly));
    const error = await failureOf(() => Promise.resolve().then(() => assertEvaluable(loaded)));
    expect([error.code, error.message]).toEqual([
      'BAD_INPUT',
      'none of 30 test rows has an outcome of every candidate, so there is nothing to compare models on; fewest outcomes: a: 15, c: 15, b: 30',
    ]);
  });

  it('is not what complete or incomplete data are', async () => {
    const full = Array.from({ length: 20 }, (_, i) =>
      row(`${i}`, { a: i % 2, b: 1 }, { split: i < 10 ? 'train' : 'test' }),
    );
    expect((await checkDataset(folder(full))).coverage).toMatchObject({
      kind: 'complete',
      completeRows: 20,
      notes: [],
    });
    const gap = full.map((line, i) => (i === 19 ? { ...line, models: { a: { score: 1 } } } : line));
    const dataset = await loadDataset(folder(gap));
    expect((await checkDataset(folder(gap))).coverage).toMatchObject({ kind: 'incomplete', oneModelRows: 1 });
    expect(dataset.warnings).toEqual([]);
    expect(() => assertEvaluable(dataset)).not.toThrow();
  });
});

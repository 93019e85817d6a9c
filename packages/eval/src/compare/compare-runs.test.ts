import { rowsFileSchema, type RowsFile } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { rowsFileOf, SIX_SCORES } from '../testing/two-models.js';
import { compareRuns, signTest } from './compare-runs.js';

const routed = [0, 0, 1, 1, 0, 1];
const small = [0, 0, 0, 0, 0, 0];
/** Three times over: intervals take at least ten rows. */
const tiled = <T>(list: readonly T[]): T[] => [...list, ...list, ...list];
const longFileOf = (label: string, choices: readonly number[]) =>
  rowsFileOf([[label, tiled(choices)]], tiled(SIX_SCORES));
const bootstrap = { seed: 1, resamples: 200 };
const compare = (a: RowsFile, b: RowsFile, labels: { a?: string; b?: string } = {}) =>
  compareRuns({ name: 'A', file: a, label: labels.a }, { name: 'B', file: b, label: labels.b }, bootstrap);

describe('assembleRows', () => {
  const file = rowsFileOf([['flat × sim', routed]]);

  it('keeps the rows that count, of routers and baselines, in a form that files hold', () => {
    expect(rowsFileSchema.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
    expect(file.ids).toEqual(['q0', 'q1', 'q2', 'q3', 'q4']);
    expect(file.rows).toEqual([
      {
        label: 'flat × sim',
        seed: 1,
        choices: [0, 0, 1, 1, 0],
        scores: [1, 1, 1, 0.5, 0],
        costs: [0.001, 0.001, 0.003, 0.003, 0.001],
      },
    ]);
    expect(file.baselines.map(({ label }) => label)).toEqual([
      'best-single',
      'best-in-hindsight',
      'cheapest',
      'oracle',
      'knn',
    ]);
    expect(file.oracle).toEqual([1, 1, 1, 0.5, 0]);
    expect(file.discriminative).toEqual([true, false, true, false, false]);
  });
});

describe('compareRuns', () => {
  it('puts two policies side by side, row by row', () => {
    const { comparisons, sharedRows, warnings } = compare(rowsFileOf([['one', routed]]), rowsFileOf([['two', small]]));
    expect([sharedRows, warnings]).toEqual([5, []]);
    const [found] = comparisons;
    expect(found!.metrics['avg_performance']).toMatchObject({ a: 0.7, b: 0.4 });
    expect(found!.metrics['avg_performance']!.difference).toBeCloseTo(0.3, 12);
    expect(found!.metrics['regret']!.difference).toBeCloseTo(-0.3, 12);
    expect(found!.metrics['cost_per_1k']).toMatchObject({ a: 1.8, b: 1 });
    // Rows 0 and 2 tell the models apart; row 4 nobody answers.
    expect(found!.metrics['discriminative_performance']).toMatchObject({ a: 1, b: 0.5 });
    expect(found!.metrics['avg_hit']).toMatchObject({ a: 1, b: 3 / 5 });
    expect(found!.metrics['answerable_hit']).toMatchObject({ a: 1, b: 2 / 4 });
    expect(found!.metrics).not.toHaveProperty('new_model_share');
    expect(found!.rows).toEqual({ wins: 2, ties: 3, losses: 0, p: expect.closeTo(0.5, 12) as number });
    expect(found!.tasks.map(({ task, rows, wins, difference }) => [task, rows, wins, difference])).toEqual([
      ['x', 2, 0, 0],
      ['y', 2, 2, 0.75],
    ]);
    expect(found!.choices).toEqual({
      differ: 0.4,
      changes: [{ from: 'small', to: 'large', share: 0.4, a: 0.75, b: 0 }],
    });
  });

  it('turns round with its sides, and finds nothing between a run and itself', () => {
    const [there] = compare(longFileOf('one', routed), longFileOf('two', small)).comparisons;
    const [back] = compare(longFileOf('two', small), longFileOf('one', routed)).comparisons;
    expect(back!.metrics['avg_performance']!.difference).toBeCloseTo(
      -there!.metrics['avg_performance']!.difference,
      12,
    );
    expect(back!.metrics['avg_performance']!.low).toBeCloseTo(-there!.metrics['avg_performance']!.high!, 12);
    expect(back!.rows).toMatchObject({ wins: 0, losses: 6 });
    const [same] = compare(longFileOf('one', routed), longFileOf('one', routed)).comparisons;
    expect(same!.metrics['avg_performance']).toMatchObject({ difference: 0, low: 0, high: 0 });
    expect(same!.choices.differ).toBe(0);
    expect(same!.rows.p).toBe(1);
  });

  it('gives a difference without an interval where fewer than ten rows count', () => {
    const found = compare(rowsFileOf([['one', routed]]), rowsFileOf([['two', small]]));
    expect(found.comparisons[0]!.metrics['avg_performance']).toMatchObject({ low: null, high: null });
    const [long] = compare(longFileOf('one', routed), longFileOf('two', small)).comparisons;
    expect(long!.metrics['avg_performance']!.low).toBeGreaterThan(0);
    expect(long!.tasks.map(({ low }) => low)).toEqual([null, null]);
  });

  it('averages over seeds, and pairs the choices of equal ones', () => {
    const a = rowsFileOf([
      ['one', routed, 1],
      ['one', small, 2],
    ]);
    const b = rowsFileOf([
      ['one', small, 2],
      ['one', routed, 1],
    ]);
    const [found] = compare(a, b).comparisons;
    expect(found!.a.seeds).toEqual([1, 2]);
    expect(found!.metrics['avg_performance']!.a).toBeCloseTo(0.55, 12);
    expect(found!.rows.ties).toBe(5);
    expect(found!.choices.differ).toBe(0);
    const [apart] = compare(rowsFileOf([['one', routed, 1]]), rowsFileOf([['one', small, 7]])).comparisons;
    expect(apart!.choices.differ).toBe(0.4);
  });

  it('matches labels, takes baselines by name, and asks where it cannot know', () => {
    const two = rowsFileOf([
      ['one', routed],
      ['two', small],
    ]);
    const labels = (comparison: ReturnType<typeof compare>) =>
      comparison.comparisons.map(({ a, b }) => [a.label, b.label]);
    expect(labels(compare(two, two))).toEqual([
      ['one', 'one'],
      ['two', 'two'],
    ]);
    expect(labels(compare(two, two, { a: 'one', b: 'best-single' }))).toEqual([['one', 'best-single']]);
    expect(labels(compare(two, two, { b: 'two' }))).toEqual([['two', 'two']]);
    expect(labels(compare(two, rowsFileOf([['three', small]]), { a: 'one' }))).toEqual([['one', 'three']]);
    expect(() => compare(two, two, { a: 'four' })).toThrow(/A has no row "four"/);
    expect(() => compare(two, rowsFileOf([['three', small]]))).toThrow(/A does not say which/);
  });

  it('leaves out rows of one side, and says when labels or models differ', () => {
    const graded = SIX_SCORES.map((row, q) => (q === 0 ? [0, 1] : q === 5 ? [1, 1] : row));
    const other = rowsFileOf([['one', routed]], graded);
    const { sharedRows, warnings, b } = compare(rowsFileOf([['one', routed]]), other);
    expect([sharedRows, b.rows]).toEqual([5, 6]);
    expect(warnings).toEqual([
      '1 row only in B, left out',
      '1 row scores the same model differently: the labels differ',
    ]);
    const renamed: RowsFile = { ...other, models: ['small', 'huge'], simulated: true };
    expect(compare(rowsFileOf([['one', routed]]), renamed).warnings).toEqual(
      expect.arrayContaining([
        '1 model only in A: large',
        '1 model only in B: huge',
        expect.stringMatching(/simulated/),
      ]),
    );
    const elsewhere: RowsFile = { ...other, texts: other.texts.map((text) => `${text}!`) };
    expect(() => compare(other, elsewhere)).toThrow(/share no test row/);
  });

  it('is the same under the same seed', () => {
    const run = () => JSON.stringify(compare(rowsFileOf([['one', routed]]), rowsFileOf([['two', small]])));
    expect(run()).toBe(run());
  });
});

describe('signTest', () => {
  it('agrees with the binomial distribution', () => {
    // 2 (1 + 10 + 45) / 1024, and no evidence at all.
    expect(signTest(2, 8)).toBeCloseTo(112 / 1024, 12);
    expect(signTest(5, 0)).toBeCloseTo(2 / 32, 12);
    expect([signTest(0, 0), signTest(3, 3)]).toEqual([1, 1]);
    expect(signTest(4900, 5100)).toBeCloseTo(0.0466, 3);
    expect(signTest(0, 30_000)).toBe(0);
  });
});

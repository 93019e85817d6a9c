import { createRandom, type Contender, type OutcomeTable } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { assembleReport, type ReportInput } from '../report/assemble.js';
import { cellOf, datasetOf, tableOf } from '../testing/test-data.js';
import { chooseContender } from './choose.js';
import { estimateContenders, type OutOfFold, type SelectionRows } from './contenders.js';
import { statusOf } from './promises.js';
import { verdictOf } from './recommend.js';
import { differenceText, routerWords } from './words.js';

const contender = (name: string, quality: number | null, costPer1k: number | null): Contender => ({
  name,
  seed: 1,
  quality,
  costPer1k,
});

describe('the choice among contenders', () => {
  it('is the cheapest of those at most the margin below the best', () => {
    const all = [contender('dear', 0.9, 3), contender('cheap', 0.88, 1), contender('poor', 0.87, 0.1)];
    expect(chooseContender(all, 0.02)?.name).toBe('cheap');
    expect(chooseContender(all, 0.03)?.name).toBe('poor');
    expect(chooseContender(all, 0)?.name).toBe('dear');
  });

  it('is the best where a cost is not known, of equals the first, and nothing without estimates', () => {
    const all = [contender('known', 0.89, 1), contender('unknown', 0.9, null), contender('not judged', null, 0)];
    expect(chooseContender(all, 0.02)?.name).toBe('unknown');
    expect(chooseContender([contender('one', 0.9, 1), contender('two', 0.9, 1)], 0.02)?.name).toBe('one');
    expect(chooseContender([contender('none', null, null)], 0.02)).toBeNull();
  });
});

describe('the verdict of an interval', () => {
  it('knows better, not worse, undecided and worse', () => {
    expect(verdictOf({ low: 0.001, high: 0.1 }, 0.02)).toBe('better');
    expect(verdictOf({ low: -0.02, high: 0.1 }, 0.02)).toBe('not-worse');
    expect(verdictOf({ low: -0.01, high: -0.001 }, 0.02)).toBe('not-worse');
    expect(verdictOf({ low: -0.03, high: 0.1 }, 0.02)).toBe('undecided');
    expect(verdictOf({ low: -0.03, high: -0.001 }, 0.02)).toBe('worse');
    expect(verdictOf({ low: null, high: null }, 0.02)).toBe('undecided');
  });

  it('is said in points, or in the scores’ own unit', () => {
    const ends = (low: number, high: number) => ({ difference: (low + high) / 2, low, high });
    expect(differenceText(ends(-0.021, 0.083), { unit: true })).toBe('between 2.1 points lower and 8.3 points higher');
    expect(differenceText(ends(0.01, 0.03), { unit: true })).toBe('between 1.0 and 3.0 points higher');
    expect(differenceText(ends(-0.05, -0.01), { unit: true })).toBe('between 1.0 and 5.0 points lower');
    expect(differenceText(ends(-2, 8), { unit: false })).toBe('between 2.000 lower and 8.000 higher');
    expect(differenceText({ difference: 0.2, low: null, high: null }, { unit: true })).toBe('20.0 points higher');
  });
});

describe('the status of a promise', () => {
  it('is decided by the interval and the side of the limit that is right', () => {
    const found = (low: number | null, high: number | null) => ({ value: 0, low, high });
    const within = { wrapper: 'cost', kind: 'within', limit: 0.02 } as const;
    expect(statusOf(within, found(-0.02, 0.1))).toBe('kept');
    expect(statusOf(within, found(-0.1, -0.03))).toBe('broken');
    expect(statusOf(within, found(-0.1, 0.03))).toBe('undecided');
    const budget = { wrapper: 'cost', kind: 'budget', limit: 0.5 } as const;
    expect(statusOf(budget, found(0.1, 0.5))).toBe('kept');
    expect(statusOf(budget, found(0.6, 0.7))).toBe('broken');
    expect(statusOf(budget, found(null, null))).toBe('undecided');
    expect(statusOf(budget, null)).toBe('undecided');
  });
});

/** 60 queries; `big` answers all but every sixth, `small` two of three and at a tenth of the cost. */
const rows = Array.from({ length: 60 }, (_, q) => [q % 6 === 0 ? 0 : 1, q % 3 === 0 ? 0 : 1]);
const models = ['big', 'small'];
const costOf = (k: number) => (k % 2 === 0 ? 0.01 : 0.001);

function reportOf(more: Partial<ReportInput> = {}, price: (k: number) => number = costOf, test = rows) {
  const table = tableOf(models, test);
  table.values.cost.forEach((_, k) => (table.values.cost[k] = price(k)));
  const train = tableOf(models, rows);
  train.values.cost.forEach((_, k) => (train.values.cost[k] = price(k)));
  const training = { outcomes: train.values, pairs: [] };
  const selection: SelectionRows = { training, foldOf: Int32Array.from(rows, (_, q) => q % 3) };
  return assembleReport({
    dataset: datasetOf(table, { train: { ...training, queries: train.queries } }),
    training,
    cells: [],
    encoder: 'hash',
    graph: 'task',
    versions: {},
    testName: 'test',
    seed: 1,
    selection,
    ...more,
  });
}
const decided = (choices: readonly number[]): { outOfFold: OutOfFold } => ({
  outOfFold: { choices: Int32Array.from(choices) },
});
/** Saves wherever `small` is as good as `big`. */
const thrifty = rows.map(([big, small]) => (small! >= big! ? 1 : 0));
/** As good as neither model. */
const mixed = rows.map((_, q) => (q % 12 === 3 ? 0 : q % 2));
const always = (m: number) => rows.map(() => m);

describe('a recommendation', () => {
  it('is chosen by training data, whatever the test scores say', () => {
    // On test rows `lucky` is best, in training it was worst.
    const { recommendation } = reportOf({
      cells: [
        cellOf('lucky', thrifty, decided(always(1))),
        cellOf('sound', thrifty, { ...decided(thrifty), folder: 'routers/sound' }),
      ],
    });
    expect(recommendation).toMatchObject({
      choice: { kind: 'router', label: 'sound', folder: 'routers/sound' },
      chosenBy: 'out-of-fold outcomes',
      folds: 3,
      bestSingle: 'big',
      // The same score on all 60 rows: that many are too few for an interval without width.
      verdict: 'undecided',
    });
    expect(recommendation?.contenders.map(({ name }) => name)).toEqual(['big', 'lucky', 'sound']);
    expect(recommendation?.contenders[0]).toMatchObject({ quality: 5 / 6, costPer1k: expect.closeTo(10, 9) as number });
    expect(recommendation?.costShare?.value).toBeLessThan(0.4);
    expect(recommendation?.words).toMatch(/^Use sound: it saves \d\d % of the cost of always using big; its quality/);
    expect(recommendation?.words).toContain('60 test queries');
  });

  it('of a model says what it is worth', () => {
    expect(reportOf({ cells: [cellOf('constant', always(1))] }).recommendation?.grounds).toContain(
      'On the test queries big has a mean score of 0.833 and costs $10.0 per 1,000 queries.',
    );
  });

  it('of a model says what the best router reached on training data, and for how much', () => {
    const poor = rows.map((_, q) => (q % 2 === 0 ? 0 : 1));
    const { recommendation } = reportOf({ cells: [cellOf('poor', poor, decided(poor))] });
    expect(recommendation?.choice).toEqual({ kind: 'model', model: 'big' });
    expect(recommendation?.grounds.join(' ')).toMatch(
      /In cross-validation on training data the best router, poor, has a mean score of 0\.\d+ for \$5\.50 per 1,000 queries; always the single model that is best on the other folds has 0\.833 for \$10\.0 per 1,000 queries\./,
    );
  });

  it('is never a constant in disguise', () => {
    const report = reportOf({ cells: [cellOf('constant', always(0), decided(thrifty))] });
    expect(report.rows[0]?.collapse.flag).toBe(true);
    expect(report.recommendation?.choice).toEqual({ kind: 'model', model: 'big' });
    const two = reportOf({
      cells: [cellOf('constant', always(0), decided(thrifty)), cellOf('mixed', mixed, decided(mixed))],
    });
    expect(two.recommendation?.contenders.map(({ name }) => name)).toEqual(['big', 'mixed']);
  });

  it('is the best single model where training chose a router that test rows find worse', () => {
    const { recommendation } = reportOf({
      cells: [cellOf('promising', mixed, decided(thrifty))],
    });
    expect(recommendation).toMatchObject({
      choice: { kind: 'model', model: 'big' },
      judged: { label: 'promising' },
      verdict: 'worse',
    });
    expect(recommendation?.grounds[0]).toContain('promising was chosen on training data');
  });

  it('lets test scores drop no contender, and is the best single model where the chosen router scores as that one', () => {
    // Half the rows go to `small`, which on test rows scores the same there and costs, over all, the same.
    const echo = rows.map(([big, small], q) => (small === big && q % 2 === 0 ? 1 : 0));
    const cheapAtFirst = (k: number) => (k % 2 === 0 ? 0.01 : k < 60 ? 0.001 : 0.019);
    const thriftyAtFirst = thrifty.map((m, q) => (q < 30 ? m : 0));
    const report = reportOf({ cells: [cellOf('echo', echo, decided(thriftyAtFirst))] }, cheapAtFirst);
    expect(report.rows[0]?.collapse).toMatchObject({ flag: true, topShare: 0.5, equals: 'big' });
    const { recommendation } = report;
    expect(recommendation?.contenders.map(({ name }) => name)).toEqual(['big', 'echo']);
    expect(recommendation).toMatchObject({ choice: { kind: 'model', model: 'big' }, judged: { label: 'echo' } });
    expect(recommendation?.grounds[0]).toBe(
      'echo was chosen on training data, but on test queries it scores as big does (almost) everywhere, and saves nothing.',
    );
    expect(recommendation?.grounds.join(' ')).not.toContain('to one model');
  });

  it('knows whether contenders face the same queries, and what a log of one model per query takes for granted', () => {
    const three = ['big', 'small', 'other'];
    const estimatesOf = (table: OutcomeTable, count: number) => {
      const candidates = table.models.map((id) => ({ id, model: id }));
      const selection: SelectionRows = {
        training: { outcomes: table.values, pairs: [] },
        foldOf: Int32Array.from({ length: count }, (_, q) => q % 3),
      };
      const routers = [{ name: 'turns', seed: 1, ...decided(Array.from({ length: count }, (_, q) => q % 3)) }];
      return estimateContenders(routers, selection, candidates, [], 7);
    };
    const gaps = tableOf(
      [...three, 'fourth'],
      rows.map(([big, small], q) => [big!, small!, 1, 0].with(q % 4, NaN)),
    );
    expect(estimatesOf(gaps, 60)).toMatchObject({ sameQueries: false });
    expect(estimatesOf(gaps, 60)).not.toHaveProperty('assumes');
    const battles = tableOf(
      three,
      rows.map(([big, small], q) => [big!, small!, 1].with(q % 3, NaN)),
    );
    expect(estimatesOf(battles, 60)).toMatchObject({
      sameQueries: true,
      assumes: expect.stringMatching(/^estimated/) as string,
    });
    // Of 900 queries each third went to one model in turn, three queries at a time: right 3 of 4 times, 1 of 4, never.
    const log = tableOf(
      three,
      Array.from({ length: 900 }, (_, q) =>
        [q % 4 < 3 ? 1 : 0, q % 4 === 0 ? 1 : 0, 0].map((score, m) => (m === Math.floor(q / 3) % 3 ? score : NaN)),
      ),
    );
    const found = estimatesOf(log, 900);
    expect(found).toMatchObject({ sameQueries: true, assumes: 'estimated propensities: no unseen confounder' });
    expect(found.contenders.map(({ name }) => name)).toEqual(['big', 'turns']);
    expect(found.contenders[0]!.quality).toBeCloseTo(0.75, 1);
    expect(found.contenders[1]!.quality).toBeCloseTo(1 / 3, 1);
  });

  it('does not say that training data chose a router where there was none to choose', () => {
    const { recommendation } = reportOf({ cells: [cellOf('alone', mixed)], selection: undefined });
    expect(recommendation).toMatchObject({ choice: { kind: 'model', model: 'big' }, chosenBy: 'order' });
    expect(recommendation?.grounds[0]).toBe('On test queries alone is worse than always using big.');
  });

  it('is no router that nothing chose and that is lower by its figures', () => {
    // On 12 test queries an interval cannot tell: `small` wins on two that `big` wins not, and loses on four.
    const few = Array.from({ length: 12 }, (_, q) => [q < 2 ? 0 : 1, q >= 2 && q < 6 ? 0 : 1]);
    const noisy = cellOf(
      'noisy',
      few.map((_, q) => (q % 2 === 0 || q < 6 ? 1 : 0)),
    );
    const lower = reportOf({ cells: [noisy], selection: undefined }, costOf, few);
    expect(lower.recommendation).toMatchObject({ choice: { kind: 'model', model: 'big' }, verdict: 'undecided' });
    expect(lower.recommendation?.grounds[0]).toBe(
      'On test queries noisy cannot be told from always using big, and is lower by its figures.',
    );
  });

  it('is the model where auto itself is a constant, whatever comes after it', () => {
    const auto = { ...cellOf('p × auto', always(0)), router: 'auto' };
    const { recommendation } = reportOf({ cells: [cellOf('thrifty', thrifty), auto], selection: undefined });
    expect(recommendation).toMatchObject({ choice: { kind: 'model', model: 'big' }, judged: null });
    expect(recommendation?.grounds[0]).toMatch(/^`auto`, which compares routers by cross-validation/);
  });

  it('says whose cost is not known', () => {
    const same = { difference: 0, low: 0, high: 0 };
    const words = (own: number | null, bestSingle: number | null) =>
      routerWords(
        'r',
        'big',
        { quality: same, costShare: null, costPer1k: { own, bestSingle }, testRows: 30 },
        { unit: true },
      );
    expect(words(1.5, null)).toContain('because the cost of always using big is not known');
    expect(words(null, 2)).toContain('because its own cost is not known');
    expect(words(null, null)).toContain('because costs are not known');
  });

  it('goes by the order, `auto` first, where nothing was estimated', () => {
    const cells = [cellOf('first', mixed), cellOf('automatic', thrifty, { router: 'auto' })];
    expect(reportOf({ cells, selection: undefined }).recommendation).toMatchObject({
      choice: { label: 'automatic' },
      chosenBy: 'order',
      folds: 0,
    });
    const plain = [cellOf('first', mixed), cellOf('second', thrifty)];
    expect(reportOf({ cells: plain, selection: undefined }).recommendation?.judged?.label).toBe('first');
  });

  it('has no share of a model that is free, and none where costs are not known', () => {
    const cells = [cellOf('thrifty', thrifty, decided(thrifty))];
    const free = reportOf({ cells }, (k) => (k % 2 === 0 ? 0 : 0.001)).recommendation;
    expect(free?.costShare).toBeNull();
    expect(JSON.stringify(free)).not.toContain('NaN');
    const unknown = reportOf({ cells }, () => NaN).recommendation;
    expect(unknown?.costPer1k).toEqual({ own: null, bestSingle: null });
  });

  it('has no interval on few rows, and says so', () => {
    const few = rows.slice(0, 4);
    const report = reportOf({ cells: [cellOf('few', [1, 1, 1, 0], decided(thrifty))] }, costOf, few);
    expect(report.rows[0]?.intervals['avg_performance']).toBeNull();
    expect(report.recommendation).toMatchObject({ verdict: 'undecided', quality: { low: null, high: null } });
    expect(report.warnings).toContain('4 test rows: too few for 95 % intervals, which take at least 10');
    const alike = reportOf(
      { cells: [cellOf('alike', mixed)] },
      costOf,
      rows.map(() => [1, 1]),
    ).rows[0];
    expect(alike?.intervals['avg_performance']).toBeNull();
  });

  it('judges by pairs where there are no outcomes', () => {
    const random = createRandom(3, 'pairs');
    const pairs = rows.map((_, query) => ({ query, better: random.float() < 0.9 ? 0 : 1, worse: 0 }));
    const proper = pairs.map(({ query, better }) => ({ query, better, worse: 1 - better }));
    const right = Float64Array.from(rows, () => 1);
    const training = { outcomes: null, pairs: proper };
    const { recommendation } = reportOf({
      cells: [cellOf('ranks', thrifty, { outOfFold: { pairsRight: right } })],
      selection: { training, foldOf: Int32Array.from(rows, (_, q) => q % 3) },
    });
    expect(recommendation).toMatchObject({ chosenBy: 'out-of-fold pairs', judged: { label: 'ranks' } });
    expect(recommendation?.contenders[0]?.quality).toBeGreaterThan(0.8);
    expect(recommendation?.contenders[0]?.quality).toBeLessThan(1);
  });
});

describe('promises', () => {
  it('stand beside what test rows gave, and broken ones come first', () => {
    const report = reportOf({
      cells: [
        cellOf('cheap', always(1), {
          promises: [
            { wrapper: 'cost', kind: 'within', limit: 0.02, trained: { quality: 0.8, costShare: 0.1 } },
            { wrapper: 'cost', kind: 'budget', limit: 0.002 },
            { wrapper: 'threshold', kind: 'cost-share', limit: 0.5, against: 'big' },
            { wrapper: 'parity', kind: 'parity', limit: 0.99, against: 'big' },
          ],
        }),
      ],
    });
    expect(report.promises?.map(({ kind, status }) => [kind, status])).toEqual([
      ['within', 'broken'],
      ['budget', 'kept'],
      ['cost-share', 'kept'],
      ['parity', 'broken'],
    ]);
    expect(report.promises?.[0]?.found?.value).toBeCloseTo(-1 / 6, 12);
    expect(report.promises?.[1]?.words).toBe(
      'cheap promised at most $2.00 per 1,000 queries; on test queries it was $1.00 per 1,000 queries (95 % interval $1.00 to $1.00).',
    );
  });
});

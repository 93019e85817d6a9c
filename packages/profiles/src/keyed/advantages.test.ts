import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { additiveScores } from './additive.js';
import { fitAdvantages, placeAll, placeModel } from './advantages.js';
import { scoreTable, type ScoreTable } from './score-table.js';
import { samplingVariance, taskScales } from './task-scale.js';
import { card, trainingOf } from '../testing/training.js';

const NONE = NaN;
const table = (rows: readonly (readonly number[])[], count = 100): ScoreTable => ({
  models: rows.map((_, m) => `m${m}`),
  tasks: (rows[0] ?? []).map((_, t) => `t${t}`),
  score: Float64Array.from(rows.flat()),
  count: Float64Array.from(rows.flat(), () => count),
});
const raw = { shrink: false, scale: 'points', routed: () => true } as const;
const eb = { ...raw, shrink: true } as const;

/** Tables of 2 to 6 models and 1 to 6 tasks, with holes. */
const tables = fc.integer({ min: 1, max: 6 }).chain((tasks) =>
  fc.array(
    fc.array(fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 2, max: 100 }) }, fc.constant(NONE)), {
      minLength: tasks,
      maxLength: tasks,
    }),
    { minLength: 2, maxLength: 6 },
  ),
);

describe('advantages', () => {
  it('of a full table are the differences from the mean, in shares of one', () => {
    const fit = fitAdvantages(
      table([
        [50, 80],
        [70, 20],
        [60, 50],
      ]),
      raw,
    );
    const placed = placeAll(
      fit,
      table([
        [50, 80],
        [70, 20],
        [60, 50],
      ]),
    );
    const expected = [
      [-0.1, 0.3],
      [0.1, -0.3],
      [0, 0],
    ];
    placed.forEach(({ advantages, overall }, m) => {
      expected[m]!.forEach((value, t) => expect(advantages[t]).toBeCloseTo(value, 12));
      expect(overall).toBeCloseTo((expected[m]![0]! + expected[m]![1]!) / 2, 12);
    });
  });

  it('do not suffer from who is missing', () => {
    // The third model is 20 better everywhere, and not measured on the last task.
    const rows = [
      [40, 30, 50],
      [50, 40, 60],
      [70, 60, NONE],
    ];
    const fit = fitAdvantages(table(rows), raw);
    const [first, second, third] = placeAll(fit, table(rows));
    [...first!.advantages].forEach((a) => expect(a).toBeCloseTo(first!.overall, 9));
    [...second!.advantages].forEach((a) => expect(a).toBeCloseTo(second!.overall, 9));
    expect(third!.advantages[2]).toBeNaN();
    expect(third!.overall - second!.overall).toBeCloseTo(0.2, 9);
  });

  it('sum to nothing over the models of each task, a missing one counted at its overall advantage', () => {
    fc.assert(
      fc.property(tables, (rows) => {
        const given = table(rows);
        const measured = (t: number) => rows.filter((row) => !Number.isNaN(row[t])).length;
        const connected = rows.every((row) => row.some((x, t) => !Number.isNaN(x) && measured(t) === rows.length));
        fc.pre(connected);
        const placed = placeAll(fitAdvantages(given, raw), given);
        given.tasks.forEach((_, t) => {
          if (measured(t) === 0) return;
          const sum = placed.reduce(
            (total, { advantages, overall }) => total + (Number.isNaN(advantages[t]!) ? overall : advantages[t]!),
            0,
          );
          expect(Math.abs(sum)).toBeLessThan(1e-6);
        });
      }),
    );
  });

  it('change with the rows when models change places, shrunk or not', () => {
    fc.assert(
      fc.property(tables, fc.boolean(), (rows, shrink) => {
        const fitted = (given: ScoreTable) => placeAll(fitAdvantages(given, { ...raw, shrink }), given);
        const forwards = fitted(table(rows));
        const backwards = fitted(table(rows.toReversed())).toReversed();
        forwards.forEach(({ advantages, overall }, m) => {
          expect(Number.isFinite(overall)).toBe(true);
          expect(overall).toBeCloseTo(backwards[m]!.overall, 6);
          advantages.forEach((a, t) =>
            Number.isNaN(a)
              ? expect(backwards[m]!.advantages[t]).toBeNaN()
              : expect(a).toBeCloseTo(backwards[m]!.advantages[t]!, 6),
          );
        });
      }),
    );
  });

  it('draw nearer to the overall advantage the fewer answers they rest on', () => {
    const rows = [
      [60, 50, 70, 40],
      [50, 60, 55, 65],
      [45, 40, 50, 60],
      [70, 75, 60, 90],
    ];
    const away = [4, 40, 40_000].map((count) => {
      const fit = { ...fitAdvantages(table(rows, 100), eb) };
      const { advantages, overall } = placeModel(fit, rows[0]!, [count, count, count, count]);
      return Math.abs(advantages[3]! - overall);
    });
    expect(away[0]).toBeLessThan(away[1]!);
    expect(away[1]).toBeLessThan(away[2]!);
    const plain = fitAdvantages(table(rows), eb);
    expect(away[2]).toBeCloseTo(
      Math.abs(0.4 - plain.centre[3]! - placeModel(plain, rows[0]!, [1, 1, 1, 1]).overall),
      3,
    );
  });

  it('of models that do not differ are 0, and of a single task are drawn towards 0', () => {
    const same = table([
      [50, 60],
      [50, 60],
      [50, 60],
    ]);
    placeAll(fitAdvantages(same, eb), same).forEach(({ advantages, overall }) => {
      expect(overall).toBe(0);
      advantages.forEach((a) => expect(a).toBeCloseTo(0, 12));
    });
    const single = table([[40], [60]], 20);
    const [low, high] = placeAll(fitAdvantages(single, eb), single);
    expect(high!.overall).toBeGreaterThan(0);
    expect(high!.overall).toBeLessThan(0.1);
    expect(low!.overall).toBeCloseTo(-high!.overall, 12);
  });
});

describe('an additive fit', () => {
  it('finds centres and models behind an unbalanced table', () => {
    const [centres, models] = [
      [0.5, 0.2, 0.8],
      [-0.1, 0, 0.1],
    ];
    const values = Float64Array.from(models.flatMap((b, m) => centres.map((c, t) => (m === t ? NaN : b + c))));
    const { centre, overall } = additiveScores(values, 3, 3);
    centres.forEach((c, t) => expect(centre[t]).toBeCloseTo(c, 9));
    models.forEach((b, m) => expect(overall[m]).toBeCloseTo(b, 9));
  });
});

describe('scales', () => {
  it('keep percentages, and bring other units to the common spread', () => {
    const given = table([
      [40, 1000, 0.2, 40],
      [60, 1200, 0.9, 60],
      [50, 1100, 0.5, 50],
    ]);
    const scales = taskScales(given, 'points');
    expect(scales.map(({ unit }) => unit)).toEqual([100, null, null, 100]);
    expect(scales[0]!.factor).toBe(0.01);
    const spreadOf = (t: number) => {
      const column = [0, 1, 2].map((m) => given.score[m * 4 + t]! * scales[t]!.factor);
      const mean = column.reduce((a, b) => a + b, 0) / 3;
      return Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3);
    };
    // Pooled spread of the tasks in percent: √(2 · 0.02 / 4).
    expect(spreadOf(1)).toBeCloseTo(0.1, 9);
    expect(spreadOf(2)).toBeCloseTo(0.1, 9);
  });

  it('take a table of shares as shares, and narrow wide tasks on request', () => {
    expect(
      taskScales(
        table([
          [0.2, 0.5],
          [0.9, 0.4],
        ]),
        'points',
      ),
    ).toEqual([
      { factor: 1, unit: 1 },
      { factor: 1, unit: 1 },
    ]);
    const [wide, narrow] = taskScales(
      table([
        [10, 50],
        [90, 54],
      ]),
      'spread',
    );
    expect(wide!.factor).toBeLessThan(narrow!.factor);
  });

  it('know how uncertain a mean of few answers is', () => {
    const percent = { factor: 0.01, unit: 100 } as const;
    expect(samplingVariance(50, 100, percent)).toBeCloseTo(0.25 / 100, 12);
    expect(samplingVariance(100, 8, percent)).toBeCloseTo((0.9 * 0.1) / 8, 12);
    expect(samplingVariance(-5, 10, percent)).toBeGreaterThanOrEqual(0);
  });
});

describe('a score table', () => {
  const cards = [
    card('a', { math: 50, code: { value: 3, unreliable: true }, qa: 40 }),
    card('b', { math: { value: 60, count: 12 }, code: { value: 1, unreliable: true } }),
  ];
  const options = { distrust: true, queriesOf: (task: string) => (task === 'math' ? 7 : undefined) };

  it('takes card scores, leaves out unreliable ones and tasks with nothing to compare', () => {
    const found = scoreTable(['a', 'b'], cards, undefined, options);
    expect(found.tasks).toEqual(['math']);
    expect([...found.score, ...found.count]).toEqual([50, 60, 7, 12]);
    expect(scoreTable(['a', 'b'], cards, undefined, { ...options, distrust: false }).tasks).toEqual(['math', 'code']);
  });

  it('turns to training outcomes where cards say nothing that counts, all of a task at once', () => {
    const rows = [
      { task: 'code', scores: [1, 0] },
      { task: 'code', scores: [1, NONE] },
      { task: 'qa', scores: [0, 1] },
      { task: 'math', scores: [0, 0] },
      { task: null, scores: [1, 1] },
    ];
    const found = scoreTable(['a', 'b'], cards, trainingOf(2, rows), options);
    expect(found.tasks).toEqual(['math', 'code', 'qa']);
    expect([...found.score]).toEqual([50, 100, 0, 60, 0, 100]);
    expect([...found.count]).toEqual([7, 2, 1, 12, 1, 1]);
    const untasked = rows.map(({ scores }) => ({ task: null, scores }));
    expect(scoreTable(['x', 'y'], [], trainingOf(2, untasked), options).tasks).toEqual(['all']);
  });
});

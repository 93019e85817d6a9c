import { defineMetric, runReportSchema } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { builtInMetrics } from '../metrics/index.js';
import { cellOf as anyCellOf, datasetOf, tableOf } from '../testing/test-data.js';
import { assembleReport, type ReportInput } from './assemble.js';

/** Five rows, three times over: intervals take at least ten. */
const tiled = <T>(list: readonly T[]): T[] => [...list, ...list, ...list];
const choose = (...choices: number[]) => Int32Array.from(tiled(choices));
const cellOf = (label: string, choices: readonly number[], more: Parameters<typeof anyCellOf>[2] = {}) =>
  anyCellOf(label, tiled(choices), more);

const table = tableOf(
  ['a', 'b', 'c'],
  tiled([
    [1, 0, 0],
    [0, 1, 0],
    [0, NaN, 1],
    [0, 0, 1],
    [1, 1, 0],
  ]),
  tiled(['x', 'x', 'y', 'y', null]),
);
const input = ({
  dataset = datasetOf(table, { warnings: ['mind the gap'], overlap: 2 }),
  ...more
}: Partial<ReportInput> = {}): ReportInput => ({
  dataset,
  training: dataset.train,
  cells: [
    cellOf('flat × sim', [0, 1, 2, 2, 0]),
    cellOf('flat × mlp', [0, 0, 0, 0, 0], {
      router: 'mlp',
      graph: 'task',
      profileDiagnostics: { cosine: 0.9 },
    }),
  ],
  lookups: { 'task-table': choose(0, 0, 2, 2, 0), knn: choose(1, 1, 1, 1, 1) },
  encoder: 'hash',
  graph: 'query-task',
  versions: { eval: '0.1.0' },
  testName: 'test',
  seed: 42,
  ...more,
});

describe('assembleReport', () => {
  const report = assembleReport(input());

  it('is a valid report that survives JSON', () => {
    expect(runReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('uses the rows where every candidate has an outcome, and counts the others', () => {
    expect(report).toMatchObject({ rowsUsed: 12, rowsIncomplete: 3, overlap: 2, tasks: { x: 6, y: 3 } });
    expect(report.warnings).toEqual([
      'mind the gap',
      '3 test rows lack an outcome of some candidate: left out',
      expect.stringContaining('only 1 training row: '),
    ]);
  });

  it('says on which scale the margin counts where scores go beyond 1, and nothing where training rows are enough', () => {
    const percent = tableOf(
      ['a', 'b', 'c'],
      tiled([
        [82, 0, 0],
        [0, 50, 0],
        [0, 0, 10],
        [0, 0, 20],
        [1, 1, 0],
      ]),
    );
    const training = { outcomes: percent.values, pairs: [] };
    const { warnings } = assembleReport(input({ dataset: datasetOf(percent), training }));
    expect(warnings.filter((text) => text.includes('margin'))).toEqual([expect.stringContaining('scores go up to 82')]);
    expect(warnings.filter((text) => text.includes('training row'))).toEqual([]);
  });

  it('keeps the order of the cells, with metrics, selection and the collapse flag', () => {
    expect(report.rows.map(({ label }) => label)).toEqual(['flat × sim', 'flat × mlp']);
    const [sim, mlp] = report.rows;
    expect(sim).toMatchObject({ metrics: { avg_performance: 1 }, selection: { a: 0.5, b: 0.25, c: 0.25 } });
    expect(sim?.collapse.flag).toBe(false);
    expect(sim?.perTask['x']).toMatchObject({ avg_performance: 1 });
    expect(mlp?.collapse).toMatchObject({ flag: true, equals: 'a', topShare: 1 });
    expect(mlp).toMatchObject({ graph: 'task', profileDiagnostics: { cosine: 0.9 } });
    expect(sim).not.toHaveProperty('graph');
    expect(mlp).not.toHaveProperty('choices');
  });

  it('compares with best-single, which training data chose', () => {
    expect(report.baselines['best-single']?.model).toBe('a');
    const [sim, mlp] = report.rows.map(({ intervals }) => intervals['avg_performance']!);
    expect(sim).toMatchObject({ against: 'best-single', difference: 0.5 });
    expect(sim!.low).toBeLessThanOrEqual(0.5);
    expect(mlp).toEqual({ against: 'best-single', difference: 0, low: 0, high: 0 });
  });

  it('gives the same bytes for the same seed', () => {
    expect(JSON.stringify(assembleReport(input()))).toBe(JSON.stringify(report));
  });

  it('stays silent, not wrong, without usable rows or training data', () => {
    const empty = datasetOf(tableOf(['a', 'b', 'c'], [[NaN, 1, 1]]), {
      train: { queries: [], pairs: [], outcomes: null },
    });
    const silent = assembleReport(input({ dataset: empty, cells: [anyCellOf('one', [1])], lookups: {} }));
    expect(runReportSchema.safeParse(JSON.parse(JSON.stringify(silent))).success).toBe(true);
    expect(Object.values(silent.rows[0]!.metrics).every((value) => value === null)).toBe(true);
    expect(silent.rows[0]!.intervals).toEqual({});
    expect(silent.warnings).toHaveLength(2);
  });

  it('refuses choices that do not fit, by name', () => {
    expect(() => assembleReport(input({ cells: [anyCellOf('short', [0])] }))).toThrow(/short: 1 choices for 15/);
    expect(() => assembleReport(input({ cells: [cellOf('wild', [0, 1, 2, 3, 0])] }))).toThrow(
      /wild: the choice of row 3 is 3/,
    );
    expect(() => assembleReport(input({ lookups: { knn: Int32Array.of(0) } }))).toThrow(/knn/);
  });

  it('judges a new model by what it brings, overall, by task and in an interval', () => {
    const dataset = datasetOf(table, { mode: 'newllm', newModels: ['c'] });
    const cells = [
      cellOf('told', [0, 2, 2, 2, 0], { choicesWithoutNew: choose(0, 1, 1, 1, 0) }),
      cellOf('untold', [0, 2, 2, 2, 0]),
    ];
    const lookupsWithoutNew = { 'task-table': choose(0, 0, 1, 1, 0) };
    const { rows, baselines, newModels } = assembleReport(input({ dataset, cells, lookupsWithoutNew }));
    expect(newModels).toEqual(['c']);
    // Rows 0, 1, 3, 4 are complete; c is best among row 3 alone.
    expect(rows[0]?.metrics).toMatchObject({
      avg_performance: 3 / 4,
      avg_performance_without_new: 3 / 4,
      new_model_share: 2 / 4,
      new_model_recall: 1,
      new_model_performance: 1 / 2,
      new_model_hit: 1 / 4,
    });
    expect(rows[0]?.perTask['y']?.['avg_performance_without_new']).toBe(0);
    expect(rows[0]?.intervals['avg_performance_without_new']?.difference).toBe(1 / 4);
    expect(rows[1]?.metrics['avg_performance_without_new']).toBeNull();
    expect(baselines['task-table']?.metrics['avg_performance_without_new']).toBe(2 / 4);
    const wrong = cellOf('wrong', [0, 2, 2, 2, 0], { choicesWithoutNew: choose(0, 2, 1, 1, 0) });
    expect(() => assembleReport(input({ dataset, cells: [wrong] }))).toThrow(/wrong, .*row 1 is c, which is new/);
    for (const { metrics } of report.rows)
      for (const [name, value] of Object.entries(metrics)) if (name.includes('new')) expect(value).toBeNull();
  });

  it('says beyond the metrics what each cell gave reason to', () => {
    const sure = Float64Array.from(tiled([0.9, 0.8, 0.5, 0.4, 0.7]));
    const full = cellOf('full', [0, 1, 0, 2, 0], {
      confidence: sure,
      probability: sure,
      frontier: {
        lambdas: [0, 9],
        choices: [choose(0, 1, 0, 2, 0), choose(0, 0, 0, 0, 0)],
        operatingPoint: { target: 'as good', lambda: 9, outOfFold: { quality: 0.5, costShare: 0.4 } },
      },
      robustness: [{ perturbation: 'typos', unchanged: 0.9, queries: 10, seed: 1 }],
    });
    const sizes = { spec: 'int8', bytesPerModel: 8, bytesBefore: 32, reconstructionError: 0.01 };
    const options = (profile: Record<string, unknown>) => ({ profile, router: {} });
    const cells = [
      full,
      cellOf('small', [0, 0, 0, 0, 0], { quantization: sizes, options: options({ hops: 1, quantize: 'int8' }) }),
      cellOf('large', [0, 1, 0, 2, 0], { options: options({ hops: 1 }) }),
      cellOf('alone', [0, 0, 0, 0, 0], { quantization: sizes, options: options({ hops: 2 }) }),
      cellOf('told', [0, 1, 0, 2, 0], {
        quantization: { ...sizes, choicesBefore: choose(0, 0, 0, 0, 0) },
      }),
    ];
    // Of recorded cost there is none here, and no tokens: the table needs them for a frontier.
    const priced = { ...table, values: { ...table.values, cost: table.values.score.map((_, k) => 1 + (k % 3)) } };
    const found = assembleReport(input({ cells, dataset: datasetOf(priced) }));
    expect(runReportSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
    const [rich, small, large, alone, told] = found.rows;
    expect(rich?.riskCoverage?.points).toHaveLength(12);
    expect(rich?.calibration?.meanProbability).toBeCloseTo(0.7, 12);
    expect(rich?.robustness).toEqual(full.robustness);
    expect(rich?.frontier?.points.map(({ cost }) => cost)).toEqual([1750, 1000]);
    expect(rich?.frontier?.operatingPoint?.comparisons.map(({ quality, model }) => [quality.against, model])).toEqual([
      ['best-single', 'a'],
      ['best-in-hindsight', 'a'],
    ]);
    expect(found.constantsFrontier?.points.map(({ model, onHull }) => [model, onHull])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ]);
    expect(large?.regret?.mean.value).toBe(0);
    expect(small?.regret?.mean.value).toBe(0.5);
    for (const section of ['frontier', 'riskCoverage', 'calibration', 'robustness', 'quantization'])
      expect(large).not.toHaveProperty(section);
    expect(small?.quantization).toMatchObject({ spec: 'int8', quality: { against: 'unquantized', difference: -0.5 } });
    expect(alone?.quantization).toEqual(sizes);
    expect(told?.quantization?.quality?.difference).toBe(0.5);
    const unpriced = datasetOf(table);
    const poor = assembleReport(input({ cells: [full], dataset: unpriced }));
    expect(poor.rows[0]?.frontier).toBeNull();
    expect(poor).not.toHaveProperty('constantsFrontier');
  });

  it('compares with the best constant on these very rows as well', () => {
    const key = 'avg_performance_vs_best_in_hindsight';
    expect(report.rows[0]?.intervals[key]).toMatchObject({ against: 'best-in-hindsight', difference: 0.5 });
    const best = report.baselines['best-in-hindsight']?.metrics['avg_performance'] ?? NaN;
    for (const { intervals, metrics } of report.rows)
      expect(intervals[key]?.difference).toBeCloseTo((metrics['avg_performance'] ?? NaN) - best, 12);
  });

  it('refuses numbers of a cell that cannot be, by name', () => {
    const refuse = (more: Parameters<typeof cellOf>[2]) => () =>
      assembleReport(input({ cells: [cellOf('odd', [0, 0, 0, 0, 0], more)] }));
    const five = (value: number) => new Float64Array(15).fill(value);
    expect(refuse({ confidence: five(NaN) })).toThrow(/odd, confidence: row 0 has NaN/);
    expect(refuse({ confidence: Float64Array.of(1) })).toThrow(/1 numbers for 15 test rows/);
    expect(refuse({ probability: five(1.1) })).toThrow(/odd, probability: row 0 has 1.1, expected 0 to 1/);
    expect(refuse({ frontier: { lambdas: [1], choices: [], operatingPoint: null } })).toThrow(/odd, frontier: 0 lists/);
    expect(refuse({ frontier: { lambdas: [1], choices: [Int32Array.of(0)], operatingPoint: null } })).toThrow(
      /odd, frontier at λ = 1: 1 choices for 15/,
    );
  });

  it('takes further metrics, and stops one that gives NaN', () => {
    const metric = (value: number) =>
      defineMetric({ name: 'mine', summary: 'mine', higherIsBetter: true, evaluate: () => value });
    const more = assembleReport(input({ metrics: [...builtInMetrics, metric(7)] }));
    expect(more.rows[0]?.metrics['mine']).toBe(7);
    expect(more.baselines['random']?.metrics['mine']).toBeNull();
    expect(() => assembleReport(input({ metrics: [metric(NaN)] }))).toThrow(/metric mine/);
  });
});

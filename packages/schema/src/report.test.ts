import { describe, expect, it } from 'vitest';
import { elsewhereSchema, reportRowSchema, rowsFileSchema, type ReportRow, type RowsFile } from './report.js';

const row: ReportRow = {
  profile: 'flat',
  router: 'sim',
  label: 'flat × sim',
  options: { profile: {}, router: {} },
  seed: 1,
  metrics: { avg_performance: 1, cost_per_1k: null },
  perTask: {},
  selection: { a: 1 },
  intervals: {},
  collapse: { flag: false, topShare: 1, effectiveModels: 1, equals: null },
};

describe('report rows', () => {
  it('are read with and without their sections', () => {
    expect(reportRowSchema.parse(row)).toEqual(row);
    const more: ReportRow = {
      ...row,
      frontier: null,
      regret: { mean: { value: 0.1, low: 0, high: 0.2 }, none: 0.9, quantiles: [{ at: 0.5, regret: 0 }] },
      robustness: [{ perturbation: 'typos', unchanged: 0.9, queries: 10, seed: 1 }],
    };
    expect(reportRowSchema.parse(JSON.parse(JSON.stringify(more)))).toEqual(more);
    expect(reportRowSchema.safeParse({ ...row, regret: { mean: 0.1 } }).success).toBe(false);
  });
});

describe('what lies elsewhere', () => {
  it('is a file of JSON lines beside the report, and nowhere else', () => {
    const found = { part: 'constants', file: 'constants.jsonl', total: 200, here: 101, words: '101 of 200' };
    expect(elsewhereSchema.parse(found)).toEqual(found);
    for (const file of ['../constants.jsonl', 'javascript:alert(1)', 'a/b.jsonl', 'constants.html', ''])
      expect(elsewhereSchema.safeParse({ ...found, file }).success).toBe(false);
  });
});

const file: RowsFile = {
  version: 1,
  dataset: { name: 'tiny', test: 'test', testHash: 'abc' },
  simulated: false,
  models: ['a', 'b'],
  newModels: [],
  ids: ['x', 'y'],
  texts: ['1f', '2e'],
  tasks: ['t', null],
  discriminative: [true, false],
  oracle: [1, 1],
  rows: [{ label: 'flat × sim', seed: 1, choices: [0, 1], scores: [0, 1], costs: null }],
  baselines: [{ label: 'best-single', choices: [0, 0], scores: [0, 1], costs: [0.1, 0.2] }],
};

describe('the file of rows', () => {
  it('is read back as it was written', () => {
    expect(rowsFileSchema.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  it('is refused where its columns do not fit', () => {
    const problem = (more: Partial<RowsFile>) =>
      rowsFileSchema
        .safeParse({ ...file, ...more })
        .error?.issues.map(({ path, message }) => [path.join('.'), message]);
    expect(problem({ ids: ['x', 'x'] })).toEqual([['ids', 'an id occurs twice']]);
    expect(problem({ tasks: ['t'] })).toEqual([['tasks', '1 entries for 2 ids']]);
    expect(problem({ rows: [{ ...file.rows[0]!, scores: [1] }] })).toEqual([['rows.0.scores', '1 entries for 2 ids']]);
    expect(problem({ baselines: [{ ...file.baselines[0]!, choices: [0, 2] }] })).toEqual([
      ['baselines.0.choices', 'expected 0 to 1'],
    ]);
    expect(problem({ models: ['a', 'a'] })).toEqual([['models', 'a model occurs twice']]);
  });

  it('is refused where a number is none, or too large for sums to stay finite', () => {
    const pathsOf = (scores: number[]) =>
      rowsFileSchema.safeParse({ ...file, rows: [{ ...file.rows[0]!, scores }] }).error?.issues.map(({ path }) => path);
    for (const score of [NaN, Infinity, 1e308]) expect(pathsOf([0, score])).toEqual([['rows', 0, 'scores', 1]]);
    const metrics = (avg: number) => reportRowSchema.safeParse({ ...row, metrics: { avg_performance: avg } });
    for (const avg of [NaN, Infinity, -1e308])
      expect(metrics(avg).error?.issues.map(({ path }) => path)).toEqual([['metrics', 'avg_performance']]);
  });
});

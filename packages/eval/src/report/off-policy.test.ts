import { createRandom, runReportSchema } from '@routeprofile/schema';
import { emptyOutcomes } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { logOfTable } from '../off-policy/table-log.js';
import { cellOf, datasetOf, tableOf } from '../testing/test-data.js';
import { assembleReport } from './assemble.js';

const MODELS = ['even', 'odd', 'dear'];
/** Right 9 times of 10 on queries of its kind, 2 times of 10 elsewhere. */
const ROWS = 1200;
const kindOf = (q: number) => q % 2;

function logged(policy: (random: number, q: number) => number, seed = 1) {
  const random = createRandom(seed, 'log');
  const truth = Array.from({ length: ROWS }, (_, q) =>
    MODELS.map((_model, m) => (random.float() < (m === kindOf(q) ? 0.9 : 0.2) ? 1 : 0)),
  );
  const scores = truth.map((row, q) => {
    const chosen = policy(random.float(), q);
    return row.map((score, m) => (m === chosen ? score : NaN));
  });
  const table = tableOf(MODELS, scores);
  table.values.cost.set(table.values.score.map((score, k) => (Number.isNaN(score) ? NaN : 0.001 * ((k % 3) + 1))));
  const mean = (choices: number[]) => choices.reduce((sum, m, q) => sum + truth[q]![m]!, 0) / ROWS;
  return { table, mean };
}

const uniform = (random: number) => Math.floor(3 * random);
const byKind = Array.from({ length: ROWS }, (_, q) => kindOf(q));
const always = (model: number) => Array.from({ length: ROWS }, () => model);

describe('a report on test rows that are a log', () => {
  const { table, mean } = logged(uniform);
  const report = assembleReport({
    dataset: datasetOf(table, { logged: true }),
    training: { pairs: [], outcomes: { ...emptyOutcomes(1, 3), score: Float64Array.of(1, 0.5, 0) } },
    cells: [cellOf('flat × kind', byKind), cellOf('flat × constant', always(2))],
    testName: 'test',
    encoder: 'toy',
    graph: 'none',
    versions: {},
    seed: 4,
  });
  const policyOf = (name: string) => report.offPolicy!.policies.find((policy) => policy.name === name)!;

  it('holds estimates whose intervals have the truth, and is a report', () => {
    expect(() => runReportSchema.parse(JSON.parse(JSON.stringify(report)))).not.toThrow();
    for (const [name, choices] of [
      ['flat × kind', byKind],
      ['best-single', always(0)],
      ['flat × constant', always(2)],
    ] as const) {
      const { dr } = policyOf(name).score;
      if (!dr.known) throw new Error(`${name}: ${dr.reason}`);
      expect(dr.low).toBeLessThan(mean(choices));
      expect(dr.high).toBeGreaterThan(mean(choices));
    }
    const gain = policyOf('flat × kind').difference;
    expect(gain).toMatchObject({ known: true });
    if (gain?.known)
      expect([gain.low > 0, Math.abs(gain.value - (mean(byKind) - mean(always(0)))) < 0.1]).toEqual([true, true]);
    expect(policyOf('best-single')).toMatchObject({ model: 'even', difference: null });
    const cost = policyOf('flat × constant').costPer1k;
    expect(cost).toMatchObject({ known: true });
    if (cost?.known) expect(cost.value).toBeCloseTo(3, 3);
  });

  it('recommends by them, and tells constants by their choices', () => {
    expect(report.rowsUsed).toBe(0);
    expect(report.rows.map(({ metrics }) => metrics['avg_performance'])).toEqual([null, null]);
    expect(report.rows.map(({ collapse, selection }) => [collapse.flag, Object.keys(selection)])).toEqual([
      [false, ['even', 'odd']],
      [true, ['dear']],
    ]);
    expect(report.recommendation).toMatchObject({
      choice: { kind: 'router', label: 'flat × kind' },
      verdict: 'better',
      testRows: ROWS,
      words: expect.stringMatching(/^Use flat × kind: it costs 1\.\d+ times as much as always using even/) as unknown,
    });
    expect(report.warnings).toContainEqual(
      expect.stringMatching(/^The 1,200 test rows are a log: .*nothing that the queries do not show decided/),
    );
  });

  it('gives no figure where the log never went', () => {
    const favourite = logged((random) => (random < 0.99 ? 0 : 1)).table;
    const { offPolicy } = assembleReport({
      dataset: datasetOf(favourite, { logged: true }),
      training: { pairs: [], outcomes: { ...emptyOutcomes(1, 3), score: Float64Array.of(1, 0.5, 0) } },
      cells: [cellOf('flat × constant', always(2))],
      testName: 'test',
      encoder: 'toy',
      graph: 'none',
      versions: {},
      seed: 4,
    });
    expect(offPolicy!.policies[0]).toMatchObject({ name: 'flat × constant', score: { dr: { known: false } } });
  });
});

describe('a table as a log', () => {
  it('leaves out rows without outcomes, and marks what was asked on purpose', () => {
    const { values } = tableOf(MODELS, [
      [1, NaN, NaN],
      [NaN, NaN, NaN],
      [NaN, 0, 1],
    ]);
    const { rows, log } = logOfTable(values, MODELS)!;
    expect([...rows]).toEqual([0, 2]);
    expect([...log.chosen]).toEqual([0, 1]);
    expect([...log.asked!]).toEqual([0, 0, 0, 0, 1, 1]);
    expect(log.propensities).toBeUndefined();
  });

  it('uses the chances that every row states, and no others', () => {
    const { values } = tableOf(MODELS, [
      [1, NaN, NaN],
      [NaN, 0, NaN],
    ]);
    const propensity = new Float64Array(6).fill(NaN);
    propensity[0] = 0.5;
    expect(logOfTable({ ...values, propensity }, MODELS)!.log.propensities).toBeUndefined();
    propensity[4] = 0.25;
    expect([...logOfTable({ ...values, propensity }, MODELS)!.log.propensities!.values]).toEqual([0.5, 0.25]);
  });

  it('is nothing without an outcome', () => {
    expect(logOfTable(tableOf(MODELS, [[NaN, NaN, NaN]]).values, MODELS)).toBeNull();
  });
});

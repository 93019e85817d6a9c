import { createRandom, runReportSchema } from '@routeprofile/schema';
import { emptyOutcomes } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { offPolicyValue } from '../off-policy/estimate.js';
import { fitOffPolicy } from '../off-policy/evidence.js';
import { logOfTable } from '../off-policy/table-log.js';
import { drawLog, truthOf } from '../off-policy/test-log.js';
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

describe('answers that are suggested', () => {
  const training = { pairs: [], outcomes: { ...emptyOutcomes(1, 3), score: Float64Array.of(1, 0.5, 0) } };
  const shared = { training, testName: 'test', encoder: 'toy', graph: 'none', versions: {}, seed: 4 };
  const cells = [cellOf('flat × kind', byKind), cellOf('flat × constant', always(2))];
  const rare = (random: number) => (random < 0.03 ? 2 : random < 0.5 ? 1 : 0);
  const { table } = logged(rare);
  table.values.propensity = table.values.score.map((score, k) =>
    Number.isNaN(score) ? NaN : [0.5, 0.47, 0.03][k % 3]!,
  );
  const suggestions = (more: object = {}, test = table) =>
    assembleReport({ ...shared, dataset: datasetOf(test, { logged: true }), cells, ...more }).offPolicy!.suggestions!;

  it('are for what the log cannot judge, and as many as it takes', () => {
    const { policies, needed, ask, measured } = suggestions();
    expect(policies).toEqual([{ name: 'flat × constant', seed: 42 }]);
    expect(ask).toHaveLength(20);
    expect([...ask, ...measured].every(({ model }) => model === 'dear')).toBe(true);
    expect(needed).toBeGreaterThan(20);

    // Once they are answered, it can; with a few less, it cannot.
    const answered = (count: number) => {
      const found = suggestions({ suggest: count });
      expect(found.ask).toHaveLength(count);
      const values = {
        ...table.values,
        score: table.values.score.slice(),
        propensity: table.values.propensity!.slice(),
      };
      for (const { query, model } of [...found.ask, ...found.measured]) {
        const k = table.queries.findIndex(({ id }) => id === query) * 3 + MODELS.indexOf(model);
        if (Number.isNaN(values.score[k]!)) values.score[k] = 0;
        values.propensity[k] = 1;
      }
      const { policies: judged } = assembleReport({
        ...shared,
        dataset: datasetOf({ ...table, values }, { logged: true }),
        cells,
      }).offPolicy!;
      return judged.find(({ name }) => name === 'flat × constant')!;
    };
    const enough = answered(needed!);
    expect([enough.score.dr.known, enough.difference?.known]).toEqual([true, true]);
    const tooFew = answered(needed! - 5);
    expect(tooFew.score.dr.known && tooFew.difference?.known).toBe(false);
  });

  it('are for all routers where the log can judge them, if somebody wants them', () => {
    const found = logged(uniform).table;
    const of = (more: object) =>
      assembleReport({ ...shared, dataset: datasetOf(found, { logged: true }), cells, ...more }).offPolicy!.suggestions;
    expect(of({})).toBeUndefined();
    expect(of({ suggest: 7 })).toMatchObject({
      needed: 0,
      policies: [{ name: 'flat × kind' }, { name: 'flat × constant' }, { name: 'best-single' }],
    });
    expect(of({ suggest: 7 })!.ask).toHaveLength(7);
  });

  it('would not do on fewer than 100 rows', () => {
    const few = {
      ...table,
      queries: table.queries.slice(0, 60),
      values: Object.fromEntries(
        Object.entries(table.values).map(([name, column]) => [name, (column as Float64Array).slice(0, 180)]),
      ) as unknown as typeof table.values,
    };
    expect(
      suggestions({ cells: cells.map((cell) => ({ ...cell, choices: cell.choices.slice(0, 60) })) }, few),
    ).toMatchObject({ needed: null });
  });

  it('that were answered leave the rest of the log what it is, however many they are', () => {
    const values = { ...table.values, score: table.values.score.map((score) => (Number.isNaN(score) ? 0 : score)) };
    values.propensity = values.propensity!.map((chance) => (Number.isNaN(chance) ? 1 : chance));
    values.score.fill(NaN, values.score.length - 2);
    const { offPolicy, rowsUsed } = assembleReport({
      ...shared,
      dataset: datasetOf({ ...table, values }, { logged: true }),
      cells,
    });
    expect([offPolicy!.rows, offPolicy!.assumes, rowsUsed]).toEqual([ROWS, 'logged propensities', 0]);
  });
});

describe('a frontier on test rows that are a log', () => {
  const training = { pairs: [], outcomes: { ...emptyOutcomes(1, 3), score: Float64Array.of(1, 0.5, 0) } };
  const shared = { training, testName: 'test', encoder: 'toy', graph: 'none', versions: {}, seed: 4 };
  const swept = {
    lambdas: [0, 1, 2],
    choices: [byKind, always(0), always(2)].map((choices) => Int32Array.from(choices)),
    operatingPoint: { target: 'best', lambda: 0, outOfFold: { quality: 0.9, costShare: 1 } },
  };
  const cells = [cellOf('flat × kind', byKind, { frontier: swept })];

  it('has points that are estimates, whose intervals hold the truth', () => {
    const { table, mean } = logged(uniform, 2);
    const report = assembleReport({ ...shared, dataset: datasetOf(table, { logged: true }), cells });
    expect(() => runReportSchema.parse(JSON.parse(JSON.stringify(report)))).not.toThrow();
    const { points, aiq, operatingPoint, unknownPoints } = report.rows[0]!.frontier!;
    const truths = [byKind, always(0), always(2)].map((choices) => ({
      quality: mean(choices),
      cost: choices.reduce((sum, m) => sum + m + 1, 0) / ROWS,
    }));
    expect(points.map(({ lambda }) => lambda)).toEqual([0, 1, 2]);
    points.forEach(({ estimated, ...point }, i) => {
      for (const what of ['quality', 'cost'] as const) {
        expect(estimated![what].low).toBeLessThanOrEqual(truths[i]![what] + 1e-9);
        expect(estimated![what].high).toBeGreaterThanOrEqual(truths[i]![what] - 1e-9);
        expect(point[what]).toBeCloseTo(truths[i]![what], 1);
      }
    });
    expect([unknownPoints, aiq!.difference.low > 0]).toEqual([undefined, true]);
    expect(operatingPoint!.comparisons[0]).toMatchObject({ model: 'even', quality: { against: 'best-single' } });
    expect(report.constantsFrontier!.points.map(({ model }) => model)).toEqual(MODELS);
    // The same figures as the table of the log.
    const [policy] = report.offPolicy!.policies;
    expect(policy!.costPer1k).toMatchObject({ known: true, value: expect.closeTo(points[0]!.cost, 9) as unknown });
    expect(policy!.costShare!.value).toBeCloseTo(points[0]!.cost / points[1]!.cost, 9);
    expect(report.recommendation!.costShare).toEqual(policy!.costShare);
  });

  it('leaves out what the log cannot tell, and says so; nothing is recommended on it', () => {
    const { table } = logged((random) => (random < 0.03 ? 2 : random < 0.5 ? 1 : 0));
    const report = assembleReport({
      ...shared,
      dataset: datasetOf(table, { logged: true }),
      cells: [
        ...cells,
        cellOf(
          'flat × dear',
          byKind.map((m, q) => (q % 3 === 0 ? m : 2)),
          { frontier: { ...swept, choices: swept.choices.map(() => swept.choices[2]!) } },
        ),
      ],
    });
    expect(report.rows[0]!.frontier).toMatchObject({ unknownPoints: 1, operatingPoint: { lambda: 0 } });
    expect(report.rows[1]!.frontier).toBeNull();
    expect(report.constantsFrontier!.points.map(({ model }) => model)).toEqual(['even', 'odd']);
    expect(report.warnings).toContain(
      'points of frontiers that the log cannot tell of are left out (cost weights): flat × kind 1 of 3',
    );
    expect(report.warnings).toContainEqual(expect.stringMatching(/^the log cannot tell of any point .*: flat × dear$/));

    const alone = assembleReport({
      ...shared,
      dataset: datasetOf(table, { logged: true }),
      cells: [
        cellOf(
          'flat × dear',
          byKind.map((m, q) => (q % 3 === 0 ? m : 2)),
        ),
      ],
    });
    expect(alone.recommendation).toBeUndefined();
    expect(alone.notRecommended).toMatch(
      /^No recommendation: the log cannot tell what flat × dear would have scored \(\d+ effective rows, at least 100 are needed\)\.$/,
    );
  });
});

describe('a table as a log', () => {
  it('leaves out rows without outcomes, and marks what was asked on purpose', () => {
    const { values } = tableOf(MODELS, [
      [1, NaN, NaN],
      [NaN, NaN, NaN],
      [NaN, 0, 1],
    ]);
    const { rows, log } = logOfTable(values, MODELS, 1)!;
    expect([...rows]).toEqual([0, 2]);
    expect([...log.chosen]).toEqual([0, 1]);
    expect([...log.asked!]).toEqual([0, 0, 0, 0, 1, 1]);
    expect(log.propensities).toBeUndefined();
  });

  it('takes a propensity of 1 for what was asked for, whatever else is measured', () => {
    const { values } = tableOf(MODELS, [
      [1, NaN, 0],
      [NaN, 0, NaN],
      [1, 0, NaN],
    ]);
    const propensity = new Float64Array(9).fill(NaN);
    propensity[0] = propensity[4] = propensity[6] = propensity[7] = 1;
    const estimated = logOfTable({ ...values, propensity }, MODELS, 1)!.log;
    expect([...estimated.chosen]).toEqual([2, 1, 0]);
    expect([...estimated.asked!]).toEqual([1, 0, 0, 0, 1, 0, 1, 1, 0]);
    expect(estimated.propensities).toBeUndefined();
    propensity[2] = 0.5;
    expect([...logOfTable({ ...values, propensity }, MODELS, 1)!.log.propensities!.values]).toEqual([0.5, 1, 1]);
  });

  it('uses the chances that every row states, and no others', () => {
    const { values } = tableOf(MODELS, [
      [1, NaN, NaN],
      [NaN, 0, NaN],
    ]);
    const propensity = new Float64Array(6).fill(NaN);
    propensity[0] = 0.5;
    expect(logOfTable({ ...values, propensity }, MODELS, 1)!.log.propensities).toBeUndefined();
    propensity[4] = 0.25;
    expect([...logOfTable({ ...values, propensity }, MODELS, 1)!.log.propensities!.values]).toEqual([0.5, 0.25]);
  });

  it('takes one outcome of a battle, drawn, and estimates what a model gets on average', () => {
    // Of five models each row has two, drawn; what a model gets there depends on the query and on nothing else.
    const models = ['a', 'b', 'c', 'd', 'e'];
    const { log, score } = drawLog(6000, models.length, 3, 0);
    const random = createRandom(3, 'battles');
    const battles = score.map(() => NaN);
    log.chosen.forEach((_, row) => {
      for (const m of random.sample([...models.keys()], 2))
        battles[row * models.length + m] = score[row * models.length + m]!;
    });
    const { values } = tableOf(models, [models.map(() => 0)]);
    const table = logOfTable({ ...values, score: battles }, models, 1, log.vectors)!;
    expect(table.log.asked).toBeUndefined();
    for (let row = 0; row < 6000; row++) {
      const kept = table.log.score.subarray(row * models.length, (row + 1) * models.length);
      expect(kept.filter((x) => !Number.isNaN(x))).toHaveLength(1);
    }
    const first = log.chosen.filter(
      (_, row) => battles.findIndex((x, k) => k >= row * 5 && !Number.isNaN(x)) === row * 5 + table.log.chosen[row]!,
    );
    expect(first.length / 6000).toBeCloseTo(0.5, 1);
    const evidence = fitOffPolicy(table.log, { seed: 1 });
    models.forEach((_, m) => {
      const always = new Int32Array(6000).fill(m);
      const { dr } = offPolicyValue(evidence, { choices: always }).score;
      // Three standard errors of 1,200 outcomes of 0 or 1.
      expect(Math.abs((dr.known ? dr.value : NaN) - truthOf(score, always))).toBeLessThan(0.043);
    });
  });

  it('is nothing without an outcome', () => {
    expect(logOfTable(tableOf(MODELS, [[NaN, NaN, NaN]]).values, MODELS, 1)).toBeNull();
  });
});

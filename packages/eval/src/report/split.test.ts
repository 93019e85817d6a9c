import { constantLineSchema, createRandom, runReportSchema, type RunReport } from '@routeprofile/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { datasetOf, tableOf } from '../testing/test-data.js';
import { assembleReport } from './assemble.js';
import { elsewhereOf, joinReport, splitReport } from './split.js';

const ROWS = 12;

/** A report over so many models, of which the last `fresh` are new; with costs, and a frontier. */
function reportOf(width: number, fresh = 0): RunReport {
  const random = createRandom(3, 'split');
  const models = Array.from({ length: width }, (_, m) => `model ${m}`);
  const scores = Array.from({ length: ROWS }, () => models.map(() => Math.round(10 * random.float()) / 10));
  const test = tableOf(
    models,
    scores,
    scores.map((_, q) => `task ${q % 2}`),
  );
  test.values.cost.forEach((_, k) => (test.values.cost[k] = 0.001 + 0.01 * random.float()));
  const training = { queries: [], pairs: [{ query: 0, better: 3, worse: 4 }], outcomes: null };
  const choices = Int32Array.from(scores, (_, q) => q % 5);
  return assembleReport({
    dataset: { ...datasetOf(test, { train: training }), newModels: models.slice(width - fresh) },
    training,
    cells: [
      {
        ...{ profile: 'p', router: 'r', label: 'p × r', options: { profile: {}, router: {} }, seed: 1, choices },
        frontier: { lambdas: [0, 1], choices: [choices, choices], operatingPoint: null },
      },
    ],
    encoder: 'hash',
    graph: 'task',
    versions: {},
    testName: 'test',
    seed: 1,
  });
}

describe('splitReport', () => {
  let whole: RunReport;
  beforeAll(() => {
    whole = reportOf(320, 120);
  });

  it('leaves a report of 100 candidates as it is', () => {
    const small = reportOf(100);
    expect(splitReport(small)).toEqual({ report: small });
    expect(splitReport(small).report).toBe(small);
  });

  it('takes out the constants beyond the best, says how many, and loses none', () => {
    const { report, constants } = splitReport(whole);
    expect(runReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const names = Object.keys(report.baselines).filter((name) => name.startsWith('constant:'));
    expect(elsewhereOf(report)).toEqual({
      part: 'constants',
      file: 'constants.jsonl',
      total: 320,
      here: names.length,
      words: `Always choosing one model: ${names.length} of 320 models are in report.json, all of them in constants.jsonl.`,
    });
    expect(names.length).toBeLessThan(230);
    expect(constants!.map(({ model }) => model)).toEqual(whole.candidates);
    const lines = constants!.map((line) => constantLineSchema.parse(JSON.parse(JSON.stringify(line))));
    expect(joinReport(report, lines)).toEqual(whole);
    expect(Object.keys(joinReport(report, lines).baselines)).toEqual(Object.keys(whole.baselines));
  });

  it('keeps what a reader looks at: the best, the best new ones, the worst, the cheapest, the hull, and what is named', () => {
    const { report } = splitReport(whole);
    const constants = Object.values(whole.baselines).slice(0, 320);
    const figure = (name: string) => (at: number) => constants[at]!.metrics[name]!;
    const [average, cost] = [figure('avg_performance'), figure('cost_per_1k')];
    const byAverage = [...constants.keys()].sort((a, b) => average(b) - average(a));
    const fresh = byAverage.filter((m) => m >= 200);
    const byCost = [...constants.keys()].sort((a, b) => cost(a) - cost(b));
    const hull = whole.constantsFrontier!.points.flatMap(({ onHull }, m) => (onHull ? [m] : []));
    for (const m of [...byAverage.slice(0, 100), ...fresh.slice(0, 100), byAverage.at(-1)!, byCost[0]!, ...hull, 3])
      expect(report.baselines).toHaveProperty([`constant:model ${m}`]);
    expect(report.constantsFrontier!.points.map(({ model }) => model)).toEqual(
      Object.values(report.baselines).flatMap(({ model, perTask }) => (model && !perTask ? [model] : [])),
    );
    expect(report.constantsFrontier!.aiq).toBe(whole.constantsFrontier!.aiq);
  });

  it('does not split twice', () => {
    const once = splitReport(whole).report;
    expect(splitReport(once)).toEqual({ report: once });
  });
});

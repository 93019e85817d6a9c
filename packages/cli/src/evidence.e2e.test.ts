import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJsonFile } from '@routeprofile/data';
import { rowsFileSchema, type Decision, type RunReport } from '@routeprofile/schema';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

describe('what a run shows beyond its metrics', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const quick = ['--encoder', 'hash:dimensions=64', '--cache', at('cache')];
  const few = ['--data', at('sample'), ...quick, '--limit-train', '120', '--limit-test', '40'];
  let report: RunReport;

  beforeAll(async () => {
    await routeprofile(['sample', at('sample')]);
    const strategies = ['--profile', 'advantage', '--router', 'attention,knn:k=20+cost:lambda=20'];
    const more = ['--frontier', '--robustness', '10', '--quantize', 'int8,pca:4'];
    const outcome = await runReport([...few, ...strategies, ...more, '--out', at('out')]);
    expect(outcome.code).toBe(0);
    report = outcome.report;
  });
  afterAll(() => folder.remove());

  it('has a row for each profile, router and compression, named by all of them', () => {
    expect(report.rows.map(({ label }) => label)).toEqual(
      ['advantage', 'advantage int8', 'advantage pca:4'].flatMap((profile) => [
        `${profile} × attention`,
        `${profile} × knn+cost`,
      ]),
    );
    expect(report.rows[2]?.quantization?.quality?.against).toBe('unquantized');
    expect(report.rows[2]!.quantization!.bytesPerModel).toBeLessThan(report.rows[2]!.quantization!.bytesBefore / 3);
  });

  it('weighs costs: a frontier where the router gives scores, and dearer calls less often under a price', () => {
    const [attention, priced] = report.rows;
    const frontier = attention!.frontier!;
    const costs = frontier.points.map(({ cost }) => cost);
    expect(costs.at(-1)).toBeLessThan(costs[0]!);
    expect(frontier.operatingPoint?.target).toBe('within 2 points of the best single model');
    expect(priced!.metrics['cost_per_1k']!).toBeLessThan(report.baselines['best-single']!.metrics['cost_per_1k']!);
    expect(priced!.calibration).toBeDefined();
  });

  it('asks again, rephrased', () => {
    const { robustness } = report.rows[0]!;
    expect(robustness!.length).toBeGreaterThan(3);
    expect(robustness!.every(({ queries, unchanged }) => queries === 10 && unchanged > 0.3)).toBe(true);
  });

  it('keeps every row, so that two runs, or two rows of one, can be compared', async () => {
    const rows = await readJsonFile(at('out', 'rows.json'), rowsFileSchema);
    expect(rows.rows.map(({ label }) => label)).toEqual(report.rows.map(({ label }) => label));
    const [a, b] = [`${at('out')}#advantage × attention`, `${at('out')}#best-single`];
    const { code, stdout } = await routeprofile(['compare', a, b, '--json']);
    expect(code).toBe(0);
    const { comparisons, sharedRows } = JSON.parse(stdout) as {
      sharedRows: number;
      comparisons: { metrics: Record<string, { a: number; b: number; difference: number }> }[];
    };
    expect(sharedRows).toBe(report.rowsUsed);
    const { avg_performance: quality } = comparisons[0]!.metrics;
    expect(quality!.a).toBeCloseTo(report.rows[0]!.metrics['avg_performance']!, 12);
    expect(quality!.difference).toBeCloseTo(report.rows[0]!.intervals['avg_performance']!.difference, 12);
    expect((await routeprofile(['compare', at('out'), at('out')])).stdout).toContain('advantage × attention');

    const unknown = await routeprofile(['compare', `${at('out')}#nothing`, at('out')]);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('advantage × attention')]);
    expect((await routeprofile(['compare', at('nowhere'), at('out')])).code).toBe(2);
  });

  it('saves a wrapped router, which explains its price in use', async () => {
    const router = at('out', 'routers', 'advantage.knn+cost.seed42');
    const { code, stdout } = await routeprofile([
      'route',
      'What is 2 + 2?',
      '--router',
      router,
      '--cache',
      at('cache'),
      '--json',
    ]);
    expect(code).toBe(0);
    const { ranked, reasons } = JSON.parse(stdout) as Decision;
    expect(ranked.every(({ expectedCost, probability }) => expectedCost! > 0 && probability! >= 0)).toBe(true);
    expect(reasons.some(({ kind }) => kind === 'cost')).toBe(true);
  });

  it('tells of a wrapper that is not there, and of one around a profile', async () => {
    const wrong = await routeprofile(['run', ...few, '--router', 'knn+gold', '--out', at('wrong')]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('no wrapper called gold')]);
    const profile = await routeprofile(['run', ...few, '--profile', 'flat+cost', '--out', at('wrong')]);
    expect([profile.code, profile.stderr]).toEqual([2, expect.stringContaining('a profile cannot have wrappers')]);
    const spec = await routeprofile(['run', ...few, '--quantize', 'int7', '--out', at('wrong')]);
    expect([spec.code, spec.stderr]).toEqual([2, expect.stringContaining('int7')]);
  });
});

import { defineMetric } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { comparedMetrics } from '../compare/values.js';
import { cellOf, tableOf } from '../testing/test-data.js';
import { THIRDS, THIRDS_ORACLE, thirdsReport } from '../testing/two-models.js';
import { builtInMetrics } from './index.js';
import { reportMetric } from './report-metric.js';

const firstShare = defineMetric({
  name: 'first_share',
  title: 'First',
  format: 'percent',
  summary: 'share of rows that got the first model',
  higherIsBetter: false,
  perRow: ({ choices }) => Float64Array.from(choices, (choice) => Number(choice === 0)),
});
const reportOf = (metrics = [firstShare]) =>
  thirdsReport([cellOf('cell', THIRDS_ORACLE)], { metrics: [...builtInMetrics, ...metrics] });

describe('the list of metrics', () => {
  it('decides what has an interval: every metric with a number per row that the data allow', () => {
    const { intervals } = reportOf([]).rows[0]!;
    const own = Object.keys(intervals).filter((name) => !name.includes('_vs_'));
    const run = {
      candidates: [],
      newModels: [],
      table: tableOf(['a', 'b'], THIRDS),
      choices: Int32Array.from(THIRDS_ORACLE),
    };
    const paired = builtInMetrics.filter((metric) => metric.perRow?.(run));
    expect(own).toEqual(paired.map(({ name }) => name));
    expect(own).toContain('discriminative_performance');
  });

  it('decides what two runs are compared by: quality, regret and cost, then the list', () => {
    expect(comparedMetrics.map(({ name }) => name)).toEqual([
      'avg_performance',
      'regret',
      'cost_per_1k',
      ...builtInMetrics
        .filter(({ perChosenRow, name }) => perChosenRow && name !== 'avg_performance' && name !== 'cost_per_1k')
        .map(({ name }) => name),
    ]);
  });

  it('fills in what a metric does not say', () => {
    const plain = reportMetric({ name: 'n', summary: 's', higherIsBetter: true, evaluate: () => 1 });
    expect(plain).toMatchObject({ title: 'n', help: 's', format: 'number', columns: {} });
    expect('perRow' in plain || 'atRandom' in plain).toBe(false);
    const rows = reportMetric({
      name: 'n',
      summary: 's',
      higherIsBetter: true,
      perRow: () => Float64Array.of(1, NaN, 0),
    });
    expect(rows).toMatchObject({ atRandom: 'mean' });
  });
});

describe('a metric of a plugin', () => {
  it('is described in the report, and has intervals where it has a number per row', () => {
    const report = reportOf();
    expect(report.metrics).toEqual([
      {
        name: 'first_share',
        title: 'First',
        summary: 'share of rows that got the first model',
        format: 'percent',
        higherIsBetter: false,
      },
    ]);
    expect(report.rows[0]!.metrics['first_share']).toBeCloseTo(2 / 3, 12);
    expect(report.rows[0]!.intervals['first_share']).toMatchObject({
      against: 'best-single',
      difference: expect.closeTo(-1 / 3, 12) as number,
    });
    expect(reportOf([])).not.toHaveProperty('metrics');
  });

  it('is refused by name where the rows that count depend on the choices', () => {
    const odd = {
      ...firstShare,
      name: 'odd',
      perRow: () => Float64Array.from(THIRDS, (_, q) => (q === calls ? NaN : 1)),
    };
    let calls = 0;
    const perRow = () => {
      calls++;
      return odd.perRow();
    };
    expect(() => reportOf([{ ...odd, perRow }])).toThrow(/metric odd: perRow has to count the same rows/);
  });
});

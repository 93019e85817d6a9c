import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runReportSchema, type RunReport } from '@routeprofile/schema';

/** What the home page says of the results, out of the committed reports. */
export interface Found {
  quality: { rows: number; routers: number; clearlyBetter: number } & Record<
    'best' | 'bestSingle' | 'taskTable' | 'oracle',
    number
  > & { interval: string };
  cost: { rows: number; router: string; share: string; quality: string };
}

const reports = fileURLToPath(new URL('../../../examples/better-routing/reports/', import.meta.url));
const read = (name: string): RunReport => runReportSchema.parse(JSON.parse(readFileSync(join(reports, name), 'utf8')));

function there<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`the committed reports lack ${what}: make them again`);
  return value;
}

const signed = (x: number): string => (x < 0 ? `−${Math.abs(x).toFixed(3)}` : `+${x.toFixed(3)}`);

function qualityOf(report: RunReport): Found['quality'] {
  const average = (name: string) => there(report.baselines[name]?.metrics['avg_performance'], `baseline ${name}`);
  const rows = report.rows.map(({ label, metrics, intervals }) => ({
    average: there(metrics['avg_performance'], `the average of ${label}`),
    ...there(intervals['avg_performance'], `the interval of ${label}`),
  }));
  const best = rows.reduce((a, b) => (b.average > a.average ? b : a));
  return {
    rows: report.rowsUsed,
    routers: rows.length,
    clearlyBetter: rows.filter(({ low }) => low > 0).length,
    best: best.average,
    interval: `${signed(best.low)} to ${signed(best.high)}`,
    bestSingle: average('best-single'),
    taskTable: average('task-table'),
    oracle: average('oracle'),
  };
}

/** Of the routers whose point keeps what training promised, within two points of the best single model, the cheapest one. */
function costOf(report: RunReport): Found['cost'] {
  const points = report.rows
    .filter(({ label }) => !label.includes(' int8 '))
    .flatMap(({ router, frontier }) => {
      const toBest = frontier?.operatingPoint?.comparisons.find(({ quality }) => quality.against === 'best-single');
      return toBest?.costShare ? [{ router, share: toBest.costShare, ...toBest.quality }] : [];
    })
    .filter(({ difference }) => difference >= -0.02)
    .sort((a, b) => a.share.value - b.share.value);
  const { router, share, difference, low, high } = there(points[0], 'an operating point');
  const percent = (x: number) => Math.round(100 * x);
  return {
    rows: report.rowsUsed,
    router,
    share: `${percent(share.value)} % (${percent(share.low)} to ${percent(share.high)})`,
    quality: `${signed(difference)} (${signed(low)} to ${signed(high)})`,
  };
}

export declare const data: Found;

export default {
  watch: [join(reports, '*.json')],
  load: (): Found => ({
    quality: qualityOf(read('standard-regraded-distrust.json')),
    cost: costOf(read('routerbench.json')),
  }),
};

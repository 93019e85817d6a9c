// Copies the report of a finished run to where it is committed: figures only, small enough to live in git.
//
//   node apps/docs/tools/figures.mjs OUT/report.json examples/NAME/reports/SCENARIO.json
//
// Numbers keep six decimals, tasks keep their average performance, and curves by row (risk and coverage, quantiles of
// regret) are left out. What the schema of reports does not know is left out too, and anything that looks like a path of the machine
// is an error.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runReportSchema } from '@routeprofile/schema';
import { format } from 'prettier';

const DECIMALS = 1e6;

/**
 * @param {import('@routeprofile/schema').RunReport} report
 * @returns {import('@routeprofile/schema').RunReport}
 */
export function figuresOf(report) {
  const plain = runReportSchema.parse(report);
  const figures = {
    ...plain,
    rows: plain.rows.map(({ riskCoverage: _curve, regret: _quantiles, calibration: _bins, ...row }) => ({
      ...row,
      perTask: averages(row.perTask),
    })),
    baselines: mapValues(plain.baselines, ({ perTask, ...baseline }) => ({
      ...baseline,
      ...(perTask && { perTask: averages(perTask) }),
    })),
  };
  return rounded(refusePaths(figures));
}

const averages = (perTask) => mapValues(perTask, ({ avg_performance }) => ({ avg_performance }));

const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

/** Every number and string of a JSON value through a function each. */
function walk(value, { number = (n) => n, string = (s) => s }) {
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return string(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, { number, string }));
  if (value === null || typeof value !== 'object') return value;
  return mapValues(value, (item) => walk(item, { number, string }));
}

const rounded = (value) => walk(value, { number: (n) => Math.round(n * DECIMALS) / DECIMALS });

const refusePaths = (value) =>
  walk(value, {
    string: (text) => {
      if (/(^|[\s"'(])(\/(tmp|home|root|work|Users|var|mnt)\/|[A-Za-z]:\\)/.test(text))
        throw new Error(`the report names a path of this machine: ${text}`);
      return text;
    },
  });

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [source, target] = process.argv.slice(2);
  if (!source || !target) throw new Error('expected two files: figures.mjs OUT/report.json TARGET.json');
  const figures = figuresOf(JSON.parse(readFileSync(source, 'utf8')));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, await format(JSON.stringify(figures), { parser: 'json', printWidth: 120 }));
}

// What the README beside the data says simple policies score, as the yardstick of the evaluation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from './checks.mjs';

/** `{ published, regraded }`, each from policy name to average performance. */
export function expectedScores(data) {
  const tables = { published: new Map(), regraded: new Map() };
  for (const line of readFileSync(join(data, 'README.md'), 'utf8').split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim().replaceAll('*', ''));
    if (cells.length !== 5 || !/^\.\d{6}$/.test(cells[2]) || !/^\.\d{6}$/.test(cells[3])) continue;
    tables.published.set(cells[1], Number(cells[2]));
    tables.regraded.set(cells[1], Number(cells[3]));
  }
  return tables;
}

/** Constants, random and oracle of a report against the table, to 6 decimals. */
export function assertBaselines(report, expected) {
  let compared = 0;
  for (const [policy, value] of expected) {
    const name = policy.startsWith('uniformly random')
      ? 'random'
      : policy.startsWith('oracle')
        ? 'oracle'
        : `constant:${policy}`;
    const got = report.baselines[name]?.metrics.avg_performance;
    assert(got !== undefined && Math.abs(got - value) < 5.1e-7, `${name} is ${got}, the table says ${value}`);
    compared++;
  }
  assert(compared === 10, `the table has ${compared} policies, 10 were expected`);
  return `${compared} policies`;
}

export const PUBLISHED_RUNS = [
  { name: 'standard', mode: 'standard', test: 'routing_dev_data.json', labels: 'published' },
  { name: 'newllm', mode: 'newllm', test: 'routing_dev_data.json', labels: 'published' },
  { name: 'regraded', mode: 'standard', test: 'routing_dev_data_regraded.json', labels: 'regraded' },
];

/** The command line of a published run. */
export const publishedRun = (data, { mode, test }, out, cache, more = []) => [
  'run',
  ...['--data', join(data, 'routeprofile'), '--mode', mode, '--graph', 'query-task'],
  ...['--profile', 'index,flat,emb-gnn', '--router', 'sim,mlp'],
  ...['--test', join(data, 'routeprofile', 'route_data', test), '--out', out, '--cache', cache],
  ...more,
];

/** One line per cell: average performance, difference to best-single with its interval. */
export const cellLines = (report) =>
  report.rows.map((row) => {
    const { difference, low, high } = row.intervals.avg_performance;
    return `       ${row.label}: ${row.metrics.avg_performance.toFixed(4)} (${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}])${row.collapse.flag ? ' collapsed' : ''}`;
  });

// Acceptance of routing with score-carrying profiles: what must hold whatever the figures turn out to be. Figures are printed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from './checks.mjs';
import { CLI, routeprofileJson, runProcess } from './process.mjs';
import { cellLines } from './published.mjs';

/** No cell failed, and every row has its intervals. */
function assertWhole(report, cells) {
  assert(
    report.rows.length === cells && report.failed.length === 0,
    `${report.rows.length} cells of ${cells}, failed: ${report.failed.map(({ label, message }) => `${label}: ${message}`).join('; ')}`,
  );
  for (const { label, intervals } of report.rows)
    assert(
      intervals.avg_performance && intervals.avg_performance_vs_best_in_hindsight,
      `${label} lacks an interval against best-single or best-in-hindsight`,
    );
}

const notWorse = (row) => row.intervals.avg_performance.high >= 0;

export async function betterRoutingChecks(checks, data, work, cache) {
  const published = join(data, 'routeprofile');
  await checks.check('data check finds the faulty code scores, and no others', async () => {
    const of = async (dir, more = []) =>
      (await routeprofileJson(['data', 'check', dir, ...more])).oddities.find(
        ({ kind }) => kind === 'unreliable-scores',
      );
    const test = ['--test', join(published, 'route_data', 'routing_dev_data.json')];
    const found = await of(published, test);
    assert(found?.count === 2, `found ${found?.count ?? 0} tasks`);
    for (const name of ['routerbench-3task', 'zeroeval'])
      assert((await of(join(data, 'outcomes', name))) === undefined, `${name} has some`);
    return found.examples.join('\n       ');
  });

  for (const [mode, file] of [
    ['standard', 'routing_dev_data.json'],
    ['standard', 'routing_dev_data_regraded.json'],
    ['newllm', 'routing_dev_data.json'],
  ])
    await checks.check(`score-carrying profiles, ${mode}, ${file}`, async () => {
      const report = await routeprofileJson([
        'run',
        ...['--data', published, '--mode', mode, '--test', join(published, 'route_data', file)],
        ...['--profile', 'advantage', '--router', 'attention:tune=keys,two-stage,linear,cluster,irt,auto'],
        // Both label files share one folder: what does not depend on labels is computed once.
        ...['--out', join(work, `better-${mode}`), '--cache', cache],
      ]);
      assertWhole(report, 6);
      const auto = report.rows.find(({ router }) => router === 'auto');
      assert(notWorse(auto), 'auto is significantly worse than best-single');
      return cellLines(report).join('\n');
    });

  await checks.check(
    'routerbench: a frontier above the hull of constants, compressed profiles, other words',
    async () => {
      const out = join(work, 'better-routerbench');
      const report = await routeprofileJson([
        'run',
        ...['--data', join(data, 'outcomes', 'routerbench-3task'), '--profile', 'outcomes', '--router', 'knn'],
        ...['--frontier', '--robustness', '50', '--quantize', 'int8', '--out', out, '--cache', cache],
      ]);
      assertWhole(report, 2);
      const { frontier, robustness } = report.rows[0];
      assert(frontier.aiq.difference.low > 0, `AIQ ${JSON.stringify(frontier.aiq)}`);
      assert(
        robustness.every(({ queries }) => queries === 50),
        'not every perturbation was asked',
      );
      const [point] = frontier.operatingPoint.comparisons;
      const { stdout, code } = await runProcess(process.execPath, [
        CLI,
        'compare',
        `${out}#outcomes × knn`,
        `${out}#best-single`,
      ]);
      assert(code === 0 && stdout.includes('rows in both'), stdout);
      const share = point.costShare;
      return `AIQ ${frontier.aiq.router.toFixed(4)}, ${frontier.aiq.difference.difference.toFixed(4)} above the constants [${frontier.aiq.difference.low.toFixed(4)}, ${frontier.aiq.difference.high.toFixed(4)}]; within 2 points: ${point.quality.difference.toFixed(4)} at ${(100 * share.value).toFixed(0)} % of the cost [${(100 * share.low).toFixed(0)}, ${(100 * share.high).toFixed(0)}]`;
    },
  );

  await checks.check('zeroeval: auto is not significantly worse than the best single model', async () => {
    const report = await routeprofileJson([
      'run',
      ...['--data', join(data, 'outcomes', 'zeroeval'), '--profile', 'advantage', '--router', 'auto'],
      ...['--out', join(work, 'better-zeroeval'), '--cache', cache],
    ]);
    assertWhole(report, 1);
    assert(notWorse(report.rows[0]), 'it is');
    const { decisionMilliseconds } = JSON.parse(readFileSync(join(work, 'better-zeroeval', 'timings.json'), 'utf8'));
    assert(Object.keys(decisionMilliseconds).length > 0, 'no decision was timed');
    return cellLines(report).join('\n');
  });
}

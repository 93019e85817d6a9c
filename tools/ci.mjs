// What CI runs after the package tests: the command line on Node 22 and 24, the release, the plugins and the documentation as
// their users meet them, and, where real data are found, the pipeline on the published data with a seeded subset of queries.
// Its last line sums everything CI has run, those before it say what failed.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { assert, Checks } from './lib/checks.mjs';
import { failuresOf } from './lib/failures.mjs';
import { CLI, routeprofileJson, runProcess } from './lib/process.mjs';
import { PUBLISHED_RUNS, publishedRun } from './lib/published.mjs';
import { testReports } from './lib/test-reports.mjs';

const data = process.env.ROUTEPROFILE_DATA;
const fixtures = process.env.ROUTEPROFILE_FIXTURES;
const work = mkdtempSync(join(tmpdir(), 'routeprofile-ci-'));
const checks = new Checks();

/** A suite that ends in `N passed, N failed`, as part of the sum; what it printed is shown when it has ended. */
async function suite(name, file, args = []) {
  const { code, stdout, stderr, seconds } = await runProcess(process.execPath, [file, ...args]);
  console.log(`--- ${name} (${seconds.toFixed(0)} s)\n${stdout}${stderr}`);
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(stdout) ?? [undefined, 0, 0];
  checks.passed += Number(passed);
  // A suite that ended badly without a failed check has failed as a whole.
  checks.failed += Math.max(Number(failed), code === 0 ? 0 : 1);
  if (code !== 0 || Number(failed) > 0)
    checks.failures.push(...failuresOf(name, `${stdout}\n${stderr}`, `${file} ended with ${code}`));
}

try {
  for (const version of ['22', '24'])
    await checks.check(`the demo runs on Node ${version}`, async () => {
      const out = join(work, `demo-${version}`);
      const args = [
        '-y',
        '-p',
        `node@${version}`,
        '--',
        'node',
        CLI,
        'demo',
        '--encoder',
        'hash',
        '--router',
        'attention,knn',
        '--out',
        out,
        '--json',
        '--quiet',
      ];
      const { code, stdout, stderr } = await runProcess('npx', args);
      assert(code === 0, stderr.slice(0, 2000));
      const report = JSON.parse(stdout);
      assert(
        report.rows.length > 0 && report.failed.length === 0 && existsSync(join(out, 'run', 'report.html')),
        'the report is incomplete',
      );
    });
  if (fixtures && existsSync(join(fixtures, 'parity')))
    await checks.check('parity with PyTorch', async () => {
      const { code, stdout } = await runProcess(process.execPath, ['tools/parity.mjs', join(fixtures, 'parity')]);
      assert(code === 0, stdout);
    });
  if (data && existsSync(join(data, 'routeprofile')))
    // Other labels of the same rows are left to the acceptance.
    for (const run of PUBLISHED_RUNS.filter(({ labels }) => labels === 'published'))
      await checks.check(`published data, ${run.name}, a seeded subset`, async () => {
        const more = ['--limit-train', '240', '--limit-test', '96', '--graph', 'task'];
        const report = await routeprofileJson(
          publishedRun(resolve(data), run, join(work, run.name), join(work, 'cache'), more),
        );
        assert(
          report.rows.length === 6 && report.failed.length === 0,
          `${report.rows.length} cells, ${report.failed.length} failed`,
        );
        assert(
          report.rowsUsed === 96 &&
            report.baselines.oracle.metrics.avg_performance > report.baselines.random.metrics.avg_performance,
          'the report is odd',
        );
      });
  // Side by side: much of both is waiting for npm and for a browser.
  await Promise.all([
    (async () => {
      await suite('release', 'tools/release/check.mjs');
      await suite('plugins', 'tools/plugins.mjs');
      await suite('additions', 'tools/additions.mjs');
    })(),
    (async () => {
      await suite('documentation', 'tools/docs-test.mjs');
      await suite('fuzz', 'tools/fuzz/fuzz.mjs', ['--inputs', '8000']);
    })(),
  ]);
} finally {
  rmSync(work, { recursive: true, force: true });
}

const { passed, failed, failures } = testReports(readdirSync('packages').map((name) => join('packages', name)));
checks.passed += passed;
checks.failed += failed;
checks.failures.push(...failures);
process.exit(checks.end({ summary: true }));

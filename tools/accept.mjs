// npm run accept -- DATA: the full acceptance on real data. DATA holds routeprofile/ and outcomes/.
// With --design-space also the whole design space of the paper, which takes about half an hour.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { codeSandboxStatus, labelAgreement } from '../packages/collect/dist/index.js';
import { betterRoutingChecks } from './lib/better-routing.mjs';
import { assert, Checks } from './lib/checks.mjs';
import { CLI, routeprofileJson, runProcess } from './lib/process.mjs';
import { assertBaselines, cellLines, expectedScores, PUBLISHED_RUNS, publishedRun } from './lib/published.mjs';

const args = process.argv.slice(2);
const data = args.find((arg) => !arg.startsWith('--')) ?? process.env.ROUTEPROFILE_DATA;
if (!data || !existsSync(join(data, 'routeprofile'))) {
  console.error('usage: npm run accept -- DATA    (a folder that holds routeprofile/ and outcomes/)');
  process.exit(2);
}
const fixtures = process.env.ROUTEPROFILE_FIXTURES ?? resolve(data, '..', 'fixtures');
const work = mkdtempSync(join(tmpdir(), 'routeprofile-accept-'));
const cache = join(work, 'cache');
const checks = new Checks();
const timings = (out) => JSON.parse(readFileSync(join(out, 'timings.json'), 'utf8'));
const megabytes = (out) => timings(out).peakMemoryBytes / 1e6;

try {
  const expected = expectedScores(data);
  for (const run of PUBLISHED_RUNS) {
    const out = join(work, run.name);
    let report;
    await checks.check(`published data, ${run.name}: one command from dataset to report`, async () => {
      report = await routeprofileJson(publishedRun(data, run, out, cache));
      assert(
        report.rows.length === 6 && report.failed.length === 0,
        `${report.rows.length} cells, ${report.failed.length} failed`,
      );
      assert(report.rowsUsed === 300, `${report.rowsUsed} rows were used`);
      return `${timings(out).total.toFixed(0)} s, ${megabytes(out).toFixed(0)} MB\n${cellLines(report).join('\n')}`;
    });
    if (report)
      await checks.check(`published data, ${run.name}: constants, random and oracle as the table says`, async () =>
        assertBaselines(report, expected[run.labels]),
      );
  }
  await checks.check('a first run takes under 5 minutes and 1.5 GB', async () => {
    const { total } = timings(join(work, 'standard'));
    assert(
      total < 300 && megabytes(join(work, 'standard')) < 1500,
      `${total.toFixed(0)} s, ${megabytes(join(work, 'standard')).toFixed(0)} MB`,
    );
    return `${total.toFixed(0)} s, ${megabytes(join(work, 'standard')).toFixed(0)} MB`;
  });
  await checks.check('a cached one takes under 2 minutes, and gives the same bytes', async () => {
    const out = join(work, 'again');
    await routeprofileJson(publishedRun(data, PUBLISHED_RUNS[0], out, cache));
    const { total } = timings(out);
    assert(total < 120, `${total.toFixed(0)} s`);
    assert(
      readFileSync(join(out, 'report.json'), 'utf8') === readFileSync(join(work, 'standard', 'report.json'), 'utf8'),
      'report.json differs',
    );
    return `${total.toFixed(0)} s`;
  });
  await checks.check('killed and started again, a run redoes nothing and loses nothing', async () => {
    const out = join(work, 'killed');
    const args = publishedRun(data, PUBLISHED_RUNS[0], out, cache);
    // Killed as soon as three cells are finished.
    const cells = () =>
      (existsSync(join(out, 'cells')) ? readdirSync(join(out, 'cells')) : []).filter((name) => name.endsWith('.json'));
    await runProcess(process.execPath, [CLI, ...args], { killWhen: () => cells().length >= 3 });
    assert(!existsSync(join(out, 'report.json')), 'it had finished before it was killed');
    const changed = () => new Map(cells().map((name) => [name, statSync(join(out, 'cells', name)).mtimeMs]));
    const before = changed();
    await routeprofileJson(args);
    assert(
      readFileSync(join(out, 'report.json'), 'utf8') === readFileSync(join(work, 'standard', 'report.json'), 'utf8'),
      'report.json differs',
    );
    const after = changed();
    assert(
      [...before].every(([name, time]) => after.get(name) === time),
      'a finished cell was done again',
    );
    return `${before.size} of ${after.size} cells were kept`;
  });
  for (const name of ['routerbench-3task', 'zeroeval'])
    await checks.check(`outcomes data, ${name}: no further flags needed`, async () => {
      const out = join(work, name);
      const dataset = join(data, 'outcomes', name);
      const report = await routeprofileJson([
        'run',
        '--data',
        dataset,
        '--profile',
        'emb-gnn',
        '--router',
        'sim,mlp,knn',
        '--out',
        out,
        '--cache',
        cache,
      ]);
      assert(
        report.rows.length === 3 && report.failed.length === 0,
        `${report.rows.length} cells, ${report.failed.length} failed`,
      );
      return `${report.candidates.length} models, ${report.rowsUsed} rows, ${timings(out).total.toFixed(0)} s, ${megabytes(out).toFixed(0)} MB\n${cellLines(report).join('\n')}`;
    });
  await betterRoutingChecks(checks, data, work, cache);
  await checks.check('parity with PyTorch', async () => {
    const { code, stdout } = await runProcess(process.execPath, ['tools/parity.mjs', join(fixtures, 'parity')]);
    assert(code === 0, stdout);
    return stdout.trim().split('\n').at(-1);
  });
  await checks.check(
    'a new model by name: its outcomes reach no router, the report tells how it was found',
    async () => {
      const out = join(work, 'new-model');
      const name = 'mistral-small-24b-instruct-2501-bf16';
      const report = await routeprofileJson([
        ...publishedRun(data, PUBLISHED_RUNS[0], out, cache),
        '--new-model',
        name,
        '--router',
        'sim,mlp',
      ]);
      assert(report.mode === 'newllm' && report.newModels.join() === name, `new models: ${report.newModels.join()}`);
      const always = report.baselines[`constant:${name}`].metrics;
      assert(always.new_model_share === 1 && always.new_model_recall === 1, 'always choosing it does not find it');
      return report.rows
        .map(
          (row) =>
            `${row.label} ${row.metrics.avg_performance.toFixed(4)}, share ${row.metrics.new_model_share.toFixed(2)}`,
        )
        .join('; ');
    },
  );
  await checks.check('code labels recomputed in a sandbox agree with the regraded file on 98 %', async () => {
    const status = await codeSandboxStatus();
    assert(status.ok, `no sandbox: ${status.reason}`);
    const rows = (name) => JSON.parse(readFileSync(join(data, 'routeprofile', 'route_data', name), 'utf8'));
    const out = join(work, 'rescored.json');
    await routeprofileJson([
      'data',
      'rescore',
      join(data, 'routeprofile', 'route_data', 'routing_dev_data.json'),
      '--out',
      out,
      '--allow-code-execution',
    ]);
    const { perTask } = labelAgreement(JSON.parse(readFileSync(out, 'utf8')), rows('routing_dev_data_regraded.json'));
    const code = perTask.filter(({ task }) => ['mbpp', 'human_eval'].includes(task));
    const sum = (key) => code.reduce((total, task) => total + task[key], 0);
    assert(sum('labels') === 400 && sum('equal') >= 392, `${sum('equal')} of ${sum('labels')}`);
    const others = perTask.filter(
      ({ task, labels, equal }) => !['mbpp', 'human_eval'].includes(task) && labels !== equal,
    );
    assert(others.length === 0, `labels changed in ${others.map(({ task }) => task).join(', ')}`);
    return `${sum('equal')} of ${sum('labels')}; all other tasks as published`;
  });
  if (args.includes('--design-space'))
    await checks.check('the design space: both tables, both settings, both label files, in under an hour', async () => {
      const started = performance.now();
      const env = { ROUTEPROFILE_DATA: resolve(data) };
      const config = join('examples', 'design-space', 'routeprofile.config.ts');
      const { code, stdout, stderr } = await runProcess(
        process.execPath,
        [CLI, 'run', '--config', config, '--cache', cache, '--out', join(work, 'space')],
        { env },
      );
      assert(code === 0, stderr.slice(-2000));
      const minutes = (performance.now() - started) / 60_000;
      assert(minutes < 60, `${minutes.toFixed(0)} minutes`);
      return `${minutes.toFixed(0)} minutes\n${stdout}`;
    });
  await checks.check('every package test, with the real data at hand', async () => {
    const env = { ROUTEPROFILE_DATA: resolve(data), ROUTEPROFILE_FIXTURES: fixtures };
    const { code, stdout } = await runProcess(process.execPath, ['tools/test.mjs'], { env });
    assert(code === 0, stdout.slice(-3000));
    return stdout.trim().split('\n').at(-1);
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(checks.end());

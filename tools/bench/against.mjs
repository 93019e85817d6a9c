// The same work by another checkout of this repository and by this one, in turns, in one run. Install and build both first; then:
//   node tools/bench/against.mjs CHECKOUT --job run|frontier|auto|encode|report|log [--rows N] [--models N]
//     [--auto-rows N] [--auto-models N] [--report-models N] [--log-megabytes N]
// run, frontier: the command `run` with its defaults, then with --frontier, on --rows training rows of --models models, vectors cached.
// auto: one fit of `auto`. encode: texts per second of `use-lite`. report: `run` on 60 rows of --report-models models.
// log: `profile build` from an outcomes file of --log-megabytes. All outcomes are drawn, and known. The encoder is `hash`, but in `encode`.
// Prints one JSON document: seconds, megabytes of memory at the peak and bytes of report.json for both, and `times`, how many times as
// much the other checkout took (of texts per second: how many times as many this one encodes).
import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@routeprofile/schema';
import { runProcess } from '../lib/process.mjs';

const HERE = fileURLToPath(new URL('../..', import.meta.url));
const number = (value) => ({ type: 'string', default: String(value) });
const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    job: { type: 'string' },
    rows: number(2000),
    models: number(10),
    'auto-rows': number(7600),
    'auto-models': number(7),
    'report-models': number(2000),
    'log-megabytes': number(210),
  },
});
const [other] = positionals;
if (!other || !existsSync(join(other, 'packages/cli/dist')))
  throw new Error('name the folder of another checkout, installed and built');
const checkouts = { other: resolve(other), this: HERE };
const commit = (folder) =>
  execFileSync('git', ['-C', folder, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const work = mkdtempSync(join(tmpdir(), 'routeprofile-against-'));

/** A dataset of drawn outcomes, until it has `rows` and `test` rows, or `bytes` bytes. */
async function dataset(name, models, { rows = Infinity, test = 0, bytes = Infinity }) {
  const folder = join(work, name);
  mkdirSync(folder);
  const random = createRandom(1, name);
  const skill = Array.from({ length: models }, () => random.float());
  const out = createWriteStream(join(folder, 'outcomes.jsonl'));
  for (let q = 0, written = 0; q < rows + test && written < bytes; q++) {
    const task = random.int(8);
    const difficulty = random.float();
    const words = Array.from({ length: 12 }, (_, i) =>
      i % 3 === 0 ? `common${random.int(60)}` : `t${task}w${random.int(40)}`,
    );
    const outcome = (m) => ({
      score: random.float() < 1 / (1 + Math.exp(6 * (difficulty - skill[(m + task) % models]))) ? 1 : 0,
      cost: Number((0.0001 * (1 + (m % 40)) * (0.5 + random.float())).toPrecision(4)),
    });
    const line = `${JSON.stringify({
      id: `q${q}`,
      task: `task ${task}`,
      split: q < rows ? 'train' : 'test',
      query: `${words.join(' ')} ${q}`,
      models: Object.fromEntries(skill.map((_, m) => [`model-${m}`, outcome(m)])),
    })}\n`;
    written += line.length;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return folder;
}

/** Seconds and peak memory of a command of a checkout. */
async function command(folder, argv) {
  const peaks = join(work, 'peaks');
  rmSync(peaks, { force: true });
  const preload = fileURLToPath(new URL('peak-memory.mjs', import.meta.url));
  const env = { PEAK_MEMORY: peaks, NODE_OPTIONS: `--import=${preload}` };
  const cli = join(folder, 'packages/cli/bin/routeprofile.js');
  const { code, stderr, seconds } = await runProcess(process.execPath, [cli, ...argv, '--quiet'], { env, cwd: work });
  if (code !== 0) throw new Error(`${folder}: ${argv.join(' ')} ended with ${code}: ${stderr.slice(-1000)}`);
  const megabytes = Math.max(...readFileSync(peaks, 'utf8').trim().split('\n').map(Number));
  return { seconds, megabytes };
}

async function printed(argv) {
  const { code, stdout, stderr } = await runProcess(process.execPath, argv);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr.slice(-1000)}`);
  return JSON.parse(stdout);
}

/** Each job prepares its data once, and then does the work of one checkout. */
const JOBS = {
  run: () => runs({}),
  frontier: () => runs({ more: ['--frontier'] }),
  auto: () => async (folder) => {
    const script = fileURLToPath(new URL('fit-auto.mjs', import.meta.url));
    return printed([script, folder, args['auto-rows'], args['auto-models']]);
  },
  encode: () => async (folder) => {
    const { short, long } = await printed([join(folder, 'packages/encoders/bench/encode.mjs')]);
    return Object.fromEntries(
      Object.entries({ short, long }).flatMap(([kind, { oneCore, allCores }]) => [
        [`${kind}TextsPerSecondOneCore`, oneCore.textsPerSecond],
        [`${kind}TextsPerSecondAllCores`, allCores.textsPerSecond],
      ]),
    );
  },
  report: () => runs({ name: 'report', models: Number(args['report-models']), rows: 60, test: 60 }),
  log: async () => {
    const data = await dataset('log', 10, { bytes: 1e6 * Number(args['log-megabytes']) });
    return (folder, name) =>
      command(folder, [
        ...['profile', 'build', '--data', data, '--encoder', 'hash'],
        ...['--out', join(work, `log-${name}`), '--profile', 'flat'],
      ]);
  },
};

/** The command `run`, after one that fills the cache of vectors. */
async function runs({ name = 'run', models = Number(args.models), rows = Number(args.rows), test = 300, more = [] }) {
  const data = existsSync(join(work, name)) ? join(work, name) : await dataset(name, models, { rows, test });
  return async (folder, which) => {
    const common = ['run', '--data', data, '--encoder', 'hash', '--cache', join(work, `cache-${which}`)];
    await command(folder, [...common, '--router', 'sim', '--out', join(work, `${name}-warm-${which}`)]);
    const out = join(work, `${name}${more.join('')}-${which}`);
    const figures = await command(folder, [...common, ...more, '--out', out]);
    return { ...figures, reportBytes: statSync(join(out, 'report.json')).size };
  };
}

try {
  if (!Object.hasOwn(JOBS, args.job)) throw new Error(`name a job: --job ${Object.keys(JOBS).join('|')}`);
  const doJob = await JOBS[args.job]();
  const found = {};
  for (const [which, folder] of Object.entries(checkouts)) found[which] = await doJob(folder, which);
  const times = Object.keys(found.this).map((figure) => {
    const [before, now] = [found.other[figure], found.this[figure]];
    return [figure, figure.includes('PerSecond') ? now / before : before / now];
  });
  const commits = { other: commit(checkouts.other), this: commit(checkouts.this) };
  console.log(JSON.stringify({ commits, arguments: args, ...found, times: Object.fromEntries(times) }));
} finally {
  rmSync(work, { recursive: true, force: true });
}

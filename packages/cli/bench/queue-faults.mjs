// Work through a queue while workers, the command that began it, and Postgres are killed at random moments: is its result that of a local
// run or collection, is anything lost, is anything asked twice beyond what was in flight?
//
//   node packages/cli/bench/queue-faults.mjs run DATA --kills 20 --seed 1
//   node packages/cli/bench/queue-faults.mjs collect --prompts 300 --models 3 --kills 20 --seed 1
//   … --restarts 2 --mode fast|immediate --down 0 --command-kills 2 --at-once 2
//
// `--at-once 2` begins two in the same database. Prints one JSON document; ends with 1 when something is wrong. Needs the built packages
// and an installed Postgres, of which it starts one of its own.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createJiti } from 'jiti';
import { createRandom } from '@routeprofile/schema';
import { openCollection } from './queue-faults/collection.mjs';
import { openRunOfCells } from './queue-faults/run-of-cells.mjs';
import { routeprofile, sleep } from './queue-faults/processes.mjs';

const defaults = {
  kills: '20',
  restarts: '0',
  mode: 'fast',
  down: '0',
  'command-kills': '0',
  'at-once': '1',
  seed: '1',
  lease: '3',
  pause: '2.5',
  workers: '3',
  encoder: 'hash:dimensions=128',
  epochs: '40',
  prompts: '300',
  models: '3',
  latency: '300',
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: value }]),
  ),
});
const number = (name) => Number(values[name]);
const [kind, data] = positionals;
if (kind !== 'run' && kind !== 'collect') throw new Error('say `run DATA` or `collect`');

const { startPostgres } = await createJiti(import.meta.url).import('../../../tools/postgres.ts');
const folder = mkdtempSync(join(tmpdir(), 'routeprofile-queue-faults-'));
// Temporary folders of killed workers would be seen here.
const temporary = mkdtempSync(join(folder, 'tmp-'));
const server = await startPostgres();
const env = { ...process.env, DATABASE_URL: server.url, TMPDIR: temporary };
const queue = ['--queue', 'env:DATABASE_URL'];
const work =
  kind === 'run'
    ? openRunOfCells({ folder, env, data, encoder: values.encoder, epochs: values.epochs })
    : await openCollection({
        ...{ folder, env },
        ...{ prompts: number('prompts'), models: number('models'), latency: number('latency') },
      });

/** The command that began the work; started again, as a person would, whenever it was killed. */
function commandOf(out) {
  const one = { running: true, starts: 0, kill: () => undefined, said: '' };
  one.ended = (async () => {
    for (;;) {
      one.starts++;
      const { child, ended } = routeprofile(work.args(out, [...queue, '--lease', values.lease]), env);
      one.kill = () => child.kill('SIGKILL');
      const { code, signal, said } = await ended;
      one.said += said;
      if (signal === 'SIGKILL') continue;
      one.running = false;
      return code;
    }
  })();
  return one;
}

try {
  const random = createRandom(number('seed'), 'faults');
  const workers = [];
  let saidByWorkers = '';
  const endsOfWorkers = [];
  const hire = () => {
    const worker = routeprofile(['worker', ...queue, ...work.workerArgs], env);
    worker.ended = worker.ended.then(({ code, signal, said }) => {
      saidByWorkers += said;
      if (signal !== 'SIGKILL') endsOfWorkers.push(code);
    });
    workers.push(worker);
  };
  for (let i = 0; i < number('workers'); i++) hire();
  const names = Array.from({ length: number('at-once') }, (_, i) => `remote-${i}`);
  const begun = performance.now();
  const commands = names.map(commandOf);
  const done = { kill: 0, restart: 0, 'command-kill': 0 };
  const most = { kill: number('kills'), restart: number('restarts'), 'command-kill': number('command-kills') };
  const faults = {
    kill: () => {
      const [victim] = workers.splice(random.int(workers.length), 1);
      victim.child.kill('SIGKILL');
      hire();
    },
    restart: () => server.restart(values.mode, number('down') * 1000),
    'command-kill': () => commands.filter(({ running }) => running)[0]?.kill(),
  };
  for (;;) {
    await sleep(number('pause') * 1000 * (0.3 + 1.4 * random.float()));
    if (commands.every(({ running }) => !running)) break;
    const left = Object.keys(most).flatMap((name) => Array(most[name] - done[name]).fill(name));
    if (left.length === 0) continue;
    const fault = left[random.int(left.length)];
    done[fault]++;
    await faults[fault]();
  }
  const codes = await Promise.all(commands.map(({ ended }) => ended));
  const seconds = (performance.now() - begun) / 1000;
  for (const { child } of workers) child.kill('SIGTERM');
  await Promise.all(workers.map(({ ended }) => ended));
  const problems = codes.flatMap((code, i) =>
    code === 0 ? [] : [`${names[i]} ended with ${code}: ${commands[i].said}`],
  );
  const charged = work.charged?.();
  const local = await routeprofile(work.args('local', []), env).ended;
  if (local.code !== 0) problems.push(`the local one ended with ${local.code}: ${local.said}`);
  const compared = problems.length > 0 ? [] : names.map((name) => work.compare('local', name));
  problems.push(...compared.flatMap((one) => one.problems), ...(charged ? work.judge(names, charged) : []));
  const starts = commands.map((command) => command.starts);
  const workersOf = commands.map(({ said }) => new Set(said.match(/worker \S+(?= takes part)/g)).size);
  const foldersRemoved = [...saidByWorkers.matchAll(/Removed (\d+) temporary/g)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  const leftBehind = readdirSync(temporary).filter((name) => name.startsWith('routeprofile-'));
  const counts = compared.map(({ problems: _, ...rest }) => rest);
  const folders = { removed: foldersRemoved, leftBehind };
  const report = { done, seconds, starts, workersOf, compared: counts, charged, folders, endsOfWorkers, problems };
  console.log(JSON.stringify(report, null, 2));
  if (problems.length > 0 || process.env.VERBOSE)
    console.error(commands.map(({ said }) => said).join('\n'), `workers:\n${saidByWorkers}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await work.close();
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
}

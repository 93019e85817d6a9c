// A run over three workers, of which one after the other is killed with SIGKILL at random moments: is its result that of a local run?
//
//   DATABASE_URL=postgres://… node packages/cli/bench/kill-workers.mjs DATA --kills 20 --seed 1
//
// Prints one JSON document; ends with 1 when a file differs. Needs the built packages and an empty or shared Postgres.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@routeprofile/schema';

const options = { kills: '20', seed: '1', lease: '3', pause: '2.5', encoder: 'hash:dimensions=128' };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, { type: 'string', default: value }]),
  ),
});
const command = fileURLToPath(new URL('../bin/routeprofile.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'routeprofile-kill-workers-'));
const flags = ['--data', positionals[0], '--encoder', values.encoder, '--profile', 'advantage,emb-gnn,flat,index'];
const routers = ['--router', 'sim,knn,mlp:epochs=4:hidden=64:output=32', '--seed', '1,2'];

/** @returns what it said, once it has ended */
function routeprofile(args) {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes) => (said += bytes));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, said })));
  return { child, ended };
}
const run = (out, more) =>
  routeprofile(['run', ...flags, ...routers, '--cache', join(folder, 'cache'), '--out', join(folder, out), ...more]);

/** Hashes by path, without the file that holds measured times, and what trainings keep to go on from: that stays on workers. */
function files(out) {
  const found = new Map();
  const visit = (path) => {
    if (statSync(path).isDirectory()) return readdirSync(path).forEach((name) => visit(join(path, name)));
    const name = relative(join(folder, out), path);
    if (name !== 'timings.json' && !name.startsWith('store'))
      found.set(name, createHash('sha256').update(readFileSync(path)).digest('hex'));
  };
  visit(join(folder, out));
  return found;
}

const queue = ['--queue', 'env:DATABASE_URL'];
try {
  const random = createRandom(Number(values.seed), 'kills');
  const workers = [];
  const hire = () => workers.push(routeprofile(['worker', ...queue]));
  for (let i = 0; i < 3; i++) hire();
  const begun = performance.now();
  const remote = run('remote', [...queue, '--lease', values.lease]);
  let running = true;
  void remote.ended.then(() => (running = false));
  let kills = 0;
  while (running) {
    await new Promise((resolve) => setTimeout(resolve, Number(values.pause) * 1000 * (0.3 + 1.4 * random.float())));
    if (!running || kills >= Number(values.kills)) continue;
    const [victim] = workers.splice(random.int(workers.length), 1);
    victim.child.kill('SIGKILL');
    kills++;
    hire();
  }
  const { code, said } = await remote.ended;
  const seconds = (performance.now() - begun) / 1000;
  for (const { child } of workers) child.kill('SIGTERM');
  await Promise.all(workers.map(({ ended }) => ended));
  const local = await run('local', []).ended;
  if (code !== 0 || local.code !== 0)
    throw new Error(`the runs ended with ${code} and ${local.code}: ${said}${local.said}`);
  const [a, b] = [files('local'), files('remote')];
  const differ = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  const { rows } = JSON.parse(readFileSync(join(folder, 'remote', 'report.json'), 'utf8'));
  console.log(JSON.stringify({ cells: rows.length, kills, seconds, files: a.size, differ }, null, 2));
  process.exitCode = differ.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// node bench/kill.mjs [--kills N] [--seed N]: a process that keeps money and decisions in a journal is killed (SIGKILL) at random instants, again
// and again over the same folder. At the end every decision that was acknowledged is there once, every dollar that was settled counts,
// and what was held counts at most in full. Prints JSON; `problems` is empty when all is well.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@routeprofile/schema';
import { openJournal } from '@routeprofile/gateway/node';

const HELD = 1;
const SETTLED = 0.25;
const LIMIT = { amount: 1e6, per: 'month' };
/** A moment of its own, so that no window ends while the test runs. */
const now = () => Date.parse('2026-03-15T12:00:00Z');

const record = (id) => ({
  ...{ version: 1, id, at: now(), tenant: 'a', wire: 'chat', route: 'default', router: null, requirements: {} },
  ...{ ranked: [], model: 'small', propensity: 1, reasons: [], attempts: [], served: 'small', status: 200 },
});

/** Keeps what it can until it is killed, and says what was acknowledged. Writes to the pipe are whole before they return. */
async function work(folder, run) {
  const say = (line) => writeSync(1, `${line}\n`);
  const store = await openJournal(folder, { now });
  say('ready');
  const request = async (id) => {
    say(`began ${id}`);
    const { id: reservation } = await store.reserve('team', HELD, LIMIT, 3_600_000);
    await store.settle(reservation, SETTLED);
    say(`settled ${id}`);
    await store.append([record(id)]);
    say(`kept ${id}`);
  };
  const worker = async (name) => {
    for (let i = 0; ; i++) await request(`${run}-${name}-${i}`);
  };
  await Promise.all(Array.from({ length: 8 }, (_, name) => worker(name)));
}

/** @param after milliseconds after it is ready; negative: after it is started */
async function killed(folder, run, after) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--folder', folder, '--run', String(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const kill = () => child.kill('SIGKILL');
  if (after < 0) setTimeout(kill, -after);
  child.stdout.on('data', (bytes) => {
    if (said === '' && after >= 0) setTimeout(kill, after);
    said += bytes;
  });
  const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  if (signal !== 'SIGKILL') throw new Error(`run ${run} ended before it was killed`);
  return said.split('\n').map((line) => line.split(' '));
}

async function main(kills, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-kill-'));
  const random = createRandom(seed, 'kills');
  const acknowledged = { began: [], settled: [], kept: [] };
  try {
    for (let run = 0; run < kills; run++) {
      const after = run % 5 === 4 ? -random.float() * 600 - 1 : random.float() * 150;
      for (const [what, id] of await killed(folder, run, after)) acknowledged[what]?.push(id);
    }
    const store = await openJournal(folder, { now });
    const found = [];
    for await (const { record: one } of store.read()) found.push(one.id);
    const spent = await store.spent('team', LIMIT.per);
    await store.close();

    const problems = [];
    const { began, settled, kept } = acknowledged;
    const ids = new Set(found);
    if (ids.size < found.length) problems.push('a decision is there twice');
    const lost = kept.filter((id) => !ids.has(id));
    if (lost.length > 0) problems.push(`${lost.length} acknowledged decisions are lost`);
    const least = settled.length * SETTLED;
    const most = least + (began.length - settled.length) * HELD;
    if (spent < least || spent > most) problems.push(`${spent} dollars count, expected ${least} to ${most}`);
    console.log(JSON.stringify({ kills, kept: kept.length, spent, least, most, problems }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string' },
    run: { type: 'string' },
  },
});
if (values.folder) await work(values.folder, values.run);
else await main(Number(values.kills), Number(values.seed));

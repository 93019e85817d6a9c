// node bench/kill-gateway.mjs [--kills N] [--seed N]: a gateway with a budget and a journal is killed (SIGKILL) at random instants while clients ask
// it, again and again over the same folder, and after each the journal is opened and looked at. Every decision that was acknowledged is
// there once, every dollar that was settled counts, and what was held and not yet settled counts in full. Prints JSON; `problems` is
// empty when all is well.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@routeprofile/schema';
import { createGateway, listen, openJournal } from '@routeprofile/gateway/node';
import { ask } from './lib/client.mjs';
import { KEY } from './lib/served.mjs';

/** Kills over one folder; then a new one, as a journal is read whole each time. */
const LIVES = 25;
const AT_ONCE = 16;
/** A moment of its own, so that no window ends while it runs. */
const now = () => Date.parse('2026-03-15T12:00:00Z');
const BUDGET = { dollars: 1e6, per: 'month' };
const UNIT = 1e9;
const units = (dollars) => Math.round(dollars * UNIT);

/** Says what is asked of a store and what it acknowledges. Writes to the pipe are whole before they return. */
function telling(store) {
  const say = (...words) => writeSync(1, `${words.join(' ')}\n`);
  let reserves = 0;
  const run = process.pid;
  return {
    ...store,
    async reserve(scope, amount, limit, ttlMs) {
      const nth = `${run}-${++reserves}`;
      say('reserving', nth, units(amount));
      const held = await store.reserve(scope, amount, limit, ttlMs);
      if (held) say('held', nth, held.id);
      return held;
    },
    async settle(id, dollars) {
      say('settling', id, units(dollars));
      await store.settle(id, dollars);
      say('settled', id);
    },
    async append(records) {
      await store.append(records);
      for (const { id } of records) say('kept', id);
    },
  };
}

/** The gateway, until it is killed. Its model takes up to 10 milliseconds and fails now and then. */
async function serve(folder, seed) {
  const random = createRandom(seed, 'models');
  const text = JSON.stringify({
    choices: [{ index: 0, message: { role: 'assistant', content: 'Fifty-one.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  });
  const upstream = {
    async send() {
      await new Promise((resolve) => setTimeout(resolve, random.float() * 10));
      const status = random.float() < 0.1 ? 500 : 200;
      const bytes = Buffer.from(status === 200 ? text : '{}');
      return {
        status,
        headers: new Map([['content-type', 'application/json']]),
        body: (async function* () {
          yield bytes;
        })(),
      };
    },
  };
  const candidates = ['a', 'b'].map((id) => ({ id, model: id, price: { input: 1000, output: 5000 } }));
  const router = {
    ...{ models: ['a', 'b'], candidates, strategy: 'listed', encoder: null },
    route: async (texts) =>
      texts.map(() => ({ model: 'a', ranked: ['a', 'b'].map((model) => ({ model, score: 1 })), reasons: [] })),
  };
  const gateway = createGateway(
    {
      endpoints: ['a', 'b'].map((candidate) => ({ candidate, baseUrl: 'http://localhost/v1', wires: ['chat'] })),
      keys: [{ id: 'team', key: 'env:KEY', budget: BUDGET }],
    },
    { routes: { default: router }, upstream, store: telling(await openJournal(folder, { now })), secrets: () => KEY },
  );
  const { port } = await listen(gateway, { port: 0 });
  writeSync(1, `port ${port}\n`);
}

/** @param after milliseconds after it listens; negative: after it is started @returns what it said, as words of lines */
async function killed(folder, seed, after) {
  const args = [fileURLToPath(import.meta.url), '--folder', folder, '--seed', String(seed)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const agent = new Agent({ keepAlive: true });
  let said = '';
  let [gone, answers, clients] = [false, 0, []];
  const kill = () => child.kill('SIGKILL');
  const client = async (port) => {
    while (!gone)
      try {
        if ((await ask({ port, agent }, { id: 0 })).status === 200) answers++;
      } catch {
        return; // The gateway is gone, which is the point.
      }
  };
  if (after < 0) setTimeout(kill, -after);
  child.stdout.on('data', (bytes) => {
    said += bytes;
    const port = /^port (\d+)$/m.exec(said)?.[1];
    if (port === undefined || clients.length > 0) return;
    if (after >= 0) setTimeout(kill, after);
    clients = Array.from({ length: AT_ONCE }, () => client(Number(port)));
  });
  const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  gone = true;
  agent.destroy();
  await Promise.all(clients);
  if (signal !== 'SIGKILL') throw new Error('the gateway ended before it was killed');
  return { lines: said.split('\n').map((line) => line.split(' ')), answers };
}

/** What must be in a journal, by all that was said so far. */
function createLedger() {
  const asked = new Map();
  const holds = new Map();
  const kept = [];
  return {
    kept,
    hear([what, id, more]) {
      if (what === 'reserving') asked.set(id, Number(more));
      if (what === 'held') {
        holds.set(more, { held: asked.get(id) });
        asked.delete(id);
      }
      if (what === 'settling') holds.get(id).settling = Number(more);
      if (what === 'settled') holds.get(id).settled = true;
      if (what === 'kept') kept.push(id);
    },
    /** Units that count at least and at most; `held`: those of calls that the kill cut short. */
    bounds() {
      let [least, most, inFull] = [0, 0, 0];
      for (const { held, settling, settled } of holds.values()) {
        least += settling ?? held;
        most += settled ? settling : held;
        if (settling === undefined) inFull++;
      }
      for (const amount of asked.values()) most += amount;
      return { least, most, inFull };
    },
  };
}

/** Opens the journal as the next gateway would. @returns what is wrong */
async function look(folder, ledger) {
  const store = await openJournal(folder, { now });
  const ids = new Map();
  for await (const { record } of store.read()) ids.set(record.id, (ids.get(record.id) ?? 0) + 1);
  const spent = units(await store.spent('key team', BUDGET.per));
  await store.close();
  const { least, most } = ledger.bounds();
  const lost = ledger.kept.filter((id) => !ids.has(id)).length;
  const twice = [...ids.values()].filter((times) => times > 1).length;
  return [
    ...(lost > 0 ? [`${lost} acknowledged decisions are lost`] : []),
    ...(twice > 0 ? [`${twice} decisions are there twice`] : []),
    ...(spent < least || spent > most ? [`${spent} units count, expected ${least} to ${most}`] : []),
  ];
}

async function main(kills, seed) {
  const random = createRandom(seed, 'kills');
  const total = { kills: 0, whileStarting: 0, answers: 0, kept: 0, countedInFull: 0, leastDollars: 0, mostDollars: 0 };
  const problems = [];
  let [folder, ledger] = ['', createLedger()];
  const next = () => {
    const { least, most, inFull } = ledger.bounds();
    total.kept += ledger.kept.length;
    total.countedInFull += inFull;
    total.leastDollars += least / UNIT;
    total.mostDollars += most / UNIT;
    if (folder !== '') rmSync(folder, { recursive: true });
    [folder, ledger] = ['', createLedger()];
  };
  try {
    for (; total.kills < kills; total.kills++) {
      if (total.kills % LIVES === 0) next();
      if (folder === '') folder = mkdtempSync(join(tmpdir(), 'gateway-kill-'));
      const after = total.kills % 10 === 9 ? -random.float() * 800 - 1 : random.float() * 200;
      const { lines, answers } = await killed(folder, seed * 100_000 + total.kills, after);
      if (lines.every(([word]) => word !== 'port')) total.whileStarting++;
      total.answers += answers;
      lines.forEach((line) => ledger.hear(line));
      problems.push(...(await look(folder, ledger)).map((problem) => `kill ${total.kills}: ${problem}`));
    }
  } finally {
    next();
  }
  console.log(JSON.stringify({ ...total, problems }));
}

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string' },
  },
});
if (values.folder) await serve(values.folder, Number(values.seed));
else await main(Number(values.kills), Number(values.seed));

// Feeds seeded mutations of good files to every parser of untrusted input. Each must be accepted with finite, consistent values,
// or be refused by one error of ours that says what to do: nothing else is good.
//
//   node tools/fuzz/fuzz.mjs --inputs 1000000 --seed 7 [--only "saved router"] [--show 5] [--hints 5]
//
// Ends in `N passed, N failed`: one per parser. Named errors without a hint are counted; `--hints 5` shows the five commonest of each parser.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom, RouteProfileError } from '@routeprofile/schema';
import { routeprofileJson } from '../lib/process.mjs';
import { fileTargets } from './targets-files.mjs';
import { memoryTargets } from './targets-memory.mjs';

const { values: flags } = parseArgs({
  options: { inputs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' }, only: { type: 'string' }, show: { type: 'string', default: '3' }, hints: { type: 'string', default: '0' } },
}); // prettier-ignore
const inputs = Number(flags.inputs);
const seed = Number(flags.seed);
const SLOW_MS = 2000;

const sum = (counts) => [...counts.values()].reduce((total, count) => total + count, 0);

/** A run's report and rows, as seeds for what reads them. */
async function smallRun(dir) {
  const data = join(dir, 'sample');
  const out = join(dir, 'run');
  await routeprofileJson(['sample', data]);
  await routeprofileJson(['run', '--data', data, '--encoder', 'hash', '--limit-train', '60', '--limit-test', '20', '--profile', 'flat', '--router', 'knn,sim', '--out', out]); // prettier-ignore
  const read = (name) => JSON.parse(readFileSync(join(out, name), 'utf8'));
  return { report: read('report.json'), rows: read('rows.json') };
}

/** What is wrong with how a parser took an input; a good file has to be accepted. `unhinted`: an error that says not what to do. */
async function verdict({ read, check }, input, good) {
  const started = process.cpuUsage();
  let accepted = false;
  let unhinted;
  try {
    const value = await read(input);
    const bad = check(value, input);
    if (bad) return { wrong: `accepted, but ${bad}` };
    accepted = true;
  } catch (error) {
    if (!RouteProfileError.isInstance(error))
      return { wrong: `unnamed: ${error?.stack?.split('\n').slice(0, 3).join(' | ') ?? String(error)}` };
    if (error.code === 'INTERNAL') return { wrong: `INTERNAL: ${error.message}` };
    if (good) return { wrong: `a good file is refused: ${error.code} ${error.message}` };
    if (error.message.length > 20_000) return { wrong: `a message of ${error.message.length} characters` };
    if (!error.hint) unhinted = error.message;
  }
  // Processor time: the clock runs on while others have the machine.
  const { user, system } = process.cpuUsage(started);
  const took = (user + system) / 1000;
  return took > SLOW_MS ? { wrong: `took ${Math.round(took)} ms` } : { accepted, unhinted };
}

/** How many of each kind, numbers and quoted names aside. */
function countKind(kinds, message) {
  const kind = message
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/\d+/g, '#')
    .slice(0, 160);
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
}

const preview = (input) => {
  const text =
    typeof input === 'string'
      ? input
      : input instanceof Uint8Array
        ? Buffer.from(input).toString('base64')
        : JSON.stringify(input);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
};

const dir = mkdtempSync(join(tmpdir(), 'routeprofile-fuzz-'));
let passed = 0;
let failed = 0;
let hintless = 0;
try {
  const all = [...memoryTargets(await smallRun(dir)), ...(await fileTargets(dir))];
  const targets = flags.only === undefined ? all : all.filter(({ name }) => name.includes(flags.only));
  const weight = targets.reduce((sum, target) => sum + target.weight, 0);
  for (const target of targets) {
    const count = Math.max(5, Math.round((inputs * target.weight) / weight));
    const kinds = new Map();
    const withoutHint = new Map();
    let accepted = 0;
    const started = performance.now();
    for (let i = 0; i < count; i++) {
      const random = createRandom(seed, 'fuzz', target.name, String(i));
      const from = target.seeds[random.int(target.seeds.length)];
      const good = i < target.seeds.length;
      const input = good ? target.seeds[i] : target.mutate(random, from);
      const { wrong, accepted: taken, unhinted } = await verdict(target, input, good);
      if (taken) accepted++;
      if (unhinted !== undefined) countKind(withoutHint, unhinted);
      if (wrong === undefined) continue;
      const kind = wrong.replaceAll(/\d+/g, '#').slice(0, 160);
      const seen = kinds.get(kind);
      if (seen) seen.count++;
      else kinds.set(kind, { count: 1, wrong, i, input });
    }
    const seconds = (performance.now() - started) / 1000;
    if (kinds.size === 0) passed++;
    else failed++;
    console.log(
      `${kinds.size === 0 ? 'ok    ' : 'FAILED'} ${target.name}: ${count} inputs, ${accepted} accepted, ${sum(withoutHint)} errors without a hint, ${seconds.toFixed(1)} s`,
    );
    const commonest = [...withoutHint].sort(([, a], [, b]) => b - a).slice(0, Number(flags.hints));
    for (const [kind, times] of commonest) console.log(`       ${times} × no hint: ${kind}`);
    hintless += sum(withoutHint);
    for (const { count: times, wrong, i, input } of [...kinds.values()].slice(0, Number(flags.show)))
      console.log(`       ${times} × ${wrong}\n       input ${i}: ${preview(input)}`);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
console.log(`${hintless} named errors without a hint`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

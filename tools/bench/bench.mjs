// npm run bench: speed and memory of the packages' benchmarks, each against a baseline of its own in the same run.
// A benchmark is a script in packages/*/bench that prints one JSON document; arguments pick some by name.
//   npm run bench                                       those of SPEED, on sizes that take minutes
//   npm run bench -- --full growth large-log            on the sizes of FULL, which take up to an hour in all
//   npm run bench -- --full --record FILE [NAME…]       also puts what they print into FILE, in place of what it had of them
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { runProcess } from '../lib/process.mjs';

/** Of speed and memory. The other benchmarks measure quality, or what is kept under stress: run by hand, as their first lines say. */
const SPEED = [
  'adwin',
  'encode',
  'event-loop',
  'graph',
  'inverted-lists',
  'large-log',
  'latency',
  'long-prompt',
  'profile-index',
  'report-size',
  'trainable-gnn',
  'training',
  'two-tower',
];

/** Arguments of the sizes that users may reach. */
const FULL = {
  growth: ['--rows', '1000,10000,100000', '--limit', '60'],
  'large-log': ['--rows', '100000,1000000,10000000', '--formats', 'parquet'],
  'profile-index': ['--sizes', '10000,100000,1000000'],
};
/** Of those on which `npm run bench` goes easy. */
const SMALL = { 'profile-index': ['--sizes', '10000,100000'] };

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false }, record: { type: 'string' } },
});
const named = wanted.length > 0 ? wanted : [...SPEED, ...(options.full ? ['growth'] : [])];
const scripts = readdirSync('packages')
  .flatMap((name) =>
    existsSync(join('packages', name, 'bench'))
      ? readdirSync(join('packages', name, 'bench')).map((file) => ({ name, file }))
      : [],
  )
  .filter(({ file }) => file.endsWith('.mjs') && named.includes(file.replace('.mjs', '')));
const missing = named.filter((name) => !scripts.some(({ file }) => file === `${name}.mjs`));
if (missing.length > 0) throw new Error(`there is no benchmark ${missing.join(', ')}`);

/** Keeps a document with the command and the machine that it came from. */
async function record(file, name, command, document) {
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const [{ model: cpu }] = cpus();
  const machine = { cpu, cores: availableParallelism(), node: process.version };
  const own = { command, date: new Date().toISOString().slice(0, 10), ...machine, document };
  const sorted = Object.entries({ ...known, [name]: own }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, await format(JSON.stringify(Object.fromEntries(sorted)), { parser: 'json' }));
}

/** `{ a: { b: 1 } }` → `a.b  1`; what tells most stays readable. */
function lines(value, path = '') {
  if (Array.isArray(value) && value.every((x) => typeof x !== 'object')) return [[path, value.map(show).join(', ')]];
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, x]) => lines(x, path ? `${path}.${key}` : key));
  return [[path, show(value)]];
}
const show = (x) => (typeof x === 'number' && !Number.isInteger(x) ? x.toPrecision(4) : String(x));

let failed = 0;
for (const { name, file } of scripts) {
  const bench = file.replace('.mjs', '');
  console.log(`\n${name}: ${bench}`);
  const path = join('packages', name, 'bench', file);
  const args = (options.full ? FULL : SMALL)[bench] ?? [];
  const { code, stdout, stderr } = await runProcess(process.execPath, [path, ...args]);
  if (code !== 0) {
    failed++;
    console.log(`  failed with exit code ${code}: ${stderr.slice(-1000)}`);
    continue;
  }
  const document = JSON.parse(stdout);
  if (options.record) await record(options.record, bench, ['node', path, ...args].join(' '), document);
  const rows = lines(document);
  const width = Math.max(...rows.map(([key]) => key.length));
  for (const [key, value] of rows) console.log(`  ${key.padEnd(width)}  ${value}`);
}
process.exit(failed > 0 ? 1 : 0);

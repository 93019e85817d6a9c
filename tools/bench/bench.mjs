// npm run bench: speed and memory of the packages' benchmarks, each against a baseline of its own in the same run.
// A benchmark is a script in packages/*/bench that prints one JSON document; arguments pick some by name.
//   npm run bench                                       those of SPEED, on sizes that take minutes
//   npm run bench -- --full growth large-log            on the sizes of FULL, which take up to an hour in all
//   npm run bench -- --full --record FILE [NAME…]       also puts what they print into FILE, in place of what it had of them
//   npm run bench -- --against CHECKOUT [JOB…]          the same work by another checkout and by this one: against.mjs
// What has ended is printed and put into FILE at once, so that a run that is broken off keeps it.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runProcess } from '../lib/process.mjs';
import { record } from './record.mjs';

/** Of speed and memory. The other benchmarks measure quality, or what is kept under stress: run by hand, as their first lines say. */
const SPEED = [
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
  growth: ['--rows', '1000,10000,100000,1000000', '--limit', '60'],
  'large-log': ['--rows', '100000,1000000,10000000', '--formats', 'parquet'],
  'profile-index': ['--sizes', '10000,100000,1000000'],
};
/** Jobs of against.mjs. */
const AGAINST = ['run', 'auto', 'encode', 'report', 'log'];
/** Of those on which `npm run bench` goes easy. */
const SMALL = { 'profile-index': ['--sizes', '10000,100000'] };

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false }, record: { type: 'string' }, against: { type: 'string' } },
});
const named = wanted.length > 0 ? wanted : [...SPEED, ...(options.full ? ['growth'] : [])];

function ownBenchmarks() {
  const scripts = readdirSync('packages')
    .map((name) => join('packages', name, 'bench'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder).map((file) => ({ bench: file.replace('.mjs', ''), path: join(folder, file) })),
    )
    .filter(({ bench, path }) => path.endsWith('.mjs') && named.includes(bench))
    .map((script) => ({ ...script, args: (options.full ? FULL : SMALL)[script.bench] ?? [] }));
  const missing = named.filter((name) => !scripts.some(({ bench }) => bench === name));
  if (missing.length > 0) throw new Error(`there is no benchmark ${missing.join(', ')}`);
  return scripts;
}

/** One script per job. */
const againstOther = (checkout) =>
  (wanted.length > 0 ? wanted : AGAINST).map((job) => ({
    bench: `against-${job}`,
    path: join('tools', 'bench', 'against.mjs'),
    args: [checkout, '--job', job],
    // Where the other checkout lies is nobody's business.
    shown: ['CHECKOUT', '--job', job],
  }));

const scripts = options.against ? againstOther(options.against) : ownBenchmarks();

/** `{ a: { b: 1 } }` → `a.b  1`; what tells most stays readable. */
function lines(value, path = '') {
  if (Array.isArray(value) && value.every((x) => typeof x !== 'object')) return [[path, value.map(show).join(', ')]];
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, x]) => lines(x, path ? `${path}.${key}` : key));
  return [[path, show(value)]];
}
const show = (x) => (typeof x === 'number' && !Number.isInteger(x) ? x.toPrecision(4) : String(x));

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

let failed = 0;
for (const { bench, path, args, shown = args } of scripts) {
  console.log(`\n${bench}: ${path}`);
  const { code, stdout, stderr } = await runProcess(process.execPath, [path, ...args]);
  const document = code === 0 ? parsed(stdout) : undefined;
  if (document === undefined) {
    failed++;
    const what =
      code === 0
        ? `printed no JSON document: ${stdout.slice(0, 200)}`
        : `failed with exit code ${code}: ${stderr.slice(-1000)}`;
    console.log(`  ${what}`);
    continue;
  }
  if (options.record) await record(options.record, bench, ['node', path, ...shown].join(' '), document);
  const rows = lines(document);
  const width = Math.max(...rows.map(([key]) => key.length));
  for (const [key, value] of rows) console.log(`  ${key.padEnd(width)}  ${value}`);
}
process.exit(failed > 0 ? 1 : 0);

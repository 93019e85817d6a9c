// npm run bench: speed and memory of the packages' benchmarks, each against a baseline of its own in the same run.
// A benchmark is a script in packages/*/bench that prints one JSON document; arguments pick some by name.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../lib/process.mjs';

/** Measure quality, or what is kept under stress, not speed, or take many minutes; run by hand, as their first lines say. */
const NOT_SPEED = new Set([
  'auto-splits',
  'co-training',
  'compare',
  'frontier',
  'kill-gateway',
  'leave',
  'log-learning',
  'off-policy-coverage',
  'growth',
  'onboarding',
  'repairs',
  'slow-clients',
  'soak',
  'trainable-gnn-choices',
  'unseen',
]);

const wanted = process.argv.slice(2);
const scripts = readdirSync('packages')
  .flatMap((name) =>
    existsSync(join('packages', name, 'bench'))
      ? readdirSync(join('packages', name, 'bench')).map((file) => ({ name, file }))
      : [],
  )
  .filter(({ file }) => file.endsWith('.mjs') && !NOT_SPEED.has(file.replace('.mjs', '')))
  .filter(({ file }) => wanted.length === 0 || wanted.includes(file.replace('.mjs', '')));

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
  console.log(`\n${name}: ${file.replace('.mjs', '')}`);
  const { code, stdout, stderr } = await runProcess(process.execPath, [join('packages', name, 'bench', file)]);
  if (code !== 0) {
    failed++;
    console.log(`  failed with exit code ${code}: ${stderr.slice(-1000)}`);
    continue;
  }
  const rows = lines(JSON.parse(stdout));
  const width = Math.max(...rows.map(([key]) => key.length));
  for (const [key, value] of rows) console.log(`  ${key.padEnd(width)}  ${value}`);
}
process.exit(failed > 0 ? 1 : 0);

// How the time and the memory of a fit grow with the training rows, one router after the other:
//   node bench/growth.mjs [--rows 1000,10000,100000] [--models 10] [--dimensions 256] [--limit 120] [--memory 6] [ROUTER …]
// Rows are drawn (see common/drawn-outcomes.mjs), every outcome known. Each fit is a child process of its own, ended after --limit
// seconds of fitting, or once the process holds more than --memory GiB, rows included (where /proc says what it holds); larger sets of rows
// are then not tried. Prints one JSON document, with for each router and set of rows: seconds; seconds as a multiple of those at the
// fewest rows; the exponent e of rows ** e between the two; megabytes of memory at the peak, above what the rows themselves take, and
// with them. `npm run bench` leaves it out: it takes minutes.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { builtInRouters } from '@routeprofile/routers';
import { parseOptions } from '@routeprofile/schema';
import { drawnInput } from './common/drawn-outcomes.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '1000,10000,100000' },
    models: { type: 'string', default: '10' },
    dimensions: { type: 'string', default: '256' },
    limit: { type: 'string', default: '120' },
    memory: { type: 'string', default: '6' },
    child: { type: 'boolean', default: false },
  },
});
const sizes = args.rows.split(',').map(Number);

const megabytes = () => process.resourceUsage().maxRSS / 1024;

/** In the child: one fit. */
async function measure(name, rows) {
  const strategy = builtInRouters.find((router) => router.name === name);
  if (!strategy) throw new Error(`there is no router '${name}'`);
  const input = drawnInput(rows, Number(args.models), Number(args.dimensions));
  const before = megabytes();
  process.send('fitting');
  const started = performance.now();
  await strategy.fit(input, parseOptions(strategy, {}), { seed: 1 });
  const seconds = (performance.now() - started) / 1000;
  return { seconds, megabytes: megabytes() - before, peakMegabytes: megabytes() };
}

/** Bytes that a process holds now; 0 where the system does not say. */
function heldBy(pid) {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return 0;
  return 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] ?? 0);
}

/** What a child of its own found, or what it took too much of. */
function inChild(name, rows) {
  const own = ['--child', '--rows', rows, '--models', args.models, '--dimensions', args.dimensions, name].map(String);
  const child = spawn(process.execPath, [process.argv[1], ...own], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    let text = '';
    let over;
    const end = (limit) => {
      over ??= limit;
      child.kill();
    };
    let timer;
    child.on('message', () => (timer = setTimeout(() => end(`${args.limit} s`), 1000 * Number(args.limit))));
    const watch = setInterval(() => {
      if (heldBy(child.pid) > Number(args.memory) * 2 ** 30) end(`${args.memory} GiB`);
    }, 100);
    child.stdout.on('data', (part) => (text += part));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      clearInterval(watch);
      if (over) resolve({ over });
      else if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`${name} on ${rows} rows: the fit ended with code ${code}`));
    });
  });
}

const round = (x) => Number(x.toPrecision(3));

async function table() {
  const names = positionals.length > 0 ? positionals : builtInRouters.map(({ name }) => name);
  const out = {};
  for (const name of names) {
    const found = (out[name] = {});
    let first;
    for (const rows of sizes) {
      const now = await inChild(name, rows);
      if (now.over) {
        found[rows] = now;
        process.stderr.write(`${name} ${rows} rows: over ${now.over}\n`);
        break;
      }
      first ??= { rows, ...now };
      const times = now.seconds / first.seconds;
      found[rows] = {
        seconds: round(now.seconds),
        times: round(times),
        ...(rows > first.rows && { exponent: round(Math.log(times) / Math.log(rows / first.rows)) }),
        megabytes: Math.round(now.megabytes),
        peakMegabytes: Math.round(now.peakMegabytes),
      };
      process.stderr.write(`${name} ${rows} rows: ${JSON.stringify(found[rows])}\n`);
    }
  }
  return { name: 'growth of a fit', models: Number(args.models), dimensions: Number(args.dimensions), routers: out };
}

console.log(JSON.stringify(args.child ? await measure(positionals[0], sizes[0]) : await table()));
if (args.child) process.disconnect();

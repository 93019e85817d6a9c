// How the time and the memory of a fit grow with the training rows, one router after the other:
//   node bench/growth.mjs [--rows 1000,10000,100000] [--models 10] [--dimensions 256] [--limit 120] [ROUTER …]
// Rows are drawn (see common/drawn-outcomes.mjs), every outcome known. Each fit is a child process of its own, ended after --limit
// seconds; larger sets of rows are then not tried. Prints one JSON document, with for each router and set of rows: seconds; seconds as a
// multiple of those at the fewest rows; the exponent e of rows ** e between the two; megabytes of memory at the peak, above what
// the rows themselves take. `npm run bench` leaves it out: it takes minutes.
import { spawn } from 'node:child_process';
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
  const started = performance.now();
  await strategy.fit(input, parseOptions(strategy, {}), { seed: 1 });
  return { seconds: (performance.now() - started) / 1000, megabytes: megabytes() - before };
}

/** What a child of its own found; null where it took longer than the limit. */
function inChild(name, rows) {
  const own = ['--child', '--rows', rows, '--models', args.models, '--dimensions', args.dimensions, name].map(String);
  const child = spawn(process.execPath, [process.argv[1], ...own], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        child.kill();
      },
      1000 * Number(args.limit),
    );
    child.stdout.on('data', (part) => (text += part));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (late) resolve(null);
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
      if (!now) {
        found[rows] = { over: `${args.limit} s` };
        break;
      }
      first ??= { rows, ...now };
      const times = now.seconds / first.seconds;
      found[rows] = {
        seconds: round(now.seconds),
        times: round(times),
        ...(rows > first.rows && { exponent: round(Math.log(times) / Math.log(rows / first.rows)) }),
        megabytes: Math.round(now.megabytes),
      };
      process.stderr.write(`${name} ${rows} rows: ${JSON.stringify(found[rows])}\n`);
    }
  }
  return { name: 'growth of a fit', models: Number(args.models), dimensions: Number(args.dimensions), routers: out };
}

console.log(JSON.stringify(args.child ? await measure(positionals[0], sizes[0]) : await table()));

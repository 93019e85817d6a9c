// What the approximate search of `knn` costs and gives, beside the exact one:
//   node bench/neighbours.mjs [--rows 100000,300000,1000000] [--models 10] [--dimensions 256] [--held-out 2000] [--recalled 1000]
//     [--scanned 65536] [--searches exact,approximate]
// Rows are drawn (see common/drawn-outcomes.mjs), every outcome known; the last of them are held out. Both searches are forced. Each fit is a
// child process of its own. Prints one JSON document, with for each set of rows and search: seconds of the fit, of the clock and of the
// processor; megabytes of memory at the peak, above what the rows themselves take; milliseconds of the processor per decision, asked
// one by one; the mean outcome of the choices on the held-out rows. `difference` is that of the approximate search less that of the exact
// one, paired by row, with its standard error. `besideExact` compares the lists of the approximate router with reading all its rows,
// for each number of rows to look at: milliseconds of a search for 640, the share of the nearest that it finds, for the k that the
// router uses and for 640, and what the choices by mean outcome are worth, less those by exact neighbours. At 1,000,000 rows the exact
// search takes 6 GB of memory; --searches approximate leaves it out. `npm run bench` leaves all of it out: it takes minutes.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { invertedListsOfRows, keepBest, quantile, transpose } from '@routeprofile/numerics';
import { knnRouter } from '@routeprofile/routers';
import { createMatrix, normalizeRowsInPlace, parseOptions, rowOf, viewRows } from '@routeprofile/schema';
import { createLinearMaps } from '../../tensor/dist/index.js';
import { drawnInput } from './common/drawn-outcomes.mjs';

const { values: args } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000,300000,1000000' },
    models: { type: 'string', default: '10' },
    dimensions: { type: 'string', default: '256' },
    'held-out': { type: 'string', default: '2000' },
    recalled: { type: 'string', default: '1000' },
    scanned: { type: 'string', default: '65536' },
    searches: { type: 'string', default: 'exact,approximate' },
    child: { type: 'string' },
  },
});
const [MODELS, DIMENSIONS, HELD_OUT, RECALLED] = [args.models, args.dimensions, args['held-out'], args.recalled].map(
  Number,
);
const SIZES = args.rows.split(',').map(Number);
const READ = 4_096;
/** The largest neighbourhood that the router considers. */
const MOST = 640;
const ctx = { seed: 1 };

/** Milliseconds of the processor: other programs do not lengthen them much. */
const used = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};
const megabytes = () => process.resourceUsage().maxRSS / 1024;
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const range = (from, to) => Int32Array.from({ length: to - from }, (_, i) => from + i);

/** The nearest of some vectors by reading all rows: items and scores, the best first. */
async function readAll(space, vectors, count) {
  const { multiply } = await createLinearMaps({});
  const asked = transpose(vectors);
  const best = Array.from({ length: vectors.rows }, () => keepBest(count));
  for (let from = 0; from < space.rows; from += READ) {
    const block = viewRows(space, range(from, Math.min(space.rows, from + READ)));
    const products = multiply(block, asked);
    for (let row = 0; row < block.rows; row++)
      rowOf(products, row).forEach((product, q) => {
        if (product >= best[q].threshold()) best[q].offer(from + row, product, from + row);
      });
  }
  return best.map((one) => one.take());
}

/** The model with the best mean outcome on some rows, as the router weighs them. */
function choiceOf({ items, scores }, k, temperature, score) {
  const sums = new Float64Array(MODELS);
  for (let i = 0; i < Math.min(k, items.length); i++) {
    const weight = Math.exp((scores[i] - scores[0]) / temperature);
    for (let m = 0; m < MODELS; m++) sums[m] += weight * score[items[i] * MODELS + m];
  }
  return sums.indexOf(Math.max(...sums));
}

/** Beside reading all rows: the share of the nearest that the lists find, and what the choices by either are worth. */
async function besideExact({ weights, manifest }, given, score, from) {
  const matrix = ({ shape: [rows, cols], data }) => createMatrix(rows, cols, data);
  const [space, centres] = [matrix(weights.queries), matrix(weights.listCentres)];
  const starts = range(0, centres.rows + 1);
  const lists = Int32Array.from(weights.lists.data);
  const { k, temperature } = manifest.state;
  const vectors = createMatrix(Math.min(RECALLED, given.rows), given.cols);
  vectors.data.forEach((_, i, data) => (data[i] = given.data[i] - weights.centre.data[i % given.cols]));
  normalizeRowsInPlace(vectors);
  const exact = await readAll(space, vectors, MOST);
  const worthOf = (nearest) =>
    nearest.map((one, q) => score[(from + q) * MODELS + choiceOf(one, k, temperature, score)]);
  const worths = worthOf(exact);
  const found = {};
  for (const scanned of args.scanned.split(',').map(Number)) {
    const index = invertedListsOfRows(space, { groups: centres, centres, starts }, lists, { scanned });
    const times = [];
    const nearest = exact.map((_, q) => {
      const began = process.cpuUsage();
      const { places, products } = index.search(rowOf(vectors, q), MOST);
      times.push(used(began));
      return { items: places.map((place) => index.order(place)), scores: products };
    });
    const recall = (count) =>
      mean(
        nearest.map(({ items }, q) => {
          const all = new Set(items.subarray(0, count));
          return exact[q].items.subarray(0, count).filter((row) => all.has(row)).length / count;
        }),
      );
    const sorted = Float64Array.from(times).sort();
    found[scanned] = {
      milliseconds: { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) },
      recall: { [k]: recall(k), [MOST]: recall(MOST) },
      outcome: paired(worthOf(nearest), worths),
    };
  }
  return found;
}

/** In the child: one fit, and what it decides. */
async function measure(search, rows) {
  const all = drawnInput(rows + HELD_OUT, MODELS, DIMENSIONS);
  const { vectors, texts } = all.training.queries;
  const [seen, asked] = [range(0, rows), range(rows, rows + HELD_OUT)];
  const training = {
    queries: { texts: texts.slice(0, rows), vectors: viewRows(vectors, seen) },
    tasks: all.training.tasks.slice(0, rows),
    pairs: [],
    outcomes: Object.fromEntries(
      Object.entries(all.training.outcomes).map(([name, values]) => [name, values.subarray(0, rows * MODELS)]),
    ),
  };
  const { keyed: _, ...profiles } = all.profiles;
  const queries = viewRows(vectors, asked);
  const batch = (at) => ({ texts: [texts[at]], vectors: viewRows(vectors, [at]) });
  const before = megabytes();
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const router = await knnRouter.fit({ ...all, profiles, training }, parseOptions(knnRouter, { search }), ctx);
  const seconds = (performance.now() - started) / 1000;
  const processorSeconds = used(cpu) / 1000;
  const memory = megabytes() - before;
  const times = [];
  for (let i = 0; i < 220; i++) {
    const began = process.cpuUsage();
    await router.decide(batch(rows + (i % HELD_OUT)));
    if (i >= 20) times.push(used(began));
  }
  times.sort((a, b) => a - b);
  const decisions = await router.decide({ texts: texts.slice(rows), vectors: queries });
  const { score } = all.training.outcomes;
  const worths = decisions.map(({ model }, i) => score[(rows + i) * MODELS + all.models.indexOf(model)]);
  const artifact = await router.save();
  return {
    seconds,
    processorSeconds,
    megabytes: memory,
    milliseconds: { p50: quantile(Float64Array.from(times), 0.5), p99: quantile(Float64Array.from(times), 0.99) },
    k: artifact.manifest.state.k,
    temperature: artifact.manifest.state.temperature,
    ...(search === 'approximate' && { besideExact: await besideExact(artifact, queries, score, rows) }),
    worths,
  };
}

function inChild(search, rows) {
  const own = Object.entries({ ...args, rows, child: search }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, [process.argv[1], ...own], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part) => (text += part));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${search} on ${rows} rows: ended with code ${code}`)),
    );
  });
}

function paired(own, other) {
  const differences = own.map((worth, i) => worth - other[i]);
  const lead = mean(differences);
  const spread = differences.reduce((sum, x) => sum + (x - lead) ** 2, 0) / (differences.length - 1);
  return { mean: lead, standardError: Math.sqrt(spread / differences.length) };
}

async function table() {
  const sizes = {};
  for (const rows of SIZES) {
    const found = (sizes[rows] = {});
    const worths = {};
    for (const search of args.searches.split(',')) {
      const { worths: own, ...figures } = await inChild(search, rows);
      worths[search] = own;
      found[search] = { ...figures, outcome: mean(own) };
      process.stderr.write(`${rows} rows, ${search}: ${JSON.stringify(found[search])}\n`);
    }
    if (worths.exact && worths.approximate) found.difference = paired(worths.approximate, worths.exact);
  }
  return { name: 'neighbours of knn', models: MODELS, dimensions: DIMENSIONS, heldOut: HELD_OUT, sizes };
}

console.log(JSON.stringify(args.child ? await measure(args.child, SIZES[0]) : await table(), null, args.child ? 0 : 2));

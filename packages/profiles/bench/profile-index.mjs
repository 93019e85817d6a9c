// Catalogues of synthetic adapters (bench/lib/adapters.mjs) around real model profiles: how an approximate index compares with reading all of
// them, and how time and memory grow.
//   [ROUTEPROFILE_DATA=DIR] node bench/profile-index.mjs [--sizes 10000,100000,1000000] [--data outcomes/zeroeval] [--profile emb-gnn]
//     [--encoder static] [--n 100] [--scanned 32768] [--queries 100] [--searches 1000] [--with usearch:I8:200,… --modules DIR]
// --with: other libraries, installed in DIR, as lib/native-indexes.mjs names them.
// Queries are test rows of the data; profiles are made without them. Recall counts a model as found when its exact similarity is at least that of
// the n-th best less 1e-6: adapters of one model are near-duplicates, and which of two that differ by less comes first says nothing. `identical` is
// the share found by name. What a choice is worth: the real outcome of the adapter's model on that query, and a synthetic gain.
// Without ROUTEPROFILE_DATA, the sample data set.
// Prints one JSON document; a line per step goes to standard error. One size takes about 2 minutes at 10⁶.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeSample } from '@routeprofile/data';
import { normalizeRows, rowOf, takeRows } from '@routeprofile/schema';
import {
  approximateProfileIndex,
  buildProfileSet,
  createEncoder,
  exactProfileIndex,
  loadDataset,
  openProfileIndex,
  saveProfileIndex,
} from '../dist/node.js';
import { syntheticAdapters } from './lib/adapters.mjs';
import { openNative } from './lib/native-indexes.mjs';

const { values: args } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000,1000000' },
    data: { type: 'string', default: 'outcomes/zeroeval' },
    profile: { type: 'string', default: 'emb-gnn' },
    encoder: { type: 'string', default: 'static' },
    n: { type: 'string', default: '100' },
    scanned: { type: 'string', default: '32768' },
    queries: { type: 'string', default: '100' },
    searches: { type: 'string', default: '1000' },
    with: { type: 'string', default: '' },
    modules: { type: 'string' },
    seed: { type: 'string', default: '42' },
  },
});
const [N, SCANNED, QUERIES, SEARCHES, SEED] = [args.n, args.scanned, args.queries, args.searches, args.seed].map(
  Number,
);
const data = process.env.ROUTEPROFILE_DATA;
const folder = mkdtempSync(join(tmpdir(), 'profile-index-'));

const say = (text) => process.stderr.write(`${text}\n`);
const seconds = (since) => (performance.now() - since) / 1_000;
const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
};
const spread = (values) => ({ p50: quantile(values, 0.5), p99: quantile(values, 0.99), most: Math.max(...values) });
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const megabytes = (bytes) => Math.round(bytes / 1e6);
/** Milliseconds of the clock and of the processor, one of each per call: on a machine that others use too, only the latter say what a core would take. */
async function timed(times, each) {
  const [wall, cpu] = [[], []];
  for (let i = 0; i < times; i++) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    await each(i);
    const { user, system } = process.cpuUsage(before);
    wall.push(performance.now() - began);
    cpu.push((user + system) / 1_000);
  }
  return { wall: spread(wall), cpu: spread(cpu) };
}

if (!data) await writeSample(join(folder, 'sample'), {});
const dataset = await loadDataset(data ? join(data, args.data) : join(folder, 'sample'), {});
const encoder = await createEncoder(args.encoder);
const set = await buildProfileSet(dataset, { profile: args.profile, encoder: args.encoder });
const { test } = dataset;
const step = Math.max(1, Math.floor(test.queries.length / QUERIES));
const asked = test.queries
  .map((_, q) => q)
  .filter((q) => q % step === 0)
  .slice(0, QUERIES);
const queries = normalizeRows(await encoder.encode(asked.map((q) => test.queries[q].text)));
await encoder.dispose?.();
const column = new Map(test.models.map((model, m) => [model, m]));
const outcomeOf = (q) => (base) => test.values.score[asked[q] * test.models.length + column.get(set.models[base])];
say(`${set.models.length} real profiles of ${set.vectors.cols} numbers, ${queries.rows} queries`);

/** Exact answers by parts, so that a million vectors need not be held in float32. */
async function referee({ source }) {
  const best = Array.from({ length: queries.rows }, () => []);
  let at = 0;
  for (const part of source.rows()) {
    const own = { ...source, models: part.models.length, rows: () => [part] };
    const index = await exactProfileIndex.build(own, exactProfileIndex.options.parse({}), { seed: SEED });
    (await index.search(queries, N)).forEach(({ profiles }, q) => {
      best[q].push(...profiles.map(({ similarity, order }) => ({ id: at + order, similarity })));
      best[q].sort((a, b) => b.similarity - a.similarity || a.id - b.id);
      best[q].length = Math.min(N, best[q].length);
    });
    at += part.models.length;
  }
  return best;
}

/** @param found numbers of adapters, one list per query, the best first */
function quality(adapters, exact, found) {
  const near = [];
  const same = [];
  const worth = { chosen: [], exact: [] };
  found.forEach((ids, q) => {
    const query = rowOf(queries, q);
    const least = exact[q].at(-1).similarity - 1e-6;
    const names = new Set(exact[q].map(({ id }) => id));
    const similarity = (id) => {
      const vector = adapters.vectorOf(id);
      let [product, square] = [0, 0];
      for (let d = 0; d < vector.length; d++)
        [product, square] = [product + vector[d] * query[d], square + vector[d] ** 2];
      return product / Math.sqrt(square);
    };
    near.push(ids.filter((id) => similarity(id) >= least).length / N);
    same.push(ids.filter((id) => names.has(id)).length / N);
    const values = [exact[q][0].id, ids[0]].map((id) => adapters.worth(id, query, outcomeOf(q)));
    if (values.every((value) => value !== null))
      [worth.exact[worth.exact.length], worth.chosen[worth.chosen.length]] = values;
  });
  return {
    recall: mean(near),
    identical: mean(same),
    worthOfChosen: mean(worth.chosen),
    worthOfExact: mean(worth.exact),
    rowsJudged: worth.exact.length,
  };
}

const numberOf = (model) => Number(model.split('-').at(-1));

async function ours(size, adapters, exact) {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const cpuBefore = process.cpuUsage();
  let began = performance.now();
  const options = approximateProfileIndex.options.parse({ scanned: SCANNED });
  const index = await approximateProfileIndex.build(adapters.source, options, { seed: SEED });
  const buildSeconds = seconds(began);
  const { user, system } = process.cpuUsage(cpuBefore);
  globalThis.gc?.();
  const memory = process.memoryUsage().rss - before;
  say(`${size}: built in ${buildSeconds.toFixed(1)} s`);
  const one = (i) => takeRows(queries, [i % queries.rows]);
  await timed(100, (i) => index.search(one(i), N));
  const search = await timed(SEARCHES, (i) => index.search(one(i), N));
  const filters = {
    quarter: { requirements: { vision: true } },
    half: { requirements: { region: 'eu' }, maxPrice: { input: 1 } },
  };
  const filtered = {};
  for (const [name, filter] of Object.entries(filters))
    filtered[name] = await timed(SEARCHES, (i) => index.search(one(i), N, filter));
  const found = await index.search(queries, N);
  const late = Array.from({ length: 1_000 }, (_, i) => adapters.vectorOf(size + i));
  const add = await timed(1_000, (i) => index.add(`late-${i}`, late[i], adapters.offerOf(i)));
  const remove = await timed(1_000, (i) => index.remove(`late-${i}`));
  began = performance.now();
  const saved = join(folder, 'index');
  await saveProfileIndex(saved, index);
  const saveSeconds = seconds(began);
  began = performance.now();
  const loaded = await openProfileIndex(saved);
  const loadSeconds = seconds(began);
  const again = await loaded.search(queries, N);
  const names = (answers) => JSON.stringify(answers.map(({ profiles }) => profiles.map(({ model }) => model)));
  return {
    bytesPerAdapter: index.bytes / size,
    fileBytesPerAdapter: readdirSync(saved).reduce((sum, file) => sum + statSync(join(saved, file)).size, 0) / size,
    buildSeconds,
    buildCpuSeconds: (user + system) / 1e6,
    memoryMegabytes: megabytes(memory),
    searchMilliseconds: search,
    filteredMilliseconds: filtered,
    addMilliseconds: add,
    removeMilliseconds: remove,
    saveSeconds,
    loadSeconds,
    sameAfterLoading: names(found) === names(again),
    certain: mean(found.map(({ complete }) => Number(complete))),
    ...quality(
      adapters,
      exact,
      found.map(({ profiles }) => profiles.map(({ model }) => numberOf(model))),
    ),
  };
}

/** Reads every vector in float32, for as long as they fit. */
async function exactTimes(adapters) {
  const index = await exactProfileIndex.build(adapters.source, exactProfileIndex.options.parse({}), { seed: SEED });
  const times = await timed(Math.min(50, SEARCHES), (i) => index.search(takeRows(queries, [i % queries.rows]), N));
  return { bytesPerAdapter: index.bytes / index.size, searchMilliseconds: times };
}

/** Adapters added one by one to a native index that stands. */
const LATE = 100;
async function native(asked, size, adapters, exact) {
  const [name, numbers, candidates] = asked.split(':');
  const before = process.memoryUsage().rss;
  const index = await openNative(name, args.modules ?? process.cwd(), {
    ...{ dimensions: set.vectors.cols, size, seed: SEED, n: N },
    ...{ kind: numbers, candidates: Number(candidates), folder: join(folder, asked.replaceAll(':', '-')) },
  });
  const began = performance.now();
  let at = 0;
  for (const { models, vectors } of adapters.source.rows()) {
    await index.addRows(
      models.map((_, i) => at + i),
      models.map((_, i) => rowOf(vectors, i)),
    );
    at += models.length;
  }
  await index.finish?.();
  const buildSeconds = seconds(began);
  const memory = process.memoryUsage().rss - before;
  say(`${size}: ${asked} built in ${buildSeconds.toFixed(1)} s`);
  const search = await timed(SEARCHES, (i) => index.search(rowOf(queries, i % queries.rows)));
  const late = Array.from({ length: LATE }, (_, i) => adapters.vectorOf(size + i));
  const add = await timed(LATE, (i) => index.addRows([size + i], [late[i]]));
  const found = [];
  for (let q = 0; q < queries.rows; q++) found.push((await index.search(rowOf(queries, q))).filter((id) => id < size));
  await index.close?.();
  return {
    buildSeconds,
    memoryMegabytes: megabytes(memory),
    searchMilliseconds: search,
    addMilliseconds: add,
    ...quality(adapters, exact, found),
  };
}

const results = {};
for (const size of args.sizes.split(',').map(Number)) {
  const adapters = syntheticAdapters(set.vectors, set.provenance.encoder, size, SEED);
  let began = performance.now();
  const exact = await referee(adapters);
  say(`${size}: exact answers in ${seconds(began).toFixed(1)} s`);
  results[size] = { lists: await ours(size, adapters, exact) };
  if (size <= 100_000) results[size].exact = await exactTimes(adapters);
  for (const name of args.with.split(',').filter(Boolean))
    results[size][name] = await native(name, size, adapters, exact);
}
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify(
    {
      synthetic:
        'adapters, their offers and gains are drawn from a seed; only the profiles they are drawn around are real',
      profiles: {
        data: data ? args.data : 'the sample data set, whose outcomes are simulated',
        strategy: args.profile,
        encoder: args.encoder,
        models: set.models.length,
        dimensions: set.vectors.cols,
      },
      n: N,
      scanned: SCANNED,
      queries: queries.rows,
      sizes: results,
      peakMemoryMegabytes: megabytes(process.resourceUsage().maxRSS * 1024),
    },
    null,
    2,
  ),
);

// What the built-in encoders are worth to a router, and what they cost, as one JSON document. Build first; then:
//   ROUTEPROFILE_DATA=DIR node packages/encoders/bench/compare.mjs [--cache DIR] [--encoders hash,static] [--only quality|speed] [--probes tasks,zeroeval]
// Quality, by nearest neighbours, in 5 folds over queries (k is chosen within each fold's training part):
//   tasks      share of the published training queries whose task (of 14) is that of most of their neighbours, weighted by cosine
//   outcomes   R² of what models score on a query, of the neighbours' mean: 0 is each model's own mean; routerbench-3task (training rows) and zeroeval
// Each with the paired difference from the first encoder and its bootstrap 95 % interval over queries.
// Speed: milliseconds of CPU per text of 15, 300 and 4,000 words, in a process of its own; and as multiples of `static`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { meanOf, percentileInterval, resampledMeans, rowDots } from '@routeprofile/numerics';
import { createRandom, rowOf } from '@routeprofile/schema';
import { createEncoder } from '../dist/node.js';
import { withoutPrefix } from '../scripts/static/texts.mjs';

const FOLDS = 5;
const SEED = 1;
const NEIGHBOURS = [3, 5, 10, 20, 40, 80, 160];
const MOST = NEIGHBOURS.at(-1);
const WORDS =
  'which router picks the best model for a question about history science mathematics code or language when every answer costs money and the passage of text above it is long'.split(
    ' ',
  );

const { values: args } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.ROUTEPROFILE_DATA },
    cache: { type: 'string' },
    encoders: { type: 'string', default: 'use-lite-hash,hash,static,static-hash' },
    only: { type: 'string' },
    probes: { type: 'string', default: 'tasks,routerbench,zeroeval' },
    speed: { type: 'string' },
  },
});
const names = args.encoders.split(',');
const say = (line) => console.error(line);

/** Per query its nearest others, nearest first: enough of them that MOST remain without its fold. */
function nearest(vectors) {
  const scores = new Float32Array(vectors.rows);
  const kept = Math.min(vectors.rows - 1, 2 * MOST);
  return Array.from({ length: vectors.rows }, (_, i) => {
    rowDots(vectors, rowOf(vectors, i), scores);
    const order = Array.from(scores.keys()).filter((j) => j !== i);
    order.sort((a, b) => scores[b] - scores[a] || a - b);
    return order.slice(0, kept).map((j) => [j, scores[j]]);
  });
}

/**
 * Out-of-fold losses of nearest neighbours, one per query.
 * @param loss of a query given its neighbours in order, for each of NEIGHBOURS; `training` says which rows may be looked at
 */
function outOfFold(neighbours, loss) {
  const random = createRandom(SEED, 'folds');
  const order = random.shuffle(neighbours.map((_, i) => i));
  const fold = new Int32Array(neighbours.length);
  order.forEach((row, place) => (fold[row] = place % FOLDS));
  const out = new Float64Array(neighbours.length);
  for (let f = 0; f < FOLDS; f++) {
    const training = (j) => fold[j] !== f;
    const rows = fold.reduce((list, own, i) => (own === f ? [...list, i] : list), []);
    const losses = (i) =>
      loss(
        i,
        neighbours[i].filter(([j]) => training(j)),
        training,
      );
    const totals = new Float64Array(NEIGHBOURS.length);
    fold.forEach((own, i) => {
      if (own !== f) losses(i).forEach((x, k) => (totals[k] += x));
    });
    const best = totals.indexOf(Math.min(...totals));
    for (const i of rows) out[i] = losses(i)[best];
  }
  return out;
}

/** 1 where the task that most neighbours have, weighted by cosine, is another; 0 where it is the query's. */
const wrongTask = (tasks) => (i, neighbours) => {
  const votes = new Map();
  return atEach(
    neighbours,
    ([j, score]) => votes.set(tasks[j], (votes.get(tasks[j]) ?? 0) + Math.max(score, 0)),
    () => ([...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best), ['', -1])[0] === tasks[i] ? 0 : 1),
  );
};

/** Squared error of the neighbours' mean deviation from each model's mean, over the models measured on the query. */
function squaredError(scores) {
  const models = scores[0].length;
  const means = new Map();
  const meansOver = (training) => {
    // One closure per fold, so its means are computed once.
    if (!means.has(training))
      means.set(
        training,
        Array.from({ length: models }, (_, m) => {
          const known = scores.filter((row, j) => training(j) && row[m] !== null);
          return known.reduce((sum, row) => sum + row[m], 0) / Math.max(1, known.length);
        }),
      );
    return means.get(training);
  };
  return (i, neighbours, training) => {
    const mean = meansOver(training);
    const sums = new Float64Array(models);
    let n = 0;
    return atEach(
      neighbours,
      ([j]) => {
        n++;
        scores[j].forEach((x, m) => x !== null && (sums[m] += x - mean[m]));
      },
      () =>
        scores[i].reduce((sum, x, m) => (x === null ? sum : sum + (x - mean[m] - sums[m] / Math.max(1, n)) ** 2), 0),
    );
  };
}

/** Takes neighbours one by one, and asks after each of NEIGHBOURS. */
function atEach(neighbours, take, ask) {
  let taken = 0;
  return NEIGHBOURS.map((k) => {
    while (taken < Math.min(k, neighbours.length)) take(neighbours[taken++]);
    return ask();
  });
}

function probes(data) {
  const lines = (name) =>
    readFileSync(join(data, 'outcomes', name, 'outcomes.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const queries = JSON.parse(readFileSync(join(data, 'routeprofile/profile_data/task_queries_standard.json'), 'utf8'));
  const published = Object.entries(queries).flatMap(([task, texts]) => texts.map((text) => [task, text]));
  const routerbench = lines('routerbench-3task').filter(({ split }) => split === 'train');
  const zeroeval = lines('zeroeval');
  const outcomes = (rows, textOf) => {
    const models = [...new Set(rows.flatMap((row) => Object.keys(row.models)))].sort();
    const scores = rows.map((row) => models.map((model) => row.models[model]?.score ?? null));
    return { texts: rows.map(textOf), loss: squaredError(scores), none: baseline(scores) };
  };
  return {
    tasks: { texts: published.map(([, text]) => text), loss: wrongTask(published.map(([task]) => task)) },
    routerbench: outcomes(routerbench, withoutPrefix(routerbench)),
    zeroeval: outcomes(zeroeval, ({ query }) => query),
  };
}

/** Mean squared error of each model's mean over all rows. */
function baseline(scores) {
  const deviations = scores[0].map((_, m) => {
    const known = scores.map((row) => row[m]).filter((x) => x !== null);
    const mean = meanOf(Float64Array.from(known));
    return known.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  });
  return deviations.reduce((a, b) => a + b, 0) / scores.length;
}

async function quality() {
  const results = {};
  const all = probes(args.data);
  for (const probe of args.probes.split(',')) {
    const { texts, loss, none } = all[probe];
    results[probe] = { queries: texts.length };
    let first;
    for (const name of names) {
      const encoder = await createEncoder(name, { cache: args.cache });
      const vectors = await encoder.encode(texts, { seed: SEED });
      await encoder.dispose?.();
      const losses = outOfFold(nearest(vectors), loss);
      const worth = (mean) => 1 - mean / (none ?? 1);
      first ??= losses;
      const [own, others] = resampledMeans([losses, first], { seed: SEED });
      const { low, high } = percentileInterval(own.map((mean, r) => worth(mean) - worth(others[r])));
      results[probe][name] = {
        value: round(worth(meanOf(losses))),
        difference: round(worth(meanOf(losses)) - worth(meanOf(first))),
        interval: [round(low), round(high)],
      };
      say(`${probe} ${name}: ${JSON.stringify(results[probe][name])}`);
    }
  }
  return results;
}

const round = (x, digits = 3) => Number(x.toFixed(digits));

const TEXTS = { 15: 2_000, 300: 200, 4000: 20 };
/** CPU milliseconds per text, best of three rounds after a warm-up; of one encoder, in this process. */
async function measure(name) {
  const encoder = await createEncoder(name, { threads: 1 });
  const out = {};
  for (const [words, most] of Object.entries(TEXTS)) {
    const count = name.startsWith('use-lite') ? Math.max(2, Math.ceil(most / 50)) : most;
    const random = createRandom(SEED, 'texts', words);
    const texts = Array.from({ length: count }, () =>
      Array.from({ length: Number(words) }, () => WORDS[random.int(WORDS.length)]).join(' '),
    );
    let best = Infinity;
    for (let round = 0; round < 4; round++) {
      const before = process.cpuUsage();
      await encoder.encode(texts, { seed: SEED });
      const { user, system } = process.cpuUsage(before);
      if (round > 0) best = Math.min(best, (user + system) / 1e3 / count);
    }
    out[words] = best;
  }
  await encoder.dispose?.();
  return out;
}

if (args.speed !== undefined) {
  console.log(JSON.stringify(await measure(args.speed)));
  process.exit(0);
}
const report = {};
if (args.only !== 'speed') report.quality = await quality();
if (args.only !== 'quality') {
  const run = (name) => {
    const command = [fileURLToPath(import.meta.url), '--speed', name];
    return JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' }));
  };
  const milliseconds = Object.fromEntries([...new Set(['static', ...names])].map((name) => [name, run(name)]));
  report.cpuMillisecondsPerText = milliseconds;
  report.timesStatic = Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(Object.keys(TEXTS).map((w) => [w, round(milliseconds[name][w] / milliseconds.static[w], 1)])),
    ]),
  );
}
console.log(JSON.stringify(report, null, 2));
process.exit(0);

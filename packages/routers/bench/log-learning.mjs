// What a router loses when it learns from a log with one model per query. Measures quality, not speed; run by hand:
//   ROUTEPROFILE_DATA=DIR node bench/log-learning.mjs [--logs 5] [--sizes 500,1000,2000] [--logging uniform,favourite]
//     [--encoder ID] [--cache DIR] [--out FILE] [--set routerbench-3task|zeroeval] [--models all|hull] [ROUTER …]
// Of the training rows N are drawn; on each one model is chosen and the others are forgotten. `uniform`: each model as likely as the
// others; `favourite`: the best single model on half of the rows. Routers that learned from such a log, and the same routers that
// learned from all outcomes of all training rows, decide the complete test rows. Their gain over what needs no router:
//   routerbench-3task  area under the frontier of cost and quality over the range of costs of single models, less that of single
//                      models mixed at random: the mean gain in score at equal cost
//   zeroeval           has no costs: mean score, less that of the best single model. Eight of its complete models, evenly by score.
// `kept` is the gain from a log as a share of the gain from complete outcomes, the mean over logs. Intervals: 95 % of 1,000 bootstrap
// samples of the test rows and of the logs. Settings are the shipped defaults, and nothing is chosen by what comes out.
// `--models hull`: only the models that a mix of single ones is made of, those on the hull of mean cost and mean score of the training rows;
// the others cost more than a mix that scores as well.
// Prints one JSON line per router, logging and size; writes them all to FILE.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createMatrix,
  createRandom,
  normalizeRows,
  parseOptions,
  parseStrategyReference,
  takeRows,
  withoutPrefixes,
} from '@routeprofile/schema';
import { createEncoder, loadDataset } from '../../profiles/dist/node.js';
import { builtInRouters, fitFrontier } from '@routeprofile/routers';
import { areaShare, upperHull } from './common/area-share.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    logs: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '500,1000,2000' },
    logging: { type: 'string', default: 'uniform,favourite' },
    set: { type: 'string', default: 'routerbench-3task' },
    models: { type: 'string', default: 'all' },
    encoder: { type: 'string', default: 'use-lite' },
    cache: { type: 'string' },
    out: { type: 'string' },
  },
});
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds outcomes/');
const LOGS = Number(args.logs);
const RESAMPLES = 1000;
const MODELS_OF_ZEROEVAL = 8;
const ctx = { seed: 42 };
const range = (n) => Array.from({ length: n }, (_, i) => i);
const sum = (values) => values.reduce((a, b) => a + b, 0);
const mean = (values) => sum(values) / values.length;
const columnsOf = ['score', 'cost', 'inputTokens', 'outputTokens', 'latency'];

const dataset = await loadDataset(join(data, 'outcomes', args.set), { minCoverage: 0 });
const ids = dataset.candidates.map(({ id }) => id);
const isComplete = (values, q, chosen) => chosen.every((m) => Number.isFinite(values.score[q * ids.length + m]));

/** Of all models those that cost less than every mix of others that scores as well, on the training rows. */
function modelsOnHull() {
  const { queries, outcomes } = dataset.train;
  const rows = range(queries.length).filter((q) => isComplete(outcomes, q, range(ids.length)));
  const meanOf = (values, m) => mean(rows.map((q) => values[q * ids.length + m]));
  const points = range(ids.length).map((m) => ({
    m,
    cost: meanOf(outcomes.cost, m),
    quality: meanOf(outcomes.score, m),
  }));
  return upperHull(points).map(({ m }) => m);
}

/** All models, or those on the hull; of zeroeval some of those measured on every training row, evenly from the worst to the best. */
function chooseModels() {
  const { queries, outcomes } = dataset.train;
  if (args.set !== 'zeroeval') return args.models === 'hull' ? modelsOnHull() : range(ids.length);
  const known = range(ids.length).filter((m) => range(queries.length).every((q) => isComplete(outcomes, q, [m])));
  const level = (m) => mean(range(queries.length).map((q) => outcomes.score[q * ids.length + m]));
  const sorted = known.map((m) => ({ m, level: level(m) })).sort((a, b) => a.level - b.level);
  const step = (sorted.length - 1) / (MODELS_OF_ZEROEVAL - 1);
  return range(MODELS_OF_ZEROEVAL).map((i) => sorted[Math.round(i * step)].m);
}
const chosen = chooseModels();
const models = chosen.map((m) => ids[m]);
const M = models.length;
const candidates = chosen.map((m) => dataset.candidates[m]);

const plain = await createEncoder(args.encoder, { cache: args.cache });
const encoder = withoutPrefixes(plain, dataset.sharedPrefixes ?? []);
/** Rows where every model was measured, with columns [rows × models]. */
async function completeRows({ queries }, values) {
  const rows = range(queries.length).filter((q) => isComplete(values, q, chosen));
  const vectors = await encoder.encode(
    rows.map((q) => queries[q].text),
    ctx,
  );
  const column = (name) =>
    Float64Array.from(rows.flatMap((q) => chosen.map((m) => values[name]?.[q * ids.length + m] ?? NaN)));
  return {
    queries: { texts: rows.map((q) => queries[q].text), vectors, encoder: encoder.id },
    tasks: rows.map((q) => queries[q].task),
    outcomes: Object.fromEntries(columnsOf.map((name) => [name, column(name)])),
  };
}
const train = await completeRows(dataset.train, dataset.train.outcomes);
const test = await completeRows(dataset.test, dataset.test.values);
await encoder.dispose?.();
const hasCost = test.outcomes.cost.every(Number.isFinite);
const testRows = range(test.tasks.length);
const best = (() => {
  const means = models.map((_, m) => mean(range(train.tasks.length).map((q) => train.outcomes.score[q * M + m])));
  return means.indexOf(Math.max(...means));
})();

/** `size` training rows, each with the outcome of one model. */
function drawLog(policy, size, log) {
  const random = createRandom(ctx.seed, 'log', policy, String(size), String(log));
  const rows = random.sample(range(train.tasks.length), Math.min(size, train.tasks.length));
  const drawn = rows.map(() => (policy === 'favourite' && random.float() < 0.5 ? best : random.int(M)));
  const kept = (column) =>
    Float64Array.from(rows.flatMap((q, i) => range(M).map((m) => (m === drawn[i] ? column[q * M + m] : NaN))));
  const texts = rows.map((q) => train.queries.texts[q]);
  return {
    queries: { texts, vectors: takeRows(train.queries.vectors, rows), encoder: encoder.id },
    tasks: rows.map((q) => train.tasks[q]),
    outcomes: Object.fromEntries(Object.entries(train.outcomes).map(([name, column]) => [name, kept(column)])),
  };
}

const noise = createRandom(ctx.seed, 'profiles');
const profiles = {
  models,
  vectors: normalizeRows(
    createMatrix(
      M,
      16,
      Float32Array.from({ length: M * 16 }, () => noise.normal()),
    ),
  ),
  provenance: { strategy: 'none', options: {}, encoder: encoder.id, graphHash: null, seed: ctx.seed, versions: {} },
};

/** Choices of a fitted router on the test rows: one list for each weight of cost, or a single one. */
async function choicesOf(reference, training) {
  const { name, options: given } = parseStrategyReference(reference);
  const strategy = builtInRouters.find((router) => router.name === name);
  if (!strategy) throw new Error(`there is no router '${name}'`);
  const input = { models, candidates, cards: [], profiles, training: { ...training, pairs: [] } };
  const options = parseOptions(strategy, given);
  if (hasCost) return (await (await fitFrontier(strategy, options, input, ctx)).sweep(test.queries)).choices;
  const router = await strategy.fit(input, options, ctx);
  const decisions = await router.decide(test.queries, ctx);
  return [Int32Array.from(decisions, ({ model }) => models.indexOf(model))];
}

const { score, cost } = test.outcomes;
const always = models.map((_, m) => new Int32Array(testRows.length).fill(m));
const pointOf = (choices, rows) => ({
  cost: hasCost ? mean(rows.map((q) => cost[q * M + choices[q]])) : 0,
  quality: mean(rows.map((q) => score[q * M + choices[q]])),
});
/** Gain of a router over what needs none, on rows of the test set. */
function gainOf(lists, rows, constants) {
  if (!hasCost) return pointOf(lists[0], rows).quality - constants[best].quality;
  const costs = constants.map((point) => point.cost);
  const [from, to] = [Math.min(...costs), Math.max(...costs)];
  const points = lists.map((choices) => pointOf(choices, rows));
  return areaShare(points, from, to) - areaShare(constants, from, to);
}
const bootstrap = createRandom(ctx.seed, 'bootstrap');
const resamples = [testRows, ...range(RESAMPLES).map(() => testRows.map(() => bootstrap.int(testRows.length)))].map(
  (rows) => ({ rows, constants: always.map((choices) => pointOf(choices, rows)) }),
);
/** Gains on the test rows, and on each of their resamples. */
const gains = (lists) => resamples.map(({ rows, constants }) => gainOf(lists, rows, constants));
const interval = ([value, ...drawn]) => {
  const sorted = drawn.filter(Number.isFinite).sort((a, b) => a - b);
  return { value, low: sorted[Math.floor(sorted.length * 0.025)], high: sorted[Math.ceil(sorted.length * 0.975) - 1] };
};

const found = [];
for (const router of positionals.length > 0 ? positionals : ['knn', 'linear', 'cluster', 'irt']) {
  const whole = gains(await choicesOf(router, train));
  for (const logging of args.logging.split(','))
    for (const size of args.sizes.split(',').map(Number)) {
      const fromLogs = [];
      for (const log of range(LOGS)) fromLogs.push(gains(await choicesOf(router, drawLog(logging, size, log))));
      const draw = createRandom(ctx.seed, 'logs', router, logging, String(size));
      // On the data themselves the mean over logs; in a resample of the rows, over a resample of the logs.
      const means = whole.map((_, r) => mean(range(LOGS).map((log) => fromLogs[r === 0 ? log : draw.int(LOGS)][r])));
      const row = {
        set: args.set,
        router,
        logging,
        size: Math.min(size, train.tasks.length),
        models: M,
        testRows: testRows.length,
        logs: LOGS,
        gainOfComplete: interval(whole),
        gainOfLog: interval(means),
        kept: interval(means.map((gain, r) => gain / whole[r])),
      };
      found.push(row);
      console.log(JSON.stringify(row));
    }
}
if (args.out) writeFileSync(args.out, `${JSON.stringify(found, null, 2)}\n`);

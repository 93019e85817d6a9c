// Do the off-policy intervals hold the truth? Measures quality, not speed; run by hand:
//   ROUTEPROFILE_DATA=DIR node bench/off-policy-coverage.mjs [--logs 200] [--logging NAME,…] [--encoder ID] [--cache DIR] [--out FILE] [SET …]
// On rows where every model was measured a log is drawn: on each row one model is chosen, the others are forgotten. The estimates made
// from the log are compared with what the policy really scores. Routers, and the logging policy of `softmax`, learn from another
// half of the rows. Sets: `simulation` (fresh queries from a known law for each log, so that both truths are known: the mean over all
// queries and that over the log's rows), `sample` (four of our sample datasets), `routerbench-3task` and `zeroeval` in DIR/outcomes.
// Prints Markdown tables; writes the figures to FILE, beside those of other sets and
// logging policies that it holds.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadDataset, writeSample } from '../../data/dist/index.js';
import { createEncoder } from '../../profiles/dist/node.js';
import { builtInRouters } from '../../routers/dist/index.js';
import { fitOffPolicy, offPolicyDifference, offPolicyValue, ridgeRewards } from '@routeprofile/eval';
import { principalAxes, principalCoordinates, sigmoid, softmax } from '@routeprofile/numerics';
import {
  createMatrix,
  createRandom,
  normalizeRows,
  parseOptions,
  takeRows,
  withoutPrefixes,
} from '@routeprofile/schema';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    logs: { type: 'string', default: '200' },
    encoder: { type: 'string', default: 'use-lite' },
    cache: { type: 'string' },
    out: { type: 'string' },
    logging: { type: 'string', default: 'uniform,softmax,favourite,confounded' },
  },
});
const LOGS = Number(args.logs);
const LOGGING = args.logging.split(',');
const SEED = 42;
/** Of the models of zeroeval that were measured on every row, as many are taken, evenly by their mean score. */
const MODELS_OF_ZEROEVAL = 8;
/** As many as `fitOffPolicy` keeps of the encoder's 512: found once here, and not again for every log. */
const AXES = 32;
/** Scores differ by about as much between models on one query. */
const TEMPERATURE = 0.1;
/** Score that the dearest model has to bring for its cost, for the two routers: without costs they would nearly always choose it. */
const COST_WORTH = 0.2;
/** Log-odds that a score of 1 adds to the chance of being chosen, where logging sees what the log does not. */
const PEEK = 1;

const sum = (values) => values.reduce((a, b) => a + b, 0);
const mean = (values) => sum(values) / values.length;
const argmax = (values) => values.indexOf(Math.max(...values));

/** Rows with a score of every model, as { models, texts, tasks, score, cost } with [rows × models] columns. */
async function completeRows(folder, chooseModels = (models) => models) {
  const dataset = await loadDataset(folder, { minCoverage: 0 });
  const names = dataset.candidates.map(({ id }) => id);
  const parts = [dataset.train, dataset.validation, dataset.test].filter(Boolean);
  const rows = parts.flatMap(({ queries, outcomes, values }) =>
    queries.map(({ text, task }, q) => {
      const { score, cost } = outcomes ?? values;
      const own = (column) => Array.from(column.subarray(q * names.length, (q + 1) * names.length));
      return { text, task, score: own(score), cost: own(cost) };
    }),
  );
  const models = chooseModels(names, rows);
  const columns = models.map((name) => names.indexOf(name));
  const complete = rows.filter(({ score }) => columns.every((m) => Number.isFinite(score[m])));
  const flat = (of) => Float64Array.from(complete.flatMap((row) => columns.map((m) => of(row)[m])));
  return {
    models,
    texts: complete.map(({ text }) => text),
    tasks: complete.map(({ task }) => task),
    score: flat((row) => row.score),
    cost: flat((row) => row.cost),
    prefixes: dataset.sharedPrefixes ?? [],
  };
}

/** Models measured on every row, `MODELS_OF_ZEROEVAL` of them evenly from the worst to the best. */
function evenly(names, rows) {
  const complete = names
    .map((name, m) => ({ name, scores: rows.map(({ score }) => score[m]) }))
    .filter(({ scores }) => scores.every(Number.isFinite))
    .map(({ name, scores }) => ({ name, average: mean(scores) }))
    .sort((a, b) => a.average - b.average);
  const step = (complete.length - 1) / (MODELS_OF_ZEROEVAL - 1);
  return Array.from({ length: MODELS_OF_ZEROEVAL }, (_, i) => complete[Math.round(i * step)].name);
}

async function samples() {
  const parts = [];
  for (let s = 0; s < 4; s++) {
    const folder = await mkdtemp(join(tmpdir(), 'off-policy-'));
    await writeSample(folder, { seed: SEED + s });
    parts.push(await completeRows(folder));
    await rm(folder, { recursive: true });
  }
  const join2 = (of) => Float64Array.from(parts.flatMap((part) => [...of(part)]));
  return {
    ...parts[0],
    texts: parts.flatMap(({ texts }) => texts),
    tasks: parts.flatMap(({ tasks }) => tasks),
    score: join2(({ score }) => score),
    cost: join2(({ cost }) => cost),
  };
}

const pickRows = (column, rows, width) =>
  Float64Array.from(rows.flatMap((row) => Array.from(column.subarray(row * width, (row + 1) * width))));

/** What logs are drawn from: the held-out half, with the choices of routers that learned from the other. */
async function world(data) {
  const { models, texts, tasks, score, cost } = data;
  const width = models.length;
  const plain = await createEncoder(args.encoder, { cache: args.cache });
  const encoder = withoutPrefixes(plain, data.prefixes);
  const vectors = await encoder.encode(texts, { seed: SEED });
  await encoder.dispose?.();
  const order = createRandom(SEED, 'halves').shuffle([...texts.keys()]);
  const cut = Math.floor(order.length / 2);
  const [learned, held] = [order.slice(0, cut), order.slice(cut)].map((rows) => rows.sort((a, b) => a - b));
  const batch = (rows) => ({
    texts: rows.map((q) => texts[q]),
    vectors: takeRows(vectors, rows),
    encoder: encoder.id,
  });
  const unknown = new Float64Array(learned.length * width).fill(NaN);
  const training = {
    queries: batch(learned),
    tasks: learned.map((q) => tasks[q]),
    pairs: [],
    outcomes: {
      score: pickRows(score, learned, width),
      cost: pickRows(cost, learned, width),
      inputTokens: unknown,
      outputTokens: unknown,
      latency: unknown,
    },
  };
  const random = createRandom(SEED, 'profiles');
  const profiles = {
    models,
    vectors: normalizeRows(
      createMatrix(
        width,
        16,
        Float32Array.from({ length: width * 16 }, () => random.normal()),
      ),
    ),
    provenance: { strategy: 'none', options: {}, encoder: encoder.id, graphHash: null, seed: SEED, versions: {} },
  };
  const candidates = models.map((id) => ({ id, model: id }));
  const routers = {};
  for (const name of ['knn', 'linear']) {
    const strategy = builtInRouters.find((router) => router.name === name);
    const input = { models, candidates, cards: [], profiles, training };
    routers[name] = await strategy.fit(input, parseOptions(strategy, {}), { seed: SEED });
  }
  const best = argmax(models.map((_, m) => mean(learned.map((q) => score[q * width + m]))));
  const queries = batch(held);
  const hasCost = cost.every(Number.isFinite);
  const dollars = models.map((_, m) => (hasCost ? mean(learned.map((q) => cost[q * width + m])) : 0));
  const dearest = Math.max(...dollars);
  const worth = dollars.map((each) => (dearest > 0 ? (COST_WORTH * each) / dearest : 0));
  const choicesOf = async (router) => {
    const { data: all } = await router.score(queries, { seed: SEED });
    return Int32Array.from(held, (_, q) => argmax(worth.map((own, m) => all[q * width + m] - own)));
  };
  const points = takeRows(vectors, held);
  const axes = principalAxes(points, { most: AXES });
  const scores = await routers.linear.score(queries, { seed: SEED });
  const own = { score: pickRows(score, held, width), cost: pickRows(cost, held, width) };
  return {
    models,
    rows: held.length,
    ...own,
    hasCost,
    vectors: principalCoordinates(points, axes),
    targets: {
      'best-single': new Int32Array(held.length).fill(best),
      knn: await choicesOf(routers.knn),
      linear: await choicesOf(routers.linear),
    },
    logging: loggingPolicies(width, held.length, best, (q) =>
      Float64Array.from(scores.data.subarray(q * width, (q + 1) * width), (x) => x / TEMPERATURE),
    ),
  };
}

/** Chance of each model on a row; the last one depends on what the model will score, which no log shows. */
const loggingPolicies = (width, rows, favourite, logits) => ({
  uniform: () => new Float64Array(width).fill(1 / width),
  softmax: (q) => softmax(logits(q)),
  favourite: () => Float64Array.from({ length: width }, (_, m) => (m === favourite ? 0.9 : 0.1 / (width - 1))),
  confounded: (q, scores) => softmax(logits(q).map((x, m) => x / 2 + PEEK * scores[m])),
});

/** Fresh queries from a law of its own: six models, eight coordinates, right with a logistic chance. */
function simulated(log) {
  const [width, dimensions, rows] = [6, 8, 1200];
  const law = createRandom(SEED, 'law');
  const normals = (random, count, scale) => Float64Array.from({ length: count }, () => random.normal() * scale);
  const level = normals(law, width, 0.7);
  const shared = normals(law, dimensions, 0.9);
  const own = models(width, () => normals(law, dimensions, 0.6));
  const guess = {
    level: level.map((x) => x + law.normal() * 0.4),
    own: own.map((s) => s.map((x) => x + law.normal() * 0.5)),
  };
  const dot = (a, b) => a.reduce((total, x, j) => total + x * b[j], 0);
  const chance = (x, m) => sigmoid(1 + level[m] + dot(x, shared) + dot(x, own[m]));
  const guessed = (x) => guess.level.map((l, m) => l + dot(x, guess.own[m]));
  const best = argmax(level);
  const random = createRandom(SEED, 'queries', String(log));
  const xs = Array.from({ length: rows }, () => normals(random, dimensions, 1));
  const score = Float64Array.from(xs.flatMap((x) => models(width, (m) => (random.float() < chance(x, m) ? 1 : 0))));
  const choose = { 'best-single': () => best, linear: (x) => argmax([...guessed(x)]) };
  if (!simulated.truth) {
    const many = createRandom(SEED, 'truth');
    const draws = Array.from({ length: 200_000 }, () => normals(many, dimensions, 1));
    simulated.truth = Object.fromEntries(
      Object.entries(choose).map(([name, target]) => [name, mean(draws.map((x) => chance(x, target(x))))]),
    );
  }
  return {
    models: models(width, (m) => `m${m}`),
    rows,
    score,
    hasCost: false,
    vectors: createMatrix(rows, dimensions, Float32Array.from(xs.flatMap((x) => [...x]))),
    targets: Object.fromEntries(
      Object.entries(choose).map(([name, target]) => [name, Int32Array.from(xs, (x) => target(x))]),
    ),
    logging: loggingPolicies(width, rows, best, (q) => guessed(xs[q])),
    truths: simulated.truth,
  };
}
const models = (width, of) => Array.from({ length: width }, (_, m) => of(m));

/** One model per row, drawn by the logging policy; all else is forgotten. */
function drawLog({ models: names, rows, score, cost, hasCost, vectors, logging }, policy, log) {
  const width = names.length;
  const random = createRandom(SEED, 'log', policy, String(log));
  const chosen = new Int32Array(rows);
  const kept = new Float64Array(rows * width).fill(NaN);
  const dollars = kept.slice();
  const propensities = new Float64Array(rows * width);
  for (let q = 0; q < rows; q++) {
    const chances = logging[policy](q, score.subarray(q * width, (q + 1) * width));
    let [left, m] = [random.float(), 0];
    while (m < width - 1 && (left -= chances[m]) >= 0) m++;
    chosen[q] = m;
    propensities.set(chances, q * width);
    kept[q * width + m] = score[q * width + m];
    if (hasCost) dollars[q * width + m] = cost[q * width + m];
  }
  return { models: names, chosen, score: kept, ...(hasCost && { cost: dollars }), vectors, propensities };
}

const meanOfChoices = ({ models: names, score }, choices, column = score) =>
  mean(Array.from(choices, (m, q) => column[q * names.length + m]));

/** SNIPS with ±1.96 standard errors, whatever the log holds: what the rules for a verdict are there to prevent. */
function unguarded({ models: names, chosen, score, propensities }, choices, truth) {
  const matched = [...chosen.keys()].filter((q) => chosen[q] === choices[q]);
  const at = matched.map((q) => q * names.length + chosen[q]);
  const weights = at.map((k) => 1 / propensities[k]);
  const value = sum(weights.map((w, i) => w * score[at[i]])) / sum(weights);
  const error = Math.sqrt(sum(weights.map((w, i) => (w * (score[at[i]] - value)) ** 2))) / sum(weights);
  return Math.abs(value - truth) <= 1.96 * error;
}

/** `ridgeRewards`, whose guesses for the folds of a log are asked for twice: they do not depend on propensities. */
function rememberedRewards() {
  const known = [];
  let at = 0;
  return {
    rewind: () => (at = 0),
    model: { name: ridgeRewards.name, predict: (rows) => (known[at++] ??= ridgeRewards.predict(rows)) },
  };
}

/** Counts one estimate beside its truth. */
function count(tally, verdict, truth, population) {
  tally.logs++;
  if (!verdict.known) return;
  tally.known++;
  const { value, low, high } = verdict;
  tally.holds += low <= truth && truth <= high;
  if (population !== undefined) tally.holdsPopulation += low <= population && population <= high;
  tally.bias += value - truth;
  tally.squares += (value - truth) ** 2;
  tally.width += high - low;
}
const fresh = () => ({ logs: 0, known: 0, holds: 0, holdsPopulation: 0, bias: 0, squares: 0, width: 0 });
const figures = ({ logs, known, holds, holdsPopulation, bias, squares, width }, hasPopulation) =>
  known === 0
    ? { logs, known }
    : {
        logs,
        known,
        coverage: holds / known,
        ...(hasPopulation && { coverageOfPopulation: holdsPopulation / known }),
        bias: bias / known,
        rmse: Math.sqrt(squares / known),
        width: width / known,
      };

function study(name, worldOf) {
  const rows = [];
  for (const policy of LOGGING) {
    const tallies = new Map();
    const effective = new Map();
    const tallyOf = (...key) => {
      const id = key.join('|');
      if (!tallies.has(id)) tallies.set(id, fresh());
      return tallies.get(id);
    };
    for (let log = 0; log < LOGS; log++) {
      const own = worldOf(log);
      const { propensities: all, ...drawn } = drawLog(own, policy, log);
      const { 'best-single': constant } = own.targets;
      const rewards = rememberedRewards();
      for (const propensities of ['logged', 'estimated']) {
        rewards.rewind();
        const evidence = fitOffPolicy(
          { ...drawn, ...(propensities === 'logged' && { propensities: { of: 'all', values: all } }) },
          { seed: log, rewardModel: rewards.model },
        );
        for (const [target, choices] of Object.entries(own.targets)) {
          const truth = meanOfChoices(own, choices);
          const population = own.truths?.[target];
          const { score, cost, support } = offPolicyValue(evidence, { choices });
          for (const estimator of ['ips', 'snips', 'dr'])
            count(tallyOf(propensities, target, 'score', estimator), score[estimator], truth, population);
          if (cost) count(tallyOf(propensities, target, 'cost', 'dr'), cost.dr, meanOfChoices(own, choices, own.cost));
          const key = `${propensities}|${target}`;
          if (!effective.has(key)) effective.set(key, { rows: [], unguarded: 0 });
          effective.get(key).rows.push(support.effectiveRows);
          if (propensities === 'logged')
            effective.get(key).unguarded += unguarded({ ...drawn, propensities: all }, choices, truth);
          if (target === 'best-single') continue;
          const { score: lead } = offPolicyDifference(evidence, { choices }, { choices: constant });
          count(
            tallyOf(propensities, target, 'lead', 'dr'),
            lead.dr,
            truth - meanOfChoices(own, constant),
            population === undefined ? undefined : population - own.truths['best-single'],
          );
        }
      }
      if ((log + 1) % 20 === 0) console.error(`${name} ${policy}: ${log + 1} of ${LOGS} logs`);
    }
    for (const [id, tally] of tallies) {
      const [propensities, target, quantity, estimator] = id.split('|');
      const { rows: ess, unguarded: held } = effective.get(`${propensities}|${target}`);
      rows.push({
        logging: policy,
        propensities,
        target,
        quantity,
        estimator,
        effectiveRows: ess.sort((a, b) => a - b)[Math.floor(ess.length / 2)],
        ...(propensities === 'logged' && quantity === 'score' && { unguardedCoverage: held / LOGS }),
        ...figures(tally, name === 'simulation' && quantity !== 'cost'),
      });
    }
  }
  return rows;
}

const SETS = {
  simulation: async () => simulated,
  sample: async () => fixed(await world(await samples())),
  'routerbench-3task': async () => fixed(await world(await completeRows(outcomes('routerbench-3task')))),
  zeroeval: async () => fixed(await world(await completeRows(outcomes('zeroeval'), evenly))),
};
const fixed = (one) => () => one;
function outcomes(set) {
  const data = process.env.ROUTEPROFILE_DATA;
  if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds outcomes/');
  return join(data, 'outcomes', set);
}

const percent = (share) => (share === undefined ? '' : `${(100 * share).toFixed(0)} %`);
const digits = (x, to = 3) => (x === undefined ? '' : x.toFixed(to));
function table(rows) {
  const head = [
    'logging',
    'propensities',
    'policy',
    'of',
    'estimator',
    'effective rows',
    'verdicts',
    'hold',
    'hold (all queries)',
    'bias',
    'RMSE',
    'width',
    'SNIPS without rules holds',
  ];
  const body = rows.map((row) => {
    const to = row.quantity === 'cost' ? 6 : 3;
    return [
      row.logging,
      row.propensities,
      row.target,
      row.quantity,
      row.estimator,
      digits(row.effectiveRows, 0),
      percent(row.known / row.logs),
      percent(row.coverage),
      percent(row.coverageOfPopulation),
      digits(row.bias, to),
      digits(row.rmse, to),
      digits(row.width, to),
      percent(row.unguardedCoverage),
    ];
  });
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

for (const name of positionals.length > 0 ? positionals : Object.keys(SETS)) {
  const worldOf = await SETS[name]();
  const { models: names, rows } = worldOf(0);
  const results = study(name, worldOf);
  console.log(`\n${name}: ${rows} rows × ${names.length} models, ${LOGS} logs each\n\n${table(results)}`);
  if (!args.out) continue;
  // Read again, as another process may have added to it.
  const found = existsSync(args.out) ? JSON.parse(readFileSync(args.out, 'utf8')) : {};
  const others = (found[name]?.results ?? []).filter(({ logging }) => !LOGGING.includes(logging));
  const encoder = name === 'simulation' ? null : args.encoder;
  found[name] = { rows, models: names.length, encoder, logs: LOGS, seed: SEED, results: [...others, ...results] };
  writeFileSync(args.out, `${JSON.stringify(found, null, 2)}\n`);
}

// What a router gains by learning from feedback while it serves, and what exploring costs. Measures quality, not speed; run by hand:
//   ROUTEPROFILE_DATA=DIR node bench/online-learning.mjs [--encoder hash] [--router knn+calibrate] [--orders 20] [--every 10] [--out FILE] [SET …]
//   … --scenario honest,shuffled   these alone; --learner NAME: this one alone
//   … --tune [--learner NAME]      the figures by which the learners' defaults were chosen, followed at once (confidence=0): training rows alone
//   … --tune --confidence 0,0.8    the same of learners as they are by default, at each of these confidences
// A router is fitted on the training rows (of a set with one split: 70 % of its rows, by the seed, by task), and the test rows on which
// every model was measured come one after the other, in seeded orders: the policy decides, then learns from what its own choice scored.
// Sets: `sample` (our sample dataset, simulated), and `routerbench-3task` and `zeroeval` in DIR/outcomes. Scenarios:
//   honest     the score of each answer is told
//   shuffled   what is told says nothing: the scores of the fitted router's choices, dealt out at random
//   swapped    the best single model and the one in the middle answer in each other's place: models change, the router does not know
//   one task   the same on the rows of the commonest task of the training rows alone
//   scarce     the router was fitted on a tenth of the training rows
// `honest` and `shuffled` are replayed in all orders, the others in half of them.
// Of zeroeval eight of the models that were measured on every training row are taken, evenly by their mean score there.
// Prints Markdown tables; writes all figures to FILE as JSON.
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bestSingle } from '@routeprofile/numerics';
import {
  createMatrix,
  createRandom,
  parseOptions,
  parseStrategyReference,
  takeOutcomes,
  takeRows,
  withoutPrefixes,
} from '@routeprofile/schema';
import { replayOnline, takeTableRows, usableRows } from '@routeprofile/eval';
import { loadDataset, writeSample } from '../../data/dist/index.js';
import { createEncoder } from '../../profiles/dist/node.js';
import {
  builtInLearners,
  builtInRouters,
  builtInWrappers,
  learnerNamed,
  priceOfExploring,
  taskTableRouter,
  withExploration,
  wrapStrategy,
} from '../../routers/dist/index.js';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    encoder: { type: 'string', default: 'hash' },
    router: { type: 'string', default: 'knn+calibrate' },
    orders: { type: 'string' },
    every: { type: 'string', default: '10' },
    out: { type: 'string' },
    tune: { type: 'boolean', default: false },
    learner: { type: 'string' },
    confidence: { type: 'string' },
    scenario: { type: 'string' },
  },
});
const SEED = 42;
const ctx = { seed: SEED };
const SETS = positionals.length > 0 ? positionals : ['sample', 'routerbench-3task', 'zeroeval'];
const every = Number(args.every);
const encoder = await createEncoder(args.encoder);
const range = (n) => Array.from({ length: n }, (_, i) => i);
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Training and test rows of a set, with vectors; `table`, `queries` and `tasks` go together. */
async function loadSet(name) {
  const folder = name === 'sample' ? await mkdtemp(join(tmpdir(), 'sample-')) : join(data(), 'outcomes', name);
  if (name === 'sample') await writeSample(folder, { seed: SEED });
  const dataset = await loadDataset(folder, { seed: SEED });
  if (name === 'sample') await rm(folder, { recursive: true });
  const all = dataset.candidates.map(({ id }) => id);
  const columns = name === 'zeroeval' ? evenlyByScore(dataset.train, all.length) : range(all.length);
  const models = columns.map((m) => all[m]);
  const reading = withoutPrefixes(encoder, dataset.sharedPrefixes ?? []);
  const part = async ({ queries, values }) => {
    const narrow = { models, queries, values: columnsOf(values, columns, all.length) };
    const table = takeTableRows(narrow, usableRows(narrow));
    const texts = table.queries.map(({ text }) => text);
    return {
      table,
      queries: {
        texts,
        ids: range(texts.length).map(String),
        vectors: await reading.encode(texts, ctx),
        encoder: reading.id,
      },
      tasks: table.queries.map(({ task }) => task),
    };
  };
  const { queries, outcomes } = dataset.train;
  return {
    name,
    candidates: columns.map((m) => dataset.candidates[m]),
    train: await part({ queries, values: outcomes }),
    test: await part(dataset.test),
  };
}

/** Of the models that were measured on every training row, as many are taken, evenly by their mean score. */
const MODELS_OF_ZEROEVAL = 8;
function evenlyByScore({ queries, outcomes: { score } }, width) {
  const column = (m) => range(queries.length).map((q) => score[q * width + m]);
  const sorted = range(width)
    .filter((m) => column(m).every(Number.isFinite))
    .sort((a, b) => mean(column(a)) - mean(column(b)));
  const step = (sorted.length - 1) / (MODELS_OF_ZEROEVAL - 1);
  return range(MODELS_OF_ZEROEVAL).map((i) => sorted[Math.round(i * step)]);
}
const columnsOf = (values, columns, width) =>
  Object.fromEntries(
    Object.entries(values).map(([name, all]) => [
      name,
      Float64Array.from({ length: (all.length / width) * columns.length }, (_, k) => {
        return all[Math.floor(k / columns.length) * width + columns[k % columns.length]];
      }),
    ]),
  );

function data() {
  const folder = process.env.ROUTEPROFILE_DATA;
  if (!folder) throw new Error('set ROUTEPROFILE_DATA to the folder that holds outcomes/');
  return folder;
}

const taken = ({ table, queries, tasks }, rows) => ({
  table: takeTableRows(table, Int32Array.from(rows)),
  queries: {
    texts: rows.map((row) => queries.texts[row]),
    ids: range(rows.length).map(String),
    vectors: takeRows(queries.vectors, rows),
    encoder: queries.encoder,
  },
  tasks: rows.map((row) => tasks[row]),
});

const inputOf = ({ table: { models, values }, queries, tasks }, candidates) => ({
  models,
  candidates,
  cards: [],
  // Routers of this bench read no profiles: any will do.
  profiles: {
    models,
    vectors: createMatrix(
      models.length,
      2,
      Float32Array.from(range(2 * models.length), (i) => 1 + (i % 7)),
    ),
    provenance: { strategy: 'none', options: {}, encoder: encoder.id, graph: null, seed: SEED, versions: {} },
  },
  training: { queries, tasks, pairs: [], outcomes: values },
});

async function fitted(part, candidates) {
  const { name, options, wrappers = [] } = parseStrategyReference(args.router);
  const strategy = wrapStrategy(
    builtInRouters.find((router) => router.name === name),
    wrappers.map((own) => ({ wrapper: builtInWrappers.find((each) => each.name === own.name), options: own.options })),
  );
  const router = parseOptions(
    builtInRouters.find((each) => each.name === name),
    options,
  );
  return strategy.fit(inputOf(part, candidates), parseOptions(strategy, { router }), ctx);
}

/** The best single model of the training rows, and its task table, as choices on other rows. */
async function referencesOf(train, test, candidates) {
  const { models } = train.table;
  const best = bestSingle(models, { outcomes: train.table.values, pairs: [] }).model;
  const always = new Int32Array(test.table.queries.length).fill(models.indexOf(best));
  if (train.tasks.every((task) => task === null)) return { 'best-single': always };
  const tasks = await taskTableRouter.fit(inputOf(train, candidates), parseOptions(taskTableRouter, {}), ctx);
  const decisions = await tasks.decide({ ...test.queries, tasks: test.tasks });
  return {
    'best-single': always,
    'task-table': Int32Array.from(decisions, ({ model }) => models.indexOf(model)),
  };
}

/**
 * The table with the scores of the best model and of that in the middle exchanged.
 * @param changes whether a row changes
 */
function swapped(table, train, changes = () => true) {
  const { models, values } = table;
  const width = models.length;
  const means = models.map((_, m) => mean(train.table.queries.map((_q, q) => train.table.values.score[q * width + m])));
  const order = range(width).sort((a, b) => means[b] - means[a]);
  const [a, b] = [order[0], order[Math.floor(width / 2)]];
  const score = values.score.slice();
  for (let k = 0; k < score.length; k += width)
    if (changes(k / width)) [score[k + a], score[k + b]] = [values.score[k + b], values.score[k + a]];
  return { ...table, values: { ...takeOutcomes(values, range(table.queries.length), width), score } };
}

/** The same on the rows of the commonest task of the training rows. */
function swappedOnOneTask({ table, tasks }, train) {
  const counts = new Map();
  for (const task of train.tasks) counts.set(task, (counts.get(task) ?? 0) + 1);
  const [commonest] = [...counts].sort((a, b) => b[1] - a[1])[0];
  return swapped(table, train, (row) => tasks[row] === commonest);
}

const learner = (reference) => {
  const { learner: strategy, options } = learnerNamed(reference);
  return { strategy, options };
};
const explore = (settings) => (router, seed) => withExploration(router, { ...settings, seed });

// ---------------------------------------------------------------------------------------------------------------- choosing defaults

/** Rows of each replay at most. */
const TUNED_ROWS = 300;
const GRIDS = {
  memory: ['kappa', [5, 20, 50], 'width', [0.05, 0.2, 0.5]],
  'lin-ucb': ['axes', [0, 8], 'ridge', [20, 50, 100], 'alpha', [0, 0.1, 0.3]],
  thompson: ['axes', [0], 'ridge', [20, 50, 100], 'scale', [0.03, 0.1, 0.3], 'draws', [100]],
  irt: ['axes', [0, 8], 'spread', [0.1, 0.2, 0.4]],
};
function gridOf(name) {
  if (args.confidence) return args.confidence.split(',').map((confidence) => `${name}:confidence=${confidence}`);
  const [keys, lists] = [GRIDS[name].filter((_, i) => i % 2 === 0), GRIDS[name].filter((_, i) => i % 2 === 1)];
  return lists
    .reduce((all, list) => all.flatMap((chosen) => list.map((value) => [...chosen, value])), [[]])
    .map((chosen) => [name, ...chosen.map((value, i) => `${keys[i]}=${value}`)].concat('confidence=0').join(':'));
}

/** Training rows alone: fitted on one half, replayed over the other; mean regret per decision less that of the fitted router. */
async function tune() {
  const halves = 2;
  const replays = [];
  for (const name of SETS) {
    const { train, candidates } = await loadSet(name);
    for (let half = 0; half < halves; half++) {
      const rows = createRandom(SEED, 'halves', name).shuffle(range(train.table.queries.length));
      const [own, other] = [rows.filter((_, i) => i % halves === half), rows.filter((_, i) => i % halves !== half)].map(
        (list, part) => taken(train, part === 0 ? list : list.slice(0, TUNED_ROWS)),
      );
      const router = await fitted(own, candidates);
      replays.push({
        ...{ router, queries: other.queries },
        tables: {
          honest: other.table,
          shuffled: other.table,
          swapped: swapped(other.table, own),
          'one task': swappedOnOneTask(other, own),
        },
      });
    }
  }
  for (const name of args.learner ? [args.learner] : builtInLearners.map((each) => each.name)) {
    console.log(`\n| ${name} | honest | shuffled | swapped | one task | mean |\n| --- | --- | --- | --- | --- | --- |`);
    const found = [];
    for (const reference of gridOf(name)) {
      const losses = { honest: [], shuffled: [], swapped: [], 'one task': [] };
      for (const { router, tables, queries } of replays)
        for (const scenario of Object.keys(losses)) {
          const { policies } = await replayOnline(
            {
              table: tables[scenario],
              queries,
              router,
              policies: { learner: { learner: learner(reference) } },
            },
            {
              seed: SEED,
              orders: Number(args.orders ?? 1),
              every,
              feedback: { kind: scenario === 'shuffled' ? 'shuffled' : 'honest' },
            },
          );
          losses[scenario].push(policies.learner.mean - policies.frozen.mean);
        }
      const means = Object.values(losses).map(mean);
      found.push({ reference, means, all: mean(means) });
      console.log(`| ${reference} | ${[...means, mean(means)].map((x) => x.toFixed(4)).join(' | ')} |`);
    }
    const best = found.reduce((a, b) => (b.all < a.all ? b : a));
    console.log(`\n${name}: ${best.reference}`);
  }
}

// ---------------------------------------------------------------------------------------------------------------- figures

const EXPLORATIONS = {
  'explore τ .05': { temperature: 0.05 },
  'explore ε .1': { epsilon: 0.1 },
};
/** Fewer draws than served with: chances are as exact, and a fifth of the time. */
const REPLAYED = { thompson: 'thompson:draws=200' };
/** With feedback that helps or not the learners alone; what exploring adds and costs is told by the first scenario. */
const policiesOf = (scenario) => ({
  ...Object.fromEntries(
    (args.learner?.split(',') ?? builtInLearners.map(({ name }) => name)).map((name) => [
      name,
      { learner: learner(REPLAYED[name] ?? name) },
    ]),
  ),
  ...(scenario === 'honest' && {
    'memory + explore τ .05': { learner: learner('memory'), explore: explore(EXPLORATIONS['explore τ .05']) },
    ...Object.fromEntries(
      Object.entries(EXPLORATIONS).map(([name, settings]) => [name, { explore: explore(settings) }]),
    ),
  }),
});

const signed = (x) => (x < 0 ? '−' : '+') + Math.abs(x).toFixed(4);
const interval = (own) => (own ? `${signed(own.difference)} [${signed(own.low)}, ${signed(own.high)}]` : '–');

async function figures() {
  const orders = Number(args.orders ?? 20);
  const all = [];
  for (const name of SETS) {
    const { train, test, candidates } = await loadSet(name);
    const few = createRandom(SEED, 'scarce').sample(
      range(train.table.queries.length),
      Math.round(train.table.queries.length / 10),
    );
    const references = await referencesOf(train, test, candidates);
    const whole = await fitted(train, candidates);
    const scenarios = {
      honest: { router: whole },
      shuffled: { router: whole, feedback: { kind: 'shuffled' } },
      swapped: { router: whole, table: swapped(test.table, train) },
      'one task': { router: whole, table: swappedOnOneTask(test, train) },
      scarce: { router: await fitted(taken(train, few), candidates) },
    };
    const asked = args.scenario?.split(',') ?? Object.keys(scenarios);
    for (const [scenario, { router, table = test.table, feedback }] of Object.entries(scenarios)) {
      if (!asked.includes(scenario)) continue;
      const replay = await replayOnline(
        { table, queries: test.queries, router, policies: policiesOf(scenario), fixed: references },
        {
          seed: SEED,
          orders: ['honest', 'shuffled'].includes(scenario) ? orders : Math.ceil(orders / 2),
          every,
          ...(feedback && { feedback }),
        },
      );
      const decisions = await router.decide(test.queries);
      const prices = Object.fromEntries(
        Object.entries(EXPLORATIONS).map(([policy, settings]) => [policy, priceOfExploring(decisions, settings)]),
      );
      all.push({
        set: name,
        scenario,
        encoder: args.encoder,
        router: args.router,
        models: table.models.length,
        ...replay,
        prices,
      });
      if (args.out) writeFileSync(args.out, `${JSON.stringify(all, null, 1)}\n`);
      console.log(
        `\n${name}, ${scenario}: ${replay.rows} rows, ${table.models.length} models, ${replay.orders} orders\n`,
      );
      console.log(
        '| policy | cumulative regret | regret per decision | less the fitted router’s: over orders | over queries | drawn |',
      );
      console.log('| --- | ---: | ---: | --- | --- | ---: |');
      for (const [policy, own] of Object.entries(replay.policies))
        console.log(
          `| ${policy} | ${own.cumulative.at(-1).toFixed(1)} | ${own.mean.toFixed(4)} | ${interval(own.againstFrozen?.orders)} | ${interval(own.againstFrozen?.rows)} | ${(100 * own.drawn).toFixed(0)} % |`,
        );
      for (const [policy, price] of Object.entries(scenario === 'honest' ? prices : {})) {
        const paid = replay.policies[policy].againstFrozen.rows;
        console.log(
          `\n${policy}: stated price ${price.loss.toFixed(4)} per decision, paid ${interval(paid)}; ${(100 * price.explored).toFixed(0)} % to another model, among ${price.models.toFixed(1)} on average`,
        );
      }
    }
  }
}

await (args.tune ? tune() : figures());
await encoder.dispose?.();

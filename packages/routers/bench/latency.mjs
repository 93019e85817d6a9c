// How long a decision takes, without encoding, on one core:
//   node bench/latency.mjs [--models 100] [--queries 2000] [--dimensions 512] [--calls 1000] [ROUTER …]
// Every router (all that are built in, unless some are named) is fitted on made-up outcomes and asked one query at a time, after a
// warm-up. Then the best 10 of 10,000 profiles are searched for. Prints a table to standard error and one JSON document.
// On a machine with several cores: taskset -c 0 node bench/latency.mjs
import { parseArgs } from 'node:util';
import { builtInRouters, topModels } from '@routeprofile/routers';
import { createMatrix, createRandom, normalizeRows, parseOptions, parseStrategyReference } from '@routeprofile/schema';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string', default: '100' },
    queries: { type: 'string', default: '2000' },
    dimensions: { type: 'string', default: '512' },
    calls: { type: 'string', default: '1000' },
  },
});
const [MODELS, QUERIES, DIMENSIONS, CALLS] = [args.models, args.queries, args.dimensions, args.calls].map(Number);
const TASKS = 20;
const WARM_UP = 200;
const PROFILES = 10_000;
/** Weights decide nothing about the time of a decision: a short training does, and two folds to weigh members by. */
const SHORT = { mlp: 'mlp:epochs=1', graph: 'graph:epochs=1', ensemble: 'ensemble:folds=2', auto: 'auto:folds=2' };

const random = createRandom(42, 'latency');
const gaussian = (rows) =>
  createMatrix(
    rows,
    DIMENSIONS,
    Float32Array.from({ length: rows * DIMENSIONS }, () => random.normal()),
  );
const models = Array.from({ length: MODELS }, (_, m) => `model-${m}`);
const taskOf = Array.from({ length: QUERIES }, (_, q) => `task-${q % TASKS}`);
const centres = gaussian(TASKS);
const vectors = gaussian(QUERIES);
vectors.data.forEach((x, k) => {
  const task = Math.floor(k / DIMENSIONS) % TASKS;
  vectors.data[k] = centres.data[task * DIMENSIONS + (k % DIMENSIONS)] + x;
});
const table = () => new Float64Array(QUERIES * MODELS);
const score = table().map((_, k) => {
  const [query, model] = [Math.floor(k / MODELS), k % MODELS];
  return random.float() < (model % TASKS === query % TASKS ? 0.9 : 0.5) ? 1 : 0;
});
const ones = table().fill(1);
const outcomes = { score, cost: ones, inputTokens: ones, outputTokens: ones, latency: ones };
const keyScores = createMatrix(MODELS, QUERIES);
keyScores.data.forEach((_, k) => (keyScores.data[k] = random.normal()));
const price = { input: 1, output: 2 };
const input = {
  models,
  candidates: models.map((model) => ({ id: model, model, price })),
  cards: models.map((name) => ({
    name,
    text: name,
    family: null,
    scores: new Map(Array.from({ length: TASKS }, (_, t) => [`task-${t}`, { value: 50 + 10 * random.normal() }])),
    price,
    auxiliary: false,
  })),
  profiles: {
    models,
    vectors: gaussian(MODELS),
    provenance: {
      strategy: 'made up',
      options: {},
      designPoint: { form: 'flat', representation: 'embedding', hops: 0, learning: 'training-free' },
      encoder: 'made up',
      graph: null,
      seed: 42,
      versions: {},
    },
    keyed: { keys: vectors, labels: taskOf, scores: keyScores, queries: Int32Array.from(taskOf.keys()) },
  },
  training: {
    queries: { texts: taskOf.map((_, q) => `query ${q}`), vectors, encoder: 'made up', tasks: taskOf },
    tasks: taskOf,
    pairs: taskOf.map((_, query) => ({ query, better: query % MODELS, worse: (query + 1) % MODELS })),
    outcomes,
  },
};
const asked = gaussian(CALLS + WARM_UP);
const queryAt = (i) => ({
  texts: ['a query'],
  vectors: createMatrix(1, DIMENSIONS, asked.data.slice(i * DIMENSIONS, (i + 1) * DIMENSIONS)),
  encoder: 'made up',
  tasks: [taskOf[i % QUERIES]],
});

const quantile = (times, share) =>
  Number(times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(3));

/**
 * Milliseconds of many calls: by the clock, and of processor time, all threads together, which other programs on the machine
 * disturb less.
 */
async function timed(call) {
  const clock = [];
  const processor = [];
  for (let i = 0; i < CALLS + WARM_UP; i++) {
    const before = process.cpuUsage();
    const start = performance.now();
    await call(i);
    const elapsed = performance.now() - start;
    const used = process.cpuUsage(before);
    if (i < WARM_UP) continue;
    clock.push(elapsed);
    processor.push((used.user + used.system) / 1000);
  }
  return {
    p50: quantile(clock, 0.5),
    p99: quantile(clock, 0.99),
    cpu50: quantile(processor, 0.5),
    cpu99: quantile(processor, 0.99),
  };
}

const results = {};
const references = positionals.length > 0 ? positionals : builtInRouters.map(({ name }) => SHORT[name] ?? name);
for (const reference of references) {
  const { name, options } = parseStrategyReference(reference);
  const strategy = builtInRouters.find((entry) => entry.name === name);
  if (!strategy) throw new Error(`there is no router '${name}'`);
  const start = performance.now();
  const router = await strategy.fit(input, parseOptions(strategy, options), { seed: 42 });
  const fitSeconds = Number(((performance.now() - start) / 1000).toFixed(2));
  results[reference] = { ...(await timed((i) => router.decide(queryAt(i)))), fitSeconds };
  console.error(`fitted and timed ${reference}`);
}
const profiles = normalizeRows(gaussian(PROFILES));
results[`top 10 of ${PROFILES}`] = await timed((i) => topModels(profiles, queryAt(i).vectors.data, 10));

console.error(
  `\n${MODELS} models, ${QUERIES} training queries and keys, ${DIMENSIONS} dimensions; milliseconds per call`,
);
console.error(
  `${'router'.padEnd(24)}${['p50', 'p99', 'cpu p50', 'cpu p99', 'fit (s)'].map((head) => head.padStart(10)).join('')}`,
);
for (const [name, { p50, p99, cpu50, cpu99, fitSeconds }] of Object.entries(results)) {
  const cells = [p50, p99, cpu50, cpu99].map((ms) => ms.toFixed(3).padStart(10));
  console.error(`${name.padEnd(24)}${cells.join('')}${(fitSeconds?.toFixed(2) ?? '').padStart(10)}`);
}
const setting = { models: MODELS, queries: QUERIES, dimensions: DIMENSIONS, calls: CALLS, node: process.version };
console.log(JSON.stringify({ setting, results }, null, 2));

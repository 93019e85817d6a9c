// What p99 and quality become over load, by who chooses the server. A simulation (`simulateFleet`); run by hand:
//   ROUTEPROFILE_DATA=DIR node bench/fleet.mjs [--encoder hash] [--cache DIR] [--seeds 5] [--requests 20000] [--out FILE]
// Queries, scores and lengths of answers are recorded: test rows of DIR/outcomes/zeroeval on which the four models below were all measured, a
// token taken for four characters. Times are assumed, as no set records any: seconds to the first content and tokens per second, below.
// Scores by which the routed policies choose are those of a knn router fitted on the training rows. Prints Markdown; writes the figures to FILE.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadDataset } from '../../data/dist/index.js';
import { createEncoder } from '../../profiles/dist/node.js';
import { knnRouter } from '../../routers/dist/index.js';
import {
  fleetCapacity,
  leastOutstanding,
  randomServer,
  routed,
  roundRobin,
  simulateFleet,
  twoChoices,
} from '@routeprofile/eval';
import { createMatrix, parseOptions, takeRows, withoutPrefixes } from '@routeprofile/schema';

const { values: args } = parseArgs({
  options: {
    encoder: { type: 'string', default: 'hash' },
    cache: { type: 'string' },
    seeds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '20000' },
    out: { type: 'string' },
  },
});
const [SEEDS, REQUESTS] = [Number(args.seeds), Number(args.requests)];
const LOADS = [0.3, 0.5, 0.7, 0.9, 1, 1.2];
/** Assumed. Each model has two servers of eight places; one of the first model's is three times slower than it should be. */
const MODELS = [
  { id: 'Meta-Llama-3.1-8B-Instruct', firstContent: 0.25, tokensPerSecond: 120 },
  { id: 'gpt-4o-mini-2024-07-18', firstContent: 0.45, tokensPerSecond: 90 },
  { id: 'claude-3-5-haiku-20241022', firstContent: 0.6, tokensPerSecond: 70 },
  { id: 'claude-3-5-sonnet-20241022', firstContent: 1, tokensPerSecond: 50 },
];
const SERVERS = MODELS.flatMap((_, model) => [
  { model, slots: 8 },
  { model, slots: 8, ...(model === 0 && { slowness: 3 }) },
]);

const folder = join(process.env.ROUTEPROFILE_DATA ?? '.', 'outcomes', 'zeroeval');
const data = await loadDataset(folder, { minCoverage: 0 });
const lengths = new Map(
  readFileSync(join(folder, 'outcomes.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ query, models }) => [query, models]),
);
const names = data.candidates.map(({ id }) => id);
const columns = MODELS.map(({ id }) => names.indexOf(id));
const width = names.length;
const rowsOf = ({ queries, outcomes, values }) => {
  const { score } = outcomes ?? values;
  return queries
    .map(({ text, task }, q) => ({ text, task, score: columns.map((m) => score[q * width + m]) }))
    .filter((row) => row.score.every(Number.isFinite) && MODELS.every(({ id }) => lengths.get(row.text)?.[id]));
};
const [train, test] = [rowsOf(data.train), rowsOf(data.test)];

const encoder = withoutPrefixes(await createEncoder(args.encoder, { cache: args.cache }), data.sharedPrefixes ?? []);
const vectors = await encoder.encode(
  [...train, ...test].map(({ text }) => text),
  { seed: 1 },
);
const batch = (from, rows) => ({
  texts: rows.map(({ text }) => text),
  vectors: takeRows(
    vectors,
    rows.map((_, i) => from + i),
  ),
  encoder: encoder.id,
});
const ids = MODELS.map(({ id }) => id);
const unknown = new Float64Array(train.length * ids.length).fill(NaN);
const eye = createMatrix(
  4,
  4,
  Float32Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? 1 : 0)),
);
const router = await knnRouter.fit(
  {
    models: ids,
    candidates: ids.map((id) => ({ id, model: id })),
    cards: [],
    profiles: { models: ids, vectors: eye, provenance: {} },
    training: {
      queries: batch(0, train),
      tasks: train.map(({ task }) => task),
      pairs: [],
      outcomes: {
        score: Float64Array.from(train.flatMap(({ score }) => score)),
        cost: unknown,
        inputTokens: unknown,
        outputTokens: unknown,
        latency: unknown,
      },
    },
  },
  parseOptions(knnRouter, {}),
  { seed: 1 },
);
const expected = await router.score(batch(train.length, test));
const worth = (query, model) => expected.data[query * ids.length + model];
const queries = {
  count: test.length,
  quality: (query, model) => test[query].score[model],
  firstContent: (_, model) => MODELS[model].firstContent,
  perToken: (_, model) => 1 / MODELS[model].tokensPerSecond,
  tokens: (query, model) => lengths.get(test[query].text)[ids[model]].outputChars / 4,
};
const POLICIES = [
  ['random', () => randomServer()],
  ['round robin', () => roundRobin()],
  ['least outstanding', () => leastOutstanding()],
  ['two choices, peak EWMA', () => twoChoices()],
  ['router, ν = 0', () => routed({ worth })],
  ['router, ν = 0.002', () => routed({ worth, nu: 0.002 })],
  ['router, ν = 0.01', () => routed({ worth, nu: 0.01 })],
  ['router, ν = 0.05', () => routed({ worth, nu: 0.05 })],
];

const capacity = fleetCapacity({ servers: SERVERS, queries });
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
console.log(
  `${test.length} test queries; knn on ${train.length} training rows (${args.encoder}); ${SERVERS.length} servers of 8 places; capacity ${capacity.toFixed(2)} requests per second; ${SEEDS} seeds of ${REQUESTS} requests\n`,
);
MODELS.forEach(({ id }, m) => {
  const quality = mean(test.map(({ score }) => score[m]));
  const tokens = mean(test.map((_, q) => queries.tokens(q, m)));
  console.log(
    `- ${id}: quality ${quality.toFixed(3)} of 1, ${tokens.toFixed(0)} tokens on average (recorded); ${MODELS[m].firstContent} s, ${MODELS[m].tokensPerSecond} tokens/s (assumed)`,
  );
});
const figures = [];
for (const [name, make] of POLICIES)
  for (const load of LOADS) {
    const runs = Array.from({ length: SEEDS }, (_, seed) =>
      simulateFleet({
        models: ids,
        servers: SERVERS,
        queries,
        rate: load * capacity,
        requests: REQUESTS,
        policy: make(),
        seed,
      }),
    );
    const of = (key) => runs.map((run) => run[key]);
    figures.push({
      policy: name,
      load,
      p50: mean(of('p50')),
      p99: mean(of('p99')),
      p99Low: Math.min(...of('p99')),
      p99High: Math.max(...of('p99')),
      quality: mean(of('quality')),
      utilisation: mean(of('utilisation')),
    });
  }
for (const [title, show] of [
  [
    'p99 of the whole answer, seconds: mean of the seeds (least–most)',
    ({ p99, p99Low, p99High }) => `${p99.toFixed(1)} (${p99Low.toFixed(1)}–${p99High.toFixed(1)})`,
  ],
  ['p50, seconds', ({ p50 }) => p50.toFixed(1)],
  ['quality of 1', ({ quality }) => quality.toFixed(3)],
  ['utilisation', ({ utilisation }) => utilisation.toFixed(2)],
]) {
  console.log(
    `\n**${title}**\n\n| who chooses | ${LOADS.map((load) => `load ${load}`).join(' | ')} |\n|---|${LOADS.map(() => '---').join('|')}|`,
  );
  for (const [name] of POLICIES)
    console.log(
      `| ${name} | ${figures
        .filter(({ policy }) => policy === name)
        .map(show)
        .join(' | ')} |`,
    );
}
if (args.out) writeFileSync(args.out, `${JSON.stringify(figures, null, 1)}\n`);

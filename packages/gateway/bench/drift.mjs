// What the drift watch says of real queries, through the whole gateway. Measures alarms, then what a request costs more; run by hand:
//   ROUTEPROFILE_DATA=DIR node bench/drift.mjs [--orders 50] [--encoder use-lite] [--cache DIR] [SET …]
// A knn router is fitted on the training rows of each set in DIR/outcomes (routerbench-3task, zeroeval); its test queries are then asked in
// shuffled orders, in which nothing changes, and task after task, in which the queries change as often as there are tasks, less one. Model
// servers are not called: the upstream answers at once. Prints Markdown.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadDataset } from '../../data/dist/index.js';
import { createEncoder } from '../../profiles/dist/node.js';
import { createGateway, memoryStore } from '@routeprofile/gateway';
import { knnRouter, openRouterFrom } from '@routeprofile/routers';
import { createMatrix, createRandom, fromRows, parseOptions, rowOf, withoutPrefixes } from '@routeprofile/schema';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    orders: { type: 'string', default: '50' },
    encoder: { type: 'string', default: 'use-lite' },
    cache: { type: 'string' },
  },
});
const ORDERS = Number(args.orders);
const SEED = 42;
const ANSWER = {
  choices: [{ message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 3 },
};
const BODY = new TextEncoder().encode(JSON.stringify(ANSWER));
const upstream = {
  send: async () => ({
    status: 200,
    headers: new Headers({ 'content-type': 'application/json' }),
    body: (async function* () {
      yield BODY;
    })(),
  }),
};

/** A gateway whose router knows the vectors of all texts beforehand. */
function open(router, drift) {
  const endpoints = router.models.map((candidate) => ({
    candidate,
    baseUrl: 'https://llm.example/v1',
    wires: ['chat'],
  }));
  const gateway = createGateway(
    { endpoints, routes: { default: { ...(drift && { drift }), maxChars: 1_000_000, batch: { waitMs: 0 } } } },
    { routes: { default: router }, upstream, store: memoryStore(), secrets: () => undefined },
  );
  const post = (path, body) =>
    gateway.fetch(
      new Request(`http://gateway.example${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    );
  return {
    ask: (text) =>
      post('/v1/chat/completions', { model: 'auto', messages: [{ role: 'user', content: text }] }).then((reply) =>
        reply.text(),
      ),
    health: async () => (await gateway.fetch(new Request('http://gateway.example/v1/health'))).json(),
  };
}

async function routerOf(set) {
  const data = await loadDataset(join(process.env.ROUTEPROFILE_DATA ?? '.', 'outcomes', set), {});
  const models = data.candidates.map(({ id }) => id);
  const plain = withoutPrefixes(await createEncoder(args.encoder, { cache: args.cache }), data.sharedPrefixes ?? []);
  const texts = [...data.train.queries, ...data.test.queries].map(({ text }) => text);
  const vectors = await plain.encode(texts, { seed: SEED });
  const known = new Map(texts.map((text, i) => [text, rowOf(vectors, i)]));
  const encoder = {
    specVersion: 1,
    id: plain.id,
    dimensions: vectors.cols,
    encode: async (asked) => fromRows(asked.map((text) => known.get(text))),
  };
  const queries = {
    texts: data.train.queries.map(({ text }) => text),
    vectors: await encoder.encode(data.train.queries.map(({ text }) => text)),
    encoder: encoder.id,
  };
  const eye = createMatrix(
    models.length,
    models.length,
    Float32Array.from({ length: models.length ** 2 }, (_, k) => (k % (models.length + 1) === 0 ? 1 : 0)),
  );
  const input = {
    models,
    candidates: data.candidates,
    cards: data.cards,
    profiles: { models, vectors: eye, provenance: {} },
    training: { queries, tasks: data.train.queries.map(({ task }) => task), pairs: [], outcomes: data.train.outcomes },
  };
  const fitted = await knnRouter.fit(input, parseOptions(knnRouter, { k: 20, temperature: 0.1 }), { seed: SEED });
  const router = await openRouterFrom(await fitted.save(), { strategy: knnRouter, encoder });
  return { router, test: data.test.queries };
}

async function flagsOf(router, queries) {
  const { ask, health } = open(router, {});
  for (const { text } of queries) await ask(text);
  const { drift } = await health();
  return drift.flags;
}

const names = positionals.length > 0 ? positionals : ['routerbench-3task', 'zeroeval'];
const routers = new Map();
for (const set of names) routers.set(set, await routerOf(set));

console.log(`knn on ${args.encoder}; δ = 0.002 over all streams; ${ORDERS} orders of each kind\n`);
console.log(
  '| test queries | order | orders with a flag on query distance | any other flag | distance of the flag’s place from the end of a task, median, queries |',
);
console.log('|---|---|---|---|---|');
for (const [set, { router, test }] of routers) {
  const tasks = [...new Set(test.map(({ task }) => task))];
  for (const kind of ['shuffled', 'task after task']) {
    let [flagged, others] = [0, 0];
    const delays = [];
    for (let o = 0; o < ORDERS; o++) {
      const random = createRandom(o, 'order');
      const order = random.shuffle(test);
      const ranks = random.shuffle(tasks);
      if (kind !== 'shuffled') order.sort((a, b) => ranks.indexOf(a.task) - ranks.indexOf(b.task));
      const flags = await flagsOf(router, order);
      const own = flags.filter(({ stream }) => stream.startsWith('query-distance'));
      if (own.length > 0) flagged++;
      if (flags.length > own.length) others++;
      if (kind !== 'shuffled' && own.length > 0) {
        const ends = ranks.slice(0, -1).map((_, i) => order.filter(({ task }) => ranks.indexOf(task) <= i).length);
        delays.push(Math.min(...ends.map((end) => Math.abs(own[0].since - end))));
      }
    }
    delays.sort((a, b) => a - b);
    const middle = delays.length > 0 ? delays[Math.floor(delays.length / 2)] : '–';
    console.log(`| ${set}, ${test.length} | ${kind} | ${flagged} of ${ORDERS} | ${others} | ${middle} |`);
  }
}

// What it costs: the same requests with and without, in turn.
const { router, test } = [...routers.values()][0];
const [without, withDrift] = [open(router), open(router, {})];
const spent = [[], []];
for (let round = 0; round < 12; round++)
  for (const [i, { ask }] of [without, withDrift].entries()) {
    const began = process.cpuUsage();
    for (const { text } of test) await ask(text);
    const { user, system } = process.cpuUsage(began);
    if (round > 1) spent[i].push((user + system) / test.length);
  }
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
console.log(
  `\nCPU per request, median of 10 rounds: ${median(spent[0]).toFixed(0)} µs without, ${median(spent[1]).toFixed(0)} µs with drift`,
);

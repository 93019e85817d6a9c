// Is it worth moving a conversation? SYNTHETIC sessions of 50 turns, replayed through the gateway with each way to keep conversations:
//   ROUTEPROFILE_DATA=DIR node bench/sessions.mjs [--sessions 30] [--turns 50] [--lambda 1,3,10,30] [--margin 0.02] [--encoder ID]
// Recorded are the questions, the scores and what a router fitted on training rows expects of each model (routerbench-3task, test rows).
// Made up by the seed are the sessions: their questions come in phases of one task each, 40 % of the turns are tool results that go on with
// the same question, turns add 50 to 2,000 tokens, one pause in ten is longer than the provider's cache lives, and in every third session
// the model that answers is out of service from turn 25 on. Assumed are prices per million tokens, those for cached input included.
// `never` stays with who answered first, `always` asks the router at each turn, `priced` moves where that is worth its price. A stand-in
// provider counts tokens as its cache would have them. The goal is on λ · dollars − score per turn, the sum that routing minimises:
// priced ≤ min(never, always) + margin. Prints a Markdown table.
import { parseArgs } from 'node:util';
import { createRandom } from '@routeprofile/schema';
import { recordedOutcomes } from '../../routers/bench/common/recorded-outcomes.mjs';
import { createGateway, memoryStore } from '../dist/index.js';
import { manualClock, settle } from '../dist/testing.js';

const { values: args } = parseArgs({
  options: {
    sessions: { type: 'string', default: '30' },
    turns: { type: 'string', default: '50' },
    lambda: { type: 'string', default: '1,3,10,30' },
    margin: { type: 'string', default: '0.02' },
    encoder: { type: 'string', default: 'static' },
    cache: { type: 'string' },
  },
});
const SEED = 42;
const [SESSIONS, TURNS, MARGIN] = [args.sessions, args.turns, args.margin].map(Number);
/** Dollars per million tokens, assumed: about the list prices of these models, with prompt caches at the terms of today's providers. */
const PRICES = {
  'gpt-4-1106-preview': { input: 10, output: 30, cachedInput: 1, cacheWrite: 12.5 },
  'claude-v1': { input: 8, output: 24, cachedInput: 0.8, cacheWrite: 10 },
  'gpt-3.5-turbo-1106': { input: 1, output: 2, cachedInput: 0.1 },
  'mistralai/mixtral-8x7b-chat': { input: 0.6, output: 0.6, cachedInput: 0.06 },
};
const CACHE_MS = 300_000;
const PHASE = 10;
const FAULT_AT = 25;

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

const { models, test, decisions } = await recordedOutcomes({
  set: 'routerbench-3task',
  router: 'knn+cost:within=0.02',
  encoder: args.encoder,
  cache: args.cache,
  only: Object.keys(PRICES),
});
const rowOf = new Map(test.map(({ text }, row) => [text, row]));
const words = (tokens) => 'word'.repeat(tokens);

/** What clients say turn by turn; the same for every policy. */
function makeSession(number) {
  const random = createRandom(SEED, 'session', String(number));
  const tasks = [...new Set(test.map(({ task }) => task))];
  const session = [];
  let [task, row] = [undefined, undefined];
  for (let turn = 0; turn < TURNS; turn++) {
    if (turn % PHASE === 0) task = tasks[random.int(tasks.length)];
    const asks = turn === 0 || random.float() >= 0.4;
    if (asks) {
      const own = test.flatMap((one, i) => (one.task === task ? [i] : []));
      row = own[random.int(own.length)];
    }
    session.push({
      row,
      asks,
      tokens: Math.round(50 * 40 ** random.float()),
      output: Math.round(30 * 20 ** random.float()),
      pauseMs: random.float() < 0.1 ? 2 * CACHE_MS : 20_000,
    });
  }
  return session;
}
const sessions = Array.from({ length: SESSIONS }, (_, i) => makeSession(i));

/** A provider per candidate that keeps the prompt of its last answer of each conversation for five minutes. */
function standIn(clock) {
  const cached = new Map();
  const state = { output: 0, down: undefined, faults: 0 };
  const upstream = {
    async send(endpoint, { body }) {
      const headers = new Headers({ 'content-type': 'application/json', 'retry-after': '600' });
      const answer = (status, value) => ({
        status,
        headers,
        body: (async function* () {
          yield new TextEncoder().encode(JSON.stringify(value));
        })(),
      });
      if (state.down === endpoint.candidate) {
        state.faults++;
        return answer(429, { error: { message: 'busy' } });
      }
      const { messages, user } = JSON.parse(Buffer.from(body).toString());
      const prompt =
        messages.map(({ content, tool_calls: calls }) => content ?? JSON.stringify(calls)).join('').length / 4;
      const key = `${endpoint.candidate} ${user}`;
      const known = cached.get(key);
      const read = known && clock.now() < known.until ? Math.min(known.tokens, prompt) : 0;
      cached.set(key, { tokens: prompt, until: clock.now() + CACHE_MS });
      return answer(200, {
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: words(state.output) } }],
        usage: {
          prompt_tokens: Math.round(prompt),
          completion_tokens: state.output,
          prompt_tokens_details: {
            cached_tokens: Math.round(read),
            ...(PRICES[endpoint.candidate].cacheWrite && { cache_write_tokens: Math.round(prompt - read) }),
          },
        },
      });
    },
  };
  return { upstream, state };
}

/** @returns per session: dollars, score and moves */
async function replay(policy, lambda) {
  const clock = manualClock();
  const { upstream, state } = standIn(clock);
  const store = memoryStore({ now: () => clock.now(), maxRecords: 2 * SESSIONS * TURNS });
  const candidates = models.map((id) => ({ id, model: id, price: PRICES[id] }));
  const router = {
    models,
    candidates,
    strategy: 'knn+cost',
    encoder: null,
    route: async (texts) => texts.map((text) => decisions[rowOf.get(text)]),
  };
  const session = {
    never: { ttl: '24h' },
    always: undefined,
    priced: { ttl: '24h', switch: 'priced', margin: MARGIN },
  }[policy];
  const gateway = createGateway(
    {
      endpoints: candidates.map(({ id }) => ({
        id,
        candidate: id,
        baseUrl: `https://model.example/v1`,
        wires: ['chat'],
      })),
      routes: { default: { maxChars: 1_000_000, wrappers: [`cost:lambda=${lambda}`], ...(session && { session }) } },
    },
    { routes: { default: router }, upstream, store, clock },
  );
  const results = [];
  for (const [number, turns] of sessions.entries()) {
    const messages = [];
    const sum = { dollars: 0, score: 0, moves: 0, broken: 0 };
    let before;
    for (const [t, { row, asks, tokens, output, pauseMs }] of turns.entries()) {
      state.down = number % 3 === 0 && t >= FAULT_AT ? (state.down ?? before) : undefined;
      state.output = output;
      if (asks) messages.push({ role: 'system', content: words(tokens) }, { role: 'user', content: test[row].text });
      else
        messages.push(
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: `c${t}`, type: 'function', function: { name: 'run', arguments: String(t) } }],
          },
          { role: 'tool', tool_call_id: `c${t}`, content: words(tokens) },
        );
      const request = new Request('http://gateway.example/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-session-id': `${policy} ${number}` },
        body: JSON.stringify({ model: 'auto', user: `${number}`, max_tokens: 2_000, messages }),
      });
      const response = await gateway.fetch(request);
      const answer = await response.json();
      if (response.status !== 200) throw new Error(JSON.stringify(answer));
      await settle();
      const served = response.headers.get('x-routeprofile-model');
      const { cost } = await store.find(response.headers.get('x-routeprofile-id'));
      sum.dollars += cost;
      sum.score += test[row].score[models.indexOf(served)];
      if (before !== undefined && served !== before) {
        sum.moves++;
        if (!asks && state.down === undefined && policy === 'priced') sum.broken++;
      }
      if (state.down !== undefined && served === state.down) throw new Error('who is out of service answered');
      before = served;
      messages.push({ role: 'assistant', content: answer.choices[0].message.content });
      await clock.advance(pauseMs);
    }
    results.push({ ...sum, loss: (lambda * sum.dollars - sum.score) / TURNS });
  }
  return { results, faults: state.faults };
}

/** 95 % interval of a mean over sessions, drawn again 2,000 times. */
function interval(values) {
  const random = createRandom(SEED, 'bootstrap');
  const means = Array.from({ length: 2_000 }, () => mean(values.map(() => values[random.int(values.length)]))).sort(
    (a, b) => a - b,
  );
  return `[${means[50].toFixed(3)}, ${means[1949].toFixed(3)}]`;
}

console.log(
  `Synthetic: ${SESSIONS} sessions of ${TURNS} turns, margin ${MARGIN} per move, models ${models.join(', ')}\n`,
);
console.log(
  '| λ | policy | dollars per session | mean score of 1 | moves per session | λ · dollars − score, per turn | priced − this [95 %] |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const lambda of args.lambda.split(',').map(Number)) {
  const of = {};
  for (const policy of ['never', 'always', 'priced']) of[policy] = await replay(policy, lambda);
  for (const [policy, { results }] of Object.entries(of)) {
    const m = (name) => mean(results.map((one) => one[name]));
    const gaps = results.map(({ loss }, i) => of.priced.results[i].loss - loss);
    const against = policy === 'priced' ? '' : `${mean(gaps).toFixed(3)} ${interval(gaps)}`;
    console.log(
      `| ${lambda} | ${policy} | ${m('dollars').toFixed(3)} | ${(m('score') / TURNS).toFixed(3)} | ${m('moves').toFixed(1)} | ${m('loss').toFixed(3)} | ${against} |`,
    );
  }
  const { results } = of.priced;
  if (results.some(({ broken }) => broken > 0)) throw new Error('a loop of tools was broken without a fault');
  const loss = ({ results: all }) => mean(all.map((one) => one.loss));
  const bound = Math.min(loss(of.never), loss(of.always)) + MARGIN;
  console.error(
    `λ ${lambda}: goal ${loss(of.priced) <= bound ? 'reached' : 'missed'}; ${of.priced.faults} faults, each followed by another model`,
  );
}

// Recorded outcomes as benchmarks replay them: a router fitted on training rows, opened as a gateway opens it, and its decisions on test rows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEncoder } from '../../../profiles/dist/node.js';
import { builtInRouters, builtInWrappers, openRouterFrom, wrapStrategy } from '@routeprofile/routers';
import { createMatrix, createRandom, parseOptions, parseStrategyReference } from '@routeprofile/schema';

/** Dollars per million tokens, assumed: about the list prices of late 2024. Models of zeroeval without one are left out. */
const ASSUMED = {
  'gpt-4o-mini-2024-07-18': [0.15, 0.6],
  'gpt-3.5-turbo-0125': [0.5, 1.5],
  'claude-3-haiku-20240307': [0.25, 1.25],
  'claude-3-5-haiku-20241022': [0.8, 4],
  'deepseek-v2.5-0908': [0.14, 0.28],
  'gpt-4o-2024-08-06': [2.5, 10],
  'claude-3-5-sonnet-20241022': [3, 15],
  'o1-mini-2024-09-12': [3, 12],
  'claude-3-opus-20240229': [15, 75],
};

/** Share of zeroeval's rows that are for training. */
const TRAINING = 0.7;

/** What a model's call cost, in dollars; NaN where nobody knows. */
function costOf(name, { cost, outputChars }, query) {
  if (cost !== undefined) return cost;
  const price = ASSUMED[name];
  return price && outputChars !== undefined
    ? ((query.length / 4) * price[0] + (outputChars / 4) * price[1]) / 1e6
    : NaN;
}

/** Rows on which all models were measured. */
function openSet(set, ctx, only) {
  const lines = readFileSync(join(outcomesFolder(), 'outcomes', set, 'outcomes.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const raw = lines.map((line) => JSON.parse(line));
  const names = set === 'zeroeval' ? Object.keys(ASSUMED) : (only ?? Object.keys(raw[0].models));
  const seen = new Set();
  const rows = raw.flatMap(({ query, task = null, split, models }) => {
    const score = names.map((name) => models[name]?.score ?? NaN);
    const cost = names.map((name) => costOf(name, models[name] ?? {}, query));
    if (seen.has(query) || ![...score, ...cost].every(Number.isFinite)) return [];
    seen.add(query);
    return [{ text: query, task, split, score, cost }];
  });
  if (new Set(rows.map(({ split }) => split)).size < 2) {
    const order = createRandom(ctx.seed, 'split').shuffle([...rows.keys()]);
    order.forEach((row, i) => (rows[row].split = i < TRAINING * rows.length ? 'train' : 'test'));
  }
  return {
    models: names,
    train: rows.filter(({ split }) => split === 'train'),
    test: rows.filter(({ split }) => split === 'test'),
  };
}

function outcomesFolder() {
  const data = process.env.ROUTEPROFILE_DATA;
  if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds outcomes/');
  return data;
}

/** The router, fitted on training rows, saved and opened again as a gateway does. */
async function fit(reference, models, train, encoder, ctx) {
  const { name, options, wrappers } = parseStrategyReference(reference);
  const strategy = wrapStrategy(
    builtInRouters.find((router) => router.name === name),
    wrappers.map((one) => ({ wrapper: builtInWrappers.find((each) => each.name === one.name), options: one.options })),
  );
  const column = (of) =>
    Float64Array.from({ length: train.length * models.length }, (_, k) =>
      of(train[Math.floor(k / models.length)], k % models.length),
    );
  const unknown = () => column(() => NaN);
  const input = {
    models,
    candidates: models.map((id) => ({ id, model: id })),
    cards: [],
    profiles: {
      models,
      vectors: createMatrix(models.length, 1),
      provenance: { strategy: 'none', options: {}, encoder: null, seed: ctx.seed },
    },
    training: {
      queries: {
        texts: train.map(({ text }) => text),
        vectors: await encode(encoder, train, ctx),
        encoder: encoder.id,
      },
      tasks: train.map(({ task }) => task),
      pairs: [],
      outcomes: {
        score: column(({ score }, m) => score[m]),
        cost: column(({ cost }, m) => cost[m]),
        inputTokens: unknown(),
        outputTokens: unknown(),
        latency: unknown(),
      },
    },
  };
  const router = await strategy.fit(input, parseOptions(strategy, { router: options }), ctx);
  const opened = await openRouterFrom(await router.save(), { strategy, encoder });
  return { router, pacing: opened.cost.pacing };
}

const encode = (encoder, rows, ctx) =>
  encoder.encode(
    rows.map(({ text }) => text),
    ctx,
  );

/**
 * @param only the models that are taken; default all
 * @param swap trains on the test rows and replays the training rows
 * @returns rows of training and test as { text, task, score, cost } with one entry per model, the router's decisions on test rows, and how to
 * pace it
 */
export async function recordedOutcomes({
  set,
  router: reference,
  encoder: name,
  cache,
  only,
  seed = 42,
  swap = false,
}) {
  const ctx = { seed };
  const { models, ...halves } = openSet(set, ctx, only);
  const [train, test] = swap ? [halves.test, halves.train] : [halves.train, halves.test];
  const encoder = await createEncoder(name, { cache });
  const { router, pacing } = await fit(reference, models, train, encoder, ctx);
  const decisions = await router.decide({
    texts: test.map(({ text }) => text),
    vectors: await encode(encoder, test, ctx),
    encoder: encoder.id,
  });
  return { models, train, test, decisions, pacing, encoder: encoder.id };
}

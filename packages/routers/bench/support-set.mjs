// JiSi's support set (arXiv 2601.01330) on real recorded answers: the 300 rows with answers of eight models in the published RouteProfile data.
//   ROUTEPROFILE_DATA=DIR node bench/support-set.mjs [--encoder ID] [--cache DIR] [--test FILE] [--seed N]
// No training row of those data holds an answer, so these rows are cut into five folds, by task: four are the support set, the fifth is
// routed. `chosen`: settings by five-fold cross-validation within the four, anew for each fold, so that no row is judged by a setting that saw
// it; `defaults`: those of the authors' code. `knn` learns from the same four folds. Costs are tokens × price of the model's card.
// Prints one JSON line per policy: score of 1, dollars per 1,000 queries with every call paid, and its difference to the others, with 95 %
// paired bootstrap intervals (2,000 resamples); and what each fold chose.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bestSingle, meanOf } from '@routeprofile/numerics';
import { knnRouter, recordedAnswers, replaySupportSet, sharedFolds } from '@routeprofile/routers';
import { createMatrix, normalizeRows, outcomeRowSchema, parseOptions, takeRows } from '@routeprofile/schema';
import { pairedInterval } from '../../eval/dist/index.js';
import { createEncoder } from '../../profiles/dist/node.js';
import { upperHull } from './common/area-share.mjs';

const { values: args } = parseArgs({
  options: {
    encoder: { type: 'string', default: 'use-lite' },
    cache: { type: 'string' },
    test: { type: 'string', default: 'routeprofile/route_data/routing_dev_data_regraded.json' },
    seed: { type: 'string', default: '42' },
  },
});
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds routeprofile/');
const ctx = { seed: Number(args.seed) };
const read = async (file) => JSON.parse(await readFile(join(data, file), 'utf8'));
const cards = await read('routeprofile/profile_data/candidate_models.json');
const models = Object.keys(cards);
const dollars = (model, { prompt_tokens, completion_tokens }) =>
  (prompt_tokens * cards[model].input_price + completion_tokens * cards[model].output_price) / 1e6;
const rows = (await read(args.test)).map(({ task_name, query, model_performance }, i) =>
  outcomeRowSchema.parse({
    id: String(i),
    task: task_name,
    query,
    models: Object.fromEntries(
      models.map((model) => {
        const entry = model_performance[model];
        const sample = { answer: entry.response, score: entry.task_performance, cost: dollars(model, entry) };
        return [model, { score: sample.score, cost: sample.cost, samples: [sample] }];
      }),
    ),
  }),
);
const encoder = await createEncoder(args.encoder, { cache: args.cache });
const all = await recordedAnswers(rows, { encoder, models }, ctx);
await encoder.dispose?.();

const M = models.length;
const column = (table, kept) => Float64Array.from(kept.flatMap((q) => models.map((_, m) => table[q * M + m])));
const part = (kept) => ({
  ids: kept.map((q) => all.ids[q]),
  models,
  queries: takeRows(all.queries, kept),
  answers: all.answers.map((vectors) => takeRows(vectors, kept)),
  lengths: column(all.lengths, kept),
  scores: column(all.scores, kept),
  costs: column(all.costs, kept),
});
/** Rows in folds by task: pairs of those to learn from and those held out. */
function foldsOf(kept, label) {
  const foldOf = sharedFolds({ training: { tasks: kept.map((q) => rows[q].task) } }, { seed: ctx.seed + label });
  return [...new Set(foldOf)].map((fold) => ({
    rest: kept.filter((_, i) => foldOf[i] !== fold),
    held: kept.filter((_, i) => foldOf[i] === fold),
  }));
}

const grid = ['asked', 'any'].flatMap((choose) =>
  (choose === 'asked' ? ['own', 'together'] : ['together']).flatMap((alike) =>
    [2, 3].flatMap((asked) =>
      [20, 60, 400].flatMap((neighbours) =>
        [0.1, 0.25, 0.5].flatMap((kept) =>
          [0, 0.4].flatMap((lengthWeight) =>
            [0, 0.5].map((queryWeight) => ({ choose, alike, asked, neighbours, kept, lengthWeight, queryWeight })),
          ),
        ),
      ),
    ),
  ),
);
/** The setting with the best mean score on held-out rows of those given; of equals the one that comes first. */
function chooseSettings(kept) {
  const folds = foldsOf(kept, 1).map(({ rest, held }) => ({ support: part(rest), test: part(held) }));
  const scores = grid.map((settings) => {
    const steps = folds.flatMap(({ support, test }) => replaySupportSet(support, test, settings).steps);
    return meanOf(Float64Array.from(steps, ({ score }) => score));
  });
  return grid[scores.indexOf(Math.max(...scores))];
}

const profiles = {
  models,
  vectors: normalizeRows(
    createMatrix(
      M,
      M,
      Float32Array.from({ length: M * M }, (_, k) => Number(k % (M + 1) === 0)),
    ),
  ),
  provenance: { strategy: 'none', options: {}, encoder: encoder.id, graphHash: null, seed: ctx.seed, versions: {} },
};
async function fitKnn(kept) {
  const unknown = () => new Float64Array(kept.length * M).fill(NaN);
  const training = {
    queries: { texts: kept.map((q) => rows[q].query), vectors: takeRows(all.queries, kept), encoder: encoder.id },
    tasks: kept.map((q) => rows[q].task),
    pairs: [],
    outcomes: {
      score: column(all.scores, kept),
      cost: column(all.costs, kept),
      inputTokens: unknown(),
      outputTokens: unknown(),
      latency: unknown(),
    },
  };
  const candidates = models.map((id) => ({ id, model: id }));
  return knnRouter.fit({ models, candidates, cards: [], profiles, training }, parseOptions(knnRouter, {}), ctx);
}

const policies = {};
const put = (name, q, score, cost) => {
  policies[name] ??= { score: new Float64Array(rows.length).fill(NaN), cost: new Float64Array(rows.length).fill(NaN) };
  policies[name].score[q] = score;
  policies[name].cost[q] = cost;
};
const at = (q, model) => q * M + models.indexOf(model);
const putModel = (name, q, model) => put(name, q, all.scores[at(q, model)], all.costs[at(q, model)]);
for (const { rest, held } of foldsOf([...rows.keys()], 0)) {
  const [support, test] = [part(rest), part(held)];
  const best = bestSingle(models, { pairs: [], outcomes: { score: support.scores } }).model;
  const knn = await fitKnn(rest);
  const texts = held.map((q) => rows[q].query);
  const decisions = await knn.decide({ texts, vectors: takeRows(all.queries, held), encoder: encoder.id }, ctx);
  held.forEach((q, i) => {
    putModel('best single', q, best);
    putModel('knn', q, decisions[i].model);
  });
  const chosen = chooseSettings(rest);
  console.log(JSON.stringify({ fold: held.length, bestSingle: best, chosen }));
  for (const [name, settings] of Object.entries({ defaults: {}, chosen })) {
    for (const { id, asked, score, cost, model } of replaySupportSet(support, test, settings).steps) {
      const q = Number(id);
      put(name, q, score, cost);
      putModel(`${name}: best by queries alone`, q, asked[0]);
      const paid = [...new Set([...asked, model])];
      put(`${name}: best of the answers paid`, q, Math.max(...paid.map((each) => all.scores[at(q, each)])), cost);
      put(`${name}: any of the asked`, q, meanOf(Float64Array.from(asked, (each) => all.scores[at(q, each)])), cost);
    }
  }
}

/** What single models, mixed at random, reach for the money: in hindsight, on these very rows. */
function mixFor(budget) {
  const points = models.map((_, m) => ({
    cost: meanOf(Float64Array.from(rows, (_, q) => all.costs[q * M + m])),
    quality: meanOf(Float64Array.from(rows, (_, q) => all.scores[q * M + m])),
  }));
  const hull = upperHull(points);
  const next = hull.findIndex(({ cost }) => cost > budget);
  if (next <= 0) return next === 0 ? null : hull[hull.length - 1].quality;
  const [a, b] = [hull[next - 1], hull[next]];
  return a.quality + ((budget - a.cost) / (b.cost - a.cost)) * (b.quality - a.quality);
}

const round = (x, digits = 4) => (x === null ? null : Number(x.toFixed(digits)));
for (const [name, { score, cost }] of Object.entries(policies)) {
  const against = Object.entries(policies)
    .filter(([other]) => ['defaults', 'chosen'].includes(name) && other !== name)
    .map(([other, { score: theirs }]) => {
      const { difference, low, high } = pairedInterval(score, theirs, ctx);
      return [other, [difference, low, high].map((x) => round(x))];
    });
  console.log(
    JSON.stringify({
      policy: name,
      rows: score.length,
      score: round(meanOf(score)),
      per1k: round(1000 * meanOf(cost)),
      mixOfSingles: round(mixFor(meanOf(cost))),
      ...(against.length > 0 && { above: Object.fromEntries(against) }),
    }),
  );
}

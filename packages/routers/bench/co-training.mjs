// What training the profiles together with the router is worth, measured without test rows:
//   ROUTEPROFILE_DATA=DIR node bench/co-training.mjs [--folds N] [--seeds N] [--profile A,B] [--task standard,newllm] [--encoder ID] [--cache DIR] [ROUTER …]
// `standard`: the share of training pairs ranked right in folds by query. `newllm`: a fold and a model at a time, the router
// is trained without the fold's queries and without all pairs of the model, and judged on the fold's pairs that involve it.
// The queries of a fold are taken out of the graph before the profiles that answer them are built. Model cards hold mean
// scores over those same queries, so accuracies compare options; they do not predict test scores.
// Every profile carries the keyed scores of `advantage`, so that coTrain=keyed can be compared on all of them. Prints one JSON
// document.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildGraph, encodeNodes, toHetero } from '../../graph/dist/index.js';
import { builtInProfiles, createEncoder, loadDataset } from '../../profiles/dist/node.js';
import { builtInRouters } from '@routeprofile/routers';
import { createRandom, parseOptions, parseStrategyReference, takeRows } from '@routeprofile/schema';

const DEFAULT_ROUTERS = ['mlp', 'graph'].flatMap((router) =>
  ['none', 'adapter', 'residual', 'keyed'].map((kind) => `${router}:co-train=${kind}`),
);

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folds: { type: 'string', default: '3' },
    seeds: { type: 'string', default: '1' },
    profile: { type: 'string', default: 'flat,emb-gnn,advantage' },
    task: { type: 'string', default: 'standard,newllm' },
    graph: { type: 'string', default: 'query-task' },
    encoder: { type: 'string', default: 'use-lite' },
    cache: { type: 'string' },
  },
});
const FOLDS = Number(args.folds);
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds routeprofile/');
const folder = join(data, 'routeprofile');
// Loading wants test rows; nothing below reads them.
const dataset = await loadDataset(folder, { mode: 'standard', test: join(folder, 'route_data/routing_dev_data.json') });
const encoder = await createEncoder(args.encoder, { cache: args.cache });
const ctx = { seed: 42 };
const { queries, pairs } = dataset.train;
const texts = queries.map((query) => query.text);
const vectors = await encoder.encode(texts, ctx);
const foldOf = new Int32Array(queries.length);
createRandom(ctx.seed, 'folds')
  .shuffle([...queries.keys()])
  .forEach((query, i) => (foldOf[query] = i % FOLDS));
const models = dataset.candidates.map((candidate) => candidate.id);

const find = (strategies, reference) => {
  const { name, options } = parseStrategyReference(reference);
  const strategy = strategies.find((entry) => entry.name === name);
  if (!strategy) throw new Error(`there is no '${name}'`);
  return { strategy, options: parseOptions(strategy, options) };
};

async function profilesOf(profile, fold) {
  const held = new Set(texts.filter((_, q) => foldOf[q] === fold));
  const taskQueries = dataset.taskQueries.map((entry) => ({
    ...entry,
    queries: entry.queries.filter((text) => !held.has(text)),
  }));
  const graph = toHetero(buildGraph({ ...dataset, taskQueries }, { preset: args.graph }));
  const features = await encodeNodes(graph, encoder, ctx);
  const build = (reference) => {
    const { strategy, options } = find(builtInProfiles, reference);
    return strategy.build({ models, cards: dataset.cards, graph, features, encoder }, options, ctx);
  };
  const { keyed } = await build('advantage');
  return { ...(await build(profile)), keyed };
}

const batchOf = (rows) => ({
  texts: rows.map((q) => texts[q]),
  vectors: takeRows(vectors, rows),
  encoder: encoder.id,
});

/** Share of each query's held-out pairs ranked right; `absent`: a model without training pairs, whose pairs alone count. */
async function foldScore(reference, profiles, fold, seed, absent) {
  const { strategy, options } = find(builtInRouters, reference);
  const all = [...queries.keys()];
  const [train, held] = [all.filter((q) => foldOf[q] !== fold), all.filter((q) => foldOf[q] === fold)];
  const at = new Map(train.map((q, i) => [q, i]));
  const involves = ({ better, worse }) => better === absent || worse === absent;
  const training = {
    queries: batchOf(train),
    tasks: train.map((q) => queries[q].task),
    pairs: pairs
      .filter((pair) => at.has(pair.query) && !involves(pair))
      .map((pair) => ({ ...pair, query: at.get(pair.query) })),
    outcomes: null,
  };
  const input = { models, candidates: dataset.candidates, cards: dataset.cards, profiles, training };
  const router = await strategy.fit(input, options, { seed });
  const { state } = (await router.save()).manifest;
  const decisions = await router.decide(batchOf(held));
  const ranks = new Map(
    decisions.map(({ ranked }, i) => [held[i], new Map(ranked.map(({ model, score }) => [model, score]))]),
  );
  const rights = [];
  for (const pair of pairs) {
    const { query, better, worse } = pair;
    if (foldOf[query] !== fold || (absent !== undefined && !involves(pair))) continue;
    const lead = ranks.get(query).get(models[better]) - ranks.get(query).get(models[worse]);
    rights.push({ query, right: lead > 0 ? 1 : lead === 0 ? 0.5 : 0 });
  }
  return { rights, epochs: state.epochs, ...state.coTrain };
}

const mean = (values) => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
};

/** Sum of rights and count of pairs, a query. */
function byQuery(parts) {
  const sums = new Map();
  for (const { rights } of parts)
    for (const { query, right } of rights) {
      const [sum, count] = sums.get(query) ?? [0, 0];
      sums.set(query, [sum + right, count + 1]);
    }
  return sums;
}

/** Share of pairs ranked right, and the standard error of its difference from the first router's, queries being the sample. */
function compare(own, first) {
  const total = [...own.values()].reduce((sum, [, count]) => sum + count, 0);
  const right = (sums) => [...sums.values()].reduce((sum, [value]) => sum + value, 0) / total;
  const difference = right(own) - right(first);
  const square = [...own].reduce((sum, [query, [value, count]]) => {
    const apart = value - first.get(query)[0] - difference * count;
    return sum + apart * apart;
  }, 0);
  return { accuracy: right(own), difference, standardError: Math.sqrt(square) / total };
}

const rows = [];
const routers = positionals.length > 0 ? positionals : DEFAULT_ROUTERS;
for (const profile of args.profile.split(',')) {
  const built = [];
  for (let fold = 0; fold < FOLDS; fold++) built.push(await profilesOf(profile, fold));
  for (const task of args.task.split(',')) {
    const frozen = new Map();
    for (const router of routers) {
      const start = performance.now();
      const parts = [];
      for (let seed = 1; seed <= Number(args.seeds); seed++)
        for (let fold = 0; fold < FOLDS; fold++) {
          if (task === 'standard') parts.push(await foldScore(router, built[fold], fold, seed));
          // Each model is absent from one fold, so that all are judged in the time of few fits.
          else
            for (let m = fold; m < models.length; m += FOLDS)
              parts.push(await foldScore(router, built[fold], fold, seed, m));
        }
      const sums = byQuery(parts);
      const { name } = parseStrategyReference(router);
      if (!frozen.has(name)) frozen.set(name, sums);
      const row = {
        profile,
        task,
        router,
        ...compare(sums, frozen.get(name)),
        epochs: mean(parts.map(({ epochs }) => epochs)),
        movement: mean(parts.map(({ movement }) => movement)),
        frozenCosine: mean(parts.map(({ frozenCosine }) => frozenCosine)),
        learnedCosine: mean(parts.map(({ learnedCosine }) => learnedCosine)),
        seconds: (performance.now() - start) / 1000 / parts.length,
      };
      rows.push(row);
      console.error(JSON.stringify(row));
    }
  }
}
console.log(JSON.stringify({ name: 'pairs ranked right', folds: FOLDS, seeds: Number(args.seeds), rows }));

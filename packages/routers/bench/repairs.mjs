// What the repairs and options of a trained router are worth, measured without test rows:
//   ROUTEPROFILE_DATA=DIR node bench/repairs.mjs [--folds N] [--seeds N] [--profile A,B] [--encoder ID] [--cache DIR] [ROUTER …]
// For each router: the share of training pairs ranked right in folds by query. The queries of a fold are taken out of the
// graph before the profiles that answer them are built, and out of the router's training. Model cards hold mean scores over
// those same queries, so accuracies compare options; they do not predict test scores. Prints one JSON document.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildGraph, encodeNodes, toHetero } from '../../graph/dist/index.js';
import { builtInProfiles, createEncoder, loadDataset } from '../../profiles/dist/node.js';
import { builtInRouters } from '@routeprofile/routers';
import { createRandom, parseOptions, parseStrategyReference, takeRows } from '@routeprofile/schema';

const DEFAULT_ROUTERS = [
  'mlp',
  'graph',
  'graph:normalize=false:residual=false:balanced=false',
  'graph:normalize=false',
  'graph:residual=false',
  'graph:balanced=false',
  'graph:learning-rate=0.00005',
  'graph:learning-rate=0.0003',
  'graph:dropout=0.3',
  'graph:batch=16',
  'graph:layers=1',
];

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folds: { type: 'string', default: '3' },
    seeds: { type: 'string', default: '1' },
    profile: { type: 'string', default: 'flat,emb-gnn' },
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
  const { strategy, options } = find(builtInProfiles, profile);
  return strategy.build({ models, cards: dataset.cards, graph, features, encoder }, options, ctx);
}

const batchOf = (rows) => ({
  texts: rows.map((q) => texts[q]),
  vectors: takeRows(vectors, rows),
  encoder: encoder.id,
});

/** Pairs of the held-out queries ranked right, a tie counting half; epochs trained and the models' cosine if it says so. */
async function foldScore(reference, profiles, fold, seed) {
  const { strategy, options } = find(builtInRouters, reference);
  const all = [...queries.keys()];
  const [train, held] = [all.filter((q) => foldOf[q] !== fold), all.filter((q) => foldOf[q] === fold)];
  const at = new Map(train.map((q, i) => [q, i]));
  const training = {
    queries: batchOf(train),
    tasks: train.map((q) => queries[q].task),
    pairs: pairs.filter(({ query }) => at.has(query)).map((pair) => ({ ...pair, query: at.get(pair.query) })),
    outcomes: null,
  };
  const input = { models, candidates: dataset.candidates, cards: dataset.cards, profiles, training };
  const router = await strategy.fit(input, options, { seed });
  const { state } = (await router.save()).manifest;
  const decisions = await router.decide(batchOf(held));
  const ranks = new Map(
    decisions.map(({ ranked }, i) => [held[i], new Map(ranked.map(({ model, score }) => [model, score]))]),
  );
  let right = 0;
  let asked = 0;
  for (const { query, better, worse } of pairs) {
    if (foldOf[query] !== fold) continue;
    const lead = ranks.get(query).get(models[better]) - ranks.get(query).get(models[worse]);
    right += lead > 0 ? 1 : lead === 0 ? 0.5 : 0;
    asked++;
  }
  return { right, asked, epochs: state.epochs, best: state.bestEpoch, cosine: state.modelCosine };
}

const mean = (values) => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
};

const rows = [];
for (const profile of args.profile.split(',')) {
  const built = [];
  for (let fold = 0; fold < FOLDS; fold++) built.push(await profilesOf(profile, fold));
  for (const router of positionals.length > 0 ? positionals : DEFAULT_ROUTERS) {
    const start = performance.now();
    const parts = [];
    for (let seed = 1; seed <= Number(args.seeds); seed++)
      for (let fold = 0; fold < FOLDS; fold++) parts.push(await foldScore(router, built[fold], fold, seed));
    const row = {
      profile,
      router,
      accuracy: parts.reduce((sum, { right }) => sum + right, 0) / parts.reduce((sum, { asked }) => sum + asked, 0),
      epochs: mean(parts.map(({ epochs }) => epochs)),
      bestEpoch: mean(parts.map(({ best }) => best)),
      modelCosine: mean(parts.map(({ cosine }) => cosine)),
      seconds: (performance.now() - start) / 1000 / parts.length,
    };
    rows.push(row);
    console.error(JSON.stringify(row));
  }
}
console.log(JSON.stringify({ name: 'pairs ranked right', folds: FOLDS, seeds: Number(args.seeds), rows }));

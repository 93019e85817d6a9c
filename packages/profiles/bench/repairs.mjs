// What each repair of a profile does, measured without test rows:
//   ROUTEPROFILE_DATA=DIR node bench/repairs.mjs [--mode newllm] [--graph NAME] [--encoder ID] [--cache DIR] [--json] [PROFILE …]
// For each profile: how well the models can be told apart, and the pairwise accuracy of cosine routing on the training pairs
// in five folds by query: the queries of a fold are taken out of the graph before the profiles that answer them are built.
// Model cards hold mean scores over those same queries, so accuracies compare profiles; they do not predict test scores.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildGraph, encodeNodes, toHetero } from '@routeprofile/graph';
import {
  createRandom,
  normalizeRows,
  parseOptions,
  parseStrategyReference,
  rowOf,
  takeRows,
} from '@routeprofile/schema';
import { builtInProfiles, createEncoder, loadDataset } from '../dist/node.js';

const FOLDS = 5;
const PLAIN = 'emb-gnn:self=0:scores=global:sources=together:floor=0:divisor=relations:normalize=true';
const repaired = (option, value) => PLAIN.replace(new RegExp(`${option}=[^:]+`), `${option}=${value}`);
const DEFAULT_PROFILES = [
  'index:compat=true',
  'index',
  'flat:compat=true',
  'flat:sample=independent:names=false:scores=false:encode=joined',
  'flat:names=false:scores=false:encode=joined',
  'flat:scores=false:encode=joined',
  'flat:encode=joined',
  'flat:weigh=false',
  'flat',
  'emb-gnn:hops=1:compat=true',
  'emb-gnn:compat=true',
  'emb-gnn:hops=3:compat=true',
  'emb-gnn:hops=4:compat=true',
  PLAIN,
  repaired('self', 0.1),
  repaired('divisor', 'messages'),
  repaired('scores', 'per-task'),
  repaired('scores', 'per-task').replace('sources=together', 'sources=apart'),
  repaired('floor', 0.05),
  'emb-gnn:self=0',
  'emb-gnn:hops=1',
  'emb-gnn',
  'emb-gnn:hops=3',
  'emb-gnn:hops=4',
];

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mode: { type: 'string', default: 'standard' },
    graph: { type: 'string', default: 'query-task' },
    encoder: { type: 'string', default: 'use-lite' },
    cache: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds routeprofile/');
const folder = join(data, 'routeprofile');
// Loading wants test rows; nothing below reads them.
const dataset = await loadDataset(folder, { mode: args.mode, test: join(folder, 'route_data/routing_dev_data.json') });
const ctx = { seed: 42 };
const encoder = await memoised(await createEncoder(args.encoder, { cache: args.cache }));

const { queries, pairs } = dataset.train;
const queryVectors = normalizeRows(
  await encoder.encode(
    queries.map((query) => query.text),
    ctx,
  ),
);
const order = createRandom(ctx.seed, 'folds').shuffle([...queries.keys()]);
const foldOf = new Int32Array(queries.length);
order.forEach((query, i) => (foldOf[query] = i % FOLDS));

const candidates = dataset.candidates.map((candidate) => candidate.id);
const graphs = [];
for (let fold = -1; fold < FOLDS; fold++) {
  const held = new Set(queries.filter((_, q) => foldOf[q] === fold).map((query) => query.text));
  const taskQueries = dataset.taskQueries.map((entry) => ({
    ...entry,
    queries: entry.queries.filter((q) => !held.has(q)),
  }));
  const graph = toHetero(buildGraph({ ...dataset, taskQueries }, { preset: args.graph }));
  graphs.push({ graph, features: await encodeNodes(graph, encoder, ctx) });
}
const [whole, ...folds] = graphs;

async function build(profile, { graph, features }) {
  const { name, options } = parseStrategyReference(profile);
  const strategy = builtInProfiles.find((strategy) => strategy.name === name);
  return strategy.build(
    { models: candidates, cards: dataset.cards, graph, features, encoder },
    parseOptions(strategy, options),
    ctx,
  );
}

async function accuracy(profile) {
  const cosines = [];
  for (const fold of folds) {
    const { vectors } = await build(profile, fold);
    const unit = normalizeRows(vectors);
    cosines.push((query, model) =>
      unit.cols === queryVectors.cols
        ? rowOf(queryVectors, query).reduce((sum, x, d) => sum + x * rowOf(unit, model)[d], 0)
        : NaN,
    );
  }
  let right = 0;
  for (const { query, better, worse } of pairs) {
    const cosine = cosines[foldOf[query]];
    const margin = cosine(query, better) - cosine(query, worse);
    right += margin > 0 ? 1 : margin === 0 ? 0.5 : 0;
  }
  return right / pairs.length;
}

/** The same accuracy for one fixed order of the models, by their share of wins in the other folds: no profile at all. */
function fixedOrder() {
  let right = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const wins = new Float64Array(candidates.length);
    const seen = new Float64Array(candidates.length);
    for (const { query, better, worse } of pairs) {
      if (foldOf[query] === fold) continue;
      wins[better]++;
      seen[better]++;
      seen[worse]++;
    }
    const share = wins.map((won, m) => won / Math.max(seen[m], 1));
    for (const { query, better, worse } of pairs)
      if (foldOf[query] === fold) right += share[better] > share[worse] ? 1 : 0;
  }
  return right / pairs.length;
}

const rows = [];
for (const profile of positionals.length > 0 ? positionals : DEFAULT_PROFILES) {
  const { provenance } = await build(profile, whole);
  rows.push({ profile, ...provenance.diagnostics, pairwiseAccuracy: await accuracy(profile) });
}
await encoder.dispose?.();
const shown = {
  profile: 'profile',
  meanCosine: 'mean cosine',
  maxCosine: 'max cosine',
  minNorm: 'min norm',
  maxNorm: 'max norm',
  pairwiseAccuracy: 'pair accuracy',
};
const line = (cells) => `| ${cells.join(' | ')} |`;
if (args.json)
  console.log(
    JSON.stringify(
      { mode: args.mode, graph: args.graph, encoder: encoder.id, pairs: pairs.length, fixedOrder: fixedOrder(), rows },
      null,
      2,
    ),
  );
else {
  console.log(line(Object.values(shown)));
  console.log(line(Object.keys(shown).map((_, i) => (i === 0 ? '---' : '---:'))));
  for (const row of rows)
    console.log(line(Object.keys(shown).map((key) => (key === 'profile' ? `\`${row[key]}\`` : row[key].toFixed(4)))));
  console.log(
    `\n${pairs.length} pairs; one fixed order of the models, by wins in the other folds: ${fixedOrder().toFixed(4)}`,
  );
}

/** Each text is encoded once, however many graphs it is in. */
async function memoised(inner) {
  const rowOfText = new Map();
  const known = [];
  return {
    ...inner,
    id: inner.id,
    dimensions: inner.dimensions,
    dispose: () => inner.dispose?.(),
    async encode(texts) {
      const fresh = [...new Set(texts)].filter((text) => !rowOfText.has(text));
      if (fresh.length > 0) {
        const vectors = await inner.encode(fresh, ctx);
        fresh.forEach((text, i) => {
          rowOfText.set(text, known.length);
          known.push(rowOf(vectors, i).slice());
        });
      }
      const all = {
        rows: known.length,
        cols: inner.dimensions,
        data: new Float32Array(known.length * inner.dimensions),
      };
      known.forEach((row, i) => all.data.set(row, i * all.cols));
      return takeRows(
        all,
        texts.map((text) => rowOfText.get(text)),
      );
    },
  };
}

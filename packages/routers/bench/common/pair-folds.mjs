// Routers judged by the training pairs of the published data, in folds by query: no test row is read. The queries of a fold are taken
// out of the graph before the profiles that answer them are built.
import { join } from 'node:path';
import { buildGraph, encodeNodes, toHetero } from '../../../graph/dist/index.js';
import { builtInProfiles, createEncoder, loadDataset } from '../../../profiles/dist/node.js';
import { builtInRouters } from '@routeprofile/routers';
import { createRandom, parseOptions, parseStrategyReference, takeRows } from '@routeprofile/schema';

const ctx = { seed: 42 };

const find = (strategies, reference) => {
  const { name, options } = parseStrategyReference(reference);
  const strategy = strategies.find((entry) => entry.name === name);
  if (!strategy) throw new Error(`there is no '${name}'`);
  return { strategy, options: parseOptions(strategy, options) };
};

/** What there is of a list of numbers, on average; undefined of none. */
export const mean = (values) => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
};

/**
 * The training data in ROUTEPROFILE_DATA, encoded, its queries in folds.
 * @param options encoder and graph by name; folds, how many; cache, a folder or undefined
 */
export async function openPairFolds({ encoder: name, graph: preset, folds, cache }) {
  const data = process.env.ROUTEPROFILE_DATA;
  if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds routeprofile/');
  const folder = join(data, 'routeprofile');
  // Loading wants test rows; nothing below reads them.
  const test = join(folder, 'route_data/routing_dev_data.json');
  const dataset = await loadDataset(folder, { mode: 'standard', test });
  const encoder = await createEncoder(name, { cache });
  const { queries, pairs } = dataset.train;
  const texts = queries.map((query) => query.text);
  const vectors = await encoder.encode(texts, ctx);
  const foldOf = new Int32Array(queries.length);
  createRandom(ctx.seed, 'folds')
    .shuffle([...queries.keys()])
    .forEach((query, i) => (foldOf[query] = i % folds));
  const models = dataset.candidates.map((candidate) => candidate.id);

  const batchOf = (rows) => ({
    texts: rows.map((q) => texts[q]),
    vectors: takeRows(vectors, rows),
    encoder: encoder.id,
  });

  /** Profiles that know nothing of a fold's queries: a set per reference. */
  async function profilesOf(references, fold) {
    const held = new Set(texts.filter((_, q) => foldOf[q] === fold));
    const taskQueries = dataset.taskQueries.map((entry) => ({
      ...entry,
      queries: entry.queries.filter((text) => !held.has(text)),
    }));
    const graph = toHetero(buildGraph({ ...dataset, taskQueries }, { preset }));
    const features = await encodeNodes(graph, encoder, ctx);
    const sets = [];
    for (const reference of references) {
      const { strategy, options } = find(builtInProfiles, reference);
      sets.push(await strategy.build({ models, cards: dataset.cards, graph, features, encoder }, options, ctx));
    }
    return sets;
  }

  /**
   * The held-out pairs, each with 1 where it is ranked right, 0.5 for a tie and 0 otherwise, and the state that the router saves.
   * @param absent a model without training pairs, whose pairs alone count
   */
  async function judge(reference, profiles, fold, seed, absent) {
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
    return { rights, state };
  }

  return { models, profilesOf, judge };
}

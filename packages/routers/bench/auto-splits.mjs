// Is `auto` ever worse than the best single model? Measured without test rows:
//   ROUTEPROFILE_DATA=DIR node bench/auto-splits.mjs [--splits N] [--rows N] [--share 0.7] [--members A;B] [--compared N] [--cache DIR] [SET …]
// Random splits of each data set's TRAINING queries: auto is fitted on one part, and compared on the other with best-single of that
// same part. Three draws a data set: all its queries, 400 of them, and 400 with 2 to 5 of its models. Profiles are built anew
// from each part; cards of the outcomes layout lose their scores, which are means over all training queries. The worth of a query
// is the outcome of the choice, or the share of its pairs ranked right. Prints a line a split on standard error, and one JSON
// document: how often auto was significantly better and worse (95 % paired bootstrap), and the mean difference. With --compared, auto that
// compares its candidates on N of the part's queries is judged too: `sampled` is what it is worth less what auto is worth
// that compares them on all, and how often it chose the same.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pairedInterval } from '../../eval/dist/index.js';
import { bestSingle } from '../../numerics/dist/index.js';
import { buildGraph, encodeNodes, toHetero } from '../../graph/dist/index.js';
import { builtInProfiles, createEncoder, loadDataset } from '../../profiles/dist/node.js';
import { autoRouter } from '@routeprofile/routers';
import { createRandom, parseOptions, takeRows } from '@routeprofile/schema';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    splits: { type: 'string', default: '20' },
    rows: { type: 'string', default: '400' },
    share: { type: 'string', default: '0.7' },
    draws: { type: 'string', default: 'all,few-rows,few-models' },
    members: { type: 'string' },
    compared: { type: 'string' },
    profile: { type: 'string', default: 'advantage' },
    encoder: { type: 'string', default: 'use-lite' },
    cache: { type: 'string' },
  },
});
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds routeprofile/ and outcomes/');
const published = join(data, 'routeprofile');
const SETS = {
  // Loading wants test rows; nothing below reads them.
  standard: [published, { test: join(published, 'route_data/routing_dev_data.json') }],
  routerbench: [join(data, 'outcomes/routerbench-3task'), {}],
  zeroeval: [join(data, 'outcomes/zeroeval'), {}],
};
const options = parseOptions(autoRouter, args.members === undefined ? {} : { members: args.members });
const profile = builtInProfiles.find(({ name }) => name === args.profile);
if (!profile) throw new Error(`there is no profile '${args.profile}'`);
const encoder = await createEncoder(args.encoder, { cache: args.cache });

/** Training rows with these queries and models alone, both renumbered in the order given. */
function restrict({ queries, pairs, outcomes }, width, vectors, rows, models) {
  const place = new Map(rows.map((row, i) => [row, i]));
  const column = new Map(models.map((model, i) => [model, i]));
  const take = (values) => Float64Array.from(rows.flatMap((row) => models.map((m) => values[row * width + m])));
  return {
    queries: {
      texts: rows.map((row) => queries[row].text),
      vectors: takeRows(vectors, rows),
      encoder: encoder.id,
    },
    tasks: rows.map((row) => queries[row].task),
    pairs: pairs
      .filter(({ query, better, worse }) => place.has(query) && column.has(better) && column.has(worse))
      .map(({ query, better, worse }) => ({
        query: place.get(query),
        better: column.get(better),
        worse: column.get(worse),
      })),
    outcomes: outcomes && Object.fromEntries(Object.entries(outcomes).map(([name, values]) => [name, take(values)])),
  };
}

/** What scores, [queries][models], are worth on each held-out query; NaN where nothing is known of it. */
function worths({ queries, pairs, outcomes }, scores) {
  const out = new Float64Array(queries.texts.length).fill(NaN);
  if (outcomes) {
    for (const [q, row] of scores.entries()) {
      const known = row.map((_, m) => m).filter((m) => !Number.isNaN(outcomes.score[q * row.length + m]));
      if (known.length === 0) continue;
      const choice = known.reduce((best, m) => (row[m] > row[best] ? m : best));
      out[q] = outcomes.score[q * row.length + choice];
    }
    return out;
  }
  const counts = new Float64Array(out.length);
  for (const { query, better, worse } of pairs) {
    const lead = scores[query][better] - scores[query][worse];
    const right = lead > 0 ? 1 : lead === 0 ? 0.5 : 0;
    out[query] = (counts[query] === 0 ? 0 : out[query]) + right;
    counts[query]++;
  }
  return out.map((sum, q) => (counts[q] > 0 ? sum / counts[q] : NaN));
}

async function split({ dataset, vectors }, draw, seed) {
  const random = createRandom(seed, 'auto-splits', draw);
  const names = dataset.candidates.map(({ id }) => id);
  const indices = [...names.keys()];
  const models = draw === 'few-models' ? random.sample(indices, 2 + random.int(4)).sort((a, b) => a - b) : indices;
  const all = random.shuffle([...dataset.train.queries.keys()]);
  const drawn = draw === 'all' ? all : all.slice(0, Number(args.rows));
  const cut = Math.round(drawn.length * Number(args.share));
  const part = (rows) => restrict(dataset.train, names.length, vectors, rows, models);
  const [training, held] = [part(drawn.slice(0, cut)), part(drawn.slice(cut))];
  const chosen = models.map((m) => names[m]);
  const strip = dataset.layout === 'outcomes';
  const cards = dataset.cards.map((card) => (strip ? { ...card, scores: new Map() } : card));
  const taskQueries = dataset.taskQueries.map((entry) => ({
    ...entry,
    queries: entry.queries.filter((text) => !held.queries.texts.includes(text)),
  }));
  const graph = toHetero(buildGraph({ ...dataset, cards, taskQueries }, { preset: 'query-task' }));
  const features = await encodeNodes(graph, encoder, { seed });
  const wanted = { models: chosen, cards, graph, features, encoder, training };
  const profiles = await profile.build(wanted, parseOptions(profile, {}), { seed });
  const candidates = models.map((m) => dataset.candidates[m]);
  const own = cards.filter(({ name }) => chosen.includes(name));
  const input = { models: chosen, candidates, cards: own, profiles, training };
  const fitted = async (given) => {
    const router = await autoRouter.fit(input, given, { seed });
    const decisions = await router.decide(held.queries);
    const scores = decisions.map(({ ranked }) => chosen.map((id) => ranked.find(({ model }) => model === id).score));
    return { scores, chosen: (await router.save()).manifest.state.chosen };
  };
  const { scores, chosen: router } = await fitted(options);
  const single = bestSingle(chosen, training);
  const constant = held.queries.texts.map(() => Array.from(single.worth, (w) => (Number.isNaN(w) ? -Infinity : w)));
  const interval = pairedInterval(worths(held, scores), worths(held, constant), { seed });
  const sampled = args.compared && (await fitted({ ...options, compared: Number(args.compared) }));
  return {
    seed,
    models: chosen.length,
    rows: cut,
    chosen: router,
    ...interval,
    ...(sampled && {
      sampled: {
        chosen: sampled.chosen,
        ...pairedInterval(worths(held, sampled.scores), worths(held, scores), { seed }),
      },
    }),
  };
}

/** Mean over splits, and its standard error. */
function spread(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / Math.max(1, values.length - 1) / values.length) };
}

const report = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(SETS)) {
  const [folder, loading] = SETS[name];
  const dataset = await loadDataset(folder, loading);
  const texts = dataset.train.queries.map(({ text }) => text);
  const set = { dataset, vectors: await encoder.encode(texts, { seed: 1 }) };
  for (const draw of args.draws.split(',')) {
    const splits = [];
    for (let seed = 1; seed <= Number(args.splits); seed++) {
      splits.push(await split(set, draw, seed));
      console.error(name, draw, JSON.stringify(splits.at(-1)));
    }
    report.push({
      set: name,
      draw,
      splits: splits.length,
      worse: splits.filter(({ high }) => high < 0).length,
      better: splits.filter(({ low }) => low > 0).length,
      bestSingle: splits.filter(({ chosen }) => chosen === 'best-single').length,
      difference: splits.reduce((sum, { difference }) => sum + difference, 0) / splits.length,
      lowest: Math.min(...splits.map(({ difference }) => difference)),
      ...(args.compared && {
        sampled: {
          ...spread(splits.map(({ sampled }) => sampled.difference)),
          sameChoice: splits.filter(({ chosen, sampled }) => sampled.chosen === chosen).length,
        },
      }),
    });
  }
}
console.log(JSON.stringify(report, null, 2));
await encoder.dispose?.();

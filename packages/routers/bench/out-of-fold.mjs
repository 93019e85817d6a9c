// Routers with their wrappers on training rows that they did not see; no test row is read:
//   ROUTEPROFILE_DATA=DIR node bench/out-of-fold.mjs [--set NAME] [--encoder ID] [--graph NAME] [--profile ID] [--seed N] ROUTER …
// A profile for one router follows it: knn, mlp@emb-gnn:hops=2, mlp@emb-gnn/query-task (on a graph of its own).
// Everything is built and fitted once per fold (five): graph and profiles without the queries held out, and wrappers too. Model cards alone
// hold means over all training rows. Prints one JSON line per router: mean score of the choices, and what it is above the first
// router's on the same rows (95 % bootstrap interval), dollars per 1,000 queries, the models chosen most, and where the profiles are others
// than the first router's, the mean cosine of a model's profile and its profile there.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentileInterval, resampledMeans } from '@routeprofile/numerics';
import { builtInRouters, builtInWrappers, sharedFolds, wrapStrategy } from '@routeprofile/routers';
import { parseOptions, parseStrategyReference, takeOutcomes, takeRows, withoutPrefixes } from '@routeprofile/schema';
import { buildGraph, encodeNodes, toHetero } from '../../graph/dist/index.js';
import { builtInProfiles, createEncoder, loadDataset } from '../../profiles/dist/node.js';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    set: { type: 'string', default: 'outcomes/routerbench-3task' },
    encoder: { type: 'string', default: 'static-hash' },
    graph: { type: 'string', default: 'query-task' },
    profile: { type: 'string', default: 'flat' },
    seed: { type: 'string', default: '42' },
    cache: { type: 'string' },
  },
});
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds outcomes/');
const ctx = { seed: Number(args.seed) };
const dataset = await loadDataset(join(data, args.set), {});
const { candidates, cards, train } = dataset;
const models = candidates.map(({ id }) => id);
const plain = await createEncoder(args.encoder, { cache: args.cache });
const encoder = withoutPrefixes(plain, dataset.sharedPrefixes ?? []);
const texts = train.queries.map(({ text }) => text);
const tasks = train.queries.map(({ task }) => task);
const vectors = await encoder.encode(texts, ctx);
const foldOf = sharedFolds({ training: { tasks } }, ctx);
const all = Int32Array.from(texts.keys());

const named = (list, name) => list.find((entry) => entry.name === name) ?? fail(name);
function fail(name) {
  throw new Error(`there is no '${name}'`);
}

const trainingOf = (rows) => ({
  queries: {
    texts: Array.from(rows, (q) => texts[q]),
    vectors: takeRows(vectors, rows),
    encoder: encoder.id,
  },
  tasks: Array.from(rows, (q) => tasks[q]),
  pairs: [],
  outcomes: takeOutcomes(train.outcomes, rows, models.length),
});

const built = new Map();
/** The profiles of a fold, made without the queries held out; kept for the next router. */
async function profilesOf(reference, preset, fold, rows) {
  const key = `${reference}/${preset}/${fold}`;
  if (built.has(key)) return built.get(key);
  const training = trainingOf(rows);
  const held = new Set(texts.filter((_, q) => foldOf[q] === fold));
  const taskQueries = dataset.taskQueries.map((entry) => ({
    ...entry,
    queries: entry.queries.filter((text) => !held.has(text)),
  }));
  const graph = toHetero(buildGraph({ ...dataset, taskQueries }, { preset }));
  const { name, options } = parseStrategyReference(reference);
  const profile = named(builtInProfiles, name);
  const features = profile.needs.includes('features') ? await encodeNodes(graph, encoder, ctx) : undefined;
  const input = { models, cards, graph, features, training, encoder };
  const set = await profile.build(input, parseOptions(profile, options), ctx);
  built.set(key, set);
  return set;
}

function strategyOf(reference) {
  const { name, options, wrappers = [] } = parseStrategyReference(reference);
  const inner = named(builtInRouters, name);
  if (wrappers.length === 0) return { strategy: inner, options: parseOptions(inner, options) };
  const around = wrappers.map((each) => ({ wrapper: named(builtInWrappers, each.name) }));
  const strategy = wrapStrategy(inner, around);
  return { strategy, options: parseOptions(strategy, { router: options, wrappers }) };
}

/** Mean cosine of each model's vector in two sets; undefined where they are not alike in size. */
function likeness(sets, others) {
  const pairs = sets.flatMap(({ vectors: { cols, data } }, fold) => {
    const other = others[fold].vectors;
    return models.map((_, m) => [
      data.subarray(m * cols, (m + 1) * cols),
      other.data.subarray(m * other.cols, (m + 1) * other.cols),
    ]);
  });
  if (pairs.some(([a, b]) => a.length !== b.length)) return undefined;
  const dot = (a, b) => a.reduce((sum, x, d) => sum + x * b[d], 0);
  const cosines = pairs.map(([a, b]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
  return cosines.reduce((a, b) => a + b, 0) / cosines.length;
}

let first;
for (const position of positionals.length > 0 ? positionals : ['knn']) {
  const [reference, own = args.profile] = position.split('@');
  const [profile, preset = args.graph] = own.split('/');
  const { strategy, options } = strategyOf(reference);
  const [score, cost] = [new Float64Array(texts.length), new Float64Array(texts.length)];
  const chosen = new Map();
  const sets = [];
  const started = performance.now();
  for (const fold of new Set(foldOf)) {
    const [rest, held] = [all.filter((q) => foldOf[q] !== fold), all.filter((q) => foldOf[q] === fold)];
    const profiles = await profilesOf(profile, preset, fold, rest);
    sets.push(profiles);
    const input = { models, candidates, cards, profiles, training: trainingOf(rest) };
    const router = await strategy.fit(input, options, ctx);
    const asked = trainingOf(held);
    (await router.decide({ ...asked.queries, tasks: asked.tasks })).forEach(({ model }, i) => {
      const k = held[i] * models.length + models.indexOf(model);
      score[held[i]] = train.outcomes.score[k];
      cost[held[i]] = train.outcomes.cost[k];
      chosen.set(model, (chosen.get(model) ?? 0) + 1);
    });
  }
  first ??= { score, sets };
  const judged = all.filter((q) => !Number.isNaN(score[q]) && !Number.isNaN(first.score[q]));
  const [scores, leads] = [score, score.map((x, q) => x - first.score[q])].map((each) =>
    Float64Array.from(judged, (q) => each[q]),
  );
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const [drawn] = resampledMeans([leads], ctx);
  const round = (x, digits = 4) => Number(x.toFixed(digits));
  const { low, high } = percentileInterval(drawn);
  const top = [...chosen].sort((a, b) => b[1] - a[1]).slice(0, 3);
  console.log(
    JSON.stringify({
      router: position,
      rows: judged.length,
      score: round(mean(scores)),
      aboveFirst: [mean(leads), low, high].map((x) => round(x)),
      per1k: round(1000 * mean(Float64Array.from(judged, (q) => cost[q]).filter((x) => !Number.isNaN(x)))),
      mostChosen: Object.fromEntries(top.map(([model, n]) => [model, round(n / texts.length, 2)])),
      ...(sets[0] !== first.sets[0] && { profilesLikeFirst: round(likeness(sets, first.sets) ?? NaN, 6) }),
      seconds: Math.round((performance.now() - started) / 1000),
    }),
  );
}
await encoder.dispose?.();

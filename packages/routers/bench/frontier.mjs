// What a cost–quality frontier learned on training rows is worth on rows it did not see, measured without test rows:
//   ROUTEPROFILE_DATA=DIR node bench/frontier.mjs [--folds N] [--set NAME] [--profile ID] [--encoder ID] [--cache DIR] [ROUTER …]
// For each router: `fitFrontier` on all folds but one, swept over that one. AIQ: area under the hull of the swept points over the
// range of costs of single models, as a share of that range, mean over folds with its standard error, beside that of single
// models. The operating point is chosen within the training folds; its choices are pooled over folds, with 95 % bootstrap
// intervals. Prints one JSON line per router.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildGraph, encodeNodes, toHetero } from '../../graph/dist/index.js';
import { withoutPrefixes } from '@routeprofile/schema';
import { builtInProfiles, createEncoder, loadDataset } from '../../profiles/dist/node.js';
import { builtInRouters, fitFrontier } from '@routeprofile/routers';
import { createRandom, parseOptions, parseStrategyReference, takeRows } from '@routeprofile/schema';
import { areaShare } from './common/area-share.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folds: { type: 'string', default: '5' },
    set: { type: 'string', default: 'outcomes/routerbench-3task' },
    profile: { type: 'string', default: 'flat' },
    encoder: { type: 'string', default: 'use-lite' },
    cache: { type: 'string' },
  },
});
const FOLDS = Number(args.folds);
const ctx = { seed: 42 };
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds outcomes/');
const dataset = await loadDataset(join(data, args.set), {});
const models = dataset.candidates.map(({ id }) => id);
const { queries, outcomes } = dataset.train;
const plain = await createEncoder(args.encoder, { cache: args.cache });
const encoder = withoutPrefixes(plain, dataset.sharedPrefixes ?? []);
const vectors = await encoder.encode(
  queries.map(({ text }) => text),
  ctx,
);
const graph = toHetero(buildGraph(dataset, { preset: 'query-task' }));
const features = await encodeNodes(graph, encoder, ctx);
const profile = builtInProfiles.find(({ name }) => name === args.profile);
const foldOf = new Int32Array(queries.length);
createRandom(ctx.seed, 'frontier folds')
  .shuffle([...queries.keys()])
  .forEach((query, i) => (foldOf[query] = i % FOLDS));

const pick = (column, rows) =>
  Float64Array.from({ length: rows.length * models.length }, (_, k) => {
    const row = rows[Math.floor(k / models.length)];
    return column[row * models.length + (k % models.length)];
  });
const trainingOf = (rows) => ({
  queries: {
    texts: rows.map((q) => queries[q].text),
    vectors: takeRows(vectors, rows),
    encoder: encoder.id,
  },
  tasks: rows.map((q) => queries[q].task),
  pairs: [],
  outcomes: Object.fromEntries(Object.entries(outcomes).map(([name, column]) => [name, pick(column, rows)])),
});

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values) => Math.sqrt(values.reduce((s, x) => s + (x - mean(values)) ** 2, 0) / (values.length - 1));
const withError = (values) => ({ mean: mean(values), standardError: spread(values) / Math.sqrt(values.length) });

/** Mean cost and outcome of choices on held-out rows where the choice was measured. */
function point(rows, choices) {
  const at = rows.map((q, i) => q * models.length + choices[i]).filter((k) => !Number.isNaN(outcomes.score[k]));
  return { cost: mean(at.map((k) => outcomes.cost[k])), quality: mean(at.map((k) => outcomes.score[k])) };
}

/** 95 % interval of a figure of rows drawn again, 1,000 times. */
function interval(rows, figure) {
  const random = createRandom(ctx.seed, 'bootstrap');
  const drawn = Array.from({ length: 1000 }, () => figure(rows.map(() => rows[random.int(rows.length)])));
  drawn.sort((a, b) => a - b);
  return { value: figure(rows), interval: [drawn[25], drawn[974]] };
}

for (const reference of positionals.length > 0 ? positionals : ['knn', 'linear', 'cluster']) {
  const { name, options: given } = parseStrategyReference(reference);
  const strategy = builtInRouters.find((router) => router.name === name);
  if (!strategy) throw new Error(`there is no router '${name}'`);
  const started = performance.now();
  const areas = [];
  const judged = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const all = [...queries.keys()];
    const [rest, held] = [all.filter((q) => foldOf[q] !== fold), all.filter((q) => foldOf[q] === fold)];
    const training = trainingOf(rest);
    const profiles = await profile.build(
      { models, cards: dataset.cards, graph, features, training, encoder },
      parseOptions(profile, {}),
      ctx,
    );
    const input = { models, candidates: dataset.candidates, cards: dataset.cards, profiles, training };
    const frontier = await fitFrontier(strategy, parseOptions(strategy, given), input, ctx);
    const { lambdas, choices } = await frontier.sweep(trainingOf(held).queries);
    const constants = models.map((_, m) => point(held, new Int32Array(held.length).fill(m)));
    const [from, to] = [Math.min, Math.max].map((pickOne) => pickOne(...constants.map(({ cost }) => cost)));
    areas.push({
      router: areaShare(
        choices.map((each) => point(held, each)),
        from,
        to,
      ),
      constants: areaShare(constants, from, to),
    });
    const { operatingPoint } = frontier;
    const chosen = choices[lambdas.indexOf(operatingPoint.lambda)];
    const best = models.indexOf(operatingPoint.bestSingle.model);
    held.forEach((q, i) => {
      const [own, single] = [q * models.length + chosen[i], q * models.length + best];
      if (Number.isNaN(outcomes.score[own]) || Number.isNaN(outcomes.score[single])) return;
      judged.push({
        lead: outcomes.score[own] - outcomes.score[single],
        cost: outcomes.cost[own],
        single: outcomes.cost[single],
      });
    });
  }
  console.log(
    JSON.stringify({
      router: reference,
      aiq: withError(areas.map(({ router }) => router)),
      aiqOfConstants: withError(areas.map(({ constants }) => constants)),
      aiqLead: withError(areas.map(({ router, constants }) => router - constants)),
      operatingPoint: {
        lead: interval(judged, (rows) => mean(rows.map(({ lead }) => lead))),
        costShare: interval(
          judged,
          (rows) => mean(rows.map(({ cost }) => cost)) / mean(rows.map(({ single }) => single)),
        ),
      },
      seconds: Math.round((performance.now() - started) / 1000),
    }),
  );
}
await encoder.dispose?.();

// What training the profiles together with the router is worth, measured without test rows:
//   ROUTEPROFILE_DATA=DIR node bench/co-training.mjs [--folds N] [--seeds N] [--profile A,B] [--task standard,newllm] [--encoder ID] [--cache DIR] [ROUTER …]
// `standard`: the share of training pairs ranked right in folds by query. `newllm`: a fold and a model at a time, the router
// is trained without the fold's queries and without all pairs of the model, and judged on the fold's pairs that involve it.
// The queries of a fold are taken out of the graph before the profiles that answer them are built. Model cards hold mean
// scores over those same queries, so accuracies compare options; they do not predict test scores.
// Every profile carries the keyed scores of `advantage`, so that coTrain=keyed can be compared on all of them. Prints one JSON
// document.
import { parseArgs } from 'node:util';
import { parseStrategyReference } from '@routeprofile/schema';
import { mean, openPairFolds } from './common/pair-folds.mjs';

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
const { models, profilesOf, judge } = await openPairFolds({ ...args, folds: FOLDS });

/** A profile with the keyed scores of `advantage`. */
async function keyedProfiles(profile, fold) {
  const [set, { keyed }] = await profilesOf([profile, 'advantage'], fold);
  return { ...set, keyed };
}

/** Which of the fold's pairs are ranked right; `absent`: a model without training pairs, whose pairs alone count. */
async function foldScore(reference, profiles, fold, seed, absent) {
  const { rights, state } = await judge(reference, profiles, fold, seed, absent);
  return { rights, epochs: state.epochs, ...state.coTrain };
}

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
  for (let fold = 0; fold < FOLDS; fold++) built.push(await keyedProfiles(profile, fold));
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

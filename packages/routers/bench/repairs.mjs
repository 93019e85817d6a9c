// What the repairs and options of a trained router are worth, measured without test rows:
//   ROUTEPROFILE_DATA=DIR node bench/repairs.mjs [--folds N] [--seeds N] [--profile A,B] [--encoder ID] [--cache DIR] [ROUTER …]
// For each router: the share of training pairs ranked right in folds by query. The queries of a fold are taken out of the
// graph before the profiles that answer them are built, and out of the router's training. Model cards hold mean scores over
// those same queries, so accuracies compare options; they do not predict test scores. Prints one JSON document.
import { parseArgs } from 'node:util';
import { mean, openPairFolds } from './common/pair-folds.mjs';

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
const { profilesOf, judge } = await openPairFolds({ ...args, folds: FOLDS });

/** Pairs of the held-out queries ranked right, a tie counting half; epochs trained and the models' cosine if it says so. */
async function foldScore(reference, profiles, fold, seed) {
  const { rights, state } = await judge(reference, profiles, fold, seed);
  const right = rights.reduce((sum, one) => sum + one.right, 0);
  return { right, asked: rights.length, epochs: state.epochs, best: state.bestEpoch, cosine: state.modelCosine };
}

const rows = [];
for (const profile of args.profile.split(',')) {
  const built = [];
  for (let fold = 0; fold < FOLDS; fold++) built.push(...(await profilesOf([profile], fold)));
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

// How many probes a new model needs: each model of an outcomes data set is left out in turn, the router irt is fitted on the
// others, and the model is placed by its outcomes on N training queries: chosen by what they tell or by k-centers, or at random.
//   ROUTEPROFILE_DATA=DIR node bench/onboarding.mjs [--set outcomes/zeroeval] [--rows test|folds] [--folds N] [--seeds N]
//     [--budgets 10,25,50,100] [--models N] [--methods prediction,information,k-center] [--difficulty own,vector]
//     [--encoder ID] [--cache DIR]
// Judged on the loader's test rows (`--rows test`), or, without reading those, on training rows held out in folds
// (`--rows folds`): the fit and the probes then see the other folds only. Figures are means over the models left out:
//   brier    mean squared error of the model's chance on each row
//   level    absolute error of its mean score
//   regret   mean outcome of routing over all models with it placed by all training outcomes, less that by the probes
// `chosen − random` is paired by model, the mean over the seeds of random probes; intervals are 95 % of 4,000 bootstrap
// samples of the models. `own`: the others' outcomes on the probes tell how hard each is; `vector`: its vector alone does.
// Prints a table on standard error and one JSON document.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEncoder, loadDataset } from '../../profiles/dist/node.js';
import { chooseProbes, irtRouter, onboardModel } from '@routeprofile/routers';
import { createMatrix, createRandom, parseOptions, takeRows } from '@routeprofile/schema';

const { values: args } = parseArgs({
  options: {
    set: { type: 'string', default: 'outcomes/zeroeval' },
    rows: { type: 'string', default: 'test' },
    folds: { type: 'string', default: '3' },
    seeds: { type: 'string', default: '10' },
    budgets: { type: 'string', default: '10,25,50,100' },
    models: { type: 'string' },
    methods: { type: 'string', default: 'prediction,information,k-center' },
    difficulty: { type: 'string', default: 'own,vector' },
    encoder: { type: 'string', default: 'use-lite' },
    cache: { type: 'string' },
  },
});
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds outcomes/');
if (args.rows !== 'test' && args.rows !== 'folds') throw new Error('--rows is test or folds');
const BUDGETS = args.budgets.split(',').map(Number);
const SEEDS = Number(args.seeds);
const METHODS = args.methods.split(',');
const DIFFICULTIES = args.difficulty.split(',');
const ctx = { seed: 42 };
const range = (n) => Array.from({ length: n }, (_, i) => i);
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

const dataset = await loadDataset(join(data, args.set));
const ids = dataset.candidates.map(({ id }) => id);
const encoder = await createEncoder(args.encoder, { cache: args.cache });
const encode = (queries) =>
  encoder.encode(
    queries.map(({ text }) => text),
    ctx,
  );

/** Rows and models: scores [rows × models] of the models measured on every training row. */
const complete = range(ids.length).filter((m) =>
  range(dataset.train.queries.length).every((q) => !Number.isNaN(dataset.train.outcomes.score[q * ids.length + m])),
);
const models = complete.map((m) => ids[m]);
const M = models.length;
const tableOf = (score, rows) => Float64Array.from(rows.flatMap((q) => complete.map((m) => score[q * ids.length + m])));
const train = { vectors: await encode(dataset.train.queries), score: dataset.train.outcomes.score };

/** What is fitted and probed, and what is judged. */
async function splits() {
  const all = range(dataset.train.queries.length);
  const part = (rows) => ({ vectors: takeRows(train.vectors, rows), score: tableOf(train.score, rows) });
  if (args.rows === 'test') {
    const { queries, values } = dataset.test;
    const whole = range(queries.length).filter((q) =>
      complete.every((m) => !Number.isNaN(values.score[q * ids.length + m])),
    );
    const vectors = takeRows(await encode(queries), whole);
    return [{ known: part(all), judged: { vectors, score: tableOf(values.score, whole) } }];
  }
  const folds = Number(args.folds);
  const shuffled = createRandom(ctx.seed, 'onboarding', 'folds').shuffle(all);
  return range(folds).map((fold) => ({
    known: part(shuffled.filter((_, i) => i % folds !== fold)),
    judged: part(shuffled.filter((_, i) => i % folds === fold)),
  }));
}

const without = (score, model) => score.filter((_, k) => k % M !== model);

function inputOf({ vectors, score }, names) {
  const blank = () => new Float64Array(score.length).fill(NaN);
  return {
    models: names,
    candidates: names.map((id) => ({ id, model: id })),
    cards: [],
    profiles: {
      models: names,
      vectors: createMatrix(names.length, 1),
      provenance: { strategy: 'none', encoder: null },
    },
    training: {
      queries: { texts: range(vectors.rows).map(String), vectors, encoder: encoder.id },
      tasks: range(vectors.rows).map(() => null),
      pairs: [],
      outcomes: { score, cost: blank(), inputTokens: blank(), outputTokens: blank(), latency: blank() },
    },
  };
}

/** The new model's column is the router's last. */
async function judge(router, model, { vectors, score }) {
  const rows = vectors.rows;
  const { data: scores } = await router.score({ texts: range(rows).map(String), vectors, encoder: encoder.id });
  const columns = [...range(M).filter((m) => m !== model), model];
  let [squares, value, expected, actual] = [0, 0, 0, 0];
  for (let q = 0; q < rows; q++) {
    const at = q * M;
    let best = 0;
    for (let c = 1; c < M; c++) if (scores[at + c] > scores[at + best]) best = c;
    value += score[at + columns[best]] / rows;
    const [p, y] = [scores[at + M - 1], score[at + model]];
    squares += (p - y) ** 2 / rows;
    expected += p / rows;
    actual += y / rows;
  }
  return { brier: squares, level: Math.abs(expected - actual), value };
}

const started = performance.now();
/** By variant, then by model: one list of measurements per fold (and seed). */
const found = new Map();
const note = (variant, model, figures) => {
  if (!found.has(variant))
    found.set(
      variant,
      range(M).map(() => []),
    );
  found.get(variant)[model].push(figures);
};

const left = range(args.models === undefined ? M : Math.min(M, Number(args.models)));
const choices = [];
for (const { known, judged } of await splits()) {
  // Width, rank and ridge are chosen once, with all models: they tell nothing of any single one.
  const whole = await irtRouter.fit(inputOf(known, models), parseOptions(irtRouter, {}), ctx);
  const { choice } = (await whole.save()).manifest.state;
  choices.push(choice);
  const { dimensions, width, ridge } = choice;
  const centres = chooseProbes({ method: 'k-center', budget: Math.max(...BUDGETS) }, known, null, ctx);
  for (const model of left) {
    const others = without(known.score, model);
    const names = models.filter((_, m) => m !== model);
    const fitted = await irtRouter.fit(
      inputOf({ vectors: known.vectors, score: others }, names),
      parseOptions(irtRouter, { dimensions, width, ridge }),
      ctx,
    );
    const artifact = await fitted.save();
    const place = async (probes, own) => {
      const outcomes =
        own && Float64Array.from([...probes].flatMap((q) => [...others.subarray(q * (M - 1), (q + 1) * (M - 1))]));
      const answers = Float64Array.from(probes, (q) => known.score[q * M + model]);
      const pool = { vectors: takeRows(known.vectors, probes), ...(outcomes && { outcomes }) };
      return judge(await onboardModel(artifact, models[model], pool, answers, ctx), model, judged);
    };
    const full = await place(range(known.vectors.rows), true);
    note('all', model, { ...full, regret: 0 });
    const measure = async (variant, probes, own) => {
      const figures = await place(probes, own);
      note(variant, model, { ...figures, regret: full.value - figures.value });
    };
    const pools = { own: { vectors: known.vectors, outcomes: others }, vector: { vectors: known.vectors } };
    const probesOf = (method, difficulty) =>
      method === 'k-center'
        ? centres
        : chooseProbes({ method, budget: Math.max(...BUDGETS) }, pools[difficulty], artifact, ctx);
    for (const difficulty of DIFFICULTIES)
      for (const method of METHODS) {
        const probes = probesOf(method, difficulty);
        for (const count of BUDGETS)
          await measure(`${method}, ${difficulty}, ${count}`, probes.subarray(0, count), difficulty === 'own');
      }
    for (let seed = 1; seed <= SEEDS; seed++)
      for (const count of BUDGETS) {
        const probes = chooseProbes({ method: 'random', budget: count }, known, null, { seed });
        for (const difficulty of DIFFICULTIES)
          await measure(`random, ${difficulty}, ${count}`, probes, difficulty === 'own');
      }
    console.error(`${models[model]}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
}

const FIGURES = ['brier', 'level', 'regret'];
/** [models]: mean over folds and seeds. */
const perModel = (variant, figure) => left.map((m) => mean(found.get(variant)[m].map((each) => each[figure])));

function interval(values) {
  const random = createRandom(ctx.seed, 'onboarding', 'bootstrap');
  const means = range(4000)
    .map(() => mean(values.map(() => values[random.int(values.length)])))
    .sort((a, b) => a - b);
  return { mean: mean(values), low: means[Math.floor(0.025 * 4000)], high: means[Math.floor(0.975 * 4000)] };
}

const rows = [...found.keys()].map((variant) => {
  const [method, difficulty, probes] = variant.split(', ');
  const figures = Object.fromEntries(FIGURES.map((figure) => [figure, interval(perModel(variant, figure))]));
  if (method === 'random' || difficulty === undefined)
    return { method, difficulty, probes: Number(probes) || undefined, ...figures };
  const random = `random, ${difficulty}, ${probes}`;
  const againstRandom = Object.fromEntries(
    FIGURES.map((figure) => {
      const other = perModel(random, figure);
      return [figure, interval(perModel(variant, figure).map((value, i) => value - other[i]))];
    }),
  );
  return { method, difficulty, probes: Number(probes), ...figures, againstRandom };
});
const shown = ({ mean: value, low, high }) => `${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
for (const row of rows)
  console.error(
    [row.method, row.difficulty ?? '', row.probes ?? '', ...FIGURES.map((f) => `${f} ${shown(row[f])}`)].join('\t') +
      (row.againstRandom
        ? `\tchosen − random: ${FIGURES.map((f) => `${f} ${shown(row.againstRandom[f])}`).join('\t')}`
        : ''),
  );
console.log(
  JSON.stringify({
    name: 'onboarding by probes',
    set: args.set,
    rows: args.rows,
    models: left.length,
    seeds: SEEDS,
    choices,
    seconds: (performance.now() - started) / 1000,
    figures: rows,
  }),
);
await encoder.dispose?.();

// How often does `learn` promote a router that is not better, and one that is? Measures quality, not speed; run by hand:
//   ROUTEPROFILE_DATA=DIR node bench/promotion.mjs [--logs 200] [--from 0] [--decisions 2000] [--looks 1|5] [--judged 1] [--temperature 0.05] [--seed 1]
// On the test rows of routerbench-3task every model was measured. A weak incumbent (knn on 150 training rows) draws by a softmax of its
// scores; candidates of known worth, among them one that is exactly as good, are judged by what the log alone would show. With --looks 5
// each log is looked at five times as it grows. Parts of a study, by --logs and --from, add up. Prints a Markdown table.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createJiti } from 'jiti';
import { loadDataset } from '@routeprofile/data';
import { binomialTail, principalAxes, principalCoordinates } from '@routeprofile/numerics';
import { builtInRouters } from '@routeprofile/routers';
import {
  createMatrix,
  createRandom,
  parseOptions,
  takeOutcomes,
  takeRows,
  withoutPrefixes,
} from '@routeprofile/schema';
import { openEncoder } from '../dist/index.js';

const { values: args } = parseArgs({
  options: {
    logs: { type: 'string', default: '200' },
    from: { type: 'string', default: '0' },
    decisions: { type: 'string', default: '2000' },
    looks: { type: 'string', default: '1' },
    judged: { type: 'string', default: '1' },
    temperature: { type: 'string', default: '0.05' },
    train: { type: 'string', default: '150' },
    encoder: { type: 'string', default: 'static' },
    seed: { type: 'string', default: '1' },
  },
});
const [LOGS, DECISIONS, LOOKS] = [args.logs, args.decisions, args.looks].map(Number);
const ALPHA = 0.05;
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('ROUTEPROFILE_DATA names the folder that holds outcomes/routerbench-3task');

const jiti = createJiti(import.meta.url);
const { countPromotions } = await jiti.import('../src/testing/promotion.ts');
const { loadPopulation, scoresOf } = await jiti.import('../src/testing/traffic.ts');

const folder = join(data, 'outcomes/routerbench-3task');
const dataset = await loadDataset(folder, { limitTrain: Number(args.train) });
const population = await loadPopulation(folder, 'test');
const opened = await openEncoder(args.encoder);
const encoder = withoutPrefixes(opened, dataset.sharedPrefixes ?? []);
const vectors = await encoder.encode(population.texts);
const learned = await encoder.encode(dataset.train.queries.map(({ text }) => text));
await opened.dispose?.();

const { models } = population;
const knn = builtInRouters.find(({ name }) => name === 'knn');
const rows = Int32Array.from(dataset.train.queries.keys());
const router = await knn.fit(
  {
    models,
    candidates: dataset.candidates,
    cards: [],
    profiles: { models, vectors: createMatrix(models.length, 1), provenance: {} },
    training: {
      queries: {
        texts: dataset.train.queries.map(({ text }) => text),
        vectors: takeRows(learned, rows),
        encoder: opened.id,
      },
      tasks: dataset.train.queries.map(() => null),
      pairs: [],
      outcomes: takeOutcomes(dataset.train.outcomes, rows, models.length),
    },
  },
  parseOptions(knn, {}),
  { seed: 42 },
);
const scores = await scoresOf(router, population, { vectors, encoder: opened.id });

// As many axes as estimates use, found once here and not again for every log.
const axes = principalAxes(vectors, { most: 32, random: createRandom(42, 'axes') });
const points = principalCoordinates(vectors, axes);

const looks = Array.from({ length: LOOKS }, (_, i) => (i + 1) / LOOKS);
const study = {
  ...{ population, vectors: points, scores, decisions: DECISIONS, logs: LOGS, alpha: ALPHA },
  ...{
    temperature: Number(args.temperature),
    judged: Number(args.judged),
    seed: Number(args.seed),
    from: Number(args.from),
  },
};
const counts = countPromotions(study, looks, (log) => {
  if (log % 10 === 0) process.stderr.write(`${log} of ${LOGS} logs\n`);
});
let allowed = 0;
while (binomialTail(allowed + 1, LOGS, ALPHA) > 0.01) allowed++;
console.log(
  `${LOGS} logs of ${DECISIONS} decisions from ${population.texts.length} queries × ${models.length} models, ${100 * study.judged} % judged, softmax with temperature ${study.temperature}, ${LOOKS} look(s), seed ${study.seed}. At an error of ${ALPHA} up to ${allowed} of ${LOGS} may be promoted wrongly by chance (99 %).\n`,
);
console.log(
  '| true difference | decides otherwise | log can tell | promoted | held back | lower bound holds | ever promoted, α each look | ever promoted, α spent |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const { truth, differing, told, promoted, held, everNaive, everSpent } of counts)
  console.log(
    `| ${truth >= 0 ? '+' : '−'}${Math.abs(truth).toFixed(4)} | ${(100 * differing).toFixed(0)} % | ${told} | ${promoted} | ${LOGS - promoted} | ${told === 0 ? '–' : `${((100 * held) / told).toFixed(1)} %`} | ${everNaive} | ${everSpent} |`,
  );

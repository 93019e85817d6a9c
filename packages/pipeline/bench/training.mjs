// How long training takes: a run with the defaults, one with the frontier, and `auto` alone:
//   node bench/training.mjs [--rows 2000] [--models 10] [--auto-rows 7600] [--auto-models 7] [--encoder hash]
// The rows are drawn (see packages/routers/bench/common/drawn-outcomes.mjs), every outcome known; vectors are encoded once beforehand,
// so that they come from the cache. Prints one JSON document: seconds, and what --frontier takes as a multiple of the run without.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '@routeprofile/pipeline';
import { autoRouter } from '../../routers/dist/index.js';
import { createRandom, parseOptions } from '@routeprofile/schema';
import { drawnInput } from '../../routers/bench/common/drawn-outcomes.mjs';

const { values: args } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000' },
    models: { type: 'string', default: '10' },
    'auto-rows': { type: 'string', default: '7600' },
    'auto-models': { type: 'string', default: '7' },
    dimensions: { type: 'string', default: '768' },
    encoder: { type: 'string', default: 'hash' },
  },
});
const TEST_ROWS = 300;

async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** A dataset of outcomes whose texts are words of their tasks. */
async function writeDataset(folder, rows, width) {
  const { models, training } = drawnInput(rows + TEST_ROWS, width, 8);
  const { score, cost } = training.outcomes;
  const random = createRandom(1, 'words');
  const word = (task) => `${task.replace(' ', '')}w${random.int(40)}`;
  const lines = training.tasks.map((task, q) => {
    const query = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? `common${random.int(60)}` : word(task)));
    const outcomes = models.map((name, m) => [name, { score: score[q * width + m], cost: cost[q * width + m] }]);
    const split = q < rows ? 'train' : 'test';
    return JSON.stringify({
      id: `q${q}`,
      task,
      split,
      query: `${query.join(' ')} ${q}`,
      models: Object.fromEntries(outcomes),
    });
  });
  await writeFile(join(folder, 'outcomes.jsonl'), lines.join('\n'));
}

const folder = await mkdtemp(join(tmpdir(), 'routeprofile-training-'));
try {
  await writeDataset(folder, Number(args.rows), Number(args.models));
  const config = (out, more) => ({
    data: folder,
    encoder: args.encoder,
    cache: join(folder, 'cache'),
    out: join(folder, out),
    ...more,
  });
  await run(config('warm', { router: 'sim' }));
  const plain = await seconds(() => run(config('plain', {})));
  const frontier = await seconds(() => run(config('frontier', { frontier: true })));
  const input = drawnInput(Number(args['auto-rows']), Number(args['auto-models']), Number(args.dimensions));
  const auto = await seconds(() => autoRouter.fit(input, parseOptions(autoRouter, {}), { seed: 42 }));
  console.log(
    JSON.stringify({
      name: 'training',
      run: { rows: Number(args.rows), models: Number(args.models), seconds: plain, frontierTimes: frontier / plain },
      auto: { rows: Number(args['auto-rows']), models: Number(args['auto-models']), seconds: auto },
    }),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

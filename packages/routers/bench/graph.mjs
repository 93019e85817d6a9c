// The graph router's training at the paper's sizes: hidden 256, 2 layers, 4 heads, batches of 32, queries and profiles of
// 512 dimensions; each labelled query is used once per epoch. Our embedded backend against the WebAssembly backend as
// shipped, and 20,000 queries × 60 models. Every case is a process of its own, so that its peak memory is its own.
// Prints one JSON document.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { graphRouter } from '@routeprofile/routers';
import { createMatrix, createRandom, parseOptions } from '@routeprofile/schema';
import { createRuntime } from '@routeprofile/tensor';

const WIDTH = 512;
const CASES = {
  embedded: { backend: 'embedded', queries: 1027, models: 8, epochs: 6 },
  shipped: { backend: 'wasm', queries: 1027, models: 8, epochs: 3 },
  large: { backend: 'embedded', queries: 20_000, models: 60, epochs: 1 },
};
/** Pairs of the first two cases, interleaved, so that whatever else the machine does falls on both alike. */
const PAIRS = 2;

function inputOf({ queries, models: count }) {
  const random = createRandom(1, 'graph bench');
  const rows = (n) =>
    createMatrix(
      n,
      WIDTH,
      Float32Array.from({ length: n * WIDTH }, () => random.normal()),
    );
  const models = Array.from({ length: count }, (_, m) => `model-${m}`);
  const blank = () => new Float64Array(queries * count).fill(NaN);
  return {
    models,
    candidates: models.map((model) => ({ id: model, model })),
    cards: [],
    profiles: { models, vectors: rows(count), provenance: { encoder: null } },
    training: {
      queries: { texts: Array.from({ length: queries }, (_, i) => `query ${i}`), vectors: rows(queries) },
      tasks: [],
      pairs: [],
      outcomes: {
        score: blank().map(() => (random.float() < 0.5 ? 1 : 0)),
        cost: blank(),
        inputTokens: blank(),
        outputTokens: blank(),
        latency: blank(),
      },
    },
  };
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** What the router says it would need: the figure of its refusal. */
async function estimate(input) {
  const options = parseOptions(graphRouter, { memoryLimit: 1 });
  const error = await graphRouter.fit(input, options, { seed: 1 }).catch((reason) => reason);
  return Number(/needs about (\d+) MB/.exec(error.message)[1]);
}

async function measure({ backend, epochs, ...size }) {
  await createRuntime({ backend });
  const input = inputOf(size);
  const estimatedMB = await estimate(input);
  const marks = [{ wall: performance.now(), cpu: cpuSeconds() }];
  const onProgress = () => marks.push({ wall: performance.now(), cpu: cpuSeconds() });
  const options = parseOptions(graphRouter, { epochs, patience: epochs });
  const router = await graphRouter.fit(input, options, { seed: 1, onProgress });
  const { state } = (await router.save()).manifest;
  // The first epoch compiles: it counts only where it is the only one.
  const laps = marks
    .slice(1)
    .map((mark, i) => ({ wall: (mark.wall - marks[i].wall) / 1000, cpu: mark.cpu - marks[i].cpu }));
  const counted = laps.length > 1 ? laps.slice(1) : laps;
  return {
    queries: size.queries,
    models: size.models,
    stepsPerEpoch: state.stepsPerEpoch,
    secondsPerEpoch: median(counted.map(({ wall }) => wall)),
    cpuSecondsPerEpoch: median(counted.map(({ cpu }) => cpu)),
    trainingLoss: state.trainingLoss,
    peakMemoryMB: process.resourceUsage().maxRSS / 1024,
    estimatedMB,
  };
}

const [name] = process.argv.slice(2);
if (name !== undefined) console.log(JSON.stringify(await measure(CASES[name])));
else {
  const run = async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), name]);
    return JSON.parse(stdout);
  };
  const runs = { embedded: [], shipped: [] };
  for (let pair = 0; pair < PAIRS; pair++) for (const name of ['embedded', 'shipped']) runs[name].push(await run(name));
  const best = (name) => runs[name].reduce((a, b) => (a.cpuSecondsPerEpoch < b.cpuSecondsPerEpoch ? a : b));
  const [embedded, shipped] = [best('embedded'), best('shipped')];
  console.log(
    JSON.stringify({
      name: 'graph router epoch, validation included',
      embedded,
      shipped,
      timesFaster: {
        cpu: shipped.cpuSecondsPerEpoch / embedded.cpuSecondsPerEpoch,
        wall: shipped.secondsPerEpoch / embedded.secondsPerEpoch,
      },
      large: await run('large'),
    }),
  );
}

// Training of the trainable-gnn profile at the sizes of the published query-task graph (5 families, 24 models, 29 tasks, 2,100
// queries, 512 columns) on made-up features and scores: node bench/trainable-gnn.mjs [--epochs N]
// Prints one JSON document. Seconds of 100 epochs are the setup (weights, checkpoint state, profiles), counted once, and 100
// times the mean of epochs 2 … N: the first one compiles. Ratios are of an epoch alone. The baseline is the same training on
// the WebAssembly backend as TensorFlow.js ships it, where attention runs as ordinary operations; it does few epochs, as it
// is slow. `compat` is the published network and training on our backend.
import { parseArgs } from 'node:util';
import { createMatrix, createRandom, normalizeRows, parseOptions } from '@routeprofile/schema';
import { createRuntime } from '@routeprofile/tensor';
import { trainableGnnProfile } from '../dist/index.js';

const { values: args } = parseArgs({ options: { epochs: { type: 'string', default: '20' } } });
const EPOCHS = Number(args.epochs);
const BASELINE_EPOCHS = 4;
const WIDTH = 512;
const COUNTS = { family: 5, model: 24, task: 29, query: 2100 };

const random = createRandom(1, 'bench');
const names = (type) => Array.from({ length: COUNTS[type] }, (_, i) => `${type} ${i}`);
function relation(source, target, edges, scores = null) {
  const [sourceIndex, targetIndex] = [0, 1].map((side) => Int32Array.from(edges, (edge) => edge[side]));
  return { name: `${source}__${target}`, source, target, sourceIndex, targetIndex, scores };
}
const measured = names('model').flatMap((_, m) => names('task').flatMap((__, t) => ((m + t) % 2 ? [] : [[m, t]])));
const graph = {
  name: 'made-up query-task',
  hash: 'made-up',
  nodes: Object.keys(COUNTS).map((type) => ({ type, names: names(type), texts: names(type) })),
  relations: [
    relation(
      'family',
      'model',
      names('model').map((_, m) => [m % COUNTS.family, m]),
    ),
    relation(
      'model',
      'task',
      measured,
      Float32Array.from(measured, ([m, t]) => 50 + m - t + 10 * random.normal()),
    ),
    relation(
      'query',
      'task',
      names('query').map((_, q) => [q, q % COUNTS.task]),
    ),
  ],
};
const features = Object.fromEntries(
  Object.entries(COUNTS).map(([type, rows]) => {
    const data = Float32Array.from({ length: rows * WIDTH }, () => random.normal());
    return [type, normalizeRows(createMatrix(rows, WIDTH, data))];
  }),
);
const input = {
  models: names('model'),
  cards: [],
  graph,
  features,
  encoder: { specVersion: 1, id: 'made-up', dimensions: WIDTH, encode: () => Promise.reject(new Error('unused')) },
};

const now = () => {
  const { user, system } = process.cpuUsage();
  return { cpu: (user + system) / 1e6, wall: performance.now() / 1000 };
};

async function measure(backend, epochs, options) {
  await createRuntime({ backend });
  const all = parseOptions(trainableGnnProfile, { epochs, ...options });
  const start = now();
  const ends = [];
  const set = await trainableGnnProfile.build(input, all, { seed: 1, onProgress: () => void ends.push(now()) });
  const end = now();
  const { trainingLoss, heldOutError, meanCosine } = set.provenance.diagnostics;
  const figures = (unit) => {
    const epoch = (ends.at(-1)[unit] - ends[0][unit]) / (epochs - 1);
    const setup = end[unit] - start[unit] - (ends.at(-1)[unit] - ends[0][unit]) - epoch;
    return { epoch, setup, hundredEpochs: setup + 100 * epoch };
  };
  return {
    backend,
    epochs,
    cpuSeconds: figures('cpu'),
    wallSeconds: figures('wall'),
    trainingLoss,
    heldOutError,
    meanCosine,
  };
}

await measure('embedded', 2, {}); // compilation is not part of an epoch
const repaired = await measure('embedded', EPOCHS, {});
const peakMemoryMB = process.resourceUsage().maxRSS / 1024;
const compat = await measure('embedded', EPOCHS, { compat: true });
const baseline = await measure('wasm', BASELINE_EPOCHS, {});
console.log(
  JSON.stringify({
    name: 'trainable-gnn, 100 epochs, 2 layers, 2,158 nodes of 512 columns',
    measuredOn: { epochs: EPOCHS, baselineEpochs: BASELINE_EPOCHS },
    default: repaired,
    compat,
    baseline,
    timesFaster: {
      cpu: baseline.cpuSeconds.epoch / repaired.cpuSeconds.epoch,
      wall: baseline.wallSeconds.epoch / repaired.wallSeconds.epoch,
    },
    peakMemoryMB,
    goal: { seconds: 20, limitSeconds: 40, limitMB: 1024 },
  }),
);

// One epoch of the two-tower router's training, our embedded backend against the WebAssembly backend as shipped:
// 3,780 queries in batches of 32, towers 512 → 512 → LayerNorm → ELU → 256 → unit length, 8 models, hinge loss of
// margin 0.2 against every other model, AdamW. Prints one JSON document. Pairs are interleaved, so that whatever
// else the machine does falls on both sides alike; ratios are of CPU time.
import { createRandom } from '@routeprofile/schema';
import {
  createAdamW,
  createRuntime,
  disposeVariables,
  lossAndGradients,
  toVariables,
  twoTower,
  twoTowerWeights,
} from '@routeprofile/tensor';

const PAIRS = 5;
const [QUERIES, BATCH, MODELS, WIDTH] = [3780, 32, 8, 512];
const MARGIN = 0.2;
const shape = { input: WIDTH, hidden: 512, output: 256, layers: 2 };
const [RATE, DECAY] = [1e-3, 1e-2];
/** Seconds of the same epoch in PyTorch 2.13 on one core, measured once elsewhere. */
const PYTORCH_SECONDS = 0.6;

function unitRows(random, rows, columns) {
  const data = Float32Array.from({ length: rows * columns }, () => random.normal());
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const norm = Math.hypot(...row);
    row.forEach((value, j) => (row[j] = value / norm));
  }
  return data;
}

const queries = unitRows(createRandom(1, 'queries'), QUERIES, WIDTH);
const models = unitRows(createRandom(1, 'models'), MODELS, WIDTH);
const best = Int32Array.from({ length: QUERIES }, (_, i) => (i * 7919 + ((i * i) % 13)) % MODELS);
const order = createRandom(1, 'order').shuffle([...best.keys()]);

/** The batch's mean over queries of Σ max(0, margin - s(best) + s(other)). */
function hinge(tf, scores, chosen) {
  const positive = tf.sum(tf.mul(scores, chosen), 1, true);
  const violation = tf.relu(tf.add(tf.sub(scores, positive), MARGIN));
  return tf.mean(tf.sum(tf.mul(violation, tf.sub(1, chosen)), 1));
}

async function epoch(backend) {
  const { tf } = await createRuntime({ backend });
  const variables = toVariables(
    tf,
    twoTowerWeights((label) => createRandom(1, label), shape),
  );
  const optimizer = createAdamW(tf, variables, { weightDecay: DECAY });
  const modelRows = tf.tensor2d(models, [MODELS, WIDTH]);
  const cpu = process.cpuUsage();
  const start = performance.now();
  let total = 0;
  for (let at = 0; at < QUERIES; at += BATCH) {
    const picked = order.slice(at, at + BATCH);
    const x = new Float32Array(picked.length * WIDTH);
    const chosen = new Float32Array(picked.length * MODELS);
    picked.forEach((query, i) => {
      x.set(queries.subarray(query * WIDTH, (query + 1) * WIDTH), i * WIDTH);
      chosen[i * MODELS + best[query]] = 1;
    });
    tf.tidy(() => {
      const rows = tf.tensor2d(x, [picked.length, WIDTH]);
      const oneHot = tf.tensor2d(chosen, [picked.length, MODELS]);
      const { loss, gradients } = lossAndGradients(tf, variables, () =>
        hinge(tf, twoTower(tf, rows, modelRows, variables), oneHot),
      );
      optimizer.step(gradients, RATE);
      total += loss.dataSync()[0] * picked.length;
    });
  }
  const wall = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  optimizer.dispose();
  disposeVariables(variables);
  modelRows.dispose();
  return { cpu: (used.user + used.system) / 1e6, wall, loss: total / QUERIES, tensors: tf.memory().numTensors };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const runs = { embedded: [], wasm: [] };
for (const backend of ['embedded', 'wasm']) await epoch(backend); // warm-up: compilation is not part of an epoch
for (let pair = 0; pair < PAIRS; pair++)
  for (const backend of ['embedded', 'wasm']) runs[backend].push(await epoch(backend));

const of = (backend, figure) => runs[backend].map((run) => run[figure]);
const ratios = (figure) => of('wasm', figure).map((value, i) => value / of('embedded', figure)[i]);
const summary = (backend) => ({
  cpuSeconds: median(of(backend, 'cpu')),
  wallSeconds: median(of(backend, 'wall')),
  loss: runs[backend][0].loss,
});
const [embedded, wasm] = [summary('embedded'), summary('wasm')];
if (!(Math.abs(embedded.loss - wasm.loss) < 1e-4 * Math.abs(wasm.loss)))
  throw new Error(`the two backends do not train the same model: loss ${embedded.loss} against ${wasm.loss}`);
console.log(
  JSON.stringify({
    name: 'two-tower epoch',
    pairs: PAIRS,
    embedded,
    wasm,
    timesFaster: { cpu: median(ratios('cpu')), wall: median(ratios('wall')), cpuOfEachPair: ratios('cpu') },
    timesPyTorch: embedded.cpuSeconds / PYTORCH_SECONDS,
    tensorsLeft: { embedded: of('embedded', 'tensors'), wasm: of('wasm', 'tensors') },
    peakMemoryMB: process.resourceUsage().maxRSS / 1024,
  }),
);

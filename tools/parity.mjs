// npm run parity -- DIR: every fixture file in DIR against our mathematics, on every backend present.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { embGnnParity, hanParity } from '../packages/profiles/dist/parity.js';
import { graphParity, mlpParity } from '../packages/routers/dist/parity.js';
import { BACKENDS, createRuntime } from '../packages/tensor/dist/index.js';
import { assert, Checks } from './lib/checks.mjs';

const FORWARD = 1e-5;
const AFTER_TRAINING = 1e-4;

const [dir] = process.argv.slice(2);
if (!dir) {
  console.error('usage: npm run parity -- DIR');
  process.exit(2);
}

/** A check a backend: the largest differences by name, each against its tolerance. */
const onEveryBackend = (file, parity, tolerances) => async (checks, fixture, runtimes) => {
  for (const runtime of runtimes)
    await checks.check(`${file} on ${runtime.backend}`, async () => {
      const differences = await parity(fixture, runtime);
      for (const [name, tolerance] of Object.entries(tolerances))
        assert(differences[name] <= tolerance, `${name} differs by ${differences[name]}`);
      return Object.keys(tolerances)
        .map((name) => `${name} ${differences[name].toExponential(1)}`)
        .join(', ');
    });
};

const fixtures = {
  'emb-gnn.json': (checks, fixture) =>
    checks.check('emb-gnn.json (typed arrays, no backend)', async () => {
      const { maxDifference } = embGnnParity(fixture);
      assert(maxDifference <= FORWARD, `largest difference ${maxDifference}`);
      return `largest difference ${maxDifference.toExponential(1)}`;
    }),
  'mlp-router.json': onEveryBackend('mlp-router.json', mlpParity, {
    forward: FORWARD,
    loss: AFTER_TRAINING,
    after: AFTER_TRAINING,
  }),
  'graph-router.json': onEveryBackend('graph-router.json', graphParity, {
    forward: FORWARD,
    loss: AFTER_TRAINING,
    after: AFTER_TRAINING,
  }),
  'han.json': onEveryBackend('han.json', hanParity, {
    forward: FORWARD,
    loss: AFTER_TRAINING,
    gradients: AFTER_TRAINING,
  }),
};

const runtimes = [];
for (const backend of BACKENDS) {
  try {
    runtimes.push(await createRuntime({ backend }));
  } catch (error) {
    if (error.code !== 'BACKEND_UNAVAILABLE') throw error;
    console.log(`skip backend ${backend}: ${error.message}`);
  }
}

const checks = new Checks();
for (const file of readdirSync(dir).sort()) {
  const run = fixtures[file];
  if (run) await run(checks, JSON.parse(readFileSync(join(dir, file), 'utf8')), runtimes);
  else console.log(`skip ${file}: no test knows it yet`);
}
process.exit(checks.end());

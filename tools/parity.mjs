// npm run parity -- DIR: every fixture file in DIR against our mathematics, on every backend present.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { embGnnParity } from '../packages/profiles/dist/index.js';
import { mlpParity } from '../packages/routers/dist/index.js';
import { BACKENDS, createRuntime } from '../packages/tensor/dist/index.js';
import { assert, Checks } from './lib/checks.mjs';

const FORWARD = 1e-5;
const AFTER_TRAINING = 1e-4;

const [dir] = process.argv.slice(2);
if (!dir) {
  console.error('usage: npm run parity -- DIR');
  process.exit(2);
}

const fixtures = {
  'emb-gnn.json': async (checks, fixture) =>
    checks.check('emb-gnn.json (typed arrays, no backend)', async () => {
      const { maxDifference } = embGnnParity(fixture);
      assert(maxDifference <= FORWARD, `largest difference ${maxDifference}`);
      return `largest difference ${maxDifference.toExponential(1)}`;
    }),
  'mlp-router.json': async (checks, fixture, runtimes) => {
    for (const runtime of runtimes)
      await checks.check(`mlp-router.json on ${runtime.backend}`, async () => {
        const { forward, loss, after } = await mlpParity(fixture, runtime);
        assert(forward <= FORWARD, `forward differs by ${forward}`);
        assert(
          loss <= AFTER_TRAINING && after <= AFTER_TRAINING,
          `after training: losses differ by ${loss}, scores by ${after}`,
        );
        return `forward ${forward.toExponential(1)}, losses ${loss.toExponential(1)}, after training ${after.toExponential(1)}`;
      });
  },
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

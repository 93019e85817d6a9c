// node tools/bench/fit-auto.mjs CHECKOUT ROWS MODELS: seconds of one fit of `auto` as that checkout has it, on rows drawn by this one.
import { resolve } from 'node:path';
import { drawnInput } from '../../packages/routers/bench/common/drawn-outcomes.mjs';

const [checkout, rows, models] = process.argv.slice(2);
const built = (name) => import(resolve(checkout, 'packages', name, 'dist/index.js'));
const [{ autoRouter }, { parseOptions }] = [await built('routers'), await built('schema')];
const input = drawnInput(Number(rows), Number(models), 768);
const started = performance.now();
await autoRouter.fit(input, parseOptions(autoRouter, {}), { seed: 42 });
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));

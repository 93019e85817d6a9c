// What of the site is generated before a build: the API reference from the sources of the packages, the CLI reference
// from the definitions of the commands, the built-in strategies from their lists. All are git-ignored. The results page reads its figures while it is built.
//
//   node apps/docs/tools/generate.mjs
import { generateApiReference } from './api-reference.mjs';
import { generateBuiltIns } from './built-ins.mjs';
import { generateCliReference } from './cli-reference.mjs';

for (const [what, generate] of [
  ['the command line', generateCliReference],
  ['everything built in', generateBuiltIns],
  ['the API', generateApiReference],
]) {
  const started = performance.now();
  const where = await generate();
  console.log(`${what}: ${where} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

// Every code block of the documentation: TypeScript and JavaScript are type-checked against the built packages, data
// is parsed, and what says `run` is run, in an empty folder a page. See code-blocks/extract.mjs for what blocks say.
//
//   node apps/docs/tests/code-blocks.mjs [--no-run] [PAGE…]
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { extractBlocks } from './code-blocks/extract.mjs';
import { writtenPages } from './code-blocks/pages.mjs';
import { dataProblems } from './code-blocks/parse-data.mjs';
import { hasRuns, runPage } from './code-blocks/run-page.mjs';
import { typeProblems } from './code-blocks/type-check.mjs';

const PAGES_AT_A_TIME = 2;
/** What it runs, a whole demo, is run by the release check from a tarball, and by the getting started page. */
const RUN_ELSEWHERE = ['packages/cli/README.md'];

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-run': { type: 'boolean' } },
});
const wanted = positionals.map((path) => relative(root, resolve(path)));
const pages = (wanted.length > 0 ? wanted : writtenPages(root)).map((page) => ({
  page,
  ...extractBlocks(readFileSync(join(root, page), 'utf8')),
}));
const failures = [];
const fail = (page, { line, message }) => {
  failures.push(page);
  console.log(`FAIL ${page}:${line} ${message}`);
};

for (const { page, blocks, problems } of pages)
  for (const problem of [...problems, ...dataProblems(blocks)]) fail(page, problem);

const started = performance.now();
for (const { page, ...problem } of typeProblems(join(root, 'apps', 'docs'), pages)) fail(page, problem);
console.log(`types checked in ${seconds(started)} s`);

const toRun = flags['no-run']
  ? []
  : pages.filter(({ page, blocks }) => hasRuns(blocks) && !RUN_ELSEWHERE.includes(page));
if (toRun.length > 0) {
  const { withRegistry } = await import('../../../tools/lib/registry.mjs');
  await withRegistry(async ({ env }) => {
    const pageEnv = { ...withoutSettings(process.env), ...env, npm_config_yes: 'true' };
    const queue = [...toRun];
    await Promise.all(
      Array.from({ length: PAGES_AT_A_TIME }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const begun = performance.now();
          const problems = await runPage(next.blocks, pageEnv);
          problems.forEach((problem) => fail(next.page, problem));
          if (problems.length === 0) console.log(`ok   ${next.page} runs (${seconds(begun)} s)`);
        }
      }),
    );
  });
}

const blocks = pages.flatMap((page) => page.blocks);
const count = (test) => blocks.filter(test).length;
for (const { page, blocks } of pages)
  for (const { line, reason } of blocks.filter(({ mode }) => mode === 'skip'))
    console.log(`skip ${page}:${line} ${reason}`);
console.log(
  `${pages.length} pages, ${blocks.length} blocks: ${count(({ language }) => ['ts', 'js'].includes(language))} type-checked, ` +
    `${count(({ language }) => ['json', 'jsonl', 'yaml'].includes(language))} parsed, ` +
    `${flags['no-run'] ? 0 : count(({ mode }) => mode === 'run')} run, ${count(({ mode }) => mode === 'skip')} skipped`,
);
console.log(`${pages.length - new Set(failures).size} passed, ${new Set(failures).size} failed`);
process.exit(failures.length === 0 ? 0 : 1);

/** The environment of somebody who has set nothing. */
function withoutSettings(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('ROUTEPROFILE_') && !name.startsWith('npm_')),
  );
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}

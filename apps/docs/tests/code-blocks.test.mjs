import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { extractBlocks, parseInfo } from './code-blocks/extract.mjs';
import { dataProblems } from './code-blocks/parse-data.mjs';
import { runPage } from './code-blocks/run-page.mjs';
import { typeProblems } from './code-blocks/type-check.mjs';

const SITE = fileURLToPath(new URL('..', import.meta.url));
const page = (...lines) => lines.join('\n');
const block = (language, code, more = {}) => ({ line: 1, language, mode: 'check', code, ...more });

test('blocks are found where Markdown has them, with the line of their fence', () => {
  const { blocks, problems } = extractBlocks(
    page(
      '---',
      'title: x',
      '---',
      '',
      '```ts run {1,3}',
      'const a = 1;',
      '```',
      '',
      '::: code-group',
      '',
      '```json [data]',
      '{}',
      '```',
      ':::',
      '- a list',
      '',
      '  ~~~sh skip: needs a GPU',
      '  nvidia-smi',
      '  ~~~',
      '',
      '````text',
      '```ts',
      'inside another',
      '```',
      '````',
    ),
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    blocks.map(({ line, language, mode, code }) => [line, language, mode, code]),
    [
      [5, 'ts', 'run', 'const a = 1;\n'],
      [11, 'json', 'check', '{}\n'],
      [17, 'sh', 'skip', 'nvidia-smi\n'],
      [21, 'text', 'output', '```ts\ninside another\n```\n'],
    ],
  );
});

test('blocks without a form are problems', () => {
  const { blocks, problems } = extractBlocks(page('```', 'x', '```', '', '    indented', '', '```sh', 'ls', '```'));
  assert.deepEqual(blocks, []);
  assert.deepEqual(
    problems.map(({ line }) => line),
    [1, 5, 7],
  );
});

test('info strings', () => {
  assert.deepEqual(parseInfo('ts'), { language: 'ts', mode: 'check' });
  assert.deepEqual(parseInfo('jsonl file=my-data/outcomes.jsonl'), {
    language: 'jsonl',
    mode: 'check',
    file: 'my-data/outcomes.jsonl',
  });
  assert.deepEqual(parseInfo('python skip: needs numpy'), { language: 'python', mode: 'skip', reason: 'needs numpy' });
  for (const wrong of [
    'sh',
    'python',
    'sh skip:',
    'ts skip: long',
    'json run',
    'ts fast',
    'ts file=../x.ts',
    'sh file=x',
  ])
    assert.ok(parseInfo(wrong).problem, wrong);
});

test('data that do not parse are named by their line', () => {
  assert.deepEqual(
    dataProblems([block('json', '{"a": 1}\n'), block('yaml', 'a: [1, 2]\n'), block('jsonl', '{}\n{}\n')]),
    [],
  );
  const wrong = [block('json', '{a: 1}'), block('yaml', 'a: [1'), block('jsonl', '{}\n{', { line: 10 })];
  assert.deepEqual(
    dataProblems(wrong).map(({ line }) => line),
    [2, 2, 12],
  );
});

test('types are checked against the packages, and blocks of a page can import its files', () => {
  const problems = typeProblems(SITE, [
    {
      page: 'good.md',
      blocks: [
        block('ts', "import { defineMetric } from '@routeprofile/schema';\nexport const metric = defineMetric;\n", {
          file: 'metric.ts',
        }),
        block('ts', "import { metric } from './metric.js';\nconsole.log(metric);\n", { line: 9 }),
        block('js', "import { z } from '@routeprofile/schema';\nconsole.log(z.string());\n", { line: 20 }),
      ],
    },
    {
      page: 'bad.md',
      blocks: [
        block('ts', "import { nothing } from '@routeprofile/schema';\n", { line: 30 }),
        block('ts', '\nconst n: number = "one";\n', { line: 40 }),
        block('js', "import { nothing } from '@routeprofile/schema';\n", { line: 50 }),
        block('js', 'const = 1;\n', { line: 60 }),
      ],
    },
  ]);
  assert.deepEqual(
    [...new Set(problems.map(({ page, line }) => `${page}:${line}`))],
    ['bad.md:31', 'bad.md:42', 'bad.md:51', 'bad.md:61'],
  );
});

test('a page runs in one folder, from block to block', async () => {
  const problems = await runPage(
    [
      block('json', '{"n": 41}', { file: 'in/n.json' }),
      block('sh', 'cd in\n', { mode: 'run' }),
      block(
        'ts',
        "import { readFileSync, writeFileSync } from 'node:fs';\nimport { z } from '@routeprofile/schema';\nconst { n } = z.object({ n: z.number() }).parse(JSON.parse(readFileSync('n.json', 'utf8')));\nwriteFileSync('m.txt', String((n as number) + 1));\n",
        { mode: 'run' },
      ),
      block('sh', 'test "$(cat m.txt)" = 42\n', { mode: 'run' }),
    ],
    process.env,
  );
  assert.deepEqual(problems, []);
});

test('a block that fails is reported with what it said, and nothing after it runs', async () => {
  const problems = await runPage(
    [
      block('sh', 'echo before; false | cat\necho not reached\n', { mode: 'run', line: 3 }),
      block('sh', 'false', { mode: 'run', line: 8 }),
    ],
    process.env,
  );
  assert.equal(problems.length, 1);
  assert.equal(problems[0].line, 3);
  assert.match(problems[0].message, /ended with 1\n\s+before$/);
});

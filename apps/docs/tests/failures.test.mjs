import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Checks, Failed } from '../../../tools/lib/checks.mjs';
import { failedTasks, failuresOf, failureSummary } from '../../../tools/lib/failures.mjs';
import { testReports } from '../../../tools/lib/test-reports.mjs';

/** Checks that fail as `bodies` do, and what they print. */
async function outputOf(bodies) {
  const { log } = console;
  let output = '';
  console.log = (text) => void (output += `${text}\n`);
  try {
    const checks = new Checks();
    for (const [name, body] of Object.entries(bodies)) await checks.check(name, body);
    const code = checks.end({ summary: true });
    return { output, checks, code };
  } finally {
    console.log = log;
  }
}

const fails = (message) => () => {
  throw new Error(message);
};

test('every failed check is said again at the end, before the sum', async () => {
  const { output, code } = await outputOf({
    'a: first': fails('no\nreason\n  at all'),
    good: () => 'fine',
    b: fails('x'),
  });
  assert.equal(code, 1);
  assert.ok(
    output.endsWith(
      'What failed:\nFAIL a: first:\n     no\n     reason\n     at all\nFAIL b:\n     x\n1 passed, 2 failed\n',
    ),
    output,
  );
});

test('nothing is said again where nothing failed', async () => {
  const { output, code } = await outputOf({ good: () => undefined });
  assert.equal(code, 0);
  assert.match(output, /^ok {3}good \([\d.]+ s\)\n1 passed, 0 failed\n$/);
});

test('failures of a suite within a suite keep their names, once each', async () => {
  const inner = await outputOf({
    'search finds: a word': fails('no result\nok   this is part of a message'),
    other: fails('y'),
  });
  const lane = failuresOf('in a browser', inner.output, 'ended with 1');
  const outer = await outputOf({ 'in a browser': () => Promise.reject(new Failed(lane)) });
  assert.equal(outer.checks.failed, 1);
  assert.deepEqual(failuresOf('documentation', outer.output, 'ended with 1'), [
    {
      name: 'documentation: in a browser: search finds: a word',
      message: 'no result\nok   this is part of a message',
    },
    { name: 'documentation: in a browser: other', message: 'y' },
  ]);
});

test('lines of a page or a target that fails are found as they are printed, without a summary', () => {
  const output =
    'ok   a.md runs (1 s)\nFAIL b.md:12 ended with 2\n    what it said\nok   c.md runs\n    more of c\nFAILED npy: 3 inputs\n       1 × crash\n';
  assert.deepEqual(failuresOf('blocks', output, 'ended with 1'), [
    { name: 'blocks: b.md:12 ended with 2', message: 'what it said' },
    { name: 'blocks: npy: 3 inputs', message: '1 × crash' },
  ]);
});

test('of a program with a format of its own, what it says of failures is shown, else its last lines', () => {
  const many = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');
  const [{ message }] = failuresOf(
    'tools',
    `${many}\n\u001b[31m✖ failing tests:\u001b[39m\n\ntest at a.mjs:1\n${many}`,
    'ended with 1',
  );
  assert.match(message, /^ended with 1\n✖ failing tests:\ntest at a.mjs:1\nline 0\n/);
  const [{ message: tap }] = failuresOf('tools', `ok 1 - a\nnot ok 2 - b\n  ---\n  error: no\n${many}`, 'ended with 1');
  assert.match(tap, /^ended with 1\nnot ok 2 - b\n {2}---\n {2}error: no\nline 0\n/);
  const [last] = failuresOf('types', `${many}\nnpm error code 1\n`, 'ended with 2');
  assert.match(last.message, /^ended with 2\nline 30\n[^]*\nline 39$/);
});

test('a long message and a long list are cut, and say so', () => {
  const message = Array.from({ length: 12 }, (_, i) => `line ${i}`).join('\n');
  const summary = failureSummary(Array.from({ length: 32 }, (_, i) => ({ name: `check ${i}`, message })));
  assert.match(summary, /line 9\n {5}… 2 more lines, above\nFAIL check 1:/);
  assert.match(summary, /… and 2 more, above$/);
});

test('tasks of Nx that failed are named with what they said', () => {
  const output = `
> nx run @routeprofile/a:lint

> @routeprofile/a@0.1.0 lint
> eslint .

/src/a.ts
  1:1  error  bad  rule
npm error Lifecycle script \`lint\` failed with error:

> nx run workspace:"lint:words"

> node tools/words.mjs

README.md:3 leave away

> nx run @routeprofile/b:lint

fine

 NX   Running targets lint, lint:words for 3 projects failed

Failed tasks:

- @routeprofile/a:lint
- workspace:lint:words

  Run duration:      1m
`;
  assert.deepEqual(failedTasks(output), [
    { name: '@routeprofile/a:lint', message: '/src/a.ts\n  1:1  error  bad  rule' },
    { name: 'workspace:lint:words', message: 'README.md:3 leave away' },
  ]);
  assert.deepEqual(failedTasks('error before Nx ran anything'), []);
});

test('reports of package tests: failed tests, files that do not load, errors outside of tests, no report', () => {
  const root = mkdtempSync(join(tmpdir(), 'routeprofile-test-reports-'));
  const folder = (name, files) => {
    mkdirSync(join(root, name, '.vitest'), { recursive: true });
    for (const [file, content] of Object.entries(files))
      writeFileSync(join(root, name, '.vitest', file), JSON.stringify(content));
    return join(root, name);
  };
  const file = (name, status, message, assertionResults = []) => ({
    ...{ name: join(process.cwd(), name), status, message, assertionResults },
  });
  const failing = { status: 'failed', fullName: 'adds up', failureMessages: ['expected 3', 'to be 4'] };
  const good = { status: 'passed', fullName: 'is', failureMessages: [] };
  try {
    const all = [
      folder('a', {
        'report.json': { numPassedTests: 2, testResults: [file('a.test.ts', 'passed', '', [good, good])] },
      }),
      folder('b', {
        'report.json': {
          numPassedTests: 1,
          testResults: [
            file('b.test.ts', 'failed', '', [good, failing]),
            file('c.test.ts', 'failed', 'no such module'),
          ],
        },
        'errors.json': ['Error: nobody waited'],
      }),
      folder('d', {}),
    ];
    const { passed, failed, failures } = testReports(all);
    assert.equal(passed, 3);
    assert.equal(failed, 4);
    assert.deepEqual(failures, [
      { name: 'b.test.ts: adds up', message: 'expected 3\nto be 4' },
      { name: 'c.test.ts', message: 'no such module' },
      { name: `${all[1]}: outside of any test`, message: 'Error: nobody waited' },
      { name: all[2], message: 'no test report was written' },
    ]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

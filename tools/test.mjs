// Runs every package's tests and ends with one line that sums them: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

const packages = readdirSync('packages').map((name) => join('packages', name));
for (const folder of packages) rmSync(join(folder, '.vitest'), { recursive: true, force: true });

const only = process.argv.slice(2);
const filter = only.length > 0 ? ['-p', only.join(',')] : [];
const { status } = spawnSync(
  'npx',
  // Much of a test is waiting for a process or a server: one package more than a small machine has cores.
  ['nx', 'run-many', '-t', 'test', '--output-style=static', '--parallel=3', ...filter],
  // On Windows npx is a script, which only a shell can start.
  { stdio: 'inherit', shell: process.platform === 'win32' },
);

let passed = 0;
let failed = 0;
/** Said again at the end: the logs of ten packages lie between a failure and the sum. */
const failures = [];
for (const folder of packages) {
  if (only.length > 0 && !only.includes(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name)) continue;
  try {
    const report = JSON.parse(readFileSync(join(folder, '.vitest', 'report.json'), 'utf8'));
    passed += report.numPassedTests;
    // A file that does not load counts as one failure, though none of its tests ran.
    failed +=
      report.numFailedTests +
      report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
    for (const { name, status, message, assertionResults } of report.testResults) {
      if (status !== 'failed') continue;
      const file = relative(process.cwd(), name);
      if (assertionResults.length === 0) failures.push(`${file}: ${message}`);
      for (const test of assertionResults)
        if (test.status === 'failed')
          failures.push(`${file}: ${test.fullName}\n${test.failureMessages.join('\n').slice(0, 2000)}`);
    }
  } catch {
    console.error(`${folder}: no test report was written`);
    failed += 1;
  }
}
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(status !== 0 || failed > 0 ? 1 : 0);

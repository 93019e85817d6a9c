// Runs every package's tests and ends with one line that sums them: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const packages = readdirSync('packages').map((name) => join('packages', name));
for (const folder of packages) rmSync(join(folder, '.vitest'), { recursive: true, force: true });

const only = process.argv.slice(2);
const filter = only.length > 0 ? ['-p', only.join(',')] : [];
const { status } = spawnSync(
  'npx',
  ['nx', 'run-many', '-t', 'test', '--output-style=static', '--parallel=2', ...filter],
  // On Windows npx is a script, which only a shell can start.
  { stdio: 'inherit', shell: process.platform === 'win32' },
);

let passed = 0;
let failed = 0;
for (const folder of packages) {
  if (only.length > 0 && !only.includes(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name)) continue;
  try {
    const report = JSON.parse(readFileSync(join(folder, '.vitest', 'report.json'), 'utf8'));
    passed += report.numPassedTests;
    // A file that does not load counts as one failure, though none of its tests ran.
    failed +=
      report.numFailedTests +
      report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  } catch {
    console.error(`${folder}: no test report was written`);
    failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(status !== 0 || failed > 0 ? 1 : 0);

// Runs every package's tests and ends with one line that sums them: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failureSummary } from './lib/failures.mjs';
import { testReports } from './lib/test-reports.mjs';

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

const nameOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name;
const { passed, failed, failures } = testReports(
  packages.filter((folder) => only.length === 0 || only.includes(nameOf(folder))),
);
// Said again at the end: the logs of many packages lie between a failure and the sum.
if (failures.length > 0) console.log(failureSummary(failures));
console.log(`${passed} passed, ${failed} failed`);
process.exit(status !== 0 || failed > 0 ? 1 : 0);

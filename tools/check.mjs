// npm run check: what is asked of a change, and at its end what failed. A part that fails ends it.
import { spawn } from 'node:child_process';
import { failedTasks, failureSummary, lastWords } from './lib/failures.mjs';

const nx = (targets, ...more) => ['nx', 'run-many', '-t', ...targets, '--output-style=static', ...more];
const LINTS = ['lint:tools', 'lint:format', 'lint:lists', 'lint:words', 'lint:boundaries', 'knip'];
const PARTS = [
  ['the build', 'npx', nx(['build'])],
  ['commits', 'node', ['tools/commits.mjs']],
  ['lint and types', 'npx', nx(['lint', 'typecheck', ...LINTS], '--parallel=2', '--nxBail=false')],
  // Their last line sums them, and those before it say what failed.
  ['tests', 'node', ['tools/test.mjs']],
];

/** Runs a program to its end; what it prints goes by. @returns {Promise<{ code: number | null, output: string }>} */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
    // On Windows npx is a script, which only a shell can start.
    const child = spawn(command, args, {
      stdio: ['inherit', 'pipe', 'pipe'],
      env: { ...process.env, ...colours },
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const [stream, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        to.write(text);
      });
    child.on('error', reject).on('close', (code) => resolve({ code, output }));
  });
}

for (const [name, command, args] of PARTS) {
  const { code, output } = await run(command, args);
  if (code === 0) continue;
  if (name !== 'tests') {
    const tasks = failedTasks(output);
    const ended = { name, message: `ended with ${code}\n${lastWords(output)}` };
    console.log(`\n${failureSummary(tasks.length > 0 ? tasks : [ended])}`);
    console.log(`npm run check: ${name} failed`);
  }
  process.exitCode = 1;
  break;
}

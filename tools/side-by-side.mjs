// node tools/side-by-side.mjs SCRIPT…: npm scripts that do not need each other, two at a time. What one printed is shown when it
// has ended; one that fails does not stop the others, so that a change is told everything that is wrong with it.
import { runProcess } from './lib/process.mjs';

const AT_A_TIME = 2;
const queue = process.argv.slice(2);
const failed = [];

async function lane() {
  for (let script = queue.shift(); script; script = queue.shift()) {
    const { code, stdout, stderr, seconds } = await runProcess('npm', ['run', '--silent', script], {
      shell: process.platform === 'win32',
    });
    console.log(`--- ${script} (${seconds.toFixed(0)} s)\n${stdout}${stderr}`);
    if (code !== 0) failed.push(script);
  }
}

await Promise.all(Array.from({ length: AT_A_TIME }, lane));
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);

// npm run docs:test: everything the documentation says is tried. Two lanes side by side, since one mostly waits for npm and the
// other for a browser: the code blocks of every page; the site, built and driven in a browser.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Checks, Failed } from './lib/checks.mjs';
import { failuresOf } from './lib/failures.mjs';

const docs = fileURLToPath(new URL('../apps/docs/', import.meta.url));
const checks = new Checks();

/** A program's output goes by as it comes, whole lines with its name in front. */
function step(name, command, args) {
  return checks.check(name, async () => {
    const child = spawn(command, args, { cwd: docs, shell: false });
    let rest = '';
    let output = '';
    const print = (text) => {
      output += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) console.log(`  ${name}: ${line}`);
    };
    child.stdout.setEncoding('utf8').on('data', print);
    child.stderr.setEncoding('utf8').on('data', print);
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (rest) print('\n');
    if (code !== 0) throw new Failed(failuresOf(name, output, `${command} ${args.join(' ')} ended with ${code}`));
  });
}

const node = (name, ...args) => step(name, process.execPath, args);

async function site() {
  await step('generated pages', 'npm', ['run', '--silent', 'docs:generate']);
  await step('types of the site', 'npx', ['vue-tsc', '--noEmit', '-p', 'tsconfig.json']);
  await step('types of the interactive page', 'npx', ['vue-tsc', '--noEmit', '-p', 'tsconfig.playground.json']);
  await node('tools of the site', '--test', 'tests/');
  await step('interactive page, without a browser', 'npx', ['vitest', 'run', '--root', '.', '.vitepress/theme']);
  await step('site', 'npx', ['vitepress', 'build']);
  await node('links', 'tests/links.mjs');
  await node('sizes', 'tests/size.mjs');
  await node('in a browser', 'tests/browser.mjs');
  await node('page of the gateway', 'tests/gateway-page.mjs');
}

await Promise.all([site(), node('code blocks', 'tests/code-blocks.mjs')]);
process.exit(checks.end({ summary: true }));

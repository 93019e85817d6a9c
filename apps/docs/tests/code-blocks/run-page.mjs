import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';
import ts from 'typescript';

const SECONDS_A_BLOCK = 300;
const WORKSPACE_HOOK = new URL('workspace-packages.mjs', import.meta.url).href;

/** A page with something to run. */
export const hasRuns = (blocks) => blocks.some(({ mode }) => mode === 'run');

/**
 * Runs the blocks of a page in order, in an empty folder, as a reader would. Stops at the first that fails.
 * A folder that a shell block changes into is where the next block begins. Where a page installs packages itself they
 * are the only ones there; elsewhere its scripts get this repository's.
 * @param {import('./extract.mjs').Block[]} blocks
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ line: number, message: string }[]>}
 */
export async function runPage(blocks, env) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'routeprofile-page-')));
  const installs = blocks.some(
    ({ mode, language, code }) => mode === 'run' && language === 'sh' && /\bnpm (i|install|ci)\b/.test(code),
  );
  const hooks = installs ? [] : ['--import', WORKSPACE_HOOK];
  const page = join(folder, 'page');
  const whereFile = join(folder, 'where');
  mkdirSync(page);
  writeFileSync(whereFile, page);
  try {
    for (const block of blocks) {
      const cwd = readFileSync(whereFile, 'utf8').trim();
      if (block.file) {
        mkdirSync(dirname(join(cwd, block.file)), { recursive: true });
        writeFileSync(join(cwd, block.file), block.code);
      }
      if (block.mode !== 'run') continue;
      const [command, args] =
        block.language === 'sh'
          ? ['bash', ['-euo', 'pipefail', '-c', `trap 'pwd >"$PAGE_WHERE"' EXIT\n${block.code}`]]
          : ['node', [...hooks, script(cwd, block)]];
      const result = await execute(command, args, { cwd, env: { ...env, PAGE_WHERE: whereFile } });
      if (result.problem)
        return [{ line: block.line, message: `${result.problem}\n${indent(result.output.slice(-3000))}` }];
    }
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a block as an ES module, types taken off, and gives its path. */
function script(cwd, { line, code }) {
  const path = join(cwd, `line-${line}.mjs`);
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  writeFileSync(path, outputText);
  return path;
}

/** Runs a program to its end, or to the limit of time, and ends whatever it has started. */
function execute(command, args, { cwd, env }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    };
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, SECONDS_A_BLOCK * 1000);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ problem: error.message, output });
    });
    // `exit`, not `close`: what it left running in the background keeps its output open.
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      end();
      const problem = late
        ? `ran longer than ${SECONDS_A_BLOCK} s`
        : code === 0
          ? undefined
          : `ended with ${code ?? signal}`;
      setImmediate(() => resolve({ problem, output }));
    });
  });
}

const indent = (text) => text.trim().replace(/^/gm, '    ');

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../packages/cli/bin/routeprofile.js', import.meta.url));

/**
 * Runs a program to its end.
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string, seconds: number }>}
 */
export function runProcess(command, args, { cwd, env, input, killWhen, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      shell,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const watch = killWhen && setInterval(() => killWhen() && child.kill('SIGKILL'), 10);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      resolve({ code, signal, stdout, stderr, seconds: (performance.now() - started) / 1000 });
    });
    // A program may end before it has read what it was given; its exit code tells enough.
    child.stdin.on('error', (error) => error.code !== 'EPIPE' && reject(error));
    child.stdin.end(input ?? '');
  });
}

/** The command line of this repository. */
const routeprofile = (args, options = {}) => runProcess(process.execPath, [CLI, ...args], options);

/** The JSON document that `--json` prints, when the command succeeded. */
export async function routeprofileJson(args, options) {
  const result = await routeprofile([...args, '--json', '--quiet'], options);
  if (result.code !== 0)
    throw new Error(`routeprofile ${args.join(' ')} ended with ${result.code}: ${result.stderr.slice(0, 2000)}`);
  return JSON.parse(result.stdout);
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs a program that has to succeed; the error says how it ended and what it said last.
 * @param options `cwd`, and `env`: variables on top of those of this process
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
export async function must(command, args, { cwd, env } = {}) {
  try {
    return await run(command, args, { cwd, env: { ...process.env, ...env }, maxBuffer: 64e6 });
  } catch (error) {
    const { stdout = '', stderr = '', code, signal, message } = error;
    const said = (stdout + stderr).trim().slice(-3000) || message;
    throw new Error(`${[command, ...args].join(' ').slice(0, 300)} ended with ${code ?? signal}: ${said}`, {
      cause: error,
    });
  }
}

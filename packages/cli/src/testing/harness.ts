import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunReport } from '@routeprofile/schema';
import { runProgram } from '../program.js';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line in this process, as the bin would, and keeps what it wrote. */
export async function routeprofile(
  args: readonly string[],
  options: { input?: string; signal?: AbortSignal } = {},
): Promise<Outcome> {
  const { input = '', signal = new AbortController().signal } = options;
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => void (written[name] += text),
    columns: 120,
  });
  async function* stdin(): AsyncGenerator<string> {
    yield input;
  }
  const code = await runProgram(args, { stdout: sink('stdout'), stderr: sink('stderr'), stdin: stdin(), signal });
  return { code, ...written };
}

/** The report that `run --json` prints, and the exit code. */
export async function runReport(args: readonly string[]): Promise<{ code: number; report: RunReport; stderr: string }> {
  const { code, stdout, stderr } = await routeprofile(['run', ...args, '--json', '--quiet']);
  if (stdout === '') throw new Error(`no report; exit code ${code}: ${stderr}`);
  return { code, report: JSON.parse(stdout) as RunReport, stderr };
}

/** A folder of its own, removed by `remove`. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'routeprofile-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The folder of a router that `run` trained on a few rows of the sample and saved below `folder`. */
export async function trainedRouter(folder: string, router: string): Promise<string> {
  const [data, out] = [join(folder, 'data'), join(folder, 'out')];
  const small = ['--encoder', 'hash:dimensions=32', '--limit-train', '60', '--limit-test', '20'];
  const run = ['run', '--data', data, ...small, '--profile', 'flat', '--router', router, '--out', out, '--quiet'];
  for (const args of [['sample', data, '--quiet'], run]) {
    const { code, stderr } = await routeprofile(args);
    if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${stderr}`);
  }
  const routers = join(out, 'routers');
  const [saved, ...others] = readdirSync(routers);
  if (saved === undefined || others.length > 0) throw new Error(`${routers} does not hold one router`);
  return join(routers, saved);
}

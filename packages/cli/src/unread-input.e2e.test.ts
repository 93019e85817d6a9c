import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder, trainedRouter } from './testing/harness.js';

const BIN = fileURLToPath(new URL('../bin/routeprofile.js', import.meta.url));
const LIMIT_MS = 20_000;

describe('route - with input that is not read to its end', () => {
  const folder = temporaryFolder();
  let router = '';
  beforeAll(async () => {
    router = await trainedRouter(folder.path, 'sim');
  });
  afterAll(() => folder.remove());

  /** Its exit code, null where it had to be killed, and the milliseconds from the signal to its end. Its input stays open. */
  const ask = (input: string | Uint8Array, interrupt: boolean) =>
    new Promise<{ code: number | null; milliseconds: number; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [BIN, 'route', '--router', router, '-', '--quiet']);
      const killer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
      let [stderr, from] = ['', Date.now()];
      child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
      child.stdout.once('data', () => {
        from = Date.now();
        if (interrupt) child.kill('SIGINT');
      });
      child.on('exit', (code) => {
        clearTimeout(killer);
        resolve({ code, milliseconds: Date.now() - from, stderr });
      });
      child.stdin.write(input);
    });

  it('ends by an error that is said once', { timeout: 2 * LIMIT_MS }, async () => {
    const { code, stderr } = await ask(Uint8Array.of(0x61, 0xff, 0x0a), false);
    expect(code).toBe(2);
    expect(stderr.match(/is not UTF-8 text/g)).toHaveLength(1);
  });

  it('ends by Ctrl-C before the time in which it would be killed', { timeout: 2 * LIMIT_MS }, async () => {
    const { code, milliseconds, stderr } = await ask('hello\n', true);
    expect(code).toBe(130);
    expect(milliseconds).toBeLessThan(2500);
    expect(stderr.match(/interrupted/g)).toHaveLength(1);
  });
});

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from './testing/harness.js';

const BIN = fileURLToPath(new URL('../bin/routeprofile.js', import.meta.url));

/** The command as a process, sent signals as soon as `when` says so. */
async function interrupted(
  args: readonly string[],
  signals: readonly NodeJS.Signals[],
  when: (said: string) => boolean,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  let sent = false;
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (sent || !when(stderr)) return;
    sent = true;
    for (const signal of signals) child.kill(signal);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stderr };
}

describe('an interrupted command', () => {
  const folder = temporaryFolder();
  const data = join(folder.path, 'data');
  const endless = join(folder.path, 'endless.config.mjs');
  beforeAll(async () => {
    expect((await routeprofile(['sample', data, '--quiet'])).code).toBe(0);
    writeFileSync(endless, "process.stderr.write('in the loop\\n');\nfor (;;);\n");
  });
  afterAll(() => folder.remove());

  const inTheLoop = (said: string) => said.includes('in the loop');

  it.each<[string, NodeJS.Signals[]]>([
    ['a Ctrl-C', ['SIGINT']],
    ['SIGTERM', ['SIGTERM']],
    ['a second Ctrl-C', ['SIGINT', 'SIGINT']],
  ])('that is deep in a loop which never lets go is ended by %s', async (_, signals) => {
    const { code } = await interrupted(['run', '--config', endless], signals, inTheLoop);
    expect(code).toBe(130);
  });

  it('says what is true of the command: that it starts anew, or that it can go on', async () => {
    const stopped = AbortSignal.abort();
    const log = join(folder.path, 'log.jsonl');
    writeFileSync(log, '{"query": "one", "model": "a", "score": 1}\n');
    const said = async (args: readonly string[]) => {
      const { code, stderr } = await routeprofile(args, { signal: stopped });
      expect(code).toBe(130);
      return stderr;
    };
    expect(await said(['data', 'import', log, join(folder.path, 'imported')])).toBe(
      'interrupted; the same command starts anew when it is run again.\n',
    );
    expect(await said(['profile', 'build', '--data', data, '--profile', 'flat', '--quiet'])).toBe(
      'interrupted; the same command starts anew when it is run again, with the texts that are encoded by now from the cache.\n',
    );
    expect(await said(['run', '--data', data, '--out', join(folder.path, 'run'), '--quiet'])).toContain(
      'what was finished is kept. Run the same command again to continue.',
    );
  });

  // What a training keeps when it is stopped is held by the contract suites, which do not hang on how fast a machine is.
  it('ends with the same bytes when it is run again', async () => {
    const run = (out: string) => [
      ...['run', '--data', data, '--encoder', 'hash:dimensions=32', '--limit-train', '120', '--limit-test', '40'],
      ...['--profile', 'flat', '--router', 'mlp:epochs=60:patience=60', '--out', join(folder.path, out)],
    ];
    expect((await routeprofile([...run('whole'), '--quiet'])).code).toBe(0);
    const { code, stderr } = await interrupted(run('stopped'), ['SIGINT'], (said) => said.includes('train mlp'));
    expect(code).toBe(130);
    expect(stderr).toContain('what was finished is kept');
    expect(existsSync(join(folder.path, 'stopped', 'report.json'))).toBe(false);

    expect((await routeprofile([...run('stopped'), '--quiet'])).code).toBe(0);
    const report = (out: string) => readFileSync(join(folder.path, out, 'report.json'), 'utf8');
    expect(report('stopped')).toBe(report('whole'));
  });
});

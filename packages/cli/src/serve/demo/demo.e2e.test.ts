import { execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DecisionList, Overview } from '@routeprofile/gateway';
import { describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from '../../testing/harness.js';

const BIN = fileURLToPath(new URL('../../../bin/routeprofile.js', import.meta.url));

interface Said {
  url: string;
  page: string;
  curl: string;
}

describe('serve --demo', { timeout: 120_000 }, () => {
  it('serves the sample with stand-ins, a page, and traffic that falls back now and then', async () => {
    const temporary = temporaryFolder();
    const args = ['serve', '--demo', '--port', '0', '--traffic', '3000', '--json'];
    // An empty folder as the home of everything: nothing but what is installed is needed.
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: temporary.path,
      env: { PATH: process.env['PATH'], TMPDIR: temporary.path, HOME: temporary.path },
    });
    try {
      const ended = new Promise((resolve) => child.on('close', resolve));
      const { url, page, curl } = await new Promise<Said>((resolve, reject) => {
        let [said, failed] = ['', ''];
        child.stderr.on('data', (bytes: Buffer) => (failed += bytes.toString()));
        child.stdout.on('data', (bytes: Buffer) => {
          said += bytes.toString();
          if (said.endsWith('}\n')) resolve(JSON.parse(said) as Said);
        });
        void ended.then((code) => reject(new Error(`ended with ${String(code)}: ${failed}`)));
      });
      expect(await (await fetch(page)).text()).toContain('<h1>RouteProfile gateway</h1>');
      const { stdout } = await promisify(execFile)('sh', ['-c', `${curl} -s`]);
      expect(stdout).toContain('17 * 3 = 51.');

      const asked = { role: 'user', content: 'What is 2 + 2?' };
      for (const [path, body] of [
        ['messages', { max_tokens: 99, messages: [asked] }],
        ['responses', { input: [asked] }],
      ] as const)
        for (const stream of [false, true]) {
          const response = await fetch(`${url}/v1/${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ model: 'auto', stream, ...body }),
          });
          const text = await response.text();
          expect([path, response.status]).toEqual([path, 200]);
          expect(text).not.toMatch(/"error": *\{/);
          expect(text).toContain(stream ? '"4. "' : '2 + 2 = 4.');
        }

      const overview = async () => (await (await fetch(`${url}/v1/overview`)).json()) as Overview;
      let seen = await overview();
      for (let i = 0; i < 300 && (seen.spend.fellBack === 0 || seen.spend.decisions < 4); i++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        seen = await overview();
      }
      expect(seen.note).toContain('Sample traffic: up to 3000 queries');
      expect(seen.endpoints).toHaveLength(8);
      expect(seen.spend).toMatchObject({ answered: seen.spend.decisions, unpriced: 0 });
      expect(seen.spend.fellBack).toBeGreaterThan(0);
      const { data } = (await (await fetch(`${url}/v1/decisions?limit=200`)).json()) as DecisionList;
      const faults = data.flatMap(({ attempts }) =>
        attempts.flatMap(({ candidate, fault }) => (fault ? [candidate] : [])),
      );
      expect(new Set(faults).size).toBe(1);
      expect(data.filter(({ session }) => session?.startsWith('sample-')).length).toBe(data.length - 5);
      expect(data.every(({ text }) => text !== undefined && text !== '')).toBe(true);

      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      expect(readdirSync(temporary.path).filter((name) => name.startsWith('routeprofile-serve-demo'))).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      temporary.remove();
    }
  });

  it('is all or nothing', async () => {
    const mixed = await routeprofile(['serve', '--demo', '--router', 'x', '--state', 'y', '--host', '0.0.0.0']);
    expect(mixed.code).toBe(2);
    for (const flag of ['--router:', '--state:', '--host:']) expect(mixed.stderr).toContain(flag);
    const alone = await routeprofile(['serve', '--traffic', '5']);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('--demo alone')]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openGateway, SECRETS } from '../../testing/open-gateway.js';
import { STYLE } from './style.js';

const KEYS = [{ id: 'team-a', key: 'env:TEAM_A' }];
const PATHS = ['/', '/page.js', '/page.css'];

describe('the page', () => {
  it('is there while there are no keys, and where the configuration says so', async () => {
    for (const [config, shown] of [
      [{}, true],
      [{ page: false }, false],
      [{ keys: KEYS }, false],
      [{ keys: KEYS, page: true }, true],
      [{ keys: KEYS, page: { note: 'staging' } }, true],
    ] as const) {
      const { get, gateway } = openGateway({ ...config, ...('keys' in config && { keys: [...config.keys] }) });
      expect(gateway.hasPage).toBe(shown);
      for (const path of PATHS) expect((await get(path)).status).toBe(shown ? 200 : 404);
    }
  });

  it('says nothing of the gateway before it has the key', async () => {
    const bodies = async (config: Parameters<typeof openGateway>[0]) => {
      const { get } = openGateway(config);
      return Promise.all(PATHS.map(async (path) => (await get(path)).text()));
    };
    expect(await bodies({ keys: KEYS, page: { note: 'staging' } })).toEqual(await bodies({}));
    const { get } = openGateway({ keys: KEYS, page: true });
    expect((await get('/v1/overview')).status).toBe(401);
    const authorization = `Bearer ${SECRETS['env:TEAM_A']}`;
    expect((await get('/v1/overview', { authorization })).status).toBe(200);
  });

  it('runs its own script alone', async () => {
    const { get } = openGateway();
    for (const [path, type] of [
      ['/', 'text/html; charset=utf-8'],
      ['/page.js', 'text/javascript; charset=utf-8'],
      ['/page.css', 'text/css; charset=utf-8'],
    ] as const) {
      const { headers } = await get(path);
      expect(headers.get('content-type')).toBe(type);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    const page = await (await get('/')).text();
    expect(page).not.toMatch(/<script(?! src="page.js")|\son\w+=|\sstyle=|<style/);
    const script = await (await get('/page.js')).text();
    expect(script).toContain('v1/overview');
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
  });

  it('takes GET and HEAD', async () => {
    const { gateway } = openGateway();
    const at = (method: string) => gateway.fetch(new Request('http://gateway.example/', { method }));
    expect([(await at('POST')).status, (await at('HEAD')).status]).toEqual([405, 200]);
  });

  it('has the colours of reports', () => {
    const report = readFileSync(new URL('../../../../report/src/html/style.ts', import.meta.url), 'utf8');
    const colours = (text: string) => {
      const [light = '', dark = ''] = [...text.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);
      return [light, dark].map(
        (block) => new Map([...block.matchAll(/(--[\w-]+): (#\w+)/g)].map(([, n, v]) => [n, v])),
      );
    };
    const [ours, theirs] = [colours(STYLE), colours(report)];
    for (const [i, block] of ours.entries()) {
      expect(block.size).toBeGreaterThan(8);
      for (const [name, value] of block) expect([name, theirs[i]!.get(name)]).toEqual([name, value]);
    }
  });
});

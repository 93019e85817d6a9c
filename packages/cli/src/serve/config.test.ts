import { describe, expect, it } from 'vitest';
import { checkServeConfig, type ServeConfigInput } from './config.js';
import { curlLine } from './curl.js';

const ENDPOINTS = [{ candidate: 'a', baseUrl: 'https://a.example/v1', wires: ['chat' as const] }];
const check = (more: Partial<ServeConfigInput>) =>
  checkServeConfig(
    { endpoints: ENDPOINTS, routes: { default: { router: 'run' }, cheap: { router: 'run' } }, ...more },
    'serve.yaml',
    '/etc/gateway',
  ).config;

describe('a configuration of serve', () => {
  it('has paths that are relative to it, and leaves packages and whole paths as they are', () => {
    const plugins = ['./mine.mjs', '../mine.mjs', '/opt/mine.mjs', 'routeprofile-mine'];
    const routes = Object.fromEntries(plugins.map((plugin, i) => [`r${i}`, { router: 'run', plugin }]));
    expect(Object.values(check({ routes }).routes).map(({ router, plugin }) => [router, plugin])).toEqual([
      ['/etc/gateway/run', '/etc/gateway/mine.mjs'],
      ['/etc/gateway/run', '/etc/mine.mjs'],
      ['/etc/gateway/run', '/opt/mine.mjs'],
      ['/etc/gateway/run', 'routeprofile-mine'],
    ]);
  });

  it('is shown by a command that its first key may send', () => {
    const line = (routes?: string[]) =>
      curlLine('http://x', check({ keys: [{ id: 'k', key: 'env:K', ...(routes && { routes }) }] }));
    expect(line()).toContain('"model":"auto"');
    expect(line(['cheap', 'default'])).toContain('"model":"auto"');
    expect(line(['cheap'])).toContain('"model":"routeprofile/cheap"');
    expect(curlLine('http://x', check({ routes: { only: { router: 'run' } } }))).toContain('"model":"auto"');
  });
});

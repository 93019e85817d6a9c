import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installedPlugins } from './installed-plugins.js';
import { importPlugin, resolveGrader, resolveProfile, resolveRouter, routerOf } from './plugins.js';
import { byPerson } from './trust.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const ROUTER = `export default {
  kind: 'router', specVersion: 1, name: 'mine', summary: 'a test', options: { safeParse: () => ({ success: true }) }, needs: [], fit() {}, load() {},
};`;

describe('plugins', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder.remove());

  /** A package in node_modules of the folder. */
  const install = (name: string, source: string, manifest: Record<string, unknown> = {}) => {
    const path = join(folder.path, 'node_modules', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(
      join(path, 'package.json'),
      JSON.stringify({ name, version: '1.2.3', type: 'module', exports: './index.js', ...manifest }),
    );
    writeFileSync(join(path, 'index.js'), source);
  };

  it('are found by file and by package name', async () => {
    writeFileSync(join(folder.path, 'mine.mjs'), ROUTER);
    writeFileSync(
      join(folder.path, 'typed.ts'),
      ROUTER.replace('export default', 'const router: object =') + '\nexport default router;',
    );
    install('my-router', ROUTER);
    install('@scope/my-router', ROUTER);
    for (const name of ['./mine.mjs', join(folder.path, 'mine.mjs'), './typed.ts', 'my-router', '@scope/my-router'])
      expect((await resolveRouter(byPerson(name), folder.path)).name).toBe('mine');
  });

  it('do not hide built-in names', async () => {
    install('sim', ROUTER);
    expect((await resolveRouter(byPerson('sim'), folder.path)).name).toBe('sim');
  });

  it.each([
    ['nobody', 'UNKNOWN_NAME', 'no router called nobody'],
    ['./nobody.js', 'MISSING_FILE', './nobody.js'],
    ['my router', 'UNKNOWN_NAME', 'my router'],
    ['x/../../nobody.js', 'UNKNOWN_NAME', 'x/../../nobody.js'],
    ['@x/y/./nobody.js', 'UNKNOWN_NAME', '@x/y/./nobody.js'],
  ])('that are not there are named: %s', async (name, code, message) => {
    await expect(resolveRouter(byPerson(name), folder.path)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it.each<[what: string, lookUp: (from: string) => Promise<unknown>, meant: string]>([
    ['a router', (from) => resolveRouter(byPerson('Knn'), from), 'knn'],
    ['a router with a line', (from) => resolveRouter(byPerson('task_table'), from), 'task-table'],
    ['a profile', (from) => resolveProfile(byPerson('advantge'), from), 'advantage'],
    ['a grader', (from) => resolveGrader(byPerson('metrc'), from), 'metric'],
    [
      'a wrapper',
      (from) => routerOf({ name: byPerson('knn'), options: {}, wrappers: [{ name: 'retreive', options: {} }] }, from),
      'retrieve',
    ],
  ])('that are misspelt are asked after: %s', async (_, lookUp, meant) => {
    await expect(lookUp(folder.path)).rejects.toMatchObject({
      code: 'UNKNOWN_NAME',
      hint: expect.stringMatching(`^Did you mean '${meant}' rather than`) as string,
    });
  });

  it('of the wrong kind, broken or foreign are refused by name', async () => {
    install('my-router', ROUTER);
    install('broken', 'throw new Error("at import")');
    install('foreign', 'export default { hello: 1 }');
    await expect(resolveProfile(byPerson('my-router'), folder.path)).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await expect(importPlugin(byPerson('broken'), folder.path)).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: expect.stringContaining('broken') as string,
    });
    await expect(importPlugin(byPerson('foreign'), folder.path)).rejects.toMatchObject({ code: 'PLUGIN_FAILED' });
    install('half', ROUTER.replace('fit() {}, ', ''));
    await expect(importPlugin(byPerson('half'), folder.path)).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: 'half is not a RouteProfile plugin: fit: is not a function',
    });
  });

  it('are listed by their keyword without being run', async () => {
    install('listed', 'globalThis.ran = true', { keywords: ['routeprofile-plugin'], description: 'does things' });
    install('@scope/listed', 'globalThis.ran = true', { keywords: ['routeprofile-plugin'] });
    install('other', 'globalThis.ran = true', { description: 'mentions routeprofile-plugin' });
    const found = await installedPlugins(join(folder.path));
    expect(found.filter((plugin) => plugin.path.startsWith(folder.path)).map((plugin) => plugin.package)).toEqual([
      '@scope/listed',
      'listed',
    ]);
    expect('ran' in globalThis).toBe(false);
  });
});

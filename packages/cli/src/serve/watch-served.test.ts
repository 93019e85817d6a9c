import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { checkServeConfig } from './config.js';
import { watchServed } from './watch-served.js';

let folder: string;
let unwatch: () => void = () => {};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-served-'));
  for (const name of ['one', 'two', 'other']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'router.json'), name);
  }
});
afterEach(async () => {
  unwatch();
  await rm(folder, { recursive: true });
});
const serving = (router: string) => {
  const endpoints = [{ candidate: 'a', baseUrl: 'https://a.example/v1', wires: ['chat' as const] }];
  return checkServeConfig({ endpoints, routes: { default: { router } } }, 'serve.yaml', folder);
};

it('what is served is loaded again when a router is promoted, and what is served then is watched', async () => {
  await symlink('one', join(folder, 'current'));
  let calls = 0;
  let next = serving('current');
  unwatch = watchServed(next, async () => {
    calls++;
    return next;
  });
  const loaded = (count: number) => vi.waitFor(() => expect(calls).toBe(count), { timeout: 5_000 });
  await symlink('two', join(folder, 'next'));
  await rename(join(folder, 'next'), join(folder, 'current'));
  await loaded(1);
  next = serving('other');
  await writeFile(join(folder, 'two', 'router.json'), 'trained again');
  await loaded(2);
  await writeFile(join(folder, 'other', 'router.json'), 'trained again');
  await loaded(3);
});

import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchFile } from './watch.js';

let folder: string;
let calls = 0;
let unwatch: () => void = () => {};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'));
  calls = 0;
});
afterEach(async () => {
  unwatch();
  await rm(folder, { recursive: true });
});
const watching = (path: string, linked?: string) => (unwatch = watchFile(path, async () => void calls++, linked));
const changes = (count: number) => vi.waitFor(() => expect(calls).toBe(count), { timeout: 5_000 });
const quiet = () => new Promise((done) => setTimeout(done, 700));

describe('a file that is watched', () => {
  it('is noticed when it is written, and when another takes its place', async () => {
    const path = join(folder, 'serve.yaml');
    await writeFile(path, 'a');
    watching(path);
    await writeFile(path, 'b');
    await changes(1);
    await writeFile(join(folder, 'next'), 'c');
    await rename(join(folder, 'next'), path);
    await changes(2);
  });

  it('is noticed where a link on the way to it is set to another folder', async () => {
    for (const version of ['1', '2']) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'serve.yaml'), version);
    }
    await symlink('1', join(folder, '..data'));
    await symlink(join('..data', 'serve.yaml'), join(folder, 'serve.yaml'));
    watching(join(folder, 'serve.yaml'));
    await symlink('2', join(folder, '..next'));
    await rename(join(folder, '..next'), join(folder, '..data'));
    await changes(1);
  });

  it('is noticed where its folder is a link that is set to another, again and again', async () => {
    for (const version of ['1', '2', '3']) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'router.json'), version);
    }
    await symlink('1', join(folder, 'current'));
    watching(join(folder, 'current', 'router.json'), folder);
    for (const [i, version] of ['2', '3', '1'].entries()) {
      await symlink(version, join(folder, 'next'));
      await rename(join(folder, 'next'), join(folder, 'current'));
      await changes(i + 1);
    }
  });

  it('is not mistaken for what is written beside it', async () => {
    const path = join(folder, 'serve.yaml');
    await writeFile(path, 'a');
    await quiet();
    watching(path);
    for (let i = 0; i < 10; i++) await writeFile(join(folder, 'journal.jsonl'), String(i));
    await quiet();
    expect(calls).toBe(0);
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { makeWorkFolder, removeLeftWorkFolders } from './work-folders.js';

const folder = temporaryFolder();
vi.stubEnv('TMPDIR', folder.path);
afterEach(() => folder.remove());

it('removes the folders of dead workers of this machine, and no others', async () => {
  expect(tmpdir()).toBe(folder.path);
  const own = await makeWorkFolder();
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const nameOf = (host: string, pid: number) => join(folder.path, `routeprofile-worker-${host}-${pid}-abc123`);
  const left = nameOf(hostname(), dead);
  const others = [
    nameOf('elsewhere', dead),
    nameOf(hostname(), process.ppid),
    join(folder.path, 'routeprofile-worker-x'),
  ];
  for (const path of [left, ...others]) mkdirSync(path);
  writeFileSync(join(left, 'cells.bin'), 'half a cell');
  expect(await removeLeftWorkFolders()).toBe(1);
  expect([left, own, ...others].map((path) => existsSync(path))).toEqual([false, true, true, true, true]);
  rmSync(own, { recursive: true });
});

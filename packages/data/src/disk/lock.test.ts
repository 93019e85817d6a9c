import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lockFile } from './lock.js';

let dir: string;
let path: string;
/** The number of a process that has ended. */
let dead: number;
beforeAll(() => void (dead = spawnSync(process.execPath, ['--version']).pid));
afterAll(() => expect(dead).toBeGreaterThan(0));
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(dir, 'a.lock');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const lock = () => lockFile(path, 'does the same');

describe('lockFile', () => {
  it.each([
    ['that there was not', undefined],
    ['of a process that has ended', () => `${dead}\nsome-token\n`],
    ['of a process that has ended, as earlier versions wrote it', () => `${dead}\n`],
    ['that nobody can read', () => '/../x y\n/../z\n'],
    ['of an earlier process with our number', () => `${process.pid}\nsome-token\n`],
  ])('gives one of many who ask at once a lock %s', async (_, content) => {
    for (let round = 0; round < 6; round++) {
      if (content) await writeFile(path, content());
      const asked = await Promise.allSettled(Array.from({ length: 6 }, lock));
      const got = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(got).toHaveLength(1);
      for (const one of asked)
        if (one.status === 'rejected')
          expect(one.reason).toMatchObject({
            code: 'OUTPUT_UNWRITABLE',
            message: `${path}: process ${process.pid} does the same`,
          });
      await got[0]!();
      expect(await readdir(dir)).toEqual([]);
    }
  });

  it('waits for a lock that is being written, and takes over one that never was', async () => {
    await writeFile(path, '');
    const asking = lock();
    await writeFile(path, `${process.ppid}\nanother\n`);
    await expect(asking).rejects.toThrow(`process ${process.ppid} does the same`);
    await writeFile(path, '');
    const asked = await Promise.allSettled([lock(), lock()]);
    expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('is taken over though somebody ended while taking it over', async () => {
    await writeFile(path, `${dead}\nfirst\n`);
    await writeFile(`${path}.first`, `${dead}\nsecond\n`);
    const unlock = await lock();
    await expect(lock()).rejects.toThrow('does the same');
    await unlock();
    expect(await readdir(dir)).toEqual([]);
  });

  it('is given back once, by whoever holds it', async () => {
    const first = await lock();
    await first();
    const second = await lock();
    await first();
    await expect(lock()).rejects.toThrow('does the same');
    await second();
    await (
      await lock()
    )();
  });

  it('says what is wrong with the place', async () => {
    await expect(lockFile(join(dir, 'missing', 'a.lock'), 'does the same')).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
  });
});

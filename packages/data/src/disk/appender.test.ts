import { mkdtemp, open, readFile, rm, truncate, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openAppender } from './appender.js';

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'appender-'))));
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('openAppender', () => {
  it('adds lines in the order in which they come, on disk once it says so', async () => {
    const path = join(dir, 'a.jsonl');
    const appender = await openAppender(path);
    const patient = appender.append('a', 60_000);
    // One that cannot wait takes along those that could.
    await Promise.all([appender.append('b'), patient]);
    expect(await readFile(path, 'utf8')).toBe('a\nb\n');
    await appender.append('c');
    expect(await readFile(path, 'utf8')).toBe('a\nb\nc\n');
    await appender.close();
  });

  it('lets a line wait for others, and for nobody longer than it may', async () => {
    const path = join(dir, 'a.jsonl');
    const appender = await openAppender(path);
    let written = 0;
    const lines = [60_000, 60_000, 30].map((ms, i) => appender.append(String(i + 1), ms).then(() => written++));
    expect(await readFile(path, 'utf8')).toBe('');
    await lines[0];
    expect(await readFile(path, 'utf8')).toBe('1\n2\n3\n');
    const during = appender.append('4');
    const behind = appender.append('5', 20);
    await Promise.all([during, behind, ...lines]);
    expect([written, await readFile(path, 'utf8')]).toEqual([3, '1\n2\n3\n4\n5\n']);
    await appender.close();
  });

  it('writes what waits before it closes', async () => {
    const path = join(dir, 'a.jsonl');
    const appender = await openAppender(path);
    const lines = ['a', 'b'].map((line) => appender.append(line, 60_000));
    await appender.close();
    await Promise.all(lines);
    expect(await readFile(path, 'utf8')).toBe('a\nb\n');
    await expect(appender.append('c')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(appender.append('d')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });
});

describe('a disk that is full', () => {
  /** A disk that takes half of what is written while it is full. */
  async function disk(code = 'ENOSPC') {
    const some = await open(join(dir, 'some'), 'a');
    const handles = Object.getPrototypeOf(some) as FileHandle;
    await some.close();
    const free = () => void vi.restoreAllMocks();
    onTestFinished(free);
    /** @param room bytes that still fit at a time */
    const fill = (room = 0) => {
      vi.spyOn(handles, 'appendFile').mockImplementation(async function (this: FileHandle, data) {
        const bytes = Buffer.from(data as string);
        if (bytes.length <= room) return void (await this.write(bytes));
        await this.write(bytes.subarray(0, bytes.length / 2));
        throw Object.assign(new Error(code), { code });
      });
    };
    return { fill, free };
  }

  it('leaves no torn line, refuses what does not fit, and is used again once there is room', async () => {
    const path = join(dir, 'a.jsonl');
    const { fill, free } = await disk();
    const appender = await openAppender(path);
    await appender.append('Köln');
    await appender.check();
    fill();
    await expect(appender.append('second')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(await readFile(path, 'utf8')).toBe('Köln\n');
    await expect(appender.check()).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(appender.append('second')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(await readFile(path, 'utf8')).toBe('Köln\n');
    free();
    await Promise.all([appender.check(), appender.check(), appender.append('third')]);
    fill();
    await expect(appender.append('fourth')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    free();
    // Without anybody asking, too.
    await appender.append('fifth');
    await appender.close();
    expect(await readFile(path, 'utf8')).toBe('Köln\nthird\nfifth\n');
  });

  it('is not used again as long as only a short line fits', async () => {
    const path = join(dir, 'a.jsonl');
    const { fill, free } = await disk();
    const appender = await openAppender(path);
    fill(1_000);
    await expect(appender.append('x'.repeat(2_000))).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(appender.append('short')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    free();
    await appender.append('short');
    await appender.close();
    expect(await readFile(path, 'utf8')).toBe('short\n');
  });

  it.each(['EIO', 'EFBIG'])('is another thing than a broken one, which is not written to again (%s)', async (code) => {
    const path = join(dir, 'a.jsonl');
    const { fill, free } = await disk(code);
    const appender = await openAppender(path);
    fill();
    await expect(appender.append('second')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    free();
    await expect(appender.append('third')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(appender.check()).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await appender.close();
  });

  it('is not written to again where somebody has made the file shorter', async () => {
    const path = join(dir, 'a.jsonl');
    const { fill, free } = await disk();
    const appender = await openAppender(path);
    await appender.append('first');
    fill();
    await expect(appender.append('second')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await truncate(path, 0);
    free();
    await expect(appender.append('third')).rejects.toThrow(/0 bytes and had 6/);
    await expect(appender.append('third')).rejects.toThrow(/0 bytes and had 6/);
    expect(await readFile(path, 'utf8')).toBe('');
    await appender.close();
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

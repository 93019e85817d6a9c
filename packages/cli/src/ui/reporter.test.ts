import { describe, expect, it } from 'vitest';
import { formatBytes, formatColumns, formatDuration } from './format.js';
import { createReporter } from './reporter.js';

function watch(isTTY: boolean, quiet = false) {
  let time = 0;
  let text = '';
  const reporter = createReporter(
    { write: (part) => void (text += part), isTTY, columns: 80 },
    { quiet, now: () => time },
  );
  return { reporter, at: (ms: number) => void (time = ms), read: () => text };
}

describe('reporter', () => {
  it('prints plain lines now and then when there is no terminal', () => {
    const { reporter, at, read } = watch(false);
    for (let done = 0; done <= 100; done++) {
      at(done * 200);
      reporter.onProgress({ stage: 'encode', done, total: 100, unit: 'texts' });
    }
    const lines = read().trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('encode: 25/100 texts, 5.0/s, 15 s left');
    expect(lines[3]).toBe('encode: 100/100 texts, 5.0/s, in 20 s');
  });

  it('draws a live bar on a terminal and ends it before other lines', () => {
    const { reporter, at, read } = watch(true);
    reporter.onProgress({ stage: 'encode', done: 0, total: 4 });
    at(1000);
    reporter.onProgress({ stage: 'encode', done: 2, total: 4 });
    reporter.logger.warn('careful');
    expect(read()).toContain('\r[');
    expect(read()).toContain('2/4');
    expect(read().endsWith('\nwarning: careful\n')).toBe(true);
    for (const line of read().split(/[\r\n]/)) expect(line.length).toBeLessThan(80);
  });

  it('does not flatter the rate with what came from a cache', () => {
    const { reporter, at, read } = watch(false);
    reporter.onProgress({ stage: 'encode', done: 900, total: 1000 });
    at(10_000);
    reporter.onProgress({ stage: 'encode', done: 950, total: 1000 });
    expect(read()).toContain('5.0/s');
  });

  it('says nothing when quiet', () => {
    const { reporter, at, read } = watch(false, true);
    at(60_000);
    reporter.onProgress({ stage: 'encode', done: 5, total: 5 });
    reporter.logger.warn('careful');
    expect(read()).toBe('');
  });
});

describe('format', () => {
  it('writes numbers for people', () => {
    expect([0.02, 5, 42, 200, 8000].map(formatDuration)).toEqual([
      '20 ms',
      '5.0 s',
      '42 s',
      '3 min 20 s',
      '2 h 13 min',
    ]);
    expect([10, 2500, 1.5e9].map(formatBytes)).toEqual(['10 B', '2.5 KB', '1.5 GB']);
    expect(
      formatColumns([
        ['a', '1'],
        ['long', '10'],
      ]),
    ).toBe('a      1\nlong  10');
  });
});

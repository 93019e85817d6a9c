import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatDollars, formatDuration, formatPairs } from './format.js';

const SECONDS = { ms: 0.001, s: 1, min: 60, h: 3600 } as const;
const parts = (text: string) =>
  [...text.matchAll(/([\d.]+) (ms|s|min|h)/g)].map(([, value, unit]) => ({
    value: Number(value),
    unit: unit as keyof typeof SECONDS,
  }));

describe('a duration', () => {
  it.each([
    [0.9996, '1.0 s'],
    [9.96, '10 s'],
    [89.6, '1 min 30 s'],
    [179.7, '3 min 0 s'],
    [5399.8, '1 h 30 min'],
    [7199, '2 h 0 min'],
    [-0, '0 ms'],
    [Infinity, '?'],
  ])('of %d s is %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it('is right to half its smallest unit, and no unit is full', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ min: 0, max: 20_000, noNaN: true }),
          fc.nat(400_000).map((k) => k / 20),
        ),
        (seconds) => {
          const shown = parts(formatDuration(seconds));
          const total = shown.reduce((sum, { value, unit }) => sum + value * SECONDS[unit], 0);
          const smallest = SECONDS[shown.at(-1)!.unit];
          expect(Math.abs(total - seconds)).toBeLessThanOrEqual(smallest / 2 + 1e-9);
          expect(shown.slice(1).every(({ value }) => value < 60)).toBe(true);
          if (shown[0]!.unit === 'ms') expect(shown[0]!.value).toBeLessThan(1000);
        },
      ),
    );
  });
});

describe('an amount', () => {
  it('keeps two digits, however small, and says what stands for none', () => {
    expect([0.000_021, 0.0123, 0].map((value) => formatDollars(value))).toEqual(['$0.000021', '$0.0123', '$0']);
    expect(formatDollars(null, { unknown: 'no price' })).toBe('no price');
  });

  it('is written as its column is', () => {
    const among = [0.000_000_2, 0.001];
    expect(among.map((value) => formatDollars(value, { among }))).toEqual(['$2.0e-7', '$1.0e-3']);
  });
});

describe('a size', () => {
  it('never shows a thousand of a unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (bytes) => {
        expect(Number(/^[\d.]+/.exec(formatBytes(bytes))![0])).toBeLessThan(1000.05);
        expect(formatBytes(bytes)).not.toMatch(/^1000\.0 (?!TB)/);
      }),
    );
    expect([999, 999_949, 999_950, 999_999_999].map(formatBytes)).toEqual(['999 B', '999.9 KB', '1.0 MB', '1.0 GB']);
  });
});

describe('names with values', () => {
  it('stand side by side, numbers too, however long another value is', () => {
    expect(
      formatPairs([
        ['rows', '192'],
        ['candidates', 'a, b, and many more'],
        ['leftOut', ''],
      ]),
    ).toBe('rows        192\ncandidates  a, b, and many more\nleftOut');
  });
});

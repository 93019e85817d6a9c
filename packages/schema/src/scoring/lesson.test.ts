import { describe, expect, it } from 'vitest';
import { askedPerQuery, isLog } from './lesson.js';

const table = (...rows: (number | null)[][]) => ({ score: Float64Array.from(rows.flat(), (x) => x ?? NaN) });

describe('isLog', () => {
  it('is told by the rows that have one outcome, of those that have any', () => {
    expect(isLog(table([1, null], [null, 0]), 2)).toBe(true);
    expect(isLog(table([1, null], [1, 0], [null, null]), 2)).toBe(true);
    expect(isLog(table([1, null], [1, 0], [0, 1]), 2)).toBe(false);
    expect(isLog(table([null, null]), 2)).toBe(false);
  });

  it('is never true of one model', () => {
    expect(isLog(table([1], [0]), 1)).toBe(false);
  });
});

describe('askedPerQuery', () => {
  it('is 1 for a log, 2 for battles of more than two models, null for comparisons', () => {
    expect(askedPerQuery(table([1, null, null], [null, 0, null], [1, 0, 1]), 3)).toBe(1);
    expect(askedPerQuery(table([1, 0, null], [null, 0, 1], [1, 0, 1]), 3)).toBe(2);
    expect(askedPerQuery(table([1, 0, null], [1, 0, 1], [1, 0, 1]), 3)).toBeNull();
    expect(askedPerQuery(table([1, 0], [0, 1]), 2)).toBeNull();
    expect(askedPerQuery(table([1, 0, 1, null], [1, null, 1, 0]), 4)).toBeNull();
  });
});

import { createMatrix, fromRows, rowOf } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineWindows, cutWindows, planWindows, WINDOW_TOKENS } from './windows.js';

const tokens = (n: number, from = 10) => Int32Array.from({ length: n }, (_, i) => from + i);

describe('windows', () => {
  it('cuts at multiples of 128 from the start', () => {
    expect(cutWindows(tokens(300), 'mean').map((w) => [w[0], w.length])).toEqual([
      [10, 128],
      [138, 128],
      [266, 44],
    ]);
    expect(cutWindows(tokens(256), 'mean')).toHaveLength(2);
    expect(cutWindows(tokens(128), 'mean')).toHaveLength(1);
  });

  it('takes the first or the last 128 tokens on request', () => {
    expect(cutWindows(tokens(300), 'head')).toEqual([tokens(128)]);
    expect(cutWindows(tokens(300), 'tail')).toEqual([tokens(128, 182)]);
    expect(cutWindows(tokens(5), 'tail')).toEqual([tokens(5)]);
  });

  it('reads an empty text as one unknown token', () => {
    for (const policy of ['mean', 'head', 'tail'] as const)
      expect(cutWindows(new Int32Array(0), policy)).toEqual([Int32Array.of(0)]);
  });

  it('loses no token and makes no empty window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (n) => {
        const windows = cutWindows(tokens(n), 'mean');
        expect(windows.flatMap((w) => [...w])).toEqual([...tokens(n)]);
        expect(windows.every((w) => w.length >= 1 && w.length <= WINDOW_TOKENS)).toBe(true);
      }),
    );
  });

  it('keeps evenly spaced windows of a text that has more than are wanted, its two ends among them', () => {
    const starts = (n: number, most: number) =>
      cutWindows(tokens(n, 0), 'mean', most).map((w) => w[0]! / WINDOW_TOKENS);
    expect(starts(9 * 128, 3)).toEqual([0, 4, 8]);
    expect(starts(10 * 128 - 5, 4)).toEqual([0, 3, 6, 9]);
    expect(starts(4 * 128, 2)).toEqual([0, 3]);
    expect(starts(3 * 128, 3)).toEqual([0, 1, 2]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 2, max: 12 }), (n, most) => {
        const kept = starts(n, most);
        expect(kept.length).toBe(Math.min(most, Math.ceil(n / WINDOW_TOKENS)));
        expect(new Set(kept).size).toBe(kept.length);
      }),
    );
  });

  it('lists a shared window once', () => {
    const shared = tokens(128);
    const plan = planWindows([[shared, tokens(3)], [tokens(128)], [shared.slice(), tokens(4)], [tokens(3)]]);
    expect(plan.distinct.map((w) => w.length)).toEqual([128, 3, 4]);
    expect(plan.ofText).toEqual([[0, 1], [0], [0, 2], [1]]);
  });

  it('tells windows apart that differ in one token or in length', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 6, max: 3 })), (lists) => {
        const windows = lists.map((list) => [Int32Array.from(list)]);
        expect(planWindows(windows).distinct.length).toBe(new Set(lists.map((list) => list.join())).size);
      }),
    );
  });
});

describe('combineWindows', () => {
  const vectors = fromRows([
    [1, 0],
    [0, 1],
    [-1, 0],
  ]);

  it('weights windows by their tokens and makes the sum a unit vector', () => {
    // (128 · [1, 0] + 32 · [0, 1]) / ‖…‖ = [4, 1] / √17
    const plan = { distinct: [tokens(128), tokens(32), tokens(128, 500)], ofText: [[0, 1]] };
    const [x, y] = rowOf(combineWindows(plan, vectors), 0);
    expect(x).toBeCloseTo(4 / Math.sqrt(17), 7);
    expect(y).toBeCloseTo(1 / Math.sqrt(17), 7);
  });

  it('hands on the vector of a single window bit for bit', () => {
    const odd = fromRows([[0.1, 0.7]]);
    const plan = { distinct: [tokens(7)], ofText: [[0], [0]] };
    expect([...combineWindows(plan, odd).data]).toEqual([...odd.data, ...odd.data]);
  });

  it('gives zeros, not NaN, where windows cancel', () => {
    const plan = { distinct: [tokens(128), tokens(9), tokens(128, 500)], ofText: [[0, 2]] };
    expect([...combineWindows(plan, vectors).data]).toEqual([0, 0]);
  });

  it('makes no rows of no texts', () => {
    expect(combineWindows({ distinct: [], ofText: [] }, createMatrix(0, 4)).rows).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { ago, between, counted, dollars, duration, percent, score } from './format.js';

describe('figures on the page', () => {
  it.each([
    [0, '$0'],
    [12.345, '$12.35'],
    [1, '$1.00'],
    [0.5, '$0.50'],
    [0.0123, '$0.012'],
    [0.000321, '$0.00032'],
    [-0.25, '−$0.25'],
    [1e-12, '$0.0000000000'],
  ])('%d dollars', (amount, text) => expect(dollars(amount)).toBe(text));

  it.each([
    [0.4, '0 ms'],
    [999.4, '999 ms'],
    [1_000, '1.0 s'],
    [9_960, '10 s'],
    [61_000, '61 s'],
    [180_000, '3 min'],
    [7_200_000, '2 h'],
    [12 * 86_400_000, '12 days'],
  ])('%d ms', (ms, text) => expect(duration(ms)).toBe(text));

  it('say how long ago', () => {
    const seconds = [-5, 3, 61, 3_600, 90 * 3_600].map((past) => ago(0, past * 1_000));
    expect(seconds).toEqual(['0 s ago', '3 s ago', '1 min ago', '1 h ago', '4 days ago']);
  });

  it('have an interval where there is one', () => {
    expect(between({ low: -0.05, high: 0.4 }, percent)).toBe('−5\u00a0% to 40\u00a0%');
    expect(between({ low: null, high: null }, percent)).toBe('from 10 decisions on');
  });

  it('have their unit', () => {
    expect([percent(0.874), percent(-0.1), score(-0.12345), counted(1, 'fault'), counted(2, 'fault')]).toEqual([
      ...['87\u00a0%', '−10\u00a0%', '−0.123', '1 fault', '2 faults'],
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sigmoid, softmax, softplus } from './softmax.js';

const finite = fc.double({ noNaN: true, min: -700, max: 700 });

describe('softmax', () => {
  it('gives shares that sum to 1, in the order of the values, whatever is added to all', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 8 }), finite, (values, shift) => {
        const shares = softmax(values);
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        values.forEach((value, i) =>
          values.forEach((other, j) => value > other && expect(shares[i]).toBeGreaterThanOrEqual(shares[j]!)),
        );
        const shifted = softmax(values.map((value) => value + shift));
        shares.forEach((share, i) => expect(shifted[i]).toBeCloseTo(share, 9));
      }),
    );
  });

  it('takes a temperature, holds what is out of reach at 0, and may write in place', () => {
    const values = Float64Array.of(0, 1, -Infinity);
    expect(softmax(values, 0.5)[1]! / softmax(values, 0.5)[0]!).toBeCloseTo(Math.exp(2), 12);
    expect(softmax(values, 1, values)).toBe(values);
    expect(values[2]).toBe(0);
    expect([...softmax([1e308, 0])]).toEqual([1, 0]);
  });
});

describe('sigmoid and softplus', () => {
  it('mirror each other at 0 and belong together', () => {
    fc.assert(
      fc.property(finite, (x) => {
        expect(sigmoid(x) + sigmoid(-x)).toBeCloseTo(1, 12);
        expect(softplus(x) - softplus(-x)).toBeCloseTo(x, 9);
        expect(-Math.log(sigmoid(-x))).toBeCloseTo(softplus(x), 9);
      }),
    );
    expect([sigmoid(-1000), sigmoid(1000), softplus(1000), softplus(-1000)]).toEqual([0, 1, 1000, 0]);
  });
});

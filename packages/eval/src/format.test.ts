import { describe, expect, it } from 'vitest';
import { dollars, fixed, signed } from './format.js';

describe('numbers for people', () => {
  it('rounds, signs and never writes a negative zero', () => {
    expect([fixed(0.12345), fixed(null), fixed(-0.0001), signed(0.5), signed(-0.5), signed(0.0001)]).toEqual([
      '0.123',
      '–',
      '0.000',
      '+0.500',
      '−0.500',
      '0.000',
    ]);
    expect([dollars(0), dollars(0.0123), dollars(1.5), dollars(123.4), dollars(0.0000012), dollars(null)]).toEqual([
      '0',
      '0.0123',
      '1.50',
      '123',
      '1.2e-6',
      '–',
    ]);
  });

  it('writes the dollars of one column in one notation', () => {
    const column = (amounts: readonly number[]) => amounts.map((amount) => dollars(amount, amounts));
    expect(column([9.7e-4, 0.0011, 0.25])).toEqual(['0.00097', '0.0011', '0.250']);
    expect(column([9.7e-7, 0.0011, 0])).toEqual(['9.7e-7', '1.1e-3', '0']);
  });
});

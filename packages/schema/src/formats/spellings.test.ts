import { describe, expect, it } from 'vitest';
import { CARD_SPELLINGS, inOurUnit, OUTCOME_SPELLINGS } from './spellings.js';

describe('inOurUnit', () => {
  it.each([
    [CARD_SPELLINGS.get('input_cost_per_token')!, 2.19e-6, 2.19],
    [CARD_SPELLINGS.get('input_cost_per_token')!, 5.5e-7, 0.55],
    [OUTCOME_SPELLINGS.get('latency_ms')!, 1234.56, 1.23456],
    [OUTCOME_SPELLINGS.get('latency_s')!, 1 / 3, 1 / 3],
  ])('gives the number that one would write: %o × %d', (spelling, value, expected) => {
    expect(inOurUnit(value, spelling)).toBe(expected);
  });

  it('leaves what is no number to the schema of the field', () => {
    expect(inOurUnit('dear', CARD_SPELLINGS.get('input_cost_per_token')!)).toBe('dear');
  });
});

import type { Candidate, RankedModel } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { moveWorth, type PricedTurn } from './priced-switch.js';
import { hitCost, missCost } from './turn-cost.js';

const LARGE = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75 };
const SMALL = { input: 0.25, output: 1.25, cachedInput: 0.025 };
const TOKENS = { prefix: 100_000, fresh: 2_000, output: 1_000 };

describe('what a turn costs', () => {
  it('reads the prefix from the cache, or all of it anew', () => {
    expect(hitCost(LARGE, TOKENS)).toBeCloseTo(0.03 + 0.006 + 0.015, 12);
    expect(missCost(LARGE, TOKENS)).toBeCloseTo(0.3825 + 0.015, 12);
    // Without a price for writing it is that of reading.
    expect(missCost(SMALL, TOKENS)).toBeCloseTo(0.0255 + 0.00125, 12);
    expect(hitCost({ input: 1, output: 0 }, TOKENS)).toBeCloseTo(missCost({ input: 1, output: 0 }, TOKENS), 12);
  });
});

const candidates: Record<string, Candidate> = {
  large: { id: 'large', model: 'large', price: LARGE },
  small: { id: 'small', model: 'small', price: SMALL },
};
const ranked = (large: number, small: number): RankedModel[] => [
  { model: 'large', score: 0, probability: large },
  { model: 'small', score: 0, probability: small },
];
const turn = (more: Partial<PricedTurn> = {}): PricedTurn => ({
  model: 'large',
  last: { usage: { uncachedInput: 1_000, cacheRead: 98_000, cacheWrite: 0, output: 1_000 }, estimated: 49_500, at: 0 },
  cached: true,
  promptTokens: 51_000,
  decision: { model: 'large', ranked: ranked(0.9, 0.8), reasons: [] },
  lambda: 1,
  margin: 0.02,
  candidateOf: (model) => candidates[model],
  ...more,
});

describe('moving a conversation', () => {
  it('compares with the tokens that the server counted', () => {
    // Twice the estimate: 102,000 tokens of prompt, 100,000 of them known.
    const move = moveWorth(turn({ lambda: 10 }))!;
    expect(move.model).toBe('small');
    expect(move.stayCost).toBeCloseTo(hitCost(LARGE, TOKENS), 9);
    expect(move.cost).toBeCloseTo(missCost(SMALL, TOKENS), 9);
    expect(move.gain).toBeCloseTo(0.8 - 0.9 + 10 * (move.stayCost - move.cost) - 0.02, 9);
  });

  it('is worth it or not by λ, by the cache and by the margin', () => {
    expect(moveWorth(turn())).toBeNull();
    // 2.4 cents are saved: with the cache that is worth 0.1 at λ = 5, without it 37 cents are.
    expect(moveWorth(turn({ lambda: 4.5 }))).toBeNull();
    expect(moveWorth(turn({ lambda: 5.1 }))?.model).toBe('small');
    expect(moveWorth(turn({ lambda: 5.1, margin: 0.05 }))).toBeNull();
    expect(moveWorth(turn({ cached: false }))?.model).toBe('small');
  });

  it('goes up as well, where quality is worth a cache that is lost', () => {
    const hard = { model: 'small', decision: { model: 'large', ranked: ranked(0.9, 0.4), reasons: [] } };
    expect(moveWorth(turn({ ...hard }))?.model).toBe('large');
    expect(moveWorth(turn({ ...hard, lambda: 2 }))).toBeNull();
  });

  it('expects answers as long as candidates say, else as long as the last', () => {
    const wordy = { ...candidates, small: { ...candidates.small!, tokensPerTask: { code: { output: 40_000 } } } };
    expect(moveWorth(turn({ lambda: 5.1, candidateOf: (model) => wordy[model as keyof typeof wordy] }))).toBeNull();
  });

  it('takes scores where there are no chances, what they were charged added again', () => {
    const scored = [
      { model: 'large', score: 0.9 - 5.1 * 0.01, expectedCost: 0.01 },
      { model: 'small', score: 0.8 - 5.1 * 0.001, expectedCost: 0.001 },
    ];
    const decision = { model: 'large', ranked: scored, reasons: [] };
    expect(moveWorth(turn({ decision, lambda: 5.1 }))?.gain).toBeCloseTo(moveWorth(turn({ lambda: 5.1 }))!.gain, 9);
  });

  it('stays where prices, values or candidates are not known', () => {
    expect(
      moveWorth(turn({ lambda: 10, candidateOf: (model) => (model === 'small' ? undefined : candidates[model]) })),
    ).toBeNull();
    expect(moveWorth(turn({ lambda: 10, candidateOf: (id) => ({ id, model: id }) }))).toBeNull();
    const bare = [
      { model: 'large', score: 1 },
      { model: 'small', score: 0 },
    ];
    expect(moveWorth(turn({ lambda: 10, decision: { model: 'large', ranked: bare, reasons: [] } }))).toBeNull();
  });
});

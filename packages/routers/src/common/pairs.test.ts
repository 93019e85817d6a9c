import { createRandom, type PreferencePair } from '@routeprofile/schema';
import { emptyOutcomes, syntheticRouterInput } from '@routeprofile/schema/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairsFromOutcomes, splitByPair, splitByQuery, trainingPairs } from './pairs.js';

describe('pairsFromOutcomes', () => {
  it('draws unequal, measured outcomes only, at most so many a query', () => {
    const outcomes = emptyOutcomes(3, 4);
    outcomes.score.set([1, 0, 1, NaN, 0.5, 0.5, 0.5, 0.5, 0.9, 0.1, 0.5, 0.3]);
    const pairs = pairsFromOutcomes(outcomes, 4, 4, createRandom(1, 'pairs'));
    expect(pairs.filter(({ query }) => query === 0)).toHaveLength(2);
    expect(pairs.filter(({ query }) => query === 1)).toHaveLength(0);
    expect(pairs.filter(({ query }) => query === 2)).toHaveLength(4);
    for (const { query, better, worse } of pairs)
      expect(outcomes.score[query * 4 + better]!).toBeGreaterThan(outcomes.score[query * 4 + worse]!);
    expect(pairs).toEqual(pairsFromOutcomes(outcomes, 4, 4, createRandom(1, 'pairs')));
  });
});

describe('trainingPairs', () => {
  it('leaves out what names no known query or model, and says how many', () => {
    const { input } = syntheticRouterInput();
    const good = input.training.pairs.slice(0, 3);
    const bad = [
      { query: 0, better: 9, worse: 0 },
      { query: 0, better: 1, worse: -1 },
      { query: 99, better: 1, worse: 0 },
      { query: 0, better: 1, worse: 1 },
    ];
    const warnings: string[] = [];
    const logger = { info: () => undefined, warn: (text: string) => warnings.push(text) };
    const training = { ...input.training, pairs: [...good, ...bad] };
    expect(trainingPairs('mlp', { ...input, training }, 4, { seed: 1, logger })).toEqual(good);
    expect(warnings).toEqual(['mlp: 4 of 7 training pairs name an unknown query or model']);
  });

  it('draws from outcomes when no pair is given', () => {
    const { input } = syntheticRouterInput();
    const pairs = trainingPairs('mlp', { ...input, training: { ...input.training, pairs: [] } }, 2, { seed: 1 });
    const counts = new Map<number, number>();
    for (const { query } of pairs) counts.set(query, (counts.get(query) ?? 0) + 1);
    expect(pairs.length).toBeGreaterThan(30);
    expect(Math.max(...counts.values())).toBe(2);
  });
});

const pairList = fc.array(fc.record({ query: fc.nat(12), better: fc.constant(0), worse: fc.constant(1) }), {
  minLength: 1,
  maxLength: 60,
});
const share = fc.double({ min: 0, max: 0.9, noNaN: true });
const queriesOf = (pairs: PreferencePair[]) => new Set(pairs.map(({ query }) => query));

describe('splits', () => {
  it('by query puts no query on both sides and loses no pair', () => {
    fc.assert(
      fc.property(pairList, share, (pairs, part) => {
        const { train, validation } = splitByQuery(pairs, part, createRandom(1, 'split'));
        expect(train.length + validation.length).toBe(pairs.length);
        expect(train.length).toBeGreaterThan(0);
        const seen = queriesOf(train);
        expect([...queriesOf(validation)].some((query) => seen.has(query))).toBe(false);
        expect(validation.length > 0).toBe(part > 0 && queriesOf(pairs).size > 1);
      }),
    );
  });

  it('by pair holds out the published number', () => {
    const pairs = Array.from({ length: 4200 }, (_, i) => ({ query: i % 1027, better: 0, worse: 1 }));
    const { train, validation } = splitByPair(pairs, 0.1, createRandom(1, 'split'));
    expect([train.length, validation.length]).toEqual([3780, 420]);
  });
});

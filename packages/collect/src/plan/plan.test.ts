import { createMatrix, createRandom, type PromptItem } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { affordable, gridSize } from './grid.js';
import { mostTelling } from './most-telling.js';
import { stratifiedOrder } from './stratified-order.js';

describe('the order of items', () => {
  const items: PromptItem[] = Array.from({ length: 100 }, (_, i) => ({
    id: `${i}`,
    query: 'x',
    task: i < 80 ? 'big' : 'small',
  }));

  it('has every task in its share, in every beginning', () => {
    const order = stratifiedOrder(items, 1);
    expect([...order].sort((a, b) => a - b)).toEqual(items.map((_, i) => i));
    for (const length of [10, 20, 50]) expect(order.slice(0, length).filter((i) => i >= 80)).toHaveLength(length / 5);
  });

  it('is the seed’s', () => {
    expect(stratifiedOrder(items, 1)).toEqual(stratifiedOrder(items, 1));
    expect(stratifiedOrder(items, 1)).not.toEqual(stratifiedOrder(items, 2));
  });
});

describe('what dollars cover', () => {
  const cost = ({ item, model }: { item: number; model: number }) => item + model + 1;

  it('a complete grid', () => {
    // Items 2, 0, 1 cost 7, 3, 5.
    expect(
      [6.9, 7, 10, 14.9, 15, 100].map((dollars) =>
        gridSize(
          [2, 0, 1],
          [
            [0, 1],
            [0, 1],
            [0, 1],
          ],
          cost,
          dollars,
        ),
      ),
    ).toEqual([0, 1, 2, 2, 3, 3]);
  });

  it('single pairs, passing by what is too dear', () => {
    const pairs = [
      { item: 5, model: 0 },
      { item: 0, model: 0 },
      { item: 9, model: 0 },
      { item: 1, model: 0 },
    ];
    expect(affordable(pairs, cost, 9)).toEqual([pairs[0], pairs[1], pairs[3]]);
  });
});

describe('the most telling pairs', () => {
  // Two kinds of items; model 0 is good at one, model 1 at the other. Items of a third kind are right for everybody.
  const random = createRandom(1, 'items');
  const items = 240;
  const vectors = createMatrix(items, 3);
  const scores = new Float64Array(items * 2).fill(NaN);
  for (let i = 0; i < items; i++) {
    vectors.data[i * 3 + (i % 3)] = 1;
    if (i >= 120) continue;
    const chances = [
      [0.9, 0.3],
      [0.3, 0.9],
      [1, 1],
    ][i % 3]!;
    chances.forEach((p, m) => (scores[i * 2 + m] = random.float() < p ? 1 : 0));
  }
  const open = ({ item, model }: { item: number; model: number }) => Number.isNaN(scores[item * 2 + model]!);

  it('are of items whose outcome is open, each model in turn, each pair once', () => {
    const pairs = mostTelling(vectors, scores, 2, open, { seed: 1 })!;
    expect(pairs).toHaveLength(240);
    expect(new Set(pairs.map(({ item, model }) => `${item} ${model}`)).size).toBe(240);
    expect(pairs.every(open)).toBe(true);
    const first = pairs.slice(0, 60);
    expect(first.filter(({ model }) => model === 0)).toHaveLength(30);
    expect(first.filter(({ item }) => item % 3 === 2).length).toBeLessThan(10);
  });

  it('are not known while little is scored', () => {
    const few = scores.map((score, k) => (k < 10 ? score : NaN));
    expect(mostTelling(vectors, few, 2, open, { seed: 1 })).toBe(undefined);
  });
});

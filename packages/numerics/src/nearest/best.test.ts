import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepBest } from './best.js';

describe('the best of what is offered', () => {
  it('is what sorting would put first, equal scores by order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 60 }), fc.nat(12), (offered, count) => {
        const best = keepBest(count);
        offered.forEach(([score, order], item) => {
          if (score >= best.threshold()) best.offer(item, score, order * 100 + item);
        });
        const sorted = offered
          .map(([score, order], item) => ({ item, score, order: order * 100 + item }))
          .sort((a, b) => b.score - a.score || a.order - b.order)
          .slice(0, count);
        const found = best.take();
        expect([...found.items]).toEqual(sorted.map(({ item }) => item));
        expect([...found.scores]).toEqual(sorted.map(({ score }) => score));
      }),
    );
  });
});

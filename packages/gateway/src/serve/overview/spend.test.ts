import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../contracts/record.js';
import { spendOf } from './spend.js';

const record = (more: Partial<DecisionRecord>): DecisionRecord => ({
  ...({ version: 1, id: 'one', at: 0, tenant: 'a', wire: 'chat', route: 'default', router: null } as const),
  ...{ requirements: {}, ranked: [], model: 'small', propensity: 1, reasons: [], attempts: [], served: 'small' },
  status: 200,
  ...more,
});

describe('what decisions came to', () => {
  it('is nothing without any', () => {
    expect(spendOf([])).toEqual({
      ...{ decisions: 0, answered: 0, fellBack: 0, cost: 0, unpriced: 0 },
      compared: { decisions: 0, cost: 0, bestSingleCost: 0, models: [] },
    });
  });

  it('compares those alone that say what the best single model would have cost', () => {
    const spend = spendOf([
      record({ cost: 1, bestSingle: { model: 'large', cost: 4 } }),
      record({ cost: 0.5, bestSingle: { model: 'large', cost: 0.5 }, served: 'large' }),
      record({ cost: 2 }),
      record({ bestSingle: { model: 'other', cost: 8 } }),
      record({ cost: 0, served: null, status: 503 }),
    ]);
    expect(spend).toEqual({
      ...{ decisions: 5, answered: 4, fellBack: 1, cost: 3.5, unpriced: 1 },
      compared: {
        ...{ decisions: 2, cost: 1.5, bestSingleCost: 4.5, models: ['large'] },
        saved: { value: 1 - 1.5 / 4.5, low: null, high: null },
      },
    });
  });
});

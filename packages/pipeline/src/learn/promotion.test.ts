import { binomialTail } from '@routeprofile/numerics';
import { createMatrix, createRandom } from '@routeprofile/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { countPromotions, type PromotionCount } from '../testing/promotion.js';
import type { Population } from '../testing/traffic.js';
import { nextAlpha, type Look } from './spending.js';

const MODELS = ['a', 'b', 'c'];
const QUERIES = 300;
const LOGS = 24;
const ALPHA = 0.05;

/** Queries of three coordinates; a model is right the more often the larger its own is. The incumbent sees them through noise. */
function study() {
  const random = createRandom(5, 'population');
  const vectors = createMatrix(QUERIES, MODELS.length);
  const score = new Float64Array(QUERIES * MODELS.length);
  const scores = score.slice();
  for (let k = 0; k < score.length; k++) {
    vectors.data[k] = random.normal();
    score[k] = random.float() < 1 / (1 + Math.exp(-1 - vectors.data[k]!)) ? 1 : 0;
    scores[k] = vectors.data[k]! + random.normal();
  }
  const texts = Array.from({ length: QUERIES }, (_, row) => `query ${row}`);
  const population: Population = { models: MODELS, texts, score, cost: score.map(() => 0.001) };
  return {
    population,
    vectors,
    scores,
    temperature: 1.5,
    decisions: 600,
    judged: 0.8,
    minEss: 25,
    logs: LOGS,
    seed: 1,
    alpha: ALPHA,
  };
}

describe('promotion on simulated logs', () => {
  let counts: PromotionCount[];
  beforeAll(() => void (counts = countPromotions(study(), [0.5, 1])), 60_000);
  /** More would come about by chance in 1 of 1,000 cases. */
  const most = Array.from(Array(LOGS).keys()).find((k) => binomialTail(k + 1, LOGS, ALPHA) < 0.001)!;

  it('takes a router that is not better no more often than it says', () => {
    for (const { truth, promoted, everSpent } of counts.filter((count) => count.truth <= 0)) {
      expect(promoted, `truth ${truth}`).toBeLessThanOrEqual(most);
      expect(everSpent, `truth ${truth}`).toBeLessThanOrEqual(most);
    }
  });

  it('takes one that is clearly better more often than by error, and its bounds hold', () => {
    const best = counts.at(-1)!;
    expect(best.truth).toBeGreaterThan(0.04);
    expect(best.promoted).toBeGreaterThan(most);
    for (const { told, held } of counts) {
      expect(told).toBeGreaterThan(0.9 * LOGS);
      expect(told - held).toBeLessThanOrEqual(most);
    }
  });

  it('is stricter with every look, and as a whole not above the stated error', () => {
    const looks: Look[] = [];
    for (let k = 1; k <= 1000; k++) {
      const alpha = nextAlpha(looks, 1, ALPHA);
      expect(alpha).toBeCloseTo(ALPHA / (k * (k + 1)), 12);
      looks.push({ incumbent: 1, alpha });
    }
    expect(looks.reduce((sum, { alpha }) => sum + alpha, 0)).toBeLessThan(ALPHA);
    expect(nextAlpha(looks, 2, ALPHA)).toBe(ALPHA / 2);
    const planned: Look[] = [];
    for (let k = 0; k < 5; k++) planned.push({ incumbent: 1, alpha: nextAlpha(planned, 1, ALPHA, 4) });
    expect(planned.map(({ alpha }) => Number(alpha.toFixed(9)))).toEqual([0.0125, 0.0125, 0.0125, 0.0125, 0]);
    // Another plan does not give back what is spent.
    expect(nextAlpha([{ incumbent: 1, alpha: 0.03 }], 1, ALPHA, 1)).toBeCloseTo(0.02, 12);
  });
});

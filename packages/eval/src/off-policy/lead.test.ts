import { binomialTail } from '@routeprofile/numerics';
import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { offPolicyDifference } from './estimate.js';
import { fitOffPolicy, type OffPolicyEvidence } from './evidence.js';
import { offPolicyLead, pooledVariance } from './lead.js';
import type { RewardModel } from './reward-model.js';
import { drawLog, goodChoices } from './test-log.js';

const ROWS = 800;
const LOGS = 400;
const ERROR = 0.05;
const RIGHT = 0.95;
const SECOND = Int32Array.from({ length: ROWS }, () => 1);
const FIRST = SECOND.map(() => 0);

const constant: RewardModel = {
  name: 'constant',
  predict: ({ predictFor }) => new Float64Array(predictFor.length * 2).fill(RIGHT),
};

/** Two models, each right on 95 % of queries; the log rarely draws the second, with chances of 0.05 to 0.5. */
function drawEqual(seed: number): OffPolicyEvidence {
  const random = createRandom(seed, 'equal models');
  const values = new Float64Array(2 * ROWS);
  const score = new Float64Array(2 * ROWS).fill(NaN);
  const chosen = Int32Array.from({ length: ROWS }, (_, row) => {
    const chance = 0.05 * 10 ** random.float();
    values.set([1 - chance, chance], 2 * row);
    const model = random.float() < chance ? 1 : 0;
    score[2 * row + model] = random.float() < RIGHT ? 1 : 0;
    return model;
  });
  const log = { models: ['often', 'rarely'], chosen, score, propensities: { of: 'all' as const, values } };
  return fitOffPolicy(log, { seed: 1, rewardModel: constant });
}

describe('the lead of one policy over another', () => {
  it('errs no more often than it says where failures are rare and weights large, and plain intervals do', () => {
    let [plain, lead, told] = [0, 0, 0];
    for (let log = 0; log < LOGS; log++) {
      const evidence = drawEqual(log);
      const { difference } = offPolicyLead(evidence, { choices: SECOND }, { choices: FIRST }, { error: ERROR });
      if (!difference.known) continue;
      told++;
      if (difference.low > 0) lead++;
      const own = offPolicyDifference(evidence, { choices: SECOND }, { choices: FIRST }, { level: 1 - 2 * ERROR });
      if (own.score.dr.known && own.score.dr.low > 0) plain++;
    }
    expect(told).toBeGreaterThan(0.9 * LOGS);
    // As many as come about by chance in 1 of 100 studies.
    const most = Array.from(Array(told).keys()).find((k) => binomialTail(k + 1, told, ERROR) < 0.01)!;
    expect(lead).toBeLessThanOrEqual(most);
    expect(plain).toBeGreaterThan(most);
  });

  it('is never told from less than the rows themselves say', () => {
    const known = drawLog(600, 3, 1);
    const { log } = known;
    const evidence = fitOffPolicy(log, { seed: 1 });
    const [policy, other] = [{ choices: goodChoices(known) }, { choices: log.chosen.map(() => 0) }];
    const { difference, support } = offPolicyLead(evidence, policy, other, { error: 0.025 });
    const plain = offPolicyDifference(evidence, policy, other);
    expect(support).toEqual(plain.support);
    if (!difference.known || !plain.score.dr.known) throw new Error('600 rows are enough here');
    expect(difference.value).toBe(plain.score.dr.value);
    expect(difference.low).toBeLessThanOrEqual(plain.score.dr.low);
    const few = offPolicyLead(evidence, policy, other, { error: 0.025, leastEffectiveRows: 1e6 });
    expect(few.difference).toMatchObject({ known: false, reason: 'small effective sample' });
    const same = offPolicyLead(evidence, policy, policy, { error: 0.025 });
    expect(same).toEqual({ difference: { known: true, value: 0, low: 0, high: 0 }, support: null });
  });

  it('has a pooled variance that is worked out by hand', () => {
    // Expected 0.95 everywhere. The first row drew the second model (chance 0.2) and it failed; the second the first (0.8), which was right.
    const values = Float64Array.of(0.8, 0.2, 0.8, 0.2);
    const score = Float64Array.of(NaN, 0, 1, NaN);
    const log = {
      models: ['a', 'b'],
      chosen: Int32Array.of(1, 0),
      score,
      propensities: { of: 'all' as const, values },
    };
    const evidence = fitOffPolicy(log, { seed: 1, rewardModel: constant });
    const contrast = Float64Array.of(-1, 1, -1, 1);
    const value = (-0.95 / 0.2 - 0.05 / 0.8) / 2;
    const surprise = (0.95 ** 2 + 0.05 ** 2) / 2;
    const squares = (1 / 0.2 ** 2 + 1 / 0.8 ** 2) / 2;
    expect(pooledVariance(evidence, evidence.score, contrast, value)).toBeCloseTo(value ** 2 + surprise * squares, 10);
  });
});

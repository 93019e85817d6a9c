import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import type { LoggedDecision } from '../traffic/decision.js';
import { rewardChanges } from './changes.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1);

/** 100 decisions per day, by turns of two models; `worth` is the chance that an answer is judged 1. */
function log(worth: (model: string, day: number) => number, scale = 1): LoggedDecision[] {
  const random = createRandom(7, 'rewards');
  return Array.from({ length: 1_000 }, (_, i) => {
    const [model, day] = [i % 2 === 0 ? 'small' : 'large', Math.floor(i / 100)];
    const reward = i % 7 === 0 ? null : random.float() < worth(model, day) ? scale : 0;
    return { id: `${i}`, at: START + day * DAY, model, propensity: 1, reward, cost: null };
  });
}

describe('changes of rewards', () => {
  it('finds the model that became worse, and about when', () => {
    const found = rewardChanges(log((model, day) => (model === 'small' && day >= 6 ? 0.3 : 0.9)));
    expect(found).toHaveLength(1);
    const { stream, model, at, before, after, delta } = found[0]!;
    expect([stream, model, delta]).toEqual(['reward:small', 'small', 0.001]);
    expect(Math.abs(at! - (START + 6 * DAY)) / DAY).toBeLessThanOrEqual(1);
    expect([Math.round(10 * before), Math.round(10 * after)]).toEqual([9, 3]);
  });

  it('finds none where nothing changed, nor in a log without judgements', () => {
    expect(rewardChanges(log(() => 0.6))).toEqual([]);
    expect(rewardChanges(log(() => 0.6).map((one) => ({ ...one, reward: null })))).toEqual([]);
    expect(rewardChanges([])).toEqual([]);
  });

  it('reads rewards of any scale, and logs without times', () => {
    const wide = log((model, day) => (model === 'large' && day < 4 ? 0.1 : 0.8), 100);
    expect(rewardChanges(wide)).toMatchObject([{ model: 'large' }]);
    expect(rewardChanges(wide.map((one) => ({ ...one, at: null })))).toMatchObject([{ model: 'large', at: null }]);
  });
});

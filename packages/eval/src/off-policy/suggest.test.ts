import { describe, expect, it } from 'vitest';
import { doublyRobust, ips } from './contrast.js';
import { offPolicyValue } from './estimate.js';
import { fitOffPolicy } from './evidence.js';
import type { LoggedRows } from './logged-rows.js';
import { suggestQueries } from './suggest.js';
import { drawLog, goodChoices, truthOf } from './test-log.js';

const known = drawLog(800, 3, 6);
const log: LoggedRows = { ...known.log, propensities: { of: 'all', values: known.propensities } };
const policy = { choices: goodChoices(known) };
const evidence = fitOffPolicy(log, { seed: 1 });

/** The log once the suggestions have been followed. */
function afterAsking(count: number): LoggedRows {
  const { ask, alreadyMeasured } = suggestQueries(evidence, policy, count);
  const score = log.score.slice();
  const asked = new Uint8Array(score.length);
  for (const { row, model } of [...ask, ...alreadyMeasured]) {
    const k = row * 3 + log.models.indexOf(model);
    score[k] = known.score[k]!;
    asked[k] = 1;
  }
  return { ...log, score, asked };
}

describe('suggested queries', () => {
  it('are answers that are missing, the most useful first', () => {
    const { ask, alreadyMeasured } = suggestQueries(evidence, policy, 50);
    expect(ask).toHaveLength(50);
    for (const { row, model } of ask) {
      const m = log.models.indexOf(model);
      expect(policy.choices[row]).toBe(m);
      expect(log.score[row * 3 + m]).toBeNaN();
    }
    for (const { row, model } of alreadyMeasured) expect(log.chosen[row]).toBe(log.models.indexOf(model));
    const shares = ask.map(({ varianceShare }) => varianceShare);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    const usual = mean(Array.from(policy.choices, (m, q) => known.propensities[q * 3 + m]!));
    expect(mean(ask.map(({ propensity }) => propensity))).toBeLessThan(0.8 * usual);
  });

  it('narrow the interval; with all of them the estimate is the truth', () => {
    const widths = [0, 100, 300].map((count) => {
      const { dr } = offPolicyValue(fitOffPolicy(afterAsking(count), { seed: 1 }), policy).score;
      if (!dr.known) throw new Error(dr.reason);
      return dr.high - dr.low;
    });
    expect(widths[1]).toBeLessThan(widths[0]!);
    expect(widths[2]).toBeLessThan(widths[1]!);
    const { score } = offPolicyValue(fitOffPolicy(afterAsking(800), { seed: 1 }), policy);
    if (!score.dr.known || !score.ips.known) throw new Error('unknown');
    expect(score.dr.value).toBeCloseTo(truthOf(known.score, policy.choices), 12);
    expect(score.ips.value).toBeCloseTo(truthOf(known.score, policy.choices), 12);
  });

  it('leave estimates unbiased when luck had measured some of them: over every log that could have been', () => {
    const scores = Float64Array.of(1, 0, 0.2, 0.8, 0.3, 0.6);
    const chances = Float64Array.of(0.2, 0.8, 0.5, 0.5, 0.9, 0.1);
    const always = { choices: new Int32Array(3) };
    const contrast = Float64Array.of(1, 0, 1, 0, 1, 0);
    const sums = { ips: 0, dr: 0 };
    for (let bits = 0; bits < 8; bits++) {
      const chosen = Int32Array.from([0, 1, 2], (q) => (bits >> q) & 1);
      const chance = chosen.reduce((product, m, q) => product * chances[q * 2 + m]!, 1);
      // The answer of the first row is got, unless it is there.
      const score = scores.map((x, k) => (k === 0 || chosen[k >> 1] === (k & 1) ? x : NaN));
      const asked = Uint8Array.of(1, 0, 0, 0, 0, 0);
      const found = fitOffPolicy(
        { models: ['a', 'b'], chosen, score, asked, propensities: { of: 'all', values: chances } },
        { seed: 1 },
      );
      sums.ips += chance * ips(found, found.score, contrast).value;
      sums.dr += chance * doublyRobust(found, found.score, contrast).value;
    }
    expect(sums.ips).toBeCloseTo(truthOf(scores, always.choices), 12);
    expect(sums.dr).toBeCloseTo(truthOf(scores, always.choices), 12);
  });

  it('of a comparison ask only where the two policies differ', () => {
    const other = { choices: policy.choices.map((m, q) => (q < 700 ? m : (m + 1) % 3)) };
    const { ask, alreadyMeasured } = suggestQueries(evidence, policy, 1000, other);
    expect([...ask, ...alreadyMeasured].every(({ row }) => row >= 700)).toBe(true);
    expect(suggestQueries(evidence, policy, 5, policy)).toEqual({ ask: [], alreadyMeasured: [] });
  });

  it('are as many as are wanted', () => {
    expect(suggestQueries(evidence, policy, 0).ask).toEqual([]);
    expect(() => suggestQueries(evidence, policy, -1)).toThrow(/count is -1/);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doublyRobust, ips, snips, type Influence } from './contrast.js';
import { offPolicyDifference, offPolicyValue } from './estimate.js';
import { fitOffPolicy, type OffPolicyEvidence } from './evidence.js';
import type { LoggedRows } from './logged-rows.js';
import { meanRewards, type RewardModel } from './reward-model.js';
import { drawLog, goodChoices, truthOf } from './test-log.js';
import { intervalOf, studentQuantile } from './verdict.js';

const SCORES = Float64Array.of(0.2, 0.9, 1, 0, 0.5, 0.7); // [3 rows × 2 models]
const CHANCES = Float64Array.of(0.3, 0.7, 0.9, 0.1, 0.5, 0.5);
const TARGET = Float64Array.of(0, 1, 0.25, 0.75, 1, 0);
const TRUTH = (0.9 + 0.25 * 1 + 0.5) / 3;

/** Every log that these chances can give, with its chance. */
function everyLog(): { log: LoggedRows; chance: number }[] {
  return Array.from({ length: 8 }, (_, bits) => {
    const chosen = Int32Array.from([0, 1, 2], (q) => (bits >> q) & 1);
    const score = SCORES.map((value, k) => (chosen[k >> 1] === (k & 1) ? value : NaN));
    const chance = chosen.reduce((product, m, q) => product * CHANCES[q * 2 + m]!, 1);
    return { log: { models: ['a', 'b'], chosen, score, propensities: { of: 'all', values: CHANCES } }, chance };
  });
}
const expectation = (estimate: (evidence: OffPolicyEvidence) => Influence): number =>
  everyLog().reduce((sum, { log, chance }) => sum + chance * estimate(fitOffPolicy(log, { seed: 1 })).value, 0);

const truthful = (score: Float64Array, models: number): RewardModel => ({
  name: 'truth',
  predict: ({ predictFor }) =>
    Float64Array.from({ length: predictFor.length * models }, (_, k) => {
      const row = predictFor[Math.floor(k / models)]!;
      return score[row * models + (k % models)]!;
    }),
});

describe('inverse propensity scoring', () => {
  it('has the truth as its expectation, over every log that could have been', () => {
    expect(expectation((evidence) => ips(evidence, evidence.score, TARGET))).toBeCloseTo(TRUTH, 12);
  });

  it('is worked out by hand', () => {
    // b on the first row, a on the others: 0.9 / 0.7, 0.25 × 1 / 0.9, 1 × 0.5 / 0.5.
    const { log } = everyLog()[1]!;
    const evidence = fitOffPolicy(log, { seed: 1 });
    const sums = [0.9 / 0.7, 0.25 / 0.9, 1];
    const weights = [1 / 0.7, 0.25 / 0.9, 2];
    const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
    expect(ips(evidence, evidence.score, TARGET).value).toBeCloseTo(sum(sums) / 3, 12);
    expect(snips(evidence, evidence.score, TARGET).value).toBeCloseTo(sum(sums) / sum(weights), 12);
  });
});

describe('the doubly robust estimate', () => {
  it('has the truth as its expectation under right propensities, however bad the reward model', () => {
    expect(expectation((evidence) => doublyRobust(evidence, evidence.score, TARGET))).toBeCloseTo(TRUTH, 12);
  });

  it('is the truth when the reward model is, however wrong the propensities', () => {
    for (const { log } of everyLog()) {
      const wrong: LoggedRows = { ...log, propensities: { of: 'all', values: new Float64Array(6).fill(0.11) } };
      const evidence = fitOffPolicy(wrong, { seed: 1, rewardModel: truthful(SCORES, 2) });
      expect(doublyRobust(evidence, evidence.score, TARGET).value).toBeCloseTo(TRUTH, 12);
    }
  });
});

describe('all three', () => {
  it('are the truth when every model was asked on every row', () => {
    const score = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(score, score, fc.nat(1)), { minLength: 2, maxLength: 20 }), (rows) => {
        const scores = Float64Array.from(rows.flatMap(([a, b]) => [a, b]));
        const choices = Int32Array.from(rows, ([, , m]) => m);
        const evidence = fitOffPolicy(
          {
            models: ['a', 'b'],
            chosen: new Int32Array(rows.length),
            score: scores,
            propensities: { of: 'all', values: new Float64Array(scores.length).fill(1) },
          },
          { seed: 1 },
        );
        const contrast = Float64Array.from(scores, (_, k) => (choices[k >> 1] === (k & 1) ? 1 : 0));
        for (const estimate of [ips, snips, doublyRobust])
          expect(estimate(evidence, evidence.score, contrast).value).toBeCloseTo(truthOf(scores, choices), 9);
      }),
    );
  });

  it('hold the truth about as often as they say', () => {
    const held = { ips: 0, snips: 0, dr: 0 };
    const logs = 60;
    for (let seed = 0; seed < logs; seed++) {
      const known = drawLog(600, 3, seed);
      const choices = goodChoices(known);
      const { score } = offPolicyValue(
        fitOffPolicy(
          { ...known.log, propensities: { of: 'all', values: known.propensities } },
          { seed, rewardModel: meanRewards },
        ),
        { choices },
      );
      const truth = truthOf(known.score, choices);
      for (const estimator of ['ips', 'snips', 'dr'] as const) {
        const verdict = score[estimator];
        if (!verdict.known) throw new Error(verdict.reason);
        if (verdict.low <= truth && truth <= verdict.high) held[estimator]++;
      }
    }
    for (const count of Object.values(held)) expect(count / logs).toBeGreaterThanOrEqual(0.9);
  });
});

describe('the self-normalised estimate', () => {
  it('moves with all scores together, as inverse propensity scoring does not', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.nat(7), (shift, which) => {
        const { log } = everyLog()[which]!;
        const evidence = fitOffPolicy(log, { seed: 1 });
        const moved = fitOffPolicy({ ...log, score: log.score.map((x) => x + shift) }, { seed: 1 });
        // Nothing matches where the only models that the policy would have asked were not.
        const before = snips(evidence, evidence.score, TARGET).value;
        if (Number.isNaN(before)) return;
        expect(snips(moved, moved.score, TARGET).value).toBeCloseTo(before + shift, 9);
      }),
    );
    const known = drawLog(50, 2, 3);
    const chosenAlone = (by: number) => {
      const score = known.log.score.map((x) => x + by);
      return fitOffPolicy(
        { ...known.log, score, propensities: { of: 'all', values: known.propensities } },
        { seed: 1 },
      );
    };
    const contrast = Float64Array.from({ length: 100 }, (_, k) => (k % 2 === 0 ? 1 : 0));
    const [plain, moved] = [chosenAlone(0), chosenAlone(1)];
    const gain = ips(moved, moved.score, contrast).value - ips(plain, plain.score, contrast).value;
    expect(Math.abs(gain - 1)).toBeGreaterThan(0.01);
  });
});

describe('a verdict', () => {
  const known = drawLog(900, 3, 5);
  const logged = { ...known.log, propensities: { of: 'all' as const, values: known.propensities } };
  const choices = goodChoices(known);

  it('is not given on fewer than 100 effective rows, and then holds no number that could pass for one', () => {
    const few = drawLog(150, 3, 5, 0);
    const result = offPolicyValue(fitOffPolicy(few.log, { seed: 1 }), { choices: goodChoices(few) });
    expect(result.support!.effectiveRows).toBeLessThan(100);
    for (const verdict of Object.values(result.score)) {
      expect(verdict).toMatchObject({ known: false, reason: 'small effective sample', least: 100 });
      expect(verdict).not.toHaveProperty('value');
    }
  });

  it('is not given where the policy goes where the log never went', () => {
    // The third model is taken out of the log: it was never to be asked, and was not.
    const rows = [...known.log.chosen.keys()].filter((q) => known.log.chosen[q] !== 2);
    const keep = (column: Float64Array) =>
      Float64Array.from(rows.flatMap((q) => [...column.subarray(q * 3, q * 3 + 3)]));
    const all = keep(known.propensities);
    const values = all.map((chance, k) => (k % 3 === 2 ? 0 : chance / (1 - all[k - (k % 3) + 2]!)));
    const log: LoggedRows = {
      models: known.log.models,
      chosen: Int32Array.from(rows, (q) => known.log.chosen[q]!),
      score: keep(known.log.score),
      propensities: { of: 'all', values },
    };
    const policy = { choices: Int32Array.from(rows, (q) => choices[q]!) };
    const { score, support } = offPolicyValue(fitOffPolicy(log, { seed: 1 }), policy);
    expect(support!.byModel.map(({ unsupportedShare }) => unsupportedShare)).toEqual([0, 0, 1]);
    expect(score.dr).toMatchObject({ known: false, reason: 'no overlap', share: support!.unsupportedShare });
  });

  it('is not given by a log that always chose by rule, though it says so with propensity 1', () => {
    const rule = Int32Array.from(choices, (m, q) => (q % 4 === 0 ? (m + 1) % 3 : m));
    const score = known.score.map((x, k) => (rule[Math.floor(k / 3)] === k % 3 ? x : NaN));
    const log: LoggedRows = {
      models: known.log.models,
      chosen: rule,
      score,
      propensities: { of: 'chosen', values: new Float64Array(900).fill(1) },
    };
    const { score: found } = offPolicyValue(fitOffPolicy(log, { seed: 1 }), { choices });
    expect(found.dr).toMatchObject({ known: false, reason: 'no overlap' });
  });

  it('is not given by propensities that cannot be those of the log', () => {
    const halved = { of: 'all' as const, values: known.propensities.map((p) => p / 2) };
    const { score } = offPolicyValue(fitOffPolicy({ ...known.log, propensities: halved }, { seed: 1 }), { choices });
    expect(score.snips).toMatchObject({ known: false, reason: 'propensities too small' });
  });

  it('says on what it rests', () => {
    const byLog = offPolicyValue(fitOffPolicy(logged, { seed: 1 }), { choices });
    const byGuess = offPolicyValue(fitOffPolicy(known.log, { seed: 1 }), { choices });
    expect(byLog.assumes).toBe('logged propensities');
    expect(byLog.propensities.calibration).toBeNull();
    expect(byGuess.assumes).toBe('estimated propensities: no unseen confounder');
    expect(byGuess.propensities.calibration!.axes).toBeGreaterThan(0);
  });

  it('is the same, byte for byte, under the same seed', () => {
    const run = (seed: number) => JSON.stringify(offPolicyValue(fitOffPolicy(known.log, { seed }), { choices }));
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });

  it('of propensities of the choices alone is that of all of them', () => {
    const values = known.log.chosen.length;
    const own = Float64Array.from({ length: values }, (_, q) => known.propensities[q * 3 + known.log.chosen[q]!]!);
    const few = fitOffPolicy({ ...known.log, propensities: { of: 'chosen', values: own } }, { seed: 1 });
    expect(offPolicyValue(few, { choices }).score).toEqual(
      offPolicyValue(fitOffPolicy(logged, { seed: 1 }), { choices }).score,
    );
  });
});

describe('a difference', () => {
  const known = drawLog(1500, 3, 8);
  const evidence = fitOffPolicy({ ...known.log, propensities: { of: 'all', values: known.propensities } }, { seed: 1 });
  const good = { choices: goodChoices(known) };
  const first = { choices: new Int32Array(1500) };

  it('is that of the values, with an interval of its own', () => {
    const { score } = offPolicyDifference(evidence, good, first);
    const [a, b] = [offPolicyValue(evidence, good).score, offPolicyValue(evidence, first).score];
    for (const estimator of ['ips', 'snips', 'dr'] as const) {
      const [difference, own, other] = [score[estimator], a[estimator], b[estimator]];
      if (!difference.known || !own.known || !other.known) throw new Error('unknown');
      expect(difference.value).toBeCloseTo(own.value - other.value, 12);
    }
  });

  it('is exactly 0 between policies that never differ', () => {
    const { score, support } = offPolicyDifference(evidence, good, good);
    expect(support).toBeNull();
    expect(score.dr).toEqual({ known: true, value: 0, low: 0, high: 0 });
  });

  it('takes chances as well as choices', () => {
    const probabilities = Float64Array.from({ length: 4500 }, (_, k) => (k % 3 === 0 ? 1 : 0));
    expect(offPolicyDifference(evidence, good, { probabilities })).toEqual(offPolicyDifference(evidence, good, first));
  });
});

describe('cost', () => {
  const known = drawLog(900, 3, 5);
  const dollars = known.log.score.map((score, k) => (Number.isNaN(score) ? NaN : 0.001 * ((k % 3) + 1)));
  const policy = { choices: goodChoices(known) };
  const propensities = { of: 'all' as const, values: known.propensities };

  it('is estimated as scores are', () => {
    const { cost } = offPolicyValue(fitOffPolicy({ ...known.log, propensities, cost: dollars }, { seed: 1 }), policy);
    const truth = truthOf(
      known.score.map((_, k) => 0.001 * ((k % 3) + 1)),
      policy.choices,
    );
    if (!cost?.dr.known) throw new Error('unknown');
    expect(cost.dr.value).toBeCloseTo(truth, 6);
  });

  it('is not known where a call that counts has none', () => {
    const some = dollars.map((cost, k) => (k < 300 ? NaN : cost));
    const { cost, score } = offPolicyValue(
      fitOffPolicy({ ...known.log, propensities, cost: some }, { seed: 1 }),
      policy,
    );
    expect(cost!.dr).toMatchObject({ known: false, reason: 'cost not recorded' });
    expect(score.dr.known).toBe(true);
    const none = fitOffPolicy({ ...known.log, cost: dollars.map(() => NaN) }, { seed: 1 });
    expect(offPolicyValue(none, policy).cost).toBeNull();
  });
});

describe('an interval', () => {
  it('has the quantiles of Student’s t', () => {
    expect(studentQuantile(Infinity)).toBeCloseTo(1.959964, 6);
    expect(studentQuantile(10)).toBeCloseTo(2.228, 2);
    expect(studentQuantile(4)).toBeCloseTo(2.776, 1);
  });

  it('has no width where all rows say the same, and is wider for the same spread in few rows', () => {
    expect(intervalOf({ value: 0.5, perRow: new Float64Array(20).fill(0.5) })).toMatchObject({ low: 0.5, high: 0.5 });
    const spread = Float64Array.from({ length: 200 }, (_, q) => (q % 2 === 0 ? 1 : -1));
    const concentrated = Float64Array.from({ length: 200 }, (_, q) => (q < 2 ? 10 * (1 - 2 * q) : 0));
    const width = (perRow: Float64Array) => {
      const { low, high } = intervalOf({ value: 0, perRow });
      return high - low;
    };
    expect(width(concentrated)).toBeGreaterThan(1.2 * width(spread));
  });
});

describe('input that makes no sense', () => {
  const { log } = drawLog(40, 2, 1);
  const fit = (change: Partial<LoggedRows>) => () => fitOffPolicy({ ...log, ...change }, { seed: 1 });

  it('is refused with its place', () => {
    const unscored = log.score.slice();
    unscored[7 * 2 + log.chosen[7]!] = NaN;
    expect(fit({ score: unscored })).toThrow(/row 7 has no score of m[01], which was chosen/);
    expect(fit({ score: log.score.map((x, k) => (k === 5 ? Infinity : x)) })).toThrow(/score of row 2, model 1/);
    expect(fit({ score: log.score.subarray(2) })).toThrow(/score has 78 numbers, expected 80/);
    expect(fit({ chosen: log.chosen.map((m, q) => (q === 3 ? 2 : m)) })).toThrow(/choice of row 3 is 2/);
    expect(fit({ models: [], chosen: new Int32Array(0), score: new Float64Array(0) })).toThrow(/no rows/);
    for (const bad of [0, 1.5, NaN, -0.1])
      expect(fit({ propensities: { of: 'chosen', values: new Float64Array(40).fill(bad) } })).toThrow(
        /propensity of row 0 is/,
      );
    expect(() => fitOffPolicy(log, { seed: 1, floor: 0 })).toThrow(/floor is 0/);
    expect(() => fitOffPolicy(log, { seed: 1, folds: 1 })).toThrow(/folds is 1/);
    const broken: RewardModel = { name: 'broken', predict: () => new Float64Array(16).fill(NaN) };
    expect(() => fitOffPolicy(log, { seed: 1, rewardModel: broken })).toThrow(/reward model broken/);
  });

  it('is refused of a policy too', () => {
    const evidence = fitOffPolicy(log, { seed: 1 });
    const value = (policy: Parameters<typeof offPolicyValue>[1]) => () => offPolicyValue(evidence, policy);
    expect(value({ choices: new Int32Array(39) })).toThrow(/39 numbers, expected 40/);
    expect(value({ choices: new Int32Array(40).fill(2) })).toThrow(/choice of row 0 is 2/);
    expect(value({ probabilities: new Float64Array(80).fill(NaN) })).toThrow(/chance of row 0, model 0 is NaN/);
    expect(value({ probabilities: new Float64Array(80).fill(0.4) })).toThrow(/sum 0.8, expected 1/);
  });
});

import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { loggedValue, offPolicyDifference, offPolicyGain, offPolicyValue } from './estimate.js';
import { fitOffPolicy } from './evidence.js';
import { judgedShares, type LoggedRows } from './logged-rows.js';
import { drawLog, goodChoices, truthOf, type KnownLog } from './test-log.js';
import { bernsteinInterval, intervalOf } from './verdict.js';

const ROWS = 4000;
/** Answers of the first model are judged often, those of the last hardly ever. */
const SHARES = [0.8, 0.5, 0.2];

/** The log of a gateway: the chance of each choice, and judgements of some answers only. */
function judgedLog(seed: number): KnownLog & { judged: LoggedRows } {
  const known = drawLog(ROWS, SHARES.length, seed, 0.5);
  const { log, propensities } = known;
  const random = createRandom(seed, 'judged');
  const score = log.score.slice();
  log.chosen.forEach((model, row) => {
    if (random.float() >= SHARES[model]!) score[row * SHARES.length + model] = NaN;
  });
  const values = Float64Array.from(log.chosen, (model, row) => propensities[row * SHARES.length + model]!);
  const judged = judgedShares(log.chosen, score, SHARES.length);
  const cost = log.score.map((value, k) => (Number.isNaN(value) ? NaN : 0.001 * (1 + (k % SHARES.length))));
  return { ...known, judged: { ...log, score, cost, judged, propensities: { of: 'chosen', values } } };
}

describe('a log of which some answers were judged', () => {
  const found = Array.from({ length: 20 }, (_, i) => {
    const known = judgedLog(i + 1);
    const evidence = fitOffPolicy(known.judged, { seed: 1 });
    const choices = goodChoices(known);
    const logged = truthOf(known.score, known.log.chosen);
    return {
      evidence,
      value: offPolicyValue(evidence, { choices }),
      truth: truthOf(known.score, choices),
      gain: offPolicyGain(evidence, { choices }),
      logged,
      ownValue: loggedValue(evidence),
      cost: choices.reduce((sum, m) => sum + 0.001 * (1 + m), 0) / ROWS,
    };
  });

  it('tells what a policy would get, whichever models are judged more often', () => {
    for (const estimator of ['ips', 'snips', 'dr'] as const) {
      const off = found.map(({ value, truth }) => {
        const verdict = value.score[estimator];
        return verdict.known ? verdict.value - truth : NaN;
      });
      expect(Math.abs(off.reduce((a, b) => a + b, 0) / off.length)).toBeLessThan(0.01);
    }
    const held = found.filter(({ value, truth }) => {
      const { dr } = value.score;
      return dr.known && dr.low <= truth && truth <= dr.high;
    });
    expect(held.length).toBeGreaterThanOrEqual(17);
  });

  it('tells what its own policy got, and the difference', () => {
    const held = found.filter(({ ownValue: { score }, logged }) => score.low <= logged && logged <= score.high);
    expect(held.length).toBeGreaterThanOrEqual(17);
    const right = found.filter(
      ({ gain, truth, logged }) => gain.known && gain.low <= truth - logged && truth - logged <= gain.high,
    );
    expect(right.length).toBeGreaterThanOrEqual(17);
  });

  it('knows the cost of answers that nobody judged', () => {
    for (const { value, cost, ownValue } of found) {
      expect(value.cost?.dr).toMatchObject({ known: true });
      if (value.cost?.dr.known) expect(Math.abs(value.cost.dr.value - cost)).toBeLessThan(1e-4);
      expect(ownValue.cost?.value).toBeGreaterThan(0);
    }
  });

  it('has two intervals, of which the one for any distribution is the wider', () => {
    for (const { value, truth } of found) {
      const { dr } = value.score;
      if (!dr.known || !value.bernstein) throw new Error('expected a verdict');
      expect(value.bernstein.low).toBeLessThan(dr.low);
      expect(value.bernstein.high).toBeGreaterThan(dr.high);
      expect(value.bernstein.low < truth && truth < value.bernstein.high).toBe(true);
    }
  });

  it('is a log as before where all are judged', () => {
    const { log, propensities } = drawLog(600, 3, 5, 0.5);
    const values = Float64Array.from(log.chosen, (model, row) => propensities[row * 3 + model]!);
    const whole: LoggedRows = { ...log, propensities: { of: 'chosen', values } };
    const policy = { choices: new Int32Array(600) };
    const judged = judgedShares(log.chosen, log.score, 3);
    expect([...judged]).toEqual([1, 1, 1]);
    expect(offPolicyValue(fitOffPolicy({ ...whole, judged }, { seed: 1 }), policy)).toEqual(
      offPolicyValue(fitOffPolicy(whole, { seed: 1 }), policy),
    );
  });

  it('has no verdict on a model that nobody judges', () => {
    const { judged: log } = judgedLog(3);
    const score = log.score.map((value, k) => (k % 3 === 2 ? NaN : value));
    const evidence = fitOffPolicy({ ...log, score, judged: judgedShares(log.chosen, score, 3) }, { seed: 1 });
    const choices = new Int32Array(ROWS).fill(2);
    choices.fill(0, 0, 3000);
    expect(offPolicyValue(evidence, { choices }).score.dr).toMatchObject({ known: false, reason: 'no overlap' });
  });
});

describe('a log of which most was not explored', () => {
  it('says nothing of what it left out, however the rest looks', () => {
    const { log, propensities } = drawLog(2000, 2, 7, 0.5);
    // From row 500 on, the first model always.
    const chosen = log.chosen.map((model, row) => (row < 500 ? model : 0));
    const score = log.score.map((value, k) => (k >= 1000 ? (k % 2 === 0 ? 1 : NaN) : value));
    const values = Float64Array.from(chosen, (model, row) => (row < 500 ? propensities[row * 2 + model]! : 1));
    const evidence = fitOffPolicy({ ...log, chosen, score, propensities: { of: 'chosen', values } }, { seed: 1 });
    const [first, second] = [0, 1].map((model) => ({ choices: new Int32Array(2000).fill(model) }));
    expect(offPolicyDifference(evidence, second!, first!).score.dr).toMatchObject({
      known: false,
      reason: 'no overlap',
    });
  });
});

describe('options of an estimate', () => {
  const known = drawLog(800, 2, 3, 0.5);
  const evidence = fitOffPolicy(known.log, { seed: 1 });
  const policy = { choices: goodChoices(known) };

  it('set how sure an interval is', () => {
    const widths = [0.5, 0.95, 0.999].map((level) => {
      const { dr } = offPolicyValue(evidence, policy, { level }).score;
      return dr.known ? dr.high - dr.low : NaN;
    });
    expect(widths[0]!).toBeLessThan(widths[1]!);
    expect(widths[1]!).toBeLessThan(widths[2]!);
    const plain = { value: 0, perRow: Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 1 : -1)) };
    expect(intervalOf(plain, 0.9).high).toBeCloseTo(1.6449 / Math.sqrt(999), 3);
  });

  it('set how many effective rows it takes', () => {
    const { effectiveRows } = offPolicyValue(evidence, policy).support!;
    const strict = offPolicyValue(evidence, policy, { leastEffectiveRows: effectiveRows + 1 });
    expect(strict.score.dr).toMatchObject({ known: false, reason: 'small effective sample' });
    expect(strict.bernstein).toBeNull();
    expect(offPolicyGain(evidence, policy, { leastEffectiveRows: effectiveRows + 1 }).known).toBe(false);
  });
});

it('the empirical Bernstein bound is that of the theorem', () => {
  const perRow = Float64Array.of(0, 1, 1, 0);
  const log = Math.log(3 / 0.05);
  const half = Math.sqrt((2 * 0.25 * log) / 4) + (3 * 2 * log) / 4;
  const { low, high } = bernsteinInterval({ value: 0.5, perRow }, 2);
  expect(low).toBeCloseTo(0.5 - half, 12);
  expect(high).toBeCloseTo(0.5 + half, 12);
});

import { createMatrix, createRandom, type Matrix } from '@routeprofile/schema';
import { emptyOutcomes } from '@routeprofile/schema/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nonNegativeMinimum } from './stacking-quadratic.js';
import { sampledQueries } from './stacking-stage.js';
import { addStacked, stacking } from './stacking-weights.js';

const [QUERIES, MODELS] = [400, 5];
const random = createRandom(7, 'stacking');
const noise = (size: number): Float32Array =>
  Float32Array.from({ length: QUERIES * MODELS }, () => size * random.normal());
const truth = noise(1);
const member = (noiseSize: number, scale = 1): Matrix => {
  const own = noise(noiseSize);
  // A level of the query's own says nothing about models.
  return createMatrix(
    QUERIES,
    MODELS,
    truth.map((t, k) => scale * (t + own[k]!) + 100 * Math.floor(k / MODELS)),
  );
};
const foldOf = Int32Array.from({ length: QUERIES }, (_, q) => q % 5);
const outcomes = { ...emptyOutcomes(QUERIES, MODELS), score: Float64Array.from(truth, (t) => 0.1 * t) };
const pairs = Array.from({ length: QUERIES }, (_, query) => {
  const better = truth[query * MODELS]! + 0.5 * random.normal() > truth[query * MODELS + 1]! ? 0 : 1;
  return { query, better, worse: 1 - better };
});

describe.each([
  ['outcomes', { outcomes, pairs: [] }],
  ['pairs', { outcomes: null, pairs }],
])('stacking on %s', (_, training) => {
  it('weighs members by what they know, whatever their scale', () => {
    const { weights } = stacking(training, MODELS, [member(0.3, 1000), member(2), member(1e6)], foldOf)(null);
    expect(weights[0]).toBeGreaterThan(3 * weights[1]!);
    expect(weights[2]).toBeLessThan(0.1 * weights[0]!);
  });

  it('gives nothing to a member that says the opposite, or nothing', () => {
    const [good, silent] = [member(0.3), createMatrix(QUERIES, MODELS)];
    const opposite = { ...good, data: good.data.map((x) => -x) };
    const { weights, sizes } = stacking(training, MODELS, [opposite, good, silent], foldOf)(null);
    expect([weights[0], weights[2], sizes[2]]).toEqual([0, 0, 0]);
    expect(weights[1]).toBeGreaterThan(0.05);
  });

  it('learns from the other folds alone', () => {
    const [a, b] = [member(0.3), member(1)];
    const spoilt = { ...a, data: a.data.map((x, k) => (foldOf[Math.floor(k / MODELS)] === 2 ? -5 * x : x)) };
    const [clean, dirty] = [a, spoilt].map((first) => stacking(training, MODELS, [first, b], foldOf));
    expect([...dirty!(2).weights]).toEqual([...clean!(2).weights]);
    expect([...dirty!(1).weights]).not.toEqual([...clean!(1).weights]);
  });
});

it('learns from measured outcomes alone', () => {
  const good = member(0.3);
  const score = outcomes.score.map((s, k) => (k % 3 === 0 ? NaN : s));
  const weightsOf = (first: Matrix) =>
    stacking({ outcomes: { ...outcomes, score }, pairs: [] }, MODELS, [first], foldOf)(null).weights[0];
  const spoilt = { ...good, data: good.data.map((x, k) => (k % 3 === 0 ? -1e3 : x)) };
  expect(weightsOf(spoilt)).toBe(weightsOf(good));
});

it('adds scores up as weighted', () => {
  const out = new Float64Array(2);
  const weights = { weights: Float64Array.of(2, 0, 1), sizes: Float64Array.of(4, 1, 0) };
  addStacked(
    [
      [1, 2],
      [9, 9],
      [9, 9],
    ],
    weights,
    out,
  );
  expect([...out]).toEqual([0.5, 1]);
});

describe('nonNegativeMinimum', () => {
  it('satisfies the conditions of Karush, Kuhn and Tucker', () => {
    const value = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 12, maxLength: 12 }), (numbers) => {
        const rows = [0, 3, 6].map((at) => numbers.slice(at, at + 3));
        const a = new Float64Array(9);
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++)
            a[i * 3 + j] = rows.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? 0.1 : 0);
        const b = Float64Array.from(numbers.slice(9));
        const w = nonNegativeMinimum(a, b);
        w.forEach((x, i) => {
          const slope = a[i * 3]! * w[0]! + a[i * 3 + 1]! * w[1]! + a[i * 3 + 2]! * w[2]! - b[i]!;
          expect(x).toBeGreaterThanOrEqual(0);
          expect(slope).toBeGreaterThan(-1e-5);
          if (x > 0) expect(Math.abs(slope)).toBeLessThan(1e-5);
        });
      }),
    );
  });
});

describe('the queries that routers are compared on', () => {
  it('are an even share of every task, each once and in order', () => {
    const tasks = Array.from({ length: 1_000 }, (_, q) => (q % 10 === 0 ? 'rare' : q % 2 === 0 ? 'even' : null));
    expect(sampledQueries(tasks, 1_000, { seed: 1 })).toBeNull();
    const sample = sampledQueries(tasks, 100, { seed: 1 })!;
    expect([...new Set(sample)].sort((a, b) => a - b)).toEqual([...sample]);
    const shares = ['rare', 'even', null].map((task) => sample.filter((q) => tasks[q] === task).length);
    expect(shares).toEqual([10, 40, 50]);
    expect(sampledQueries(tasks, 100, { seed: 1 })).toEqual(sample);
    expect(sampledQueries(tasks, 100, { seed: 2 })).not.toEqual(sample);
  });
});

import { createMatrix, createRandom, type RouterInput } from '@routeprofile/schema';
import { emptyOutcomes, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { estimateCall, fitEstimates } from './estimates.js';
import { fitQuantity } from './fit-quantity.js';
import { ridgeSums, ridgeWeights } from './linear.js';
import { estimatesSchema, restoreEstimates, storeEstimates } from './state.js';
import { tokenCost, tokenEstimate } from './tokens.js';

const ctx = { seed: 5 };

/** 300 queries whose cost depends on what `log` says of length and vector. */
function costly(log: (length: number, vector: Float32Array, model: number) => number, dimensions = 6): RouterInput {
  const { input } = syntheticRouterInput({ models: 3, queries: 300 });
  const random = createRandom(4, 'costs');
  const vectors = createMatrix(300, dimensions);
  vectors.data.forEach((_, k) => (vectors.data[k] = random.normal()));
  const texts = input.training.queries.texts.map(() => 'x'.repeat(20 + random.int(2000)));
  const outcomes = emptyOutcomes(300, 3);
  for (let k = 0; k < 900; k++) {
    const q = Math.floor(k / 3);
    const vector = vectors.data.subarray(q * dimensions, (q + 1) * dimensions);
    outcomes.cost[k] = Math.exp(log(Math.log1p(texts[q]!.length), vector, k % 3) + 0.1 * random.normal());
    outcomes.score[k] = 1;
  }
  const queries = { ...input.training.queries, texts, vectors };
  return { ...input, training: { ...input.training, queries, outcomes } };
}

const foldOf = Int32Array.from({ length: 300 }, (_, q) => q % 5);
const fit = ({ training, models }: RouterInput) =>
  fitQuantity(training.outcomes!.cost, training.queries, foldOf, models.length, ctx)!;

describe('a cost of any size', () => {
  it.each<[string, (q: number, m: number) => number]>([
    ['from 1e-300 to 1e300', (q, m) => 10 ** (((q * 37 + m * 11) % 601) - 300)],
    ['1e300 or nothing', (q) => (q % 2) * 1e300],
    ['1e-300 and steep', (q) => 1e-300 * Math.exp(q)],
    ['at the permitted bounds', (q, m) => [0, 1e-15, 1e12][(q + m) % 3]!],
  ])('has an estimate within what was measured: %s', (_, cost) => {
    const input = costly(() => 0);
    const values = input.training.outcomes!.cost;
    values.forEach((_value, k) => (values[k] = cost(Math.floor(k / 3), k % 3)));
    const { quantity, outOfFold, crossValidation } = fit(input);
    outOfFold.forEach((estimate, k) => {
      expect(estimate).toBeGreaterThanOrEqual(quantity.lowest[k % 3]!);
      expect(estimate).toBeLessThanOrEqual(quantity.highest[k % 3]!);
    });
    expect(crossValidation.some(({ error }) => Number.isNaN(error))).toBe(false);
  });
});

describe('ridge', () => {
  it('solves the normal equations', () => {
    // x = (1, 0), (1, 1), (1, 2), y = 1, 3, 5: intercept 1, slope 2 without penalty.
    const x = Float64Array.of(1, 0, 1, 1, 1, 2);
    const sums = ridgeSums(x, Float64Array.of(1, 3, 5), Int32Array.of(0, 1, 2), 2, 1);
    const [intercept, slope] = ridgeWeights(sums, 0, 2);
    expect(intercept).toBeCloseTo(1, 6);
    expect(slope).toBeCloseTo(2, 6);
    // Centred slope Sxy / (Sxx + penalty) = 4 / (2 + 2).
    expect(ridgeWeights(sums, 2, 1)[1]).toBeCloseTo(1, 6);
  });
});

describe('a quantity', () => {
  it('is a mean where the query tells nothing', () => {
    const input = costly((_length, _vector, m) => m);
    const { quantity, crossValidation } = fit(input);
    expect(Math.min(...crossValidation.map(({ error }) => error))).toBeGreaterThan(0.97);
    const [first] = quantity.means;
    expect(first).toBeCloseTo(
      input.training.outcomes!.cost.filter((_, k) => k % 3 === 0).reduce((a, b) => a + b) / 300,
      9,
    );
  });

  it('grows with the length where costs do', () => {
    const { quantity, outOfFold } = fit(costly((length, _vector, m) => length * (m === 0 ? 1 : 0.5)));
    expect(quantity.kind).toBe('length');
    expect(outOfFold.every((x) => x > 0)).toBe(true);
  });

  it('follows the query vector where costs do, and stays within what was measured', () => {
    const input = costly((_length, vector, m) => vector[0]! - vector[1]! + m);
    const { quantity, crossValidation } = fit(input);
    expect(quantity.kind).toBe('query');
    expect(Math.min(...crossValidation.map(({ error }) => error))).toBeLessThan(0.2);
    const extreme = { texts: ['x'], vectors: createMatrix(1, 6, Float32Array.of(50, -50, 0, 0, 0, 0)) };
    const { estimates } = fitEstimates(input, {}, ctx);
    const { cost } = estimateCall(estimates, extreme, 0);
    cost.forEach((value, m) => expect(value).toBe(quantity.highest[m]));
  });

  it('bears missing values, free calls and models never measured', () => {
    const input = costly((length) => length);
    const { cost } = input.training.outcomes!;
    for (let q = 0; q < 300; q++) {
      cost[q * 3] = 0;
      cost[q * 3 + 1] = NaN;
      if (q % 3 === 0) cost[q * 3 + 2] = NaN;
    }
    const { quantity, outOfFold } = fit(input);
    expect([...quantity.means.slice(0, 2)]).toEqual([0, NaN]);
    expect(outOfFold.every((x, k) => (k % 3 === 0 ? x === 0 : k % 3 === 1 ? Number.isNaN(x) : x > 0))).toBe(true);
  });

  it('is nothing where nothing was measured', () => {
    const { training } = costly(() => 0);
    expect(fitQuantity(training.outcomes!.latency, training.queries, foldOf, 3, ctx)).toBeNull();
  });
});

describe('estimates', () => {
  it('survive JSON and arrays, wide vectors too', () => {
    for (const dimensions of [6, 200]) {
      const input = costly((_length, vector, m) => vector[0]! + m, dimensions);
      const { estimates } = fitEstimates(input, {}, ctx);
      expect(estimates.cost!.kind).toBe('query');
      const { state, weights } = storeEstimates(estimates);
      const stored = estimatesSchema.parse(JSON.parse(JSON.stringify(state)));
      const again = restoreEstimates(stored, (name, shape) => {
        expect(weights[name]!.shape).toEqual(shape);
        return weights[name]!.data;
      });
      for (const q of [0, 7])
        expect(estimateCall(again, input.training.queries, q)).toEqual(
          estimateCall(estimates, input.training.queries, q),
        );
    }
  });

  it('count a query without vectors as an average one of its length', () => {
    const { estimates } = fitEstimates(
      costly((_length, vector) => vector[0]!),
      {},
      ctx,
    );
    const { cost } = estimateCall(estimates, { texts: ['x'.repeat(1000)] }, 0);
    expect(cost.every((value) => value > 0.5 && value < 4)).toBe(true);
  });

  it('are tokens at a price where no cost was measured', () => {
    const { input } = syntheticRouterInput({ models: 2 });
    input.training.outcomes!.cost.fill(NaN);
    const { estimates, outOfFoldCost } = fitEstimates(input, {}, ctx);
    // Measured tokens: 50 in at $1 and 20 out at $2 a million.
    expect(estimateCall(estimates, input.training.queries, 0).cost[0]).toBeCloseTo(90e-6, 12);
    expect(outOfFoldCost[1]).toBeCloseTo((50 * 2 + 30 * 4) / 1e6, 12);
  });

  it('are absent, never zero, without prices', () => {
    const { input } = syntheticRouterInput({ pairsOnly: true });
    const bare = { ...input, candidates: input.candidates.map(({ id, model }) => ({ id, model })) };
    const { estimates } = fitEstimates(bare, { outputTokens: 100 }, ctx);
    const { cost, latency } = estimateCall(estimates, input.training.queries, 0);
    expect([...cost, ...latency].every(Number.isNaN)).toBe(true);
    const priced = fitEstimates(input, {}, ctx).estimates;
    expect(estimateCall(priced, input.training.queries, 0).cost.every(Number.isNaN)).toBe(true);
    const assumed = fitEstimates(input, { outputTokens: 100 }, ctx).estimates;
    expect(estimateCall(assumed, { texts: ['four'] }, 0).cost[0]).toBeCloseTo((1 + 200) / 1e6, 12);
  });

  it('know tokens per task, their mean where the task is unknown, and stated latency', () => {
    const candidate = {
      id: 'a',
      model: 'a',
      price: { input: 1, output: 10 },
      latency: { firstToken: 0.5, perOutputToken: 0.01 },
      tokensPerTask: { code: { input: 100, output: 300 }, chat: { output: 100 } },
    };
    const estimate = tokenEstimate(candidate);
    expect(tokenCost(estimate, 'x', 'code')).toBeCloseTo((100 + 3000) / 1e6, 12);
    expect(tokenCost(estimate, 'x', 'poetry')).toBeCloseTo((100 + 2000) / 1e6, 12);
    const { input } = syntheticRouterInput({ models: 2, pairsOnly: true });
    const { estimates } = fitEstimates({ ...input, candidates: [candidate, input.candidates[1]!] }, {}, ctx);
    const { latency } = estimateCall(estimates, { texts: ['x'], tasks: ['chat'] }, 0);
    expect(latency[0]).toBeCloseTo(1.5, 12);
    expect(latency[1]).toBeNaN();
  });

  it('give a model that was not measured the price of the others’ answers', () => {
    const { input } = syntheticRouterInput({ newModels: 1 });
    const { estimates } = fitEstimates(input, {}, ctx);
    // Answers of 20, 30 and 40 tokens: 30 on average, at $8, and one token of prompt at $4 a million.
    expect(estimateCall(estimates, { texts: ['four'] }, 0).cost[3]).toBeCloseTo((4 + 240) / 1e6, 12);
  });
});

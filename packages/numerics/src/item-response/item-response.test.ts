import { createMatrix, createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { sigmoid } from '../softmax.js';
import { layoutOf, penalisedLikelihood } from './likelihood.js';
import { fitTunedItemResponse, type LearnedItemResponse } from './fit-tuned.js';
import { fitItemResponse } from './fit.js';
import { predictItemResponse, responseLogits } from './predict.js';
import { mapQueries } from './query-map.js';
import { listResponses, type Responses } from './responses.js';

const WIDTH = 10;
const D = 2;

/** Answers drawn from a known item response model. */
function drawn({ queries = 500, models = 6, soft = false, missing = 0 } = {}) {
  const random = createRandom(4, 'item response');
  const normals = (n: number) => Float64Array.from({ length: n }, () => random.normal());
  const vectors = createMatrix(queries, WIDTH, Float32Array.from(normals(queries * WIDTH)));
  const map = normals(WIDTH * (D + 1)).map((x) => 0.6 * x);
  const abilities = normals(models * D);
  const chance = new Float64Array(queries * models);
  const outcomes = chance.map((_, k) => {
    const [q, m] = [Math.floor(k / models), k % models];
    let logit = 0.3;
    for (let j = 0; j < WIDTH; j++) {
      const x = vectors.data[q * WIDTH + j]!;
      for (let d = 0; d < D; d++) logit += x * map[j * (D + 1) + d]! * abilities[m * D + d]!;
      logit -= x * map[j * (D + 1) + D]!;
    }
    chance[k] = sigmoid(logit);
    if (random.float() < missing) return NaN;
    return soft ? chance[k] : random.float() < chance[k] ? 1 : 0;
  });
  const pairs: { query: number; better: number; worse: number }[] = [];
  for (let q = 0; q < queries; q++)
    for (let i = 0; i < models; i++)
      for (let j = 0; j < models; j++)
        if (outcomes[q * models + i]! > outcomes[q * models + j]!) pairs.push({ query: q, better: i, worse: j });
  return { vectors, outcomes, chance, pairs, queries, models };
}

const chances = ({ map, abilities }: LearnedItemResponse, vectors: Parameters<typeof mapQueries>[1]) =>
  responseLogits(mapQueries(map, vectors), abilities).map(sigmoid);
const meanError = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, x, k) => sum + Math.abs(x - b[k]!), 0) / a.length;

describe('the likelihood', () => {
  const { vectors, outcomes, pairs, queries, models } = drawn({ queries: 12, models: 4, missing: 0.2 });
  const x = Float64Array.from({ length: queries * 4 }, (_, k) =>
    k % 4 === 0 ? 1 : vectors.data[Math.floor(k / 4) * WIDTH + (k % 4)]!,
  );
  it.each<[string, Responses, boolean, number]>([
    ['outcomes', { queries, models, outcomes }, false, 3],
    ['more abilities than are worked on at a time', { queries, models, outcomes }, false, 5],
    ['pairs', { queries, models, pairs }, false, 3],
    ['a constant discrimination', { queries, models, outcomes }, true, 1],
  ])('has the gradient it says: %s', (_, responses, constant, dimensions) => {
    const layout = layoutOf(4, dimensions, models);
    const objective = penalisedLikelihood(x, listResponses(responses), layout, { ridge: 2, constant });
    const random = createRandom(1, 'parameters');
    const p = Float64Array.from({ length: layout.length }, () => random.normal());
    const gradient = new Float64Array(p.length);
    objective(p, gradient);
    const unused = new Float64Array(p.length);
    p.forEach((_x, i) => {
      const step = (size: number) =>
        objective(
          p.map((v, j) => (i === j ? v + size : v)),
          unused,
        );
      expect(gradient[i]).toBeCloseTo((step(1e-5) - step(-1e-5)) / 2e-5, 5);
    });
  });

  it('refuses outcomes outside 0 to 1 and pairs of nobody', () => {
    expect(() => listResponses({ queries: 1, models: 2, outcomes: Float64Array.of(0, 80) })).toThrow(/80/);
    expect(() => listResponses({ queries: 1, models: 2, pairs: [{ query: 0, better: 0, worse: 2 }] })).toThrow(
      /0, 0, 2/,
    );
    expect(() => listResponses({ queries: 1, models: 3, outcomes: Float64Array.of(0, 1) })).toThrow(/3 models/);
  });
});

describe('the fit', () => {
  it('finds the chances that outcomes were drawn from, better with soft ones', () => {
    const hard = drawn();
    const learned = fitTunedItemResponse(hard.vectors, hard, {}, { seed: 1 });
    expect(learned.choice.constant).toBe(false);
    expect(learned.tried.length).toBeGreaterThan(4);
    expect(meanError(chances(learned, hard.vectors), hard.chance)).toBeLessThan(0.06);
    const soft = drawn({ soft: true });
    const choice = { width: WIDTH, dimensions: 2, ridge: 0.1, constant: false };
    expect(
      meanError(chances(fitTunedItemResponse(soft.vectors, soft, choice, { seed: 1 }), soft.vectors), soft.chance),
    ).toBeLessThan(0.05);
  });

  it('does without a third of the outcomes', () => {
    const data = drawn({ missing: 0.35 });
    const learned = fitTunedItemResponse(
      data.vectors,
      data,
      { ridge: 4, dimensions: 2, width: WIDTH, constant: false },
      { seed: 1 },
    );
    expect(meanError(chances(learned, data.vectors), data.chance)).toBeLessThan(0.07);
  });

  it('learns the order of models from pairs alone, and no difficulty', () => {
    const { vectors, pairs, queries, models, chance } = drawn();
    const { kind, map, abilities } = fitTunedItemResponse(vectors, { queries, models, pairs }, {}, { seed: 1 });
    expect(kind).toBe('pairs');
    const items = mapQueries(map, vectors);
    expect(items.difficulty.every((b) => b === 0)).toBe(true);
    const worth = responseLogits(items, abilities);
    let [right, asked] = [0, 0];
    for (let q = 0; q < queries; q++)
      for (let i = 0; i < models; i++)
        for (let j = 0; j < i; j++) {
          const lead = chance[q * models + i]! - chance[q * models + j]!;
          if (Math.abs(lead) < 0.1) continue;
          asked++;
          if (lead > 0 === worth[q * models + i]! > worth[q * models + j]!) right++;
        }
    expect(right / asked).toBeGreaterThan(0.9);
  });

  it('falls back on one order where queries tell nothing', () => {
    const { vectors, queries, models } = drawn({ queries: 300 });
    const random = createRandom(2, 'noise');
    const outcomes = Float64Array.from({ length: queries * models }, (_, k) =>
      random.float() < 0.2 + 0.1 * (k % models) ? 1 : 0,
    );
    const { choice, map, abilities } = fitTunedItemResponse(vectors, { queries, models, outcomes }, {}, { seed: 1 });
    expect(choice.constant).toBe(true);
    const a = mapQueries(map, vectors).discrimination;
    expect(Math.max(...a) - Math.min(...a)).toBeLessThan(1e-9);
    const order = [...abilities].map((ability) => ability * a[0]!);
    expect([...order].sort((x, y) => x - y)).toEqual(order);
  });

  it('gives the same bytes twice, and leaves a model without answers at 0', () => {
    const data = drawn({ queries: 80 });
    const outcomes = data.outcomes.map((y, k) => (k % data.models === 3 ? NaN : y));
    const learn = () => fitTunedItemResponse(data.vectors, { ...data, outcomes }, {}, { seed: 3 });
    expect(learn()).toEqual(learn());
    const { known, abilities, dimensions } = learn();
    expect(known).toEqual([true, true, true, false, true, true]);
    expect(abilities.subarray(3 * dimensions, 4 * dimensions).every((x) => Math.abs(x) < 1e-9)).toBe(true);
  });

  it('stops at a minimum', () => {
    const { outcomes, queries, models, vectors } = drawn({ queries: 60 });
    const x = Float64Array.from({ length: queries * 3 }, (_, k) => (k % 3 === 0 ? 1 : vectors.data[k]!));
    const responses = listResponses({ queries, models, outcomes });
    const fitted = fitItemResponse(x, responses, { dimensions: 2, ridge: 1, tolerance: 1e-14, steps: 2000 });
    const layout = layoutOf(3, 2, models);
    const gradient = new Float64Array(layout.length);
    const p = Float64Array.of(...fitted.discrimination, ...fitted.difficulty, ...fitted.abilities);
    penalisedLikelihood(x, responses, layout, { ridge: 1, constant: false })(p, gradient);
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-3);
    expect(predictItemResponse(fitted, x).every((chance) => chance > 0 && chance < 1)).toBe(true);
  });

  it('refuses to learn from nothing, and stops when asked to', () => {
    const { vectors, queries, models } = drawn({ queries: 20 });
    const nothing = { queries, models, outcomes: new Float64Array(queries * models).fill(NaN) };
    expect(() => fitTunedItemResponse(vectors, nothing, {}, { seed: 1 })).toThrow(/0 responses/);
    const controller = new AbortController();
    controller.abort();
    expect(() =>
      fitTunedItemResponse(vectors, drawn({ queries: 20 }), {}, { seed: 1, signal: controller.signal }),
    ).toThrow(/interrupted/);
  });
});

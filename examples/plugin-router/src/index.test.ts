import { createMatrix, createRandom, parseOptions, rowOf, type RouterInput } from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import router from './index.js';

describeRouterContract({ describe, it, expect }, router);
describeRouterContract({ describe, it, expect }, router, { options: { alpha: 0.5, ridge: 10 } });

const ctx = { seed: 1 };
const fit = (input: RouterInput, options: Record<string, unknown> = {}) =>
  router.fit(input, parseOptions(router, options), ctx);

describe('linucb', () => {
  it('is what the paper writes: mean + θᵀx + α √(xᵀA⁻¹x)', async () => {
    const { input } = syntheticRouterInput({ models: 2, queries: 3, dimensions: 1 });
    // Unit vectors of one dimension are +1 and −1, so that A and b can be told by hand.
    const training = {
      ...input.training,
      queries: { texts: ['a', 'b', 'c'], vectors: createMatrix(3, 1, Float32Array.of(2, 5, -3)), encoder: 'hand' },
      outcomes: { ...input.training.outcomes!, score: Float64Array.of(1, 0, 1, 0, 0, 1) },
    };
    const learned = await fit({ ...input, training }, { ridge: 1, alpha: 2 });
    const [decision] = await learned.decide({ texts: ['d'], vectors: createMatrix(1, 1, Float32Array.of(7)) });
    // x = (1, 1): A = I + Σxxᵀ = [[4, 1], [1, 4]], A⁻¹ = [[4, −1], [−1, 4]] / 15, xᵀA⁻¹x = 6/15.
    // First arm: rewards less ½ are ½, ½, −½: b = (1.5, 0.5), xᵀA⁻¹b = (3·1.5 + 3·0.5)/15 = 0.4. The second: −0.4.
    const width = 2 * Math.sqrt(6 / 15);
    expect(decision?.ranked.map(({ model }) => model)).toEqual(['model-0', 'model-1']);
    expect(decision?.ranked[0]?.score).toBeCloseTo(0.5 + 0.4 + width, 5);
    expect(decision?.ranked[1]?.score).toBeCloseTo(0.5 - 0.4 + width, 5);
  });

  it.each([{ pairsOnly: false }, { pairsOnly: true }])(
    'finds the model that is strong at the task: %j',
    async (how) => {
      const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 120, ...how });
      const decisions = await (await fit(input)).decide(queries);
      const right = decisions.filter(({ model }, q) => model === `model-${bestModel[q]}`).length;
      expect(right).toBeGreaterThanOrEqual(11);
    },
  );

  it('learns from the outcomes that are there', async () => {
    const { input, queries } = syntheticRouterInput();
    const outcomes = input.training.outcomes!;
    const random = createRandom(5, 'holes');
    const score = outcomes.score.map((value) => (random.float() < 0.4 ? NaN : value));
    const holes = { ...input, training: { ...input.training, outcomes: { ...outcomes, score } } };
    const some = await (await fit(holes, { alpha: 1 })).decide(queries);
    expect(some.every(({ ranked }) => ranked.every((entry) => Number.isFinite(entry.score)))).toBe(true);
    const all = await (await fit(input, { alpha: 1 })).decide(queries);
    expect(some).not.toEqual(all);
  });

  it('scores a new model as those with like profiles, and is least sure of it', async () => {
    const { input, queries } = syntheticRouterInput({ models: 4, newModels: 1 });
    const vectors = createMatrix(4, input.profiles.vectors.cols, input.profiles.vectors.data.slice());
    rowOf(vectors, 3).set(rowOf(vectors, 1));
    // One of its kind: the others point elsewhere.
    for (const m of [0, 2]) rowOf(vectors, m).set(rowOf(vectors, 1).map((x) => -x));
    const alike = { ...input, profiles: { ...input.profiles, vectors } };
    for (const { ranked } of await (await fit(alike)).decide(queries)) {
      const score = (model: string) => ranked.find((entry) => entry.model === model)!.score;
      expect(score('model-3')).toBeCloseTo(score('model-1'), 6);
    }
    // Exploration goes where nobody has been.
    for (const { model } of await (await fit(alike, { alpha: 100 })).decide(queries)) expect(model).toBe('model-3');
  });

  it('takes in a model later without training, and its own keep their scores', async () => {
    const { input, queries } = syntheticRouterInput({ models: 4 });
    const { profiles } = input;
    const three = {
      ...input,
      models: input.models.slice(0, 3),
      training: {
        ...input.training,
        outcomes: null,
        pairs: input.training.pairs.filter(({ better, worse }) => better < 3 && worse < 3),
      },
    };
    const before = await fit(three, { alpha: 1 });
    const after = await router.extend!(await before.save(), { profiles, cards: [] }, ctx);
    const again = await router.load(await after.save(), ctx);
    expect(again.models).toEqual(input.models);
    const known = (await before.decide(queries))[0]!.ranked;
    const joined = (await again.decide(queries))[0]!.ranked;
    for (const { model, score } of known) expect(joined.find((entry) => entry.model === model)?.score).toBe(score);
    expect(joined.map(({ model }) => model)).toContain('model-3');
  });

  it('refuses files that are cut', async () => {
    const artifact = await (await fit(syntheticRouterInput().input)).save();
    const { theta } = artifact.weights;
    await expect(router.load({ ...artifact, weights: {} }, ctx)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    const cut = { ...artifact.weights, theta: { shape: theta!.shape, data: theta!.data.slice(1) } };
    await expect(router.load({ ...artifact, weights: cut }, ctx)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });
});

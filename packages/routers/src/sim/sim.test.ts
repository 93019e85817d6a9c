import { createMatrix, rowOf } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { simRouter } from './sim.js';

const input = syntheticRouterInput({ models: 3, dimensions: 2 }).input;
const ctx = { seed: 1 };
const withVectors = (...numbers: number[]) => ({
  ...input,
  profiles: { ...input.profiles, vectors: createMatrix(3, 2, Float32Array.from(numbers)) },
});

describe('sim', () => {
  it('scores by cosine, whatever the lengths', async () => {
    const router = await simRouter.fit(withVectors(10, 0, 0, 0.1, -3, -4), {}, ctx);
    const [decision] = await router.decide({ texts: ['q'], vectors: createMatrix(1, 2, Float32Array.of(300, 400)) });
    expect(decision?.ranked.map(({ model }) => model)).toEqual(['model-1', 'model-0', 'model-2']);
    const expected = [0.8, 0.6, -1];
    decision?.ranked.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i]!, 6));
    expect(decision?.reasons).toEqual([
      { kind: 'similarity', text: 'cosine 0.800 between the query and the profile of model-1' },
    ]);
  });

  it('gives the first model when all are alike, and 0 for a zero vector', async () => {
    const router = await simRouter.fit(withVectors(1, 1, 1, 1, 0, 0), {}, ctx);
    const vectors = createMatrix(2, 2, Float32Array.of(1, 1, 0, 0));
    const decisions = await router.decide({ texts: ['a', 'b'], vectors });
    expect(decisions.map(({ model }) => model)).toEqual(['model-0', 'model-0']);
    expect(decisions[1]?.ranked.map(({ score }) => score)).toEqual([0, 0, 0]);
  });

  it('refuses profiles that are not finite and weights that do not fit', async () => {
    await expect(simRouter.fit(withVectors(1, NaN, 1, 1, 0, 0), {}, ctx)).rejects.toMatchObject({ code: 'NOT_FINITE' });
    const { manifest, weights } = await (await simRouter.fit(input, {}, ctx)).save();
    await expect(simRouter.load({ manifest, weights: {} }, ctx)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    const cut = { profiles: { shape: [2, 2], data: rowOf(createMatrix(1, 4), 0) } };
    await expect(simRouter.load({ manifest, weights: cut }, ctx)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    expect(weights['profiles']?.shape).toEqual([3, 2]);
  });
});

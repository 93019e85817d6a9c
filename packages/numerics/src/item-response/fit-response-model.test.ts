import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { rowOf } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { fitResponseModel, meansByLabel, type ResponseInput } from './fit-response-model.js';
import { dimensionsOf, expectedOutcomes, packResponseModel, unpackResponseModel } from './response-model.js';

function input(newModels = 0): ResponseInput {
  const { models, cards, training } = syntheticRouterInput({ models: 6, queries: 150, newModels }).input;
  const vectors = training.queries.vectors!;
  return {
    models,
    cards,
    vectors,
    outcomes: training.outcomes!.score,
    pairs: training.pairs,
    tasks: meansByLabel(vectors, training.tasks),
  };
}
const ctx = { seed: 2 };

describe('fitResponseModel', () => {
  it('places a model without outcomes by its card where the models of its kind are', () => {
    const { model, abilities, sources } = fitResponseModel(input(1), {}, ctx);
    expect(sources).toEqual(['training', 'training', 'training', 'training', 'training', 'card']);
    const D = dimensionsOf(model);
    const distance = (i: number, j: number) =>
      Math.hypot(...Array.from({ length: D }, (_, d) => abilities[i * D + d]! - abilities[j * D + d]!));
    expect(distance(5, 2)).toBeLessThan(Math.min(distance(5, 0), distance(5, 1)));
  });

  it('says when nothing is known of a model, and leaves it at the mean', () => {
    const bare = { ...input(1), cards: [] };
    const { model, abilities, sources } = fitResponseModel(bare, {}, ctx);
    expect(sources[5]).toBeNull();
    expect([...abilities.subarray(-dimensionsOf(model))]).toEqual([...model.prior.mean]);
  });

  it('takes outcomes on any scale', () => {
    const plain = input();
    const percent = { ...plain, outcomes: plain.outcomes!.map((y) => 100 * y) };
    const [a, b] = [plain, percent].map((data) => {
      const { model, abilities } = fitResponseModel(data, {}, ctx);
      return expectedOutcomes(model, abilities, data.vectors);
    });
    b!.forEach((y, k) => expect(y / 100).toBeCloseTo(a![k]!, 5));
  });

  it('is the same model after a round trip through arrays, which are refused when damaged', () => {
    const data = input();
    const { model, abilities } = fitResponseModel(data, {}, ctx);
    const arrays = packResponseModel(model);
    const again = unpackResponseModel(arrays);
    expect(packResponseModel(again)).toEqual(arrays);
    expect(expectedOutcomes(again, abilities, data.vectors)).toEqual(expectedOutcomes(model, abilities, data.vectors));
    const { range: _range, ...without } = arrays;
    expect(() => unpackResponseModel(without)).toThrow(/'range'/);
    const spoilt = { ...arrays, offsets: { shape: [1], data: Float32Array.of(NaN) } };
    expect(() => unpackResponseModel(spoilt)).toThrow(/'offsets'/);
  });

  it('refuses to learn from nothing', () => {
    expect(() => fitResponseModel({ ...input(), outcomes: null, pairs: [] }, {}, ctx)).toThrow(
      /no outcomes and no pairs/,
    );
  });
});

describe('meansByLabel', () => {
  it('averages the rows of a label', () => {
    const { vectors } = input();
    const { names, vectors: means } = meansByLabel(vectors, ['b', null, 'a', 'b', ...Array<null>(146).fill(null)]);
    expect(names).toEqual(['b', 'a']);
    rowOf(means, 0).forEach((x, d) => expect(x).toBeCloseTo((rowOf(vectors, 0)[d]! + rowOf(vectors, 3)[d]!) / 2, 6));
    expect(rowOf(means, 1)).toEqual(rowOf(vectors, 2));
  });
});

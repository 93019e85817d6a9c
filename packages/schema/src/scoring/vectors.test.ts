import { RouteProfileError } from '../errors.js';
import { createMatrix } from '../matrix.js';
import { syntheticRouterInput } from '../testing/index.js';
import { describe, expect, it } from 'vitest';
import { assertModels, profileVectors, queryVectors } from './vectors.js';

const codeOf = (body: () => unknown) => {
  try {
    body();
  } catch (error) {
    return RouteProfileError.isInstance(error) ? error.code : error;
  }
  return 'nothing thrown';
};

const space = { what: 'profiles', encoder: 'left', dimensions: 2 };

describe('assertModels', () => {
  it('wants two models of different names', () => {
    expect(codeOf(() => assertModels('x', []))).toBe('BAD_INPUT');
    expect(codeOf(() => assertModels('x', ['a']))).toBe('BAD_INPUT');
    expect(() => assertModels('x', ['a', 'b', 'a'])).toThrow(/'a' is listed twice/);
    expect(() => assertModels('x', ['a', 'b'])).not.toThrow();
  });
});

describe('profileVectors', () => {
  it('follows the order of the candidates, not of the profile set', () => {
    const { input } = syntheticRouterInput({ models: 3 });
    const backwards = profileVectors('x', { ...input, models: [...input.models].reverse() });
    expect([...backwards.data.subarray(0, 8)]).toEqual([...input.profiles.vectors.data.subarray(16)]);
  });

  it('names a model without a profile, and a number that is not finite', () => {
    const { input } = syntheticRouterInput();
    expect(() => profileVectors('x', { ...input, models: ['model-0', 'ghost'] })).toThrow(/'ghost'/);
    const vectors = createMatrix(4, 8);
    vectors.data[9] = NaN;
    expect(codeOf(() => profileVectors('x', { ...input, profiles: { ...input.profiles, vectors } }))).toBe(
      'NOT_FINITE',
    );
  });
});

describe('queryVectors', () => {
  it('names both encoders and widths when they do not fit', () => {
    const wide = { texts: ['a'], vectors: createMatrix(1, 3), encoder: 'right' };
    expect(() => queryVectors('sim', wide, space)).toThrow(/3 dimensions \('right'\), the profiles 2 \('left'\)/);
    expect(codeOf(() => queryVectors('sim', wide, space))).toBe('SHAPE_MISMATCH');
  });

  it('refuses vectors of another encoder, of another count, with NaN, or none', () => {
    const ok = { texts: ['a'], vectors: createMatrix(1, 2), encoder: 'left' };
    expect(queryVectors('sim', ok, space)).toBe(ok.vectors);
    expect(codeOf(() => queryVectors('sim', { ...ok, encoder: 'right' }, space))).toBe('BAD_INPUT');
    expect(codeOf(() => queryVectors('sim', { ...ok, texts: ['a', 'b'] }, space))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => queryVectors('sim', { texts: ['a'] }, space))).toBe('BAD_INPUT');
    const bad = createMatrix(1, 2, Float32Array.of(0, Infinity));
    expect(codeOf(() => queryVectors('sim', { ...ok, vectors: bad }, space))).toBe('NOT_FINITE');
  });
});

import { createMatrix, type Decision, type Router } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { withDistrust } from './distrust.js';

const MODELS = ['small', 'twin', 'large', 'odd'];
const SCORES = [0.9, 0.5, 0.7, 0.1];
const decision: Decision = {
  model: 'small',
  ranked: [
    { model: 'small', score: 0.9, probability: 0.9 },
    { model: 'large', score: 0.7, probability: 0.7 },
    { model: 'twin', score: 0.5, probability: 0.5 },
    { model: 'odd', score: 0.1, probability: 0.1 },
  ],
  reasons: [{ kind: 'similarity', text: 'it is like the query' }],
};
const router: Router = { models: MODELS, decide: async () => [decision], save: () => Promise.reject(new Error()) };
const likeness = {
  models: MODELS,
  profiles: createMatrix(4, 2, Float32Array.of(1, 0, 1, 0.05, 0, 1, -1, 0)),
};
const first = async (down: readonly string[], like = true) => {
  const told = new Map(down.map((model) => [model, `rewards of ${model} fell`]));
  const wrapped = withDistrust(router, { distrusted: () => told, ...(like && { likeness }) });
  return (await wrapped.decide({ texts: ['x'] }))[0]!;
};

describe('withDistrust', () => {
  it('changes nothing while all are trusted, or none is', async () => {
    expect(await first([])).toBe(decision);
    expect(await first(MODELS)).toBe(decision);
  });

  it('judges a model by those of like profile, and says why another is chosen', async () => {
    const after = await first(['small']);
    expect(after.model).toBe('large');
    const own = after.ranked.find(({ model }) => model === 'small')!;
    expect(own.score).toBeCloseTo(SCORES[1]!, 4);
    expect(own.probability).toBeCloseTo(SCORES[1]!, 4);
    expect(after.ranked.map(({ model }) => model)).toEqual(['large', 'small', 'twin', 'odd']);
    expect(after.reasons[0]).toEqual({
      kind: 'distrust',
      text: 'rewards of small fell; judged by models like it (score 0.50), it comes after large',
    });
  });

  it('weighs all others alike without profiles', async () => {
    const own = (await first(['small'], false)).ranked.find(({ model }) => model === 'small')!;
    expect(own.score).toBeCloseTo((0.5 + 0.7 + 0.1) / 3, 6);
  });

  it('leaves the choice, and what was said of it, where another model is distrusted', async () => {
    const after = await first(['odd']);
    expect([after.model, after.reasons]).toEqual(['small', decision.reasons]);
  });

  it('prefers the trusted of two models', async () => {
    const two = { ...decision, ranked: decision.ranked.slice(0, 2) };
    const inner = { ...router, models: ['small', 'large'], decide: async () => [two] };
    const told = new Map([['small', 'it fell']]);
    const [after] = await withDistrust(inner, { distrusted: () => told }).decide({ texts: ['x'] });
    expect([after!.model, after!.ranked.map(({ score }) => score)]).toEqual(['large', [0.7, 0.7]]);
  });

  it('judges by whoever may answer where a constraint has ruled out those alike', async () => {
    const without = { ...decision, ranked: decision.ranked.filter(({ model }) => model !== 'twin') };
    const inner = { ...router, decide: async () => [without] };
    const told = new Map([['small', 'it fell']]);
    const wrapped = withDistrust(inner, { distrusted: () => told, likeness });
    const [after] = await wrapped.decide({ texts: ['x'] });
    expect(after!.model).toBe('large');
    expect(after!.ranked.every(({ score }) => Number.isFinite(score))).toBe(true);
  });
});

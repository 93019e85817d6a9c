import { sigmoid } from '@routeprofile/numerics';
import {
  createRandom,
  parseOptions,
  type JudgedDecision,
  type LearnerStrategy,
  type QueryBatch,
  type Router,
} from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { randomAxes } from './axes.js';
import { irtLearner } from './irt-learner.js';
import { linUcbLearner } from './lin-ucb.js';
import { thompsonLearner } from './thompson.js';
import { winShares } from './win-shares.js';

const MODELS = ['a', 'b', 'c'];
const CHANCES = [0.7, 0.65, 0.6];
const router: Router = {
  models: MODELS,
  decide: async ({ texts }) =>
    texts.map(() => ({
      model: 'a',
      ranked: MODELS.map((model, m) => ({ model, score: CHANCES[m]!, probability: CHANCES[m]! })),
      reasons: [],
    })),
  save: () => Promise.reject(new Error('not saved here')),
};
const lesson = (id: number, m: number, reward: number): JudgedDecision => ({
  ...{ id: String(id), model: MODELS[m]!, reward, propensity: 1, expected: CHANCES[m]! },
});
/** Followed at once: what is proven is the gate's matter. */
const after = <O>(learner: LearnerStrategy<O>, options: object, judged: readonly JudgedDecision[]): Router => {
  const online = learner.begin(router, parseOptions(learner, { confidence: 0, ...options }), { seed: 2 });
  online.observe(judged);
  return online.snapshot().router;
};
const batch = (count: number): QueryBatch => ({
  texts: Array.from({ length: count }, () => '?'),
  ids: Array.from({ length: count }, (_, i) => `request-${i}`),
});
const first = async (learned: Router) => (await learned.decide(batch(1)))[0]!;

describe('lin-ucb', () => {
  it('adds what the router misjudges, and what little is known of may be worth', async () => {
    // Without vectors φ = 1: A = ridge + n, so θ = Σ (r − v) / (ridge + n) and the deviation is 1 / √(ridge + n).
    const judged = Array.from({ length: 6 }, (_, i) => lesson(i, 0, 1 / 2));
    const { ranked } = await first(after(linUcbLearner, { ridge: 4, alpha: 0.3 }, judged));
    const worth = Object.fromEntries(ranked.map(({ model, value }) => [model, value]));
    expect(worth['a']).toBeCloseTo(0.7 + (6 * -0.2) / 10 + 0.3 / Math.sqrt(10), 5);
    expect(worth['b']).toBeCloseTo(0.65 + 0.3 / 2, 6);
    expect(ranked.map(({ model }) => model)).toEqual(['b', 'c', 'a']);
    expect(ranked[2]).toMatchObject({ fitted: 0.7 });
    expect(ranked[2]!.probability).toBeCloseTo(0.58, 5);
  });

  it('says what the choice owes to what is not known', async () => {
    const { reasons } = await first(after(linUcbLearner, { alpha: 0.1, ridge: 4 }, [lesson(1, 0, 1)]));
    expect(reasons[0]!.text).toMatch(
      /^a is right with chance 0\.76 by 1\.0 judged answers and the router, which alone says 0\.70; what is not known of it counts as 0\.04 more$/,
    );
  });
});

describe('thompson', () => {
  it('draws each model as often as it says, by the posterior', async () => {
    const judged = Array.from({ length: 20 }, (_, i) => lesson(i, i % 2, i % 4 < 2 ? 1 : 0.4));
    const learned = after(thompsonLearner, { ridge: 10, scale: 0.5, draws: 200 }, judged);
    const decisions = await learned.decide(batch(2000));
    const expected = new Map(MODELS.map((model) => [model, 0]));
    const seen = new Map(MODELS.map((model) => [model, 0]));
    // Of a decision only the chance of the choice is known: Σ 1 / propensity counts all of them, on average.
    decisions.forEach(({ model, propensity }) => {
      seen.set(model, seen.get(model)! + 1);
      expected.set(model, expected.get(model)! + 1 / propensity!);
    });
    for (const model of MODELS) {
      expect(seen.get(model)).toBeGreaterThan(100);
      // Three standard errors, √(1 / 0.15 − 1) / √2000 each, for the rarest model.
      expect(Math.abs(expected.get(model)! / decisions.length - 1)).toBeLessThan(0.16);
    }
    expect(new Set(decisions.map(({ propensity }) => propensity)).size).toBeGreaterThan(5);
    expect(decisions[0]!.reasons[0]!.text).toMatch(/was drawn with chance 0\.\d{3} of 200 draws from what was learned/);
  });

  it('does not draw before it has learned anything', async () => {
    expect(await first(after(thompsonLearner, {}, []))).toEqual((await router.decide(batch(1)))[0]);
  });

  it('counts winners as the law of the draws has it', () => {
    // P(X > Y) for X ~ N(0.1, 0.1²), Y ~ N(0, 0.2²) is Φ(0.1 / √0.05) = Φ(0.4472) = 0.6726.
    const shares = winShares(
      [
        { mean: 0.1, deviation: 0.1 },
        { mean: 0, deviation: 0.2 },
      ],
      40_000,
      createRandom(1, 'shares'),
    );
    expect(shares[0]).toBeCloseTo(0.6726, 2);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 12);
  });
});

describe('irt', () => {
  it('moves a model by the offset that its answers are likeliest under', async () => {
    const judged = Array.from({ length: 30 }, (_, i) => lesson(i, 0, i % 3 === 0 ? 1 : 0));
    const { ranked, model } = await first(after(irtLearner, { spread: 0.5 }, judged));
    expect(model).toBe('b');
    const moved = ranked.find((entry) => entry.model === 'a')!.probability!;
    const offset = Math.log(moved / (1 - moved)) - Math.log(0.7 / 0.3);
    // At the mode: Σ (r − σ(l + δ)) = δ / spread².
    const l = Math.log(0.7 / 0.3);
    expect(10 - 30 * sigmoid(l + offset)).toBeCloseTo(offset / 0.25, 4);
    expect(ranked[0]).toMatchObject({ model: 'b', probability: 0.65 });
  });
});

describe('learners of what the router misjudges', () => {
  it.each([linUcbLearner, thompsonLearner, irtLearner] as LearnerStrategy[])(
    '$name skips decisions that do not say what was expected, and warns once',
    (learner) => {
      const warnings: string[] = [];
      const logger = { info() {}, warn: (message: string) => void warnings.push(message) };
      const online = learner.begin(router, parseOptions(learner, {}), { seed: 1, logger });
      const { expected: _, ...unsaid } = lesson(1, 0, 1);
      expect(online.observe([unsaid, { ...unsaid, id: '2' }, lesson(3, 0, 1)])).toBe(1);
      expect(online.observe([{ ...unsaid, id: '4' }])).toBe(0);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/decision 1 does not say what the fitted router expected/);
    },
  );
});

describe('random axes', () => {
  it('keep inner products on average, and are equal for equal seeds', () => {
    const x = new Float32Array(50).fill(0.1);
    const y = new Float32Array(50);
    y.set([0.6, 0.8]);
    const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0) - 1;
    const products = Array.from({ length: 400 }, (_, seed) => {
      const features = randomAxes(50, 16, seed);
      return product(features(x)!, features(y)!);
    });
    expect(products.reduce((a, b) => a + b) / 400).toBeCloseTo(0.14, 1);
    expect(randomAxes(50, 16, 7)(x)).toEqual(randomAxes(50, 16, 7)(x));
    expect(randomAxes(3, 16, 7)(Float32Array.of(1, 2, 3))).toEqual(Float32Array.of(1, 1, 2, 3));
    expect(randomAxes(null, 16, 7)(null)).toEqual(Float32Array.of(1));
  });
});

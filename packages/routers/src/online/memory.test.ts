import {
  createMatrix,
  fromRows,
  parseOptions,
  RouteProfileError,
  type Decision,
  type JudgedDecision,
  type QueryBatch,
  type RankedModel,
  type Router,
} from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from '../knn/knn.js';
import { calibrateWrapper } from '../wrappers/calibrate.js';
import { withCost } from '../wrappers/cost.js';
import { withExploration } from '../wrappers/exploration.js';
import { withHeuristic } from '../wrappers/heuristic.js';
import { wrapStrategy } from '../wrappers/wrap-strategy.js';
import { memoryLearner } from './memory.js';

const RANKED: RankedModel[] = [
  { model: 'large', score: 3, probability: 0.8, expectedCost: 0.01 },
  { model: 'small', score: 2, probability: 0.7, expectedCost: 0.001 },
  { model: 'weak', score: 1, probability: 0.4, expectedCost: 0.0005 },
];
const fitted = (ranked = RANKED): Router => ({
  models: ['small', 'large', 'weak'],
  decide: async ({ texts }) =>
    texts.map((): Decision => ({
      model: ranked[0]!.model,
      ranked,
      reasons: [
        { kind: 'calibrate', text: `${ranked[0]!.model} is right with chance ${ranked[0]!.probability!.toFixed(2)}` },
      ],
    })),
  save: () => Promise.reject(new Error('not saved here')),
});
const query: QueryBatch = { texts: ['?'], vectors: fromRows([[1, 0]]) };
const begin = (router = fitted(), options: Record<string, unknown> = {}) =>
  memoryLearner.begin(router, parseOptions(memoryLearner, { kappa: 4, width: 0.5, confidence: 0, ...options }), {
    seed: 1,
  });
const lesson = (id: string, model: string, reward: number, vector?: number[]): JudgedDecision => ({
  ...{ id, model, reward, propensity: 1 },
  ...(vector && { vector: Float32Array.from(vector) }),
});
const decide = async (router: Router) => (await router.decide(query))[0]!;

describe('the memory', () => {
  it('mixes judged answers to similar queries with the chance by the router', async () => {
    const learner = begin();
    learner.observe([
      lesson('a', 'large', 0, [2, 0]),
      lesson('b', 'large', 0.5, [0, 3]),
      lesson('c', 'small', 1, [1, 1]),
    ]);
    const { ranked } = await decide(learner.snapshot().router);
    const k = (cosine: number) => Math.exp((cosine - 1) / 0.5);
    const large = (k(0) * 0.5 + 4 * 0.8) / (1 + k(0) + 4);
    const small = (k(Math.SQRT1_2) + 4 * 0.7) / (k(Math.SQRT1_2) + 4);
    const chances = Object.fromEntries(ranked.map(({ model, probability }) => [model, probability!]));
    expect(chances['large']).toBeCloseTo(large, 6);
    expect(chances['small']).toBeCloseTo(small, 6);
    // Nothing is known of the third: it keeps what it had.
    expect(ranked[2]).toEqual({ ...RANKED[2], score: 0.4 });
    expect(ranked.map(({ model }) => model)).toEqual(['small', 'large', 'weak']);
    expect(ranked[1]).toMatchObject({ fitted: 0.8, score: chances['large'] });
  });

  it('learns what the router misjudges where the decisions say what was expected', async () => {
    const learner = begin();
    learner.observe([
      { ...lesson('a', 'large', 0.2, [1, 0]), expected: 0.3 },
      { ...lesson('b', 'large', 0.4, [1, 0]), expected: 0.5 },
      lesson('c', 'large', 0.5, [1, 0]),
    ]);
    const { ranked } = await decide(learner.snapshot().router);
    expect(ranked.find(({ model }) => model === 'large')!.probability).toBeCloseTo(0.8 + (-0.1 - 0.1 - 0.3) / 7, 6);
  });

  it('says on what the choice rests, with figures that are true of it', async () => {
    const learner = begin();
    learner.observe(Array.from({ length: 8 }, (_, i) => lesson(`${i}`, 'large', 0.5, [1, 0])));
    const { model, reasons } = await decide(learner.snapshot().router);
    expect(model).toBe('small');
    expect(reasons[0]).toEqual({
      kind: 'memory',
      text: 'small has no judged answers that count here; it is worth most now that other models have some',
    });
    expect(reasons[1]).toEqual({ kind: 'calibrate', text: 'small is right with chance 0.70' });
    learner.observe(Array.from({ length: 8 }, (_, i) => lesson(`s${i}`, 'small', 1, [1, 0])));
    const sure = await decide(learner.snapshot().router);
    expect(sure.reasons[0]!.text).toBe(
      'small is right with chance 0.90 by 8.0 judged answers and the router, which alone says 0.70',
    );
    expect(sure.reasons[1]!.text).toBe('small is right with chance 0.90');
  });

  it('keeps the last decisions, as many as its window holds', async () => {
    const short = begin(fitted(), { window: 5 });
    const lessons = Array.from({ length: 40 }, (_, i) => lesson(`${i}`, 'large', i < 35 ? 0 : 1, [1, i % 3]));
    expect(short.observe(lessons)).toBe(40);
    const alone = begin(fitted(), { window: 5 });
    alone.observe(lessons.slice(35));
    expect(await decide(short.snapshot().router)).toEqual(await decide(alone.snapshot().router));
    expect(short.save().weights['rewards']!.shape).toEqual([5]);
    expect([short.observed, alone.observed]).toEqual([40, 5]);
    // Those that have left it are known all the same.
    expect(short.observe(lessons.slice(0, 3))).toBe(0);
  });

  it('learns without vectors what each model is worth on the whole', async () => {
    const learner = begin();
    learner.observe(Array.from({ length: 12 }, (_, i) => lesson(`${i}`, 'large', 0)));
    const [decision] = await learner.snapshot().router.decide({ texts: ['?'] });
    expect(decision!.model).toBe('small');
    expect(decision!.ranked.find(({ model }) => model === 'large')!.probability).toBeCloseTo((4 * 0.8) / 16, 6);
    expect(() => learner.observe([lesson('x', 'large', 1, [1, 0])])).toThrow(
      /a vector of 2 numbers, those before it with no vector/,
    );
  });

  it('asks for the vectors that it compares', async () => {
    const learner = begin();
    learner.observe([lesson('a', 'large', 0, [1, 0])]);
    const asked = learner.snapshot().router.decide({ texts: ['?'], vectors: createMatrix(1, 3) });
    await expect(asked).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(learner.snapshot().router.decide({ texts: ['?'] })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('around a router with wrappers', () => {
  it('leaves costs their weight', async () => {
    const learner = begin(withCost(fitted(), { lambda: 20 }));
    learner.observe(Array.from({ length: 4 }, (_, i) => lesson(`${i}`, 'small', 0, [1, 0])));
    const { ranked } = await decide(learner.snapshot().router);
    // 0.8 − 0.2 = 0.6 against 0.35 − 0.02 and 0.4 − 0.01.
    expect(ranked.map(({ model, value }) => [model, value!.toFixed(2)])).toEqual([
      ['large', '0.60'],
      ['weak', '0.39'],
      ['small', '0.33'],
    ]);
    // A cost weight around it reads the learned chances.
    const thrifty = await decide(withCost(learner.snapshot().router, { lambda: 60, instead: true }));
    expect(thrifty.model).toBe('weak');
  });

  it('leaves a rule its choice, and says so', async () => {
    const learner = begin(withHeuristic(fitted(), { cheap: 'small', maxCharacters: 160 }));
    learner.observe([lesson('a', 'small', 0, [1, 0])]);
    const { model, reasons } = await decide(learner.snapshot().router);
    expect(model).toBe('small');
    expect(reasons[0]).toEqual({
      kind: 'memory',
      text: 'a rule chose small; what was learned counts where chances choose',
    });
  });

  it('can be explored, and refuses a router that explores', async () => {
    const learner = begin();
    learner.observe([lesson('a', 'small', 1, [1, 0])]);
    const { propensity } = await decide(withExploration(learner.snapshot().router, { seed: 1, within: 0.2 }));
    expect(propensity).toBeLessThan(1);
    const inside = begin(withExploration(fitted(), { seed: 1, within: 0.2 }));
    await expect(decide(inside.snapshot().router)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('is the router itself, bit for bit, before any feedback', async () => {
    const { input, queries } = syntheticRouterInput();
    const strategy = wrapStrategy(knnRouter, [{ wrapper: calibrateWrapper }]);
    const router = await strategy.fit(input, parseOptions(strategy, {}), { seed: 3 });
    const learner = begin(router);
    expect(await learner.snapshot().router.decide(queries)).toEqual(await router.decide(queries));
    const bare = await knnRouter.fit(input, parseOptions(knnRouter, {}), { seed: 3 });
    const error = await begin(bare)
      .snapshot()
      .router.decide(queries)
      .catch((reason: unknown) => reason);
    expect(RouteProfileError.isInstance(error) && error.hint).toMatch(/\+calibrate/);
  });
});

import {
  createRandom,
  parseOptions,
  type JudgedDecision,
  type LearnerStrategy,
  type Router,
} from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { withCost } from '../wrappers/cost.js';
import { withExploration } from '../wrappers/exploration.js';
import { builtInLearners } from './built-in.js';
import { openFirst } from './gate.js';
import { irtLearner } from './irt-learner.js';
import { memoryLearner } from './memory.js';

/**
 * A law of two models. Queries are points on a circle. `first` is right with chance 0.97 on the easier half of them and 0.63 on the other, `second` with 0.05 less; the router
 * knows that, and chooses `first` everywhere.
 */
const MODELS = ['first', 'second'];
const GAP = 0.05;
const chanceOf = (m: number, x: number) => (x > 0 ? 0.97 : 0.63) - GAP * m;
const vectorAt = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle));
const router: Router = {
  models: MODELS,
  decide: async ({ vectors }) =>
    Array.from({ length: vectors!.rows }, (_, q) => {
      const x = vectors!.data[2 * q]!;
      const ranked = MODELS.map((model, m) => ({
        ...{ model, score: chanceOf(m, x), probability: chanceOf(m, x), expectedCost: 1 - m },
      }));
      return { model: 'first', ranked, reasons: [] };
    }),
  save: () => Promise.reject(new Error('not saved here')),
};

type Told = (m: number, x: number, random: () => number) => number;
const honest: Told = (m, x, random) => (random() < chanceOf(m, x) ? 1 : 0);
/** Right on average, and says nothing. */
const noise: Told = (_m, _x, random) => (random() < 0.8 ? 1 : 0);
/** `first` is broken where x > 0. */
const broken: Told = (m, x, random) => (random() < (m === 0 && x > 0 ? 0.2 : chanceOf(m, x)) ? 1 : 0);

/** Decisions of a stream that is learned from by tens: share of `second` among the last half, where x > 0 and elsewhere. */
async function played(strategy: LearnerStrategy, raw: object, told: Told, seed: number, count = 300) {
  const random = createRandom(seed, 'gate');
  const learner = strategy.begin(router, parseOptions(strategy, raw), { seed });
  const seen = { easy: 0, hard: 0, easySecond: 0, hardSecond: 0, second: 0 };
  for (let start = 0; start < count; start += 10) {
    const angles = Array.from({ length: 10 }, () => 2 * Math.PI * random.float());
    const vectors = { rows: 10, cols: 2, data: Float32Array.from(angles.flatMap((angle) => [...vectorAt(angle)])) };
    const ids = angles.map((_, i) => String(start + i));
    const decisions = await learner.snapshot().router.decide({ texts: ids, ids, vectors });
    learner.observe(
      decisions.map(({ model, ranked, propensity = 1 }, i): JudgedDecision => {
        const [m, x] = [MODELS.indexOf(model), Math.cos(angles[i]!)];
        const kind = x > 0 ? 'easy' : 'hard';
        seen.second += m;
        if (start >= count / 2) {
          seen[kind]++;
          seen[`${kind}Second`] += m;
        }
        const { fitted, probability } = ranked.find((entry) => entry.model === model)!;
        const reward = told(m, x, () => random.float());
        return {
          id: ids[i]!,
          vector: vectorAt(angles[i]!),
          model,
          reward,
          propensity,
          expected: fitted ?? probability!,
        };
      }),
    );
  }
  return { second: seen.second / count, easy: seen.easySecond / seen.easy, hard: seen.hardSecond / seen.hard };
}

const QUICK = { thompson: { draws: 50 } } as Record<string, object>;
const SEEDS = [1, 2, 3, 4, 5];

describe.each(builtInLearners.map((learner) => [learner.name, learner] as const))('%s', (name, learner) => {
  const share = async (told: Told, raw: object = {}) => {
    const shares = [];
    for (const seed of SEEDS) shares.push((await played(learner, { ...QUICK[name], ...raw }, told, seed)).second);
    return shares.reduce((a, b) => a + b) / SEEDS.length;
  };

  it('stays with a router that is right, whether what it is told says so or nothing at all', async () => {
    expect(await share(honest)).toBeLessThan(0.01);
    expect(await share(noise)).toBeLessThan(0.01);
    // Followed at once, noise is believed.
    if (name !== 'thompson') expect(await share(noise, { confidence: 0 })).toBeGreaterThan(0.1);
  });

  it('leaves a model that has become worse', async () => {
    expect(await share((m, x, random) => (m === 0 ? 0.3 : honest(m, x, random)))).toBeGreaterThan(0.7);
  });
});

describe('the gate', () => {
  it('is left where the model is broken, and there alone', async () => {
    const { easy, hard } = await played(memoryLearner, { width: 0.2, kappa: 5 }, broken, 3, 600);
    expect(easy).toBeGreaterThan(0.7);
    expect(hard).toBeLessThan(0.2);
  });

  it('closes again when what spoke for leaving is contradicted or forgotten', async () => {
    const learner = irtLearner.begin(router, parseOptions(irtLearner, { axes: 0, window: 80 }), { seed: 1 });
    const vectors = { rows: 1, cols: 2, data: vectorAt(0) };
    const choice = async () => (await learner.snapshot().router.decide({ texts: ['?'], vectors }))[0]!.model;
    const tell = (from: number, m: number, count: number, rewardAt: (i: number) => number) =>
      learner.observe(
        Array.from({ length: count }, (_, i) => {
          const angle = i % 2 === 0 ? 0 : Math.PI;
          const expected = chanceOf(m, Math.cos(angle));
          const id = `${from + i}`;
          return { id, vector: vectorAt(angle), model: MODELS[m]!, reward: rewardAt(i), propensity: 1, expected };
        }),
      );
    const chances = [chanceOf(0, 1), chanceOf(0, -1)];
    expect(await choice()).toBe('first');
    tell(0, 0, 40, () => 0.3);
    expect(await choice()).toBe('second');
    tell(100, 1, 40, () => 0);
    expect(await choice()).toBe('first');
    tell(200, 0, 80, (i) => chances[i % 2]!);
    expect(await choice()).toBe('first');
  });

  it('says what is held back, and lets exploring reach it', async () => {
    const learner = memoryLearner.begin(router, parseOptions(memoryLearner, { kappa: 2 }), { seed: 1 });
    learner.observe([
      { id: 'a', vector: vectorAt(0), model: 'first', reward: 0, propensity: 1, expected: 0.97 },
      { id: 'b', vector: vectorAt(0), model: 'first', reward: 1, propensity: 1, expected: 0.97 },
    ]);
    const vectors = { rows: 1, cols: 2, data: vectorAt(0) };
    const held = learner.snapshot().router;
    const [decision] = await held.decide({ texts: ['?'], vectors });
    expect(decision!.model).toBe('first');
    expect(decision!.reasons[0]!.text).toMatch(
      /; second may be worth more \(0\.92 to 0\.7\d\), which is not proven yet$/,
    );
    expect(decision!.ranked[1]!.probability).toBeCloseTo(0.92, 6);
    const [drawn] = await withExploration(held, { seed: 1, epsilon: 0.5 }).decide({ texts: ['?'], vectors });
    expect(drawn!.propensity).toBeLessThan(1);
    // A cost weight around it still compares chances that were learned.
    expect((await withCost(held, { lambda: 0.1, instead: true }).decide({ texts: ['?'], vectors }))[0]!.model).toBe(
      'second',
    );
  });

  it('lists what may not be chosen behind the best that may, in order', () => {
    const ranked = [0.9, 0.8, 0.7, 0.6].map((score, i) => ({ model: 'abcd'[i]!, score, probability: score }));
    expect(openFirst(ranked, new Set(['c', 'd'])).map(({ model, score, value }) => [model, score, value])).toEqual([
      ['c', 0.7, undefined],
      ['a', 0.7, 0.7],
      ['b', 0.7, 0.7],
      ['d', 0.6, undefined],
    ]);
  });
});

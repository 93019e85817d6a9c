import {
  createMatrix,
  normalizeRows,
  parseOptions,
  rowOf,
  type KeyedScores,
  type RouterInput,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { attentionRouter } from './attention.js';

const TASKS = ['arithmetic', 'history', 'code'];

/** Keys at the training queries; a model's score there is what its card says of the task above the mean of all. */
function keysOf({ models, cards, training }: RouterInput): KeyedScores {
  const labels = training.tasks.map((task) => task ?? TASKS[0]!);
  const scores = createMatrix(models.length, labels.length);
  cards.forEach((card, m) =>
    labels.forEach((label, k) => {
      const mean = cards.reduce((sum, other) => sum + (other.scores.get(label)?.value ?? 0), 0) / cards.length;
      scores.data[m * labels.length + k] = ((card.scores.get(label)?.value ?? NaN) - mean) / 100;
    }),
  );
  return { keys: training.queries.vectors!, labels, scores, queries: Int32Array.from(labels.keys()) };
}

const withKeys = (input: RouterInput): RouterInput => ({
  ...input,
  profiles: { ...input.profiles, keyed: keysOf(input) },
});
describeRouterContract({ describe, it, expect }, attentionRouter, { options: { tune: 'keys' }, keyed: true });

const ctx = { seed: 4 };
const fit = (input: RouterInput, raw: Record<string, unknown> = {}) =>
  attentionRouter.fit(input, parseOptions(attentionRouter, raw), ctx);

/** Two models, keys at right angles; the second model was not measured at the second key. */
function small(keyed: Partial<KeyedScores> = {}, biases?: Float32Array): RouterInput {
  const { input } = syntheticRouterInput({ models: 2, dimensions: 2 });
  return {
    ...input,
    profiles: {
      ...input.profiles,
      ...(biases && { biases }),
      keyed: {
        keys: createMatrix(2, 2, Float32Array.of(3, 0, 0, 2)),
        labels: ['sums', 'words'],
        scores: createMatrix(2, 2, Float32Array.of(0.5, -0.5, -0.25, NaN)),
        ...keyed,
      },
    },
    training: { queries: { texts: [] }, tasks: [], pairs: [], outcomes: null },
  };
}
const ask = (...numbers: number[]) => ({
  texts: ['q'],
  vectors: createMatrix(1, 2, Float32Array.from(numbers)),
});

describe('attention', () => {
  it.each(['training', 'keys'])('learns which model is good at which kind of query (tune=%s)', async (tune) => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 90 });
    const decisions = await (await fit(withKeys(input), { tune })).decide(queries);
    expect(decisions.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    expect(decisions[0]?.reasons[0]?.text).toMatch(/^most like arithmetic \(\d+ %\).*; score of model-0 there: 0\.\d+/);
  });

  it('is the formula: attention shared out among measured keys, drawn to the mean', async () => {
    const router = await fit(small(), { temperature: 0.5, shrinkage: 2 });
    const [decision] = await router.decide(ask(4, 3));
    // Cosines .8 and .6: attention 1 and exp(−.4), in units of the nearer key.
    const far = Math.exp(-0.4);
    const score = new Map(decision?.ranked.map((entry) => [entry.model, entry.score]));
    expect(score.get('model-0')).toBeCloseTo((0.5 - 0.5 * far) / (1 + far + 2), 6);
    expect(score.get('model-1')).toBeCloseTo((-0.25 + 2 * -0.25) / (1 + 2), 6);
  });

  it('falls back to the bias where no measured key is near', async () => {
    const router = await fit(small({}, Float32Array.of(0, 0.1)), { temperature: 0.01, shrinkage: 1 });
    const [decision] = await router.decide(ask(0, 1));
    const score = new Map(decision?.ranked.map((entry) => [entry.model, entry.score]));
    expect(score.get('model-1')).toBeCloseTo(0.1, 6);
    expect(score.get('model-0')).toBeCloseTo(-0.25, 6);
  });

  it('reads neither pairs nor outcomes to tune on keys', async () => {
    const { input, queries } = syntheticRouterInput();
    const set = withKeys(input);
    const forbidden = { ...set.training };
    for (const part of ['pairs', 'outcomes'] as const)
      Object.defineProperty(forbidden, part, {
        get: () => {
          throw new Error(`read ${part}`);
        },
      });
    const blind = await fit({ ...set, training: forbidden }, { tune: 'keys' });
    const nothing = { queries: { texts: [] }, tasks: [], pairs: [], outcomes: null };
    const bare = await fit({ ...set, training: nothing });
    expect(await blind.decide(queries)).toEqual(await bare.decide(queries));
    await expect(fit({ ...set, training: nothing }, { tune: 'training' })).rejects.toMatchObject({
      code: 'NO_TRAINING_DATA',
    });
  });

  it('hides a training query from itself when it tunes', async () => {
    // Every key is one of a kind: its own scores tell the outcome, its neighbours tell nothing.
    const { input } = syntheticRouterInput({ models: 2, queries: 60 });
    const { score } = input.training.outcomes!;
    const scores = createMatrix(2, 60);
    for (let q = 0; q < 60; q++) for (let m = 0; m < 2; m++) scores.data[m * 60 + q] = score[q * 2 + m]!;
    const set: KeyedScores = { ...keysOf(input), scores };
    const sharpnessOf = async (queries: Int32Array, keys = set.keys) => {
      const profiles = { ...input.profiles, keyed: { ...set, keys, queries } };
      const { manifest } = await (await fit({ ...input, profiles }, { tune: 'training', shrinkage: 0.1 })).save();
      return manifest.state as { temperature: number; crossValidation: { temperature: number; value: number }[] };
    };
    const own = Int32Array.from({ length: 60 }, (_, q) => q);
    const none = new Int32Array(60).fill(-1);
    const honest = await sharpnessOf(own);
    // The same vectors give a query away even where nobody says which key it is.
    expect(await sharpnessOf(none)).toEqual(honest);
    const moved = normalizeRows(set.keys);
    for (let k = 0; k < 60; k++) rowOf(moved, k)[0]! += 1e-3;
    const blabbed = (await sharpnessOf(none, moved)).crossValidation[0]!.value;
    expect(blabbed).toBeGreaterThan(honest.crossValidation[0]!.value + 0.1);
  });

  it('names the profiles it needs, and refuses a damaged artifact', async () => {
    const { input } = syntheticRouterInput();
    await expect(fit(input)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      hint: 'Build score-carrying profiles: `advantage` from model cards or outcomes, or `outcomes` from measured outcomes.',
    });
    const { manifest, weights } = await (await fit(withKeys(input))).save();
    const labels = { shape: [60, 1], data: new Float32Array(60).fill(9) };
    await expect(attentionRouter.load({ manifest, weights: { ...weights, labels } }, ctx)).rejects.toThrow(/'labels'/);
  });

  it('takes a joining model at the same keys, and leaves the others as they are', async () => {
    const { input, queries } = syntheticRouterInput();
    const all = withKeys(input);
    const first = input.models.slice(0, 3);
    const part = { ...all, models: first, candidates: input.candidates.slice(0, 3), cards: input.cards.slice(0, 3) };
    const training = { queries: { texts: [] }, tasks: [], pairs: [], outcomes: null };
    const before = await fit({ ...part, training });
    const profiles = all.profiles;
    const joined = await attentionRouter.extend!(await before.save(), { profiles, cards: [] }, ctx);
    expect(joined.models).toEqual(input.models);
    const old = await before.decide(queries);
    (await joined.decide(queries)).forEach(({ ranked }, q) => {
      expect(ranked.filter(({ model }) => model !== 'model-3')).toEqual(old[q]?.ranked);
      expect(Number.isFinite(ranked.find(({ model }) => model === 'model-3')?.score)).toBe(true);
    });
    const other = { ...all.profiles.keyed!, keys: createMatrix(60, 8).data.fill(1) };
    await expect(
      attentionRouter.extend!(
        await before.save(),
        { profiles: { ...profiles, keyed: { ...other, keys: createMatrix(60, 8, other.keys) } }, cards: [] },
        ctx,
      ),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

import {
  createMatrix,
  isScoringRouter,
  parseOptions,
  rowOf,
  type Matrix,
  type Router,
  type RouterArtifact,
  type RouterInput,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { irtRouter } from './irt.js';

const runner = { describe, it, expect };
describeRouterContract(runner, irtRouter, { options: { dimensions: 2, width: 4, ridge: 4 } });

const ctx = { seed: 5 };
const fit = (input: RouterInput, raw: Record<string, unknown> = {}) =>
  irtRouter.fit(input, parseOptions(irtRouter, raw), ctx);
const scoresOf = async (router: Router, queries: Parameters<Router['decide']>[0]): Promise<Matrix> => {
  if (!isScoringRouter(router)) throw new Error('it does not score');
  return router.score(queries);
};

describe('irt', () => {
  it.each([false, true])('learns which model is good at which kind of query (pairs only: %s)', async (pairsOnly) => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 240, pairsOnly });
    const router = await fit(input);
    const decisions = await router.decide(queries);
    expect(decisions.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    const probabilities = decisions.flatMap(({ ranked }) => ranked.map(({ probability }) => probability));
    expect(probabilities.every((p) => (pairsOnly ? p === undefined : p! > 0 && p! < 1))).toBe(true);
    const { state } = (await router.save()).manifest;
    expect(state).toMatchObject({ learnedBy: 'router', choice: { constant: false } });
  });

  it('gives chances near those that outcomes were drawn with', async () => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 600 });
    const scores = await scoresOf(await fit(input), queries);
    bestModel.forEach((best, q) =>
      rowOf(scores, q).forEach((p, m) => expect(Math.abs(p - (m === best ? 0.9 : 0.3))).toBeLessThan(0.2)),
    );
  });

  it('scores in the unit of the outcomes, and claims no chance of being right for other units', async () => {
    const { input, queries } = syntheticRouterInput();
    const score = input.training.outcomes!.score.map((y) => 50 * y);
    const training = { ...input.training, outcomes: { ...input.training.outcomes!, score } };
    const [decision] = await (await fit({ ...input, training })).decide(queries);
    expect(decision!.ranked[0]!.score).toBeGreaterThan(10);
    expect(decision!.ranked[0]!.probability).toBeUndefined();
  });

  it('takes missing outcomes, no tasks, two models', async () => {
    const { input, queries } = syntheticRouterInput({ models: 2, queries: 90 });
    const score = input.training.outcomes!.score.map((y, k) => (k % 3 === 0 ? NaN : 0.8 * y + 0.1));
    const training = {
      ...input.training,
      tasks: input.training.tasks.map(() => null),
      outcomes: { ...input.training.outcomes!, score },
    };
    expect((await scoresOf(await fit({ ...input, training }), queries)).data.every(Number.isFinite)).toBe(true);
  });

  it('refuses a damaged artifact', async () => {
    const { input } = syntheticRouterInput();
    const { manifest, weights } = await (await fit(input)).save();
    const load = (part: Partial<RouterArtifact>) => irtRouter.load({ manifest, weights, ...part }, ctx);
    await expect(load({ manifest: { ...manifest, state: {} } })).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    const abilities = { shape: [1, 1], data: new Float32Array(1) };
    await expect(load({ weights: { ...weights, abilities } })).rejects.toThrow(/'abilities'/);
    const { map: _map, ...without } = weights;
    await expect(load({ weights: without })).rejects.toThrow(/'map'/);
  });
});

describe('a model without training outcomes', () => {
  const { input, queries, bestModel } = syntheticRouterInput({ models: 7, queries: 240, newModels: 1 });
  // The last model is good at the first task, as models 0 and 3 are.
  const column = (scores: Matrix, m: number) => Array.from({ length: scores.rows }, (_, q) => rowOf(scores, q)[m]!);

  it('is as good as its card scores say', async () => {
    const router = await fit(input);
    const own = column(await scoresOf(router, queries), 6);
    const mean = (best: boolean) => {
      const values = own.filter((_, q) => (bestModel[q] === 0) === best);
      return values.reduce((a, b) => a + b, 0) / values.length;
    };
    expect(mean(true)).toBeGreaterThan(mean(false) + 0.15);
    const { state } = (await router.save()).manifest;
    expect((state['sources'] as string[]).at(-1)).toBe('card');
  });

  it('is as good as models of like profiles where its card says nothing, and the reasons say so', async () => {
    const vectors = createMatrix(7, input.profiles.vectors.cols, input.profiles.vectors.data.slice());
    rowOf(vectors, 6).set(rowOf(vectors, 1));
    rowOf(vectors, 4).fill(-1);
    const bare = {
      ...input,
      cards: input.cards.map((card) => ({ ...card, scores: new Map() })),
      profiles: { ...input.profiles, vectors },
    };
    const router = await fit(bare);
    const scores = await scoresOf(router, queries);
    const [own, like] = [column(scores, 6), column(scores, 1)];
    own.forEach((score, q) => expect(Math.abs(score - like[q]!)).toBeLessThan(0.1));
    const decisions = await router.decide(queries);
    const won = decisions.find(({ model }) => model === 'model-6');
    if (won) expect(won.reasons.map(({ kind }) => kind)).toContain('inherited');
  });
});

describe('a model joins irt', () => {
  const { input: whole, queries } = syntheticRouterInput({ models: 4, queries: 120 });
  const before: RouterInput = {
    ...whole,
    models: whole.models.slice(0, 3),
    candidates: whole.candidates.slice(0, 3),
    cards: whole.cards.slice(0, 3),
    training: {
      ...whole.training,
      pairs: whole.training.pairs.filter(({ better, worse }) => better < 3 && worse < 3),
      outcomes: null,
    },
  };
  const extend = async (scores: boolean) => {
    const router = await fit(before);
    const artifact = await router.save();
    const copy = structuredClone(artifact);
    const cards = scores ? whole.cards.slice(3) : [];
    const extended = await irtRouter.extend!(artifact, { profiles: whole.profiles, cards }, ctx);
    expect(artifact).toEqual(copy);
    return { router, extended };
  };

  it.each([true, false])(
    'without moving the scores of the others, and stays after saving (card scores: %s)',
    async (scores) => {
      const { router, extended } = await extend(scores);
      expect(extended.models).toEqual(whole.models);
      const [own, all] = [await scoresOf(router, queries), await scoresOf(extended, queries)];
      for (let q = 0; q < own.rows; q++) expect(rowOf(all, q).slice(0, 3)).toEqual(rowOf(own, q));
      const { manifest, weights } = await extended.save();
      expect(manifest.state).toMatchObject({
        joined: ['model-3'],
        sources: ['training', 'training', 'training', scores ? 'card' : 'profile'],
      });
      const stored = { manifest: JSON.parse(JSON.stringify(manifest)) as RouterArtifact['manifest'], weights };
      expect(await scoresOf(await irtRouter.load(stored, ctx), queries)).toEqual(all);
    },
  );

  it('unless nobody is new', async () => {
    const artifact = await (await fit(before)).save();
    const same = {
      ...whole.profiles,
      models: before.models.slice(),
      vectors: createMatrix(3, 8, whole.profiles.vectors.data.slice(0, 24)),
    };
    await expect(irtRouter.extend!(artifact, { profiles: same, cards: [] }, ctx)).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });
});

describe('profiles of irt', () => {
  it('are used as they are, and learned anew without their map', async () => {
    const { input, queries } = syntheticRouterInput({ queries: 120 });
    const { weights } = await (await fit(input)).save();
    const { abilities, ...state } = weights;
    const profiles = {
      ...input.profiles,
      vectors: createMatrix(4, abilities!.shape[1]!, abilities!.data),
      provenance: { ...input.profiles.provenance, strategy: 'irt' },
      state,
    };
    const nothing = { ...input.training, pairs: [], outcomes: null };
    const router = await fit({ ...input, profiles, training: nothing });
    expect(await scoresOf(router, queries)).toEqual(await scoresOf(await fit(input), queries));
    expect((await router.save()).manifest.state).toMatchObject({ learnedBy: 'profile' });
    const { state: _state, ...held } = profiles;
    await expect(fit({ ...input, profiles: held, training: nothing })).rejects.toMatchObject({
      code: 'NO_TRAINING_DATA',
    });
    const other = { ...nothing, queries: { ...nothing.queries, encoder: 'another' } };
    await expect(fit({ ...input, profiles, training: other })).rejects.toThrow(/another/);
  });
});

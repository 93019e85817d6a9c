import { createMatrix, parseOptions, type RouterInput } from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { believed, leadsOf } from './leads.js';
import { twoStageRouter } from './two-stage.js';

describeRouterContract({ describe, it, expect }, twoStageRouter, { options: { source: 'cards' } });

const ctx = { seed: 6 };
const fit = (input: RouterInput, raw: Record<string, unknown> = {}) =>
  twoStageRouter.fit(input, parseOptions(twoStageRouter, raw), ctx);

describe('two-stage', () => {
  it('refuses to learn from nothing', async () => {
    const { input } = syntheticRouterInput();
    const queries = { texts: [], vectors: createMatrix(0, 8), encoder: 'synthetic' };
    const training = { queries, tasks: [], pairs: [], outcomes: null };
    await expect(fit({ ...input, cards: [], training })).rejects.toMatchObject({ code: 'NO_TRAINING_DATA' });
  });

  it.each(['auto', 'outcomes', 'cards', 'pairs'])('recognises the task, then knows the model (%s)', async (source) => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 90 });
    const router = await fit(input, { source });
    const decisions = await router.decide({ texts: queries.texts, vectors: queries.vectors! });
    expect(decisions.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    expect(decisions[0]?.reasons[0]?.text).toMatch(/^looks like arithmetic \(\d+ %\).*; model-0 is \d\.\d+ ahead/);
    expect((await router.save()).manifest.state['accuracy']).toBeGreaterThan(0.9);
  });

  it('learns tasks from labelled keys where training queries have none', async () => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 90 });
    const keyed = {
      keys: input.training.queries.vectors!,
      labels: input.training.tasks.map((task) => task!),
      scores: createMatrix(3, 90),
    };
    const unlabelled = { ...input.training, tasks: input.training.tasks.map(() => null) };
    const profiles = { ...input.profiles, keyed };
    const decisions = await (
      await fit({ ...input, profiles, training: unlabelled }, { source: 'cards' })
    ).decide(queries);
    expect(decisions.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    await expect(fit({ ...input, training: unlabelled })).rejects.toMatchObject({ code: 'NO_TRAINING_DATA' });
  });

  it('places a model without training rows by its card, in fit as when it joins', async () => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, newModels: 1, queries: 90 });
    // Model 2 is the best at code, and nothing but its card says so.
    const fitted = await (await fit(input, { source: 'outcomes' })).decide(queries);
    expect(fitted.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    const two = syntheticRouterInput({ models: 2, queries: 90 }).input;
    const router = await fit({ ...two, cards: input.cards.slice(0, 2) }, { source: 'outcomes' });
    const joined = await twoStageRouter.extend!(await router.save(), input, ctx);
    const old = await router.decide(queries);
    (await joined.decide(queries)).forEach(({ model, ranked }, q) => {
      expect(Number(model.slice(-1))).toBe(bestModel[q]);
      expect(ranked.filter(({ model: name }) => name !== 'model-2')).toEqual(old[q]?.ranked);
    });
  });

  it('does not believe scores that are contradicted, unless told to', () => {
    const { cards } = syntheticRouterInput({ models: 2 }).input;
    const faulty = cards.map((card) => ({
      ...card,
      scores: new Map(
        [...card.scores].map(([task, s]) => [task, task === 'code' ? { ...s, unreliable: true as const } : s]),
      ),
    }));
    expect(believed(faulty, false).map(({ scores }) => scores.get('code'))).toEqual([undefined, undefined]);
    expect(believed(faulty, true)[0]?.scores.get('code')?.value).toBeCloseTo(0.3);
  });

  it('takes leads over the models measured; a missing one is that over all tasks', () => {
    const table = {
      tasks: ['a', 'b'],
      scores: createMatrix(3, 3, Float32Array.of(0.9, 0.5, -0.5, 0.2, 0.4, 0.6, 0.5, 0.45, 0.65)),
      measured: createMatrix(3, 3, Float32Array.of(1, 1, 0, 1, 1, 1, 1, 1, 1)),
    };
    const leads = leadsOf(table, ['b', 'a', 'unheard of']);
    const expected = [-0.2, 0.2, -0.1 / 3, 0, -0.2, -0.25 / 3, 0.2, 0.175, 0.35 / 3];
    leads.data.forEach((lead, k) => expect(lead).toBeCloseTo(expected[k]!, 6));
  });
});

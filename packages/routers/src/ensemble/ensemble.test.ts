import {
  createMatrix,
  defineRouter,
  isScoringRouter,
  parseOptions,
  RouteProfileError,
  z,
  type Router,
  type RouterInput,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { defineAuto } from '../auto/auto.js';
import { knnRouter } from '../knn/knn.js';
import { simRouter } from '../sim/sim.js';
import { taskTableRouter } from '../task-table/task-table.js';
import { defineEnsemble } from './ensemble.js';

const ensemble = defineEnsemble([simRouter, knnRouter, taskTableRouter]);
const ctx = { seed: 5 };
const fit = (input: RouterInput, raw: Record<string, unknown> = {}) =>
  ensemble.fit(input, parseOptions(ensemble, raw), ctx);
interface State {
  members: { name: string; weight: number; worth: { mean: number } }[];
  worth: { mean: number };
  skipped: { name: string; reason: string }[];
}
const stateOf = async (router: Router) => (await router.save()).manifest.state as unknown as State;

describeRouterContract({ describe, it, expect }, ensemble);
describeRouterContract({ describe, it, expect }, ensemble, { options: { members: ['knn'], folds: 2 } });

describe.each([
  ['ensemble', ensemble],
  ['auto', defineAuto([simRouter, knnRouter])],
])('%s of many training queries', (name, strategy) => {
  it('compares its members on an even share of them, and is fitted on all', async () => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 150 });
    const tasks = input.training.tasks.map((_, q) => (q < 100 ? 'most' : 'rest'));
    const said: string[] = [];
    const logger = { info: (line: string) => void said.push(line), warn: () => {} };
    const given = { ...input, training: { ...input.training, tasks } };
    const fitOn = (compared: number) => strategy.fit(given, strategy.options.parse({ compared }), { seed: 5, logger });
    const router = await fitOn(60);
    expect(said).toEqual([`${name}: routers are compared on 60 of 150 training queries, and fitted on all`]);
    const { manifest, weights } = await router.save();
    expect(manifest.state).toMatchObject({ sampled: { queries: 60, of: 150 } });
    expect(Object.entries(weights).find(([key]) => /\bqueries$/.test(key))![1].shape[0]).toBe(150);
    // Of queries outside the sample it has no scores by a fit without them.
    expect(router).not.toHaveProperty('outOfFold');
    expect((await router.decide(queries)).map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    const loaded = await strategy.load({ manifest, weights }, ctx);
    expect(await loaded.decide(queries)).toEqual(await router.decide(queries));

    const whole = await fitOn(150);
    expect((await whole.save()).manifest.state).not.toHaveProperty('sampled');
    expect(whole.outOfFold!().length).toBe(150);
  });
});

describe('ensemble', () => {
  it.each([false, true])('learns which model is good at which kind of query (pairs only: %s)', async (pairsOnly) => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 150, pairsOnly });
    const router = await fit(input);
    const decisions = await router.decide(queries);
    expect(decisions.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    expect(decisions[0]!.reasons[0]).toMatchObject({
      kind: 'ensemble',
      text: expect.stringContaining('knn') as string,
    });
    const { members, worth } = await stateOf(router);
    expect(members.map(({ name }) => name)).toEqual(['best-single', 'sim', 'knn']);
    expect(worth.mean).toBeGreaterThan(members[0]!.worth.mean + 0.1);
  });

  it('names the members that cannot work with the data, and goes on without them', async () => {
    const { input, queries } = syntheticRouterInput();
    // Profiles of another width than the queries: sim cannot compare them.
    const profiles = {
      ...input.profiles,
      vectors: createMatrix(
        4,
        3,
        Float32Array.from({ length: 12 }, (_, k) => k),
      ),
    };
    const warnings: string[] = [];
    const logger = { info: () => {}, warn: (line: string) => void warnings.push(line) };
    const router = await ensemble.fit({ ...input, profiles }, parseOptions(ensemble, {}), { seed: 5, logger });
    const { skipped } = await stateOf(router);
    expect(skipped.map(({ name }) => name)).toEqual(['sim', 'task-table']);
    expect(skipped[1]!.reason).toMatch(/task labels/);
    expect(warnings.length).toBe(2);
    expect((await router.decide(queries)).length).toBe(queries.texts.length);
    await expect(
      ensemble.fit({ ...input, profiles }, parseOptions(ensemble, { members: 'sim;task-table' }), ctx),
    ).rejects.toMatchObject({ code: 'SHAPE_MISMATCH', details: [expect.stringMatching(/^sim: /), expect.anything()] });
  });

  it('does not pass over a failure', async () => {
    const broken = defineRouter({
      ...simRouter,
      name: 'broken',
      options: z.strictObject({}),
      fit: async () => {
        throw new RouteProfileError('NOT_FINITE', 'diverged');
      },
    });
    const { input } = syntheticRouterInput();
    const strategy = defineEnsemble([knnRouter, broken]);
    await expect(strategy.fit(input, parseOptions(strategy, {}), ctx)).rejects.toThrow('diverged');
  });

  it('refuses members that it does not know, or twice', () => {
    expect(() => parseOptions(ensemble, { members: 'knn;oracle' })).toThrow(/no member 'oracle'/);
    expect(() => parseOptions(ensemble, { members: ['knn', 'knn'] })).toThrow(/twice/);
  });

  it('lets a model join through its members, and leaves the scores of its own as they are', async () => {
    const { input, queries } = syntheticRouterInput({ models: 3 });
    const { profiles, cards } = syntheticRouterInput({ models: 4 }).input;
    const same = { ...profiles, vectors: createMatrix(4, 8, profiles.vectors.data.slice()) };
    same.vectors.data.set(input.profiles.vectors.data);
    const router = await fit(input);
    const extended = await ensemble.extend!(await router.save(), { profiles: same, cards: cards.slice(3) }, ctx);
    expect(extended.models).toEqual(['model-0', 'model-1', 'model-2', 'model-3']);
    if (!isScoringRouter(router) || !isScoringRouter(extended)) throw new Error('both score');
    const [before, after] = [await router.score(queries), await extended.score(queries)];
    for (let q = 0; q < before.rows; q++)
      for (let m = 0; m < 3; m++) expect(after.data[q * 4 + m]).toBeCloseTo(before.data[q * 3 + m]!, 6);
    const loaded = await ensemble.load(await extended.save(), ctx);
    expect(await loaded.decide(queries)).toEqual(await extended.decide(queries));
  });

  it('refuses an artifact whose members do not fit its weights', async () => {
    const { input } = syntheticRouterInput();
    const { manifest, weights } = await (await fit(input)).save();
    const manifests = (manifest.state['manifests'] as unknown[]).slice(1);
    const load = (state: Record<string, unknown>) =>
      ensemble.load({ manifest: { ...manifest, state: { ...manifest.state, ...state } }, weights }, ctx);
    await expect(load({ manifests })).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    await expect(defineEnsemble([simRouter]).load({ manifest, weights }, ctx)).rejects.toThrow(/no member 'knn'/);
  });
});

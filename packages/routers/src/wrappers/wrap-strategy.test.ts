import {
  parseOptions,
  parseStrategyReference,
  RouteProfileError,
  type QueryBatch,
  type Router,
  type RouterArtifact,
  type RouterInput,
  type RouterStrategy,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { columnMeans } from '../estimates/measured.js';
import { knnRouter } from '../knn/knn.js';
import { mlpRouter } from '../mlp/mlp.js';
import { simRouter } from '../sim/sim.js';
import { taskTableRouter } from '../task-table/task-table.js';
import { builtInWrappers } from './built-in.js';
import { fitFrontier } from './frontier.js';
import { wrapStrategy } from './wrap-strategy.js';

const ctx = { seed: 11 };
const byName: Record<string, RouterStrategy> = Object.fromEntries(
  ([knnRouter, simRouter, mlpRouter, taskTableRouter] as readonly RouterStrategy[]).map((each) => [each.name, each]),
);

/** The strategy that the command line names, with its options. */
function named(reference: string) {
  const { name, options, wrappers = [] } = parseStrategyReference(reference);
  const strategy = wrapStrategy(
    byName[name]!,
    wrappers.map(({ name: wanted, options: given }) => ({
      wrapper: builtInWrappers.find((wrapper) => wrapper.name === wanted)!,
      options: given,
    })),
  );
  return { strategy, options: parseOptions(strategy, { router: options }) };
}
const fit = async (
  reference: string,
  input: RouterInput,
  logger?: { info: () => void; warn: (text: string) => void },
) => {
  const { strategy, options } = named(reference);
  return strategy.fit(input, options, { ...ctx, ...(logger && { logger }) });
};
const models = async (router: Router, queries: QueryBatch) => (await router.decide(queries)).map(({ model }) => model);

const CONTRACTS = [
  'knn+cost:lambda=2:outputTokens=100',
  'knn+calibrate+estimate',
  'sim+constraints',
  'mlp:epochs=1:hidden=8:output=8+calibrate',
  'knn+threshold:outputTokens=100',
  'sim+fallback:down=model-1:next=profile',
  'task-table+heuristic:cheap=model-0+constraints',
];
for (const reference of CONTRACTS) {
  const { strategy, options } = named(reference);
  // A model that is down is not ranked, which the suite asks of every router.
  if (!reference.includes('down=')) describeRouterContract({ describe, it, expect }, strategy, { options });
}

describe('a wrapped strategy', () => {
  it('is named and completed from its parts', () => {
    const { strategy, options } = named('knn:k=7+cost:lambda=3+constraints:json=true');
    expect(strategy.name).toBe('knn+cost+constraints');
    expect(strategy.needs).toEqual(['vectors', 'training']);
    expect(options.router).toEqual(parseOptions(byName.knn!, { k: 7 }));
    expect(options.wrappers.map(({ name }) => name)).toEqual(['cost', 'constraints']);
    expect(options.wrappers[0]!.options).toMatchObject({ lambda: 3, calibration: 'auto' });
    expect(options.wrappers[1]!.options).toMatchObject({ json: true, onEmpty: 'error' });
    expect(() => parseOptions(strategy, { router: { k: 0 } })).toThrow(/router\.k/);
    expect(() =>
      parseOptions(strategy, { wrappers: [{ name: 'cost', options: { lambda: -1 } }, { name: 'constraints' }] }),
    ).toThrow(/wrappers\.0\.options\.lambda/);
  });

  it('names the options of the part that was given a wrong one', () => {
    const refused = (reference: string) => {
      try {
        return named(reference);
      } catch (error) {
        if (RouteProfileError.isInstance(error)) return error;
        throw error;
      }
    };
    expect(refused('knn+calibrate+cost:bogus=1')).toMatchObject({
      code: 'BAD_OPTION',
      message: "knn+calibrate+cost: wrappers.1.options: unknown name 'bogus'",
      hint: expect.stringMatching(/^Options of cost: .*\blambda\b.*\.$/) as unknown,
    });
    expect(refused('knn:bogus=1+cost')).toMatchObject({
      message: "knn+cost: router: unknown name 'bogus'",
      hint: expect.stringMatching(/^Options of knn: k, .*\.$/) as unknown,
    });
    expect(refused('knn:k=0+cost:lambda=-1')).toMatchObject({
      hint: expect.stringMatching(/^Option k of knn: .*\. Option lambda of cost: .*\.$/) as unknown,
    });
  });

  it('asks for scores out of fold once, whatever the number of wrappers', async () => {
    const { input } = syntheticRouterInput();
    let fits = 0;
    const counting: RouterStrategy = { ...byName.knn!, fit: (...given) => (fits++, byName.knn!.fit(...given)) };
    const wrappers = ['calibrate', 'cost', 'threshold'].map((name) => ({
      wrapper: builtInWrappers.find((wrapper) => wrapper.name === name)!,
    }));
    const strategy = wrapStrategy(counting, wrappers);
    await strategy.fit(input, parseOptions(strategy, { router: { k: 5 } }), ctx);
    expect(fits).toBe(1 + 5);
  });

  it('survives files: weights under the prefixes of their parts', async () => {
    const { input, queries } = syntheticRouterInput();
    const { strategy, options } = named('knn:k=9+cost:lambda=20+fallback:next=profile');
    const router = await strategy.fit(input, options, ctx);
    const { manifest, weights } = await router.save();
    expect(Object.keys(weights)).toContain('router:queries');
    expect(Object.keys(weights)).toContain('wrapper1:profiles');
    const copy = { manifest: JSON.parse(JSON.stringify(manifest)) as RouterArtifact['manifest'], weights };
    const loaded = await strategy.load(copy, ctx);
    expect(await loaded.decide(queries)).toEqual(await router.decide(queries));
    const { wrappers: _wrappers, ...damaged } = manifest.state;
    await expect(strategy.load({ manifest: { ...manifest, state: damaged }, weights }, ctx)).rejects.toThrow(
      /wrappers/,
    );
    const { 'wrapper1:profiles': _profiles, ...fewer } = weights;
    await expect(strategy.load({ manifest, weights: fewer }, ctx)).rejects.toThrow(/profiles/);
  });

  it.each(builtInWrappers.map(({ name }) => name))(
    'refuses files in which the models of the router inside are not those that %s learned of',
    async (wrapper) => {
      const { input } = syntheticRouterInput({ models: 3, queries: 60 });
      const suffix = wrapper === 'fallback' ? 'fallback:next=profile' : wrapper;
      // `knn` scores no model by itself, which retrieval needs.
      const { strategy, options } = named(`${wrapper === 'retrieve' ? 'sim' : 'knn:k=9'}+${suffix}`);
      const { manifest, weights } = await (await strategy.fit(input, options, ctx)).save();
      const others = ['x', 'y', 'z'];
      const inner = { ...(manifest.state['router'] as RouterArtifact['manifest']), models: others };
      const state = { ...manifest.state, router: inner };
      const loading = (changed: Partial<RouterArtifact['manifest']>) =>
        expect(strategy.load({ manifest: { ...manifest, ...changed }, weights }, ctx)).rejects;
      await loading({ state }).toMatchObject({
        code: 'CORRUPT_FILE',
        message: expect.stringMatching(/model-0, model-1, model-2.*x, y, z/) as unknown,
      });
      await loading({ state, models: others }).toMatchObject({
        code: 'CORRUPT_FILE',
        message: expect.stringMatching(/model-\d.*x, y, z/) as unknown,
      });
    },
  );

  it('shares nothing with what it saved or was loaded from', async () => {
    const { input, queries } = syntheticRouterInput();
    const { strategy, options } = named('knn:k=5+calibrate+cost:lambda=1');
    const spoil = ({ manifest, weights }: RouterArtifact) => {
      manifest.models.fill('nobody');
      for (const { data } of Object.values(weights)) data.fill(0);
    };
    const router = await strategy.fit(input, options, ctx);
    const before = await router.decide(queries);
    const saved = await router.save();
    const loaded = await strategy.load(saved, ctx);
    const kept = structuredClone(await router.save());
    spoil(saved);
    (router.models as string[]).fill('nobody');
    expect(await router.decide(queries)).toEqual(before);
    expect(await loaded.decide(queries)).toEqual(before);
    expect(await loaded.save()).toEqual(kept);
  });

  it('lets models join the router inside, of unknown cost', async () => {
    const all = syntheticRouterInput({ models: 5 }).input;
    const input: RouterInput = syntheticRouterInput({ models: 4 }).input;
    const old = {
      ...input.profiles,
      models: input.models,
      vectors: { ...all.profiles.vectors, rows: 4, data: all.profiles.vectors.data.slice(0, 32) },
    };
    const { strategy, options } = named('knn:k=9+cost:lambda=20');
    const router = await strategy.fit({ ...input, profiles: { ...old, models: [...input.models] } }, options, ctx);
    const joined = await strategy.extend!(
      await router.save(),
      { profiles: all.profiles, cards: all.cards.slice(4) },
      ctx,
    );
    expect(joined.models).toEqual(all.models);
    const { queries } = syntheticRouterInput();
    const [decision] = await joined.decide(queries);
    expect(decision!.ranked.find(({ model }) => model === 'model-4')).not.toHaveProperty('expectedCost');
    const again = await strategy.load(await joined.save(), ctx);
    expect(await again.decide(queries)).toEqual(await joined.decide(queries));
  });

  it('is the router inside at λ = 0, and spends ever less as λ rises', async () => {
    const { input, queries } = syntheticRouterInput({ models: 6 });
    expect(await models(await fit('knn:k=9+cost:lambda=0', input), queries)).toEqual(
      await models(await byName.knn!.fit(input, parseOptions(byName.knn!, { k: 9 }), ctx), queries),
    );
    const spent: number[] = [];
    for (const lambda of [0, 10, 50, 100, 1000, 1e5]) {
      const decisions = await (await fit(`knn:k=9+cost:lambda=${lambda}`, input)).decide(queries);
      spent.push(decisions.reduce((sum, { ranked }) => sum + ranked[0]!.expectedCost!, 0));
    }
    expect(spent.every((cost, i) => i === 0 || cost <= spent[i - 1]! + 1e-12)).toBe(true);
    expect(spent[0]).toBeGreaterThan(spent[5]!);
  });

  it('keeps to a budget on training rows, and refuses one that nothing keeps to', async () => {
    const { input } = syntheticRouterInput({ models: 6 });
    const router = await fit('knn:k=9+cost:budget=0.0015', input);
    const { queries, tasks } = input.training;
    const decisions = await router.decide({ ...queries, tasks });
    const mean = decisions.reduce((sum, { ranked }) => sum + ranked[0]!.expectedCost!, 0) / decisions.length;
    expect(mean).toBeLessThan(0.00165);
    await expect(fit('knn:k=9+cost:budget=0.0001', input)).rejects.toThrow(/less than the cheapest/);
  });

  it('learns the λ that keeps near the best single model at less cost', async () => {
    const { input } = syntheticRouterInput({ models: 6, queries: 120 });
    // The other way round: the best single model, one of the first, is not the cheapest.
    input.training.outcomes!.cost.forEach((_, k, all) => (all[k] = 0.001 * (6 - (k % 6))));
    const { manifest } = await (await fit('knn:k=9+cost:within=0.05', input)).save();
    const { point, lambda } = (
      manifest.state.wrappers as { point: { quality: number; costShare: number }; lambda: number }[]
    )[0]!;
    expect(lambda).toBeGreaterThan(0);
    const means = columnMeans(input.training.outcomes!.score, 6);
    expect(point.quality).toBeGreaterThanOrEqual(Math.max(...means) - 0.05 - 1e-12);
    expect(point.costShare).toBeLessThan(1);
  });

  it('knows no cost share where the best single model is free, and can be saved', async () => {
    const { input, queries } = syntheticRouterInput({ models: 3, queries: 60 });
    const outcomes = input.training.outcomes!;
    // model-1 is free and always right.
    outcomes.score.forEach((_, k, all) => (all[k] = k % 3 === 1 || k % 2 === 0 ? 1 : 0));
    outcomes.cost.forEach((_, k, all) => (all[k] = k % 3 === 1 ? 0 : 0.001));
    const { strategy, options } = named('knn:k=9+cost:within=0.05');
    const router = await strategy.fit(input, options, ctx);
    const artifact = await router.save();
    expect(artifact.manifest.state['wrappers']).toMatchObject([{ point: { cost: 0, costShare: null } }]);
    const again = await strategy.load(artifact, ctx);
    expect(await models(again, queries)).toEqual(await models(router, queries));
    expect(new Set(await models(router, queries))).toEqual(new Set(['model-1']));
  });

  it('judges and promises on the rows that find the best single model', async () => {
    const { input } = syntheticRouterInput({ models: 3, queries: 90 });
    const outcomes = input.training.outcomes!;
    // model-0 is a little ahead where all are measured; model-1 was spared 6 rows on which model-0 failed.
    outcomes.score.forEach((_, k, all) => {
      const [q, m] = [Math.floor(k / 3), k % 3];
      if (q < 6) all[k] = m === 0 ? 0 : NaN;
      else all[k] = m === 2 ? 0 : Number((q + m) % 2 === 0 || (m === 0 && q % 14 === 7));
    });
    const { operatingPoint } = await fitFrontier(knnRouter, { ...parseOptions(knnRouter, { k: 9 }) }, input, ctx);
    const complete = outcomes.score.subarray(18);
    expect(operatingPoint!.bestSingle.model).toBe('model-0');
    expect(operatingPoint!.bestSingle.quality).toBeCloseTo(columnMeans(complete, 3)[0]!, 12);
  });

  it('refuses to promise where no training row compares two models', async () => {
    const { input } = syntheticRouterInput({ models: 3, queries: 60 });
    input.training.outcomes!.score.forEach((_, k, all) => {
      if (k % 3 !== Math.floor(k / 3) % 3) all[k] = NaN;
    });
    await expect(fit('knn:k=9+cost:within=0.05', input)).rejects.toThrow(/too few training rows have outcomes of two/);
    await expect(fit('knn:k=9+cost:lambda=1', input)).resolves.toBeDefined();
  });

  it('comes down to the share of the strong model’s cost', async () => {
    const { input } = syntheticRouterInput();
    const router = await fit('knn:k=9+threshold:cheap=model-0:strong=model-3:costShare=0.6', input);
    const { queries } = input.training;
    const chosen = await models(router, queries);
    // Dollars .001 and .004: a share of .6 sends 8 of 15 to the cheap model, on queries it was fitted on about as many.
    const share = chosen.filter((model) => model === 'model-0').length / chosen.length;
    expect(Math.abs(share - 8 / 15)).toBeLessThan(0.2);
    expect(new Set(chosen)).toEqual(new Set(['model-0', 'model-3']));
  });

  it('climbs a learned ladder, and answers where parity is certain', async () => {
    const { input, queries } = syntheticRouterInput({ models: 3, queries: 300 });
    const cascade = await fit('knn:k=9+cascade', input);
    const { models: ladder } = ((await cascade.save()).manifest.state.wrappers as { models: string[] }[])[0]!;
    expect(ladder[0]).toBe('model-0');
    expect((await models(cascade, queries)).every((model) => ladder.includes(model))).toBe(true);
    const gated = await fit('knn:k=9+parity:teacher=model-0:alpha=0.8', input);
    const { gate } = (
      (await gated.save()).manifest.state.wrappers as { gate: { coverage: number; bound: number } }[]
    )[0]!;
    expect(gate.coverage).toBeGreaterThan(0.5);
    expect(gate.bound).toBeGreaterThanOrEqual(0.8);
    const warnings: string[] = [];
    const never = await fit('knn:k=9+parity:teacher=model-0:alpha=0.999', input, {
      info: () => undefined,
      warn: (text) => warnings.push(text),
    });
    expect(new Set(await models(never, queries))).toEqual(new Set(['model-0']));
    expect(warnings.join()).toMatch(/cannot be guaranteed/);
  });

  it('judges parity by the choices of the router as wrapped so far', async () => {
    const { input } = syntheticRouterInput({ models: 3, queries: 300 });
    const coverage = async (reference: string) => {
      const { manifest } = await (await fit(reference, input)).save();
      const wrappers = manifest.state.wrappers as { gate?: { coverage: number; agreement: number } }[];
      return wrappers[wrappers.length - 1]!.gate!;
    };
    // The router finds the model of the task, nine times of ten right; the cheapest alone is right five times of ten.
    expect((await coverage('knn:k=9+parity:teacher=model-2:alpha=0.85')).coverage).toBeGreaterThan(0.5);
    expect((await coverage('knn:k=9+cost:lambda=1e5+parity:teacher=model-2:alpha=0.85')).coverage).toBeLessThan(0.5);
  });

  it('takes the partner that gives most at the cost share', async () => {
    const { input } = syntheticRouterInput({ models: 4, queries: 300 });
    const { cost, score } = input.training.outcomes!;
    // model-0 costs next to nothing and is never right; model-3 is best.
    score.forEach((_, k) => k % 4 === 0 && (score[k] = 0));
    score.forEach((_, k) => k % 4 === 3 && (score[k] = 1));
    cost.forEach((_, k) => k % 4 === 0 && (cost[k] = 1e-6));
    const { manifest } = await (await fit('knn:k=9+threshold:costShare=0.7', input)).save();
    expect((manifest.state.wrappers as object[])[0]).toMatchObject({ strong: 'model-3', cheap: 'model-1' });
  });

  it('says what cannot be done with pairs alone', async () => {
    const { input, queries } = syntheticRouterInput({ pairsOnly: true });
    const warnings: string[] = [];
    const router = await fit('knn:k=9+calibrate', input, {
      info: () => undefined,
      warn: (text) => warnings.push(text),
    });
    expect((await router.decide(queries))[0]!.ranked[0]).not.toHaveProperty('probability');
    expect(warnings.join()).toMatch(/pairs/);
    for (const wrapper of [
      'cost:outputTokens=100',
      'cascade',
      'parity',
      'pareto',
      'threshold:threshold=0.5:cheap=model-0',
    ])
      await expect(fit(`knn:k=9+${wrapper}`, input)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const [decision] = await (await fit('knn:k=9+cost:lambda=2:outputTokens=100', input)).decide(queries);
    expect(decision!.ranked[0]).not.toHaveProperty('probability');
    expect(decision!.ranked[0]!.expectedCost).toBeGreaterThan(0);
  });

  it('refuses to price what has no price, and to calibrate scores that a rule has replaced', async () => {
    const { input } = syntheticRouterInput({ pairsOnly: true });
    const bare = { ...input, candidates: input.candidates.map(({ id, model }) => ({ id, model })) };
    await expect(fit('knn:k=9+cost:lambda=1', bare)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const full = syntheticRouterInput().input;
    await expect(fit('knn:k=9+heuristic+cost:lambda=1', full)).rejects.toThrow(/replaced/);
    await expect(fit('knn:k=9+constraints+cost:lambda=1', full)).resolves.toBeDefined();
    await expect(fit('knn:k=9+calibrate+heuristic+cost:lambda=1', full)).resolves.toBeDefined();
  });

  it('keeps scores where wrappers only annotate', async () => {
    const { input, queries } = syntheticRouterInput();
    const router = await fit('knn:k=9+calibrate+estimate', input);
    expect('score' in router).toBe(true);
    const [decision] = await router.decide(queries);
    expect(decision!.ranked.every(({ probability, expectedCost }) => probability! > 0 && expectedCost! > 0)).toBe(true);
    expect('score' in (await fit('knn:k=9+cost:lambda=1', input))).toBe(false);
  });
});

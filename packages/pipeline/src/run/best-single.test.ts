import { assembleReport } from '@routeprofile/eval';
import { defineAuto, bestSingleRouter, builtInWrappers, fitFrontier, wrapStrategy } from '@routeprofile/routers';
import {
  createMatrix,
  createRandom,
  decisionsFromScores,
  defineRouter,
  z,
  type Dataset,
  type Random,
  type RouterArtifact,
  type RouterInput,
  type ScoringRouter,
} from '@routeprofile/schema';
import { emptyOutcomes, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';

/** Prefers the last model always: no one has a reason to trust it. */
function lastModel(artifact: RouterArtifact): ScoringRouter {
  const { models } = artifact.manifest;
  const score = async ({ texts }: { texts: readonly string[] }) =>
    createMatrix(
      texts.length,
      models.length,
      Float32Array.from({ length: texts.length * models.length }, (_, k) => k % models.length),
    );
  return {
    models,
    score,
    decide: async (queries) => decisionsFromScores(models, await score(queries)),
    save: async () => artifact,
  };
}
const lastRouter = defineRouter({
  name: 'last',
  summary: 'the last model',
  options: z.strictObject({}),
  needs: [],
  fit: async ({ models }, _options, { seed }) =>
    lastModel({
      manifest: {
        version: 1,
        strategy: 'last',
        options: {},
        models: [...models],
        encoder: null,
        dimensions: null,
        seed,
        state: {},
      },
      weights: {},
    }),
  load: async (artifact) => lastModel(artifact),
});

const ROWS = 40;

/** Outcomes of 0 or 1, or in tenths, of which models miss some; a model misses more where it fails. */
function tableWithHoles(random: Random, models: number): RouterInput['training'] {
  const { training } = syntheticRouterInput({ models, queries: ROWS }).input;
  const outcomes = emptyOutcomes(ROWS, models);
  const grain = random.float() < 0.5 ? 1 : 10;
  const holes = random.float() * 0.5;
  const skills = Array.from({ length: models }, () => random.float());
  for (let q = 0; q < ROWS; q++)
    for (let m = 0; m < models; m++) {
      const score = Math.round(Math.min(1, Math.max(0, skills[m]! + random.float() - 0.5)) * grain) / grain;
      const missing = random.float() < holes * (m % 2 === 0 ? 1 - score : 1);
      outcomes.score[q * models + m] = missing ? NaN : score;
      outcomes.cost[q * models + m] = missing ? NaN : 0.001 * (m + 1);
    }
  return { ...training, pairs: [], outcomes };
}

/** 100 pairs in which some models meet often and others hardly ever. */
function unbalancedPairs(random: Random, models: number): RouterInput['training'] {
  const { training } = syntheticRouterInput({ models, queries: ROWS }).input;
  const skills = Array.from({ length: models }, () => 2 * random.normal());
  const pick = () => Math.floor(models * random.float() ** 3);
  const pairs: RouterInput['training']['pairs'][number][] = [];
  while (pairs.length < 100) {
    const [a, b] = [pick(), pick()];
    if (a === b) continue;
    const wins = random.float() < 1 / (1 + Math.exp(skills[b]! - skills[a]!));
    pairs.push({ query: pairs.length % ROWS, better: wins ? a : b, worse: wins ? b : a });
  }
  return { ...training, pairs, outcomes: null };
}

function inputOf(training: RouterInput['training'], models: number): RouterInput {
  const { input } = syntheticRouterInput({ models, queries: ROWS });
  const candidates = input.candidates.map((candidate, m) => ({ ...candidate, price: { input: m + 1, output: m + 1 } }));
  return { ...input, candidates, training };
}

/** What a report of these candidates, trained on these rows, names its best single model. */
function reported({ models, candidates, training }: RouterInput): string | undefined {
  const queries = training.queries.texts.map((text, i) => ({ id: `${i}`, text, task: null }));
  const dataset: Dataset = {
    name: 'holes',
    layout: 'outcomes',
    mode: 'standard',
    queryText: 'raw',
    simulated: true,
    hash: '',
    candidates,
    newModels: [],
    leftOut: [],
    cards: [],
    families: [],
    tasks: [],
    domains: [],
    taskQueries: [],
    // Raw training data hold labels that routers do not see: nothing may be read here.
    train: { queries, pairs: [], outcomes: null },
    test: { models, queries: [], values: emptyOutcomes(0, models.length) },
    overlap: 0,
    warnings: [],
  };
  const report = assembleReport({
    dataset,
    training,
    cells: [],
    encoder: 'none',
    graph: 'none',
    versions: {},
    testName: 'none',
    seed: 1,
  });
  return report.baselines['best-single']?.model;
}

const ctx = { seed: 1 };
const chosenBy = async (router: ScoringRouter | Awaited<ReturnType<typeof bestSingleRouter.fit>>) =>
  (await router.decide({ texts: ['anything'] }))[0]!.model;
const wrapper = (name: string) => builtInWrappers.find((each) => each.name === name)!;
const learnedBy = async (name: string, input: RouterInput) => {
  const wrapped = wrapStrategy(lastRouter, [{ wrapper: wrapper(name), options: { outputTokens: 100 } }]);
  const router = await wrapped.fit(input, wrapped.options.parse({}), ctx);
  return (await router.save()).manifest.state['wrappers'] as Record<string, unknown>[];
};
const auto = defineAuto([lastRouter]);
const autoOptions = { members: ['last'], ensemble: false, folds: 2 };

describe('the best single model', () => {
  it('is one and the same to the report, the router, auto and the wrappers, whatever is missing', async () => {
    let judged = 0;
    for (let set = 0; set < 150; set++) {
      const random = createRandom(set, 'tables');
      const models = 2 + (set % 5);
      const input = inputOf(tableWithHoles(random, models), models);
      const named = reported(input);
      expect(named).toBeDefined();
      expect(await chosenBy(await bestSingleRouter.fit(input, {}, ctx))).toBe(named);
      const automatic = await auto.fit(input, autoOptions, ctx);
      if ((await automatic.save()).manifest.state['chosen'] === 'best-single') {
        expect(await chosenBy(automatic)).toBe(named);
        judged++;
      }
      const { operatingPoint } = await fitFrontier(lastRouter, {}, input, ctx, { within: 0 });
      expect(operatingPoint!.bestSingle.model).toBe(named);
      expect((await learnedBy('threshold', input))[0]).toMatchObject({ strong: named });
      expect((await learnedBy('parity', input))[0]).toMatchObject({ teacher: named });
    }
    expect(judged).toBeGreaterThan(50);
  });

  it('is one and the same on unbalanced pairs', async () => {
    let judged = 0;
    for (let set = 0; set < 1000; set++) {
      const input = inputOf(unbalancedPairs(createRandom(set, 'pairs'), 6), 6);
      const named = reported(input);
      expect(named).toBeDefined();
      expect(await chosenBy(await bestSingleRouter.fit(input, {}, ctx))).toBe(named);
      if (set % 10 > 0) continue;
      const automatic = await auto.fit(input, autoOptions, ctx);
      if ((await automatic.save()).manifest.state['chosen'] === 'best-single') {
        expect(await chosenBy(automatic)).toBe(named);
        judged++;
      }
      expect((await learnedBy('threshold', input))[0]).toMatchObject({ strong: named });
    }
    expect(judged).toBeGreaterThan(50);
  });
});

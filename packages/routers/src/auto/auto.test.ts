import {
  createMatrix,
  createRandom,
  defineRouter,
  parseOptions,
  rowOf,
  z,
  type OutcomeValues,
  type QueryBatch,
  type Router,
  type RouterArtifact,
  type RouterInput,
  type RouterStrategy,
} from '@routeprofile/schema';
import { describeRouterContract, emptyOutcomes, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { bestSingleRouter } from '../common/best-single.js';
import { knnRouter } from '../knn/knn.js';
import { simRouter } from '../sim/sim.js';
import { defineAuto } from './auto.js';

const auto = defineAuto([simRouter, knnRouter]);
const ctx = { seed: 5 };
const fit = (input: RouterInput, raw: Record<string, unknown> = {}) => auto.fit(input, parseOptions(auto, raw), ctx);
const stateOf = ({ manifest }: RouterArtifact) =>
  manifest.state as { chosen: string; why: string; judgedBy: string; table: { name: string }[] };

describeRouterContract({ describe, it, expect }, auto);

/** Vectors that have nothing to do with what models are good at, and a first model that is better than the others. */
function deaf({ input, queries }: ReturnType<typeof syntheticRouterInput>): {
  input: RouterInput;
  queries: QueryBatch;
} {
  const random = createRandom(9, 'deaf');
  const noise = ({ vectors, ...batch }: QueryBatch): QueryBatch => ({
    ...batch,
    vectors: createMatrix(
      batch.texts.length,
      8,
      vectors!.data.map(() => random.normal()),
    ),
  });
  const { models, training } = input;
  const outcomes = training.outcomes && {
    ...training.outcomes,
    score: training.outcomes.score.map((s, k) => (k % (2 * models.length) === 0 ? 1 : s)),
  };
  const pairs = training.pairs.filter(({ query, worse }) => worse !== 0 || query % 2 === 1);
  return {
    input: { ...input, training: { ...training, outcomes, pairs, queries: noise(training.queries) } },
    queries: noise(queries),
  };
}

describe('auto', () => {
  it.each([false, true])('takes a router where it beats best-single (pairs only: %s)', async (pairsOnly) => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 150, pairsOnly });
    const router = await fit(input);
    const state = stateOf(await router.save());
    expect(state.chosen).not.toBe('best-single');
    expect(state.judgedBy).toBe(pairsOnly ? 'pairs' : 'outcome');
    expect(state.table.map(({ name }) => name)).toEqual(['best-single', 'sim', 'knn', 'ensemble']);
    const decisions = await router.decide(queries);
    expect(decisions.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    expect(decisions[0]!.reasons.at(-1)!.text).toMatch(new RegExp(`^${state.chosen}: .*knn \\+0\\.`));
  });

  it.each([false, true])('is best-single where nothing beats it, and says so (pairs only: %s)', async (pairsOnly) => {
    const { input, queries } = deaf(syntheticRouterInput({ models: 3, queries: 150, pairsOnly }));
    const router = await fit(input);
    expect(stateOf(await router.save())).toMatchObject({ chosen: 'best-single' });
    const single = await bestSingleRouter.fit(input, {}, ctx);
    const [decisions, constant] = [await router.decide(queries), await single.decide(queries)];
    expect(decisions.map(({ model }) => model)).toEqual(constant.map(({ model }) => model));
    expect(decisions[0]!.reasons.map(({ kind }) => kind)).toEqual(['best-single', 'auto']);
    expect(decisions[0]!.reasons[1]!.text).toMatch(/^best-single: (nothing beats|.* does not beat)/);
  });

  it('takes the ensemble where its members each know a part, whole, through files', async () => {
    const halves = defineAuto([half(0), half(1)]);
    const { input, test } = anyOutcomes({ models: 6, queries: 600, soft: true });
    const router = await halves.fit(input, parseOptions(halves, {}), ctx);
    const artifact = await router.save();
    expect(stateOf(artifact)).toMatchObject({ chosen: 'ensemble' });
    const loaded = await halves.load(artifact, ctx);
    expect(await loaded.decide(test.batch)).toEqual(await router.decide(test.batch));
    const without = await halves.fit(input, parseOptions(halves, { ensemble: false }), ctx);
    expect(stateOf(await without.save()).table.map(({ name }) => name)).toEqual(['best-single', 'half-0', 'half-1']);
  });

  it('refuses an artifact that holds another router than it chose', async () => {
    const { input } = syntheticRouterInput({ models: 3, queries: 150 });
    const { manifest, weights } = await (await fit(input)).save();
    const damaged = { ...manifest, state: { ...manifest.state, chosen: 'sim' } };
    await expect(auto.load({ manifest: damaged, weights }, ctx)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });

  it('lets a model join what it chose', async () => {
    const { input, queries } = syntheticRouterInput({ models: 3, queries: 150 });
    const { profiles, cards } = syntheticRouterInput({ models: 4 }).input;
    const vectors = createMatrix(4, 8, profiles.vectors.data.slice());
    vectors.data.set(input.profiles.vectors.data);
    const artifact = await (await fit(input)).save();
    const extended = await auto.extend!(artifact, { profiles: { ...profiles, vectors }, cards: cards.slice(3) }, ctx);
    expect(extended.models.length).toBe(4);
    const loaded = await auto.load(await extended.save(), ctx);
    expect(await loaded.decide(queries)).toEqual(await extended.decide(queries));
  });
});

/** knn that sees half of every training vector. */
function half(which: number): RouterStrategy {
  const name = `half-${which}`;
  const as = (strategy: string, { manifest, weights }: RouterArtifact) => ({
    manifest: { ...manifest, strategy },
    weights,
  });
  const renamed = (router: Router): Router => ({ ...router, save: async () => as(name, await router.save()) });
  return defineRouter({
    name,
    summary: knnRouter.summary,
    options: z.object({}),
    needs: knnRouter.needs,
    async fit(input, _options, context) {
      const { queries } = input.training;
      const data = queries.vectors!.data.map((x, k) => (k % 8 < 4 === (which === 0) ? 0 : x));
      const training = { ...input.training, queries: { ...queries, vectors: { ...queries.vectors!, data } } };
      return renamed(await knnRouter.fit({ ...input, training }, parseOptions(knnRouter, {}), context));
    },
    load: async (artifact, context) => renamed(await knnRouter.load(as('knn', artifact), context)),
  });
}

interface Shape {
  models: number;
  queries: number;
  soft?: boolean;
  missing?: number;
  labelled?: boolean;
  pairsOnly?: boolean;
}

/** Outcomes as anyone may have them: each model has a strength and a direction in which it is better. */
function anyOutcomes({ models, queries, soft = false, missing = 0, labelled = false, pairsOnly = false }: Shape): {
  input: RouterInput;
  test: { batch: QueryBatch; values: OutcomeValues };
} {
  const random = createRandom(3, 'shape', JSON.stringify([models, queries, soft, missing]));
  const names = Array.from({ length: models }, (_, m) => `model-${m}`);
  const total = queries + 200;
  const vectors = createMatrix(
    total,
    8,
    Float32Array.from({ length: total * 8 }, () => random.normal()),
  );
  const directions = createMatrix(
    models,
    8,
    Float32Array.from({ length: models * 8 }, () => random.normal()),
  );
  const strengths = names.map(() => 0.3 * random.normal());
  const values = emptyOutcomes(total, models);
  for (let q = 0; q < total; q++)
    for (let m = 0; m < models; m++) {
      if (q < queries && random.float() < missing) continue;
      const along = rowOf(vectors, q).reduce((sum, x, d) => sum + x * rowOf(directions, m)[d]!, 0);
      const chance = 1 / (1 + Math.exp(-(strengths[m]! + along / 2)));
      values.score[q * models + m] = soft ? chance : random.float() < chance ? 1 : 0;
    }
  const part = (from: number, to: number): { batch: QueryBatch; values: OutcomeValues } => ({
    batch: {
      texts: Array.from({ length: to - from }, (_, i) => `query ${from + i}`),
      vectors: createMatrix(to - from, 8, vectors.data.slice(from * 8, to * 8)),
      encoder: 'synthetic',
    },
    values: { ...emptyOutcomes(to - from, models), score: values.score.slice(from * models, to * models) },
  });
  const train = part(0, queries);
  const pairs = !pairsOnly
    ? []
    : Array.from({ length: queries }, (_, query) => {
        const [a, b] = random.sample([...names.keys()], 2) as [number, number];
        const lead = train.values.score[query * models + a]! - train.values.score[query * models + b]!;
        return lead > 0 ? [{ query, better: a, worse: b }] : lead < 0 ? [{ query, better: b, worse: a }] : [];
      }).flat();
  const { input } = syntheticRouterInput({ models, queries: 3 });
  return {
    test: part(queries, total),
    input: {
      ...input,
      models: names,
      candidates: names.map((model) => ({ id: model, model })),
      cards: input.cards.map((card) => ({ ...card, price: null, scores: new Map() })),
      training: {
        queries: train.batch,
        tasks: train.batch.texts.map((_, q) => (labelled ? `task-${q % 3}` : null)),
        pairs,
        outcomes: pairsOnly ? null : train.values,
      },
    },
  };
}

describe('auto on outcomes of any shape', () => {
  it.each<Shape>([
    { models: 2, queries: 400 },
    { models: 2, queries: 400, soft: true, missing: 0.3 },
    { models: 5, queries: 400, pairsOnly: true },
    { models: 5, queries: 400, missing: 0.6 },
    { models: 12, queries: 600, soft: true, labelled: true },
    { models: 100, queries: 400, missing: 0.5 },
    { models: 100, queries: 400, pairsOnly: true },
    { models: 4, queries: 12 },
  ])('is no worse than best-single on held-out queries: %j', async (shape) => {
    const { input, test } = anyOutcomes(shape);
    const worth = async (router: { decide: (batch: QueryBatch) => Promise<{ model: string }[]> }) =>
      (await router.decide(test.batch)).map(
        ({ model }, q) => test.values.score[q * shape.models + input.models.indexOf(model)]!,
      );
    const chosen = await worth(await fit(input));
    const single = await worth(await bestSingleRouter.fit(input, {}, ctx));
    const differences = chosen.map((value, q) => value - single[q]!);
    const mean = differences.reduce((a, b) => a + b) / differences.length;
    const error = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0)) / differences.length;
    expect(mean).toBeGreaterThanOrEqual(-2 * error);
  });
});

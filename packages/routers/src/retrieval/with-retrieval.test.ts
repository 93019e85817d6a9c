import {
  createMatrix,
  parseOptions,
  rowOf,
  type Decision,
  type Router,
  type RouterStrategy,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { attentionRouter } from '../attention/attention.js';
import { irtRouter } from '../irt/irt.js';
import { knnRouter } from '../knn/knn.js';
import { simRouter } from '../sim/sim.js';
import { retrieveWrapper } from '../wrappers/retrieve.js';
import { wrapStrategy } from '../wrappers/wrap-strategy.js';
import { ownIndex } from './own-index.js';
import { rowScoring, withRetrieval, type SearchedIndex } from './with-retrieval.js';

const ctx = { seed: 4 };
const ROUTERS: [string, RouterStrategy, Record<string, unknown>][] = [
  ['sim', simRouter, {}],
  ['attention', attentionRouter, {}],
  ['irt', irtRouter, { dimensions: 2, width: 4, ridge: 4 }],
];
const problem = (missing = 0) => syntheticRouterInput({ models: 30, queries: 90, keyed: true, missing });
const fitted = (strategy: RouterStrategy, raw: Record<string, unknown>, { input } = problem()) =>
  strategy.fit(input, parseOptions(strategy, raw), ctx);
const indexOf = (router: Router): SearchedIndex => {
  const rows = rowScoring(router);
  return ownIndex(
    router.models,
    () => rows.own(),
    router.models.map(() => ({})),
  );
};
const choices = (decisions: readonly Decision[]) => decisions.map(({ model, ranked }) => ({ model, ranked }));

describeRouterContract(
  { describe, it, expect },
  wrapStrategy(simRouter as RouterStrategy, [{ wrapper: retrieveWrapper }]),
);

describe.each(ROUTERS)('retrieval with %s', (_, strategy, raw) => {
  it.each([0, 0.3])(
    'decides as without, when all models are retrieved (share of outcomes missing: %s)',
    async (missing) => {
      const given = problem(missing);
      const router = await fitted(strategy, raw, given);
      const plain = await router.decide(given.queries);
      for (const n of [30, 1_000]) {
        const decisions = await withRetrieval(router, indexOf(router), { n }).decide(given.queries);
        expect(choices(decisions)).toEqual(choices(plain));
      }
    },
  );

  it('ranks the n best, with the scores that they have', async () => {
    const given = problem();
    const router = await fitted(strategy, raw, given);
    const plain = await router.decide(given.queries);
    const decisions = await withRetrieval(router, indexOf(router), { n: 5 }).decide(given.queries);
    decisions.forEach(({ ranked, reasons }, q) => {
      expect(ranked.map(({ score }) => score)).toEqual(plain[q]!.ranked.slice(0, 5).map(({ score }) => score));
      expect(reasons[0]!.text).toMatch(/ of 5 models retrieved from 30$/);
    });
  });
});

describe('what cannot be retrieved', () => {
  it('is refused: vectors of another encoder than those of the index, and a count that is not one', async () => {
    const { input, queries } = problem();
    const router = await fitted(simRouter, {}, { input, queries } as ReturnType<typeof problem>);
    const index = { ...indexOf(router), dimensions: rowScoring(router).own().cols, encoder: 'another' };
    await expect(withRetrieval(router, index).decide(queries)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining("the index is of the encoder 'another'") as string,
    });
    for (const n of [0, 1.5, NaN])
      expect(() => withRetrieval(router, indexOf(router), { n })).toThrow(
        expect.objectContaining({ code: 'BAD_OPTION', hint: expect.stringContaining('100') as string }) as Error,
      );
  });
});

describe('a catalogue larger than the router knows', () => {
  it('is scored by the rows that the index holds', async () => {
    const { input, queries } = problem();
    const router = await fitted(simRouter, {}, { input, queries } as ReturnType<typeof problem>);
    const rows = rowScoring(router);
    const bases = rows.of(input.profiles);
    const doubled = createMatrix(60, bases.cols, Float32Array.from([...bases.data, ...bases.data.map((x) => -x)]));
    const names = [...input.models, ...input.models.map((model) => `anti-${model}`)];
    const index = ownIndex(
      names,
      () => doubled,
      names.map(() => ({})),
    );
    const decisions = await withRetrieval(router, index, { n: 60 }).decide(queries);
    const plain = await router.decide(queries);
    decisions.forEach(({ ranked, model }, q) => {
      expect(ranked.length).toBe(60);
      const last = ranked.find((entry) => entry.model === `anti-${plain[q]!.model}`);
      expect(last!.score).toBe(-plain[q]!.ranked[0]!.score);
      expect(model.startsWith('anti-')).toBe(plain[q]!.ranked[0]!.score < -plain[q]!.ranked.at(-1)!.score);
    });
    expect(withRetrieval(router, index).models).toEqual(names);
  });

  it('is searched for models that fulfil the query', async () => {
    const { input, queries } = problem();
    const router = await fitted(simRouter, {});
    const rows = rowScoring(router);
    const offers = input.models.map((_, m) => ({
      capabilities: { tools: m % 2 === 0, region: m % 3 === 0 ? 'eu' : 'us' },
    }));
    const index = ownIndex(input.models, () => rows.own(), offers);
    const retrieving = withRetrieval(router, index, { n: 3, filter: { requirements: { tools: true } } });
    const asked = { ...queries, requirements: queries.texts.map((_, q) => (q % 2 === 0 ? { region: 'eu' } : null)) };
    (await retrieving.decide(asked)).forEach(({ ranked }, q) => {
      const allowed = input.models.filter((_, m) => m % 2 === 0 && (q % 2 === 1 || m % 3 === 0));
      expect(ranked.length).toBe(3);
      expect(ranked.every(({ model }) => allowed.includes(model))).toBe(true);
    });
    const nowhere = { ...queries, requirements: queries.texts.map(() => ({ region: 'mars' })) };
    await expect(retrieving.decide(nowhere)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('is approximately searched above 32,768 models', async () => {
    const count = 40_000;
    const data = Float32Array.from({ length: 4 * count }, (_, k) => Math.sin(k * 1.7) + Math.cos(k * k));
    const models = Array.from({ length: count }, (_, m) => `m${m}`);
    const index = ownIndex(
      models,
      () => createMatrix(count, 4, data),
      models.map(() => ({})),
    );
    const query = createMatrix(1, 4, Float32Array.of(1, -2, 0.5, 1));
    const products = models.map((_, m) =>
      rowOf(createMatrix(count, 4, data), m).reduce((sum, x, d) => sum + x * query.data[d]!, 0),
    );
    const [found] = await index.search(query, 10);
    const best = [...products].sort((a, b) => b - a);
    expect(found!.profiles.filter(({ similarity }) => similarity >= best[9]! - 0.02).length).toBe(10);
  });
});

describe('retrieval refuses', () => {
  it('routers that score no rows, and indexes of other rows', async () => {
    const { input, queries } = problem();
    const knn = await knnRouter.fit(input, parseOptions(knnRouter, {}), ctx);
    expect(() => withRetrieval(knn, {} as SearchedIndex)).toThrow(/does not score a model by itself/);
    await expect(
      retrieveWrapper.fit(
        { router: knn, input, outOfFold: () => Promise.reject(new Error('not asked')) },
        { n: 3 },
        ctx,
      ),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const irt = await fitted(irtRouter, { dimensions: 2, width: 4, ridge: 4 });
    const index = indexOf(irt);
    expect(() => withRetrieval(irt, { ...index, dimensions: 2, metric: 'cosine' })).toThrow(/compares by cosine/);
    expect(() => withRetrieval(irt, index, { n: 0 })).toThrow(/retrieve: n: must be at least 1/);
    expect(() => withRetrieval(irt, index, { fitler: { requirements: { tools: true } } } as object)).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: "retrieve: unknown name 'fitler'",
        hint: expect.stringContaining("Did you mean 'filter'") as string,
      }),
    );
    expect(() => withRetrieval(irt, index, { filter: { requirement: {} } } as object)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("Did you mean 'requirements'") as string }),
    );
    const other = ownIndex(
      irt.models,
      () => createMatrix(30, 7),
      irt.models.map(() => ({})),
    );
    await expect(withRetrieval(irt, other).decide(queries)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(withRetrieval(irt, index).save()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('attention where some models inherit their scores', async () => {
    const given = syntheticRouterInput({ models: 6, keyed: true });
    const { profiles } = given.input;
    const scores = createMatrix(6, profiles.keyed!.scores.cols, profiles.keyed!.scores.data.slice());
    rowOf(scores, 5).fill(NaN);
    const { biases: _, ...unbiased } = profiles;
    const input = { ...given.input, profiles: { ...unbiased, keyed: { ...profiles.keyed!, scores } } };
    const router = await attentionRouter.fit(input, parseOptions(attentionRouter, {}), ctx);
    expect(() => rowScoring(router).own()).toThrow(/5 models of 6 have scores/);
    expect(() => rowScoring(router).of(input.profiles)).toThrow(/1 model without a score or a bias, such as model-5/);
  });
});

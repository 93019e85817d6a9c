import {
  createMatrix,
  createRandom,
  parseOptions,
  RouteProfileError,
  rowOf,
  takeRows,
  isScoringRouter,
  type Progress,
  type QueryBatch,
  type RouterArtifact,
  type RouterInput,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { createRuntime } from '@routeprofile/tensor';
import { describe, expect, it } from 'vitest';
import fixture from './fixtures/graph-router.json' with { type: 'json' };
import { graphRouter } from './graph.js';
import { meanPairwiseCosine } from '../common/pairwise-cosine.js';
import { trainingMemory } from './memory.js';
import { graphWeights } from './network.js';
import { completeGraphOptions, graphOptions } from './options.js';
import { graphParity } from '../parity/graph.js';
import { evenBatches } from './train.js';

const small = { hidden: 16, epochs: 3 };
describe('published behaviour', () => {
  describeRouterContract({ describe, it, expect }, graphRouter, { options: { ...small, compat: true } });
});

const fit = (input: RouterInput, options: Record<string, unknown> = small, seed = 1) =>
  graphRouter.fit(input, parseOptions(graphRouter, options), { seed });

const codeOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return RouteProfileError.isInstance(error) ? error.code : error;
};

async function scoresOf(router: Awaited<ReturnType<typeof fit>>, queries: QueryBatch) {
  if (!isScoringRouter(router)) throw new Error('the router does not score');
  return router.score(queries);
}

const withOutcomes = (input: RouterInput, score: Float64Array): RouterInput => ({
  ...input,
  training: { ...input.training, outcomes: { ...input.training.outcomes!, score } },
});

describe('parity with PyTorch Geometric', () => {
  it.each(['cpu', 'wasm', 'embedded'] as const)('on %s', async (backend) => {
    const parity = await graphParity(fixture, await createRuntime({ backend }));
    expect(parity.forward).toBeLessThan(1e-5);
    expect(parity.loss).toBeLessThan(1e-4);
    expect(parity.after).toBeLessThan(1e-4);
  });

  it('does not pass on other numbers', async () => {
    const runtime = await createRuntime({ backend: 'embedded' });
    const other = {
      ...fixture,
      logitsAfter: fixture.logits,
      encoded: fixture.encoded.map((row) => row.map((x) => x + 1)),
    };
    const parity = await graphParity(other, runtime);
    expect(parity.forward).toBeGreaterThan(0.9);
    expect(parity.after).toBeGreaterThan(1e-2);
    expect(await codeOf(graphParity({ queries: [] }, runtime))).toBe('BAD_INPUT');
  });

  it('has as many parameters as the published network', () => {
    const options = completeGraphOptions(graphOptions.parse({ compat: true }));
    const weights = graphWeights((label) => createRandom(1, label), options, 768, 768);
    expect(Object.values(weights).reduce((sum, { data }) => sum + data.length, 0)).toBe(1_054_209);
  });
});

describe('graph', () => {
  const longer = { hidden: 32, epochs: 40, learningRate: 3e-3, patience: 40 };

  it.each([
    ['outcomes', false],
    ['pairs', true],
  ])('learns from %s which model is good at what', async (_, pairsOnly) => {
    const { input, queries, bestModel } = syntheticRouterInput({ queries: 150, models: 3, pairsOnly });
    const router = await fit(input, longer);
    const chosen = await router.decide(queries);
    const right = chosen.filter(({ model }, i) => model === `model-${bestModel[i]}`).length;
    expect(right).toBeGreaterThanOrEqual(10);
    expect(chosen[0]!.reasons[0]!.text).toMatch(/learned score -?\d\.\d{3}, \d\.\d{3} ahead of model-\d/);
    expect((await router.save()).manifest.state).toMatchObject({ labels: pairsOnly ? 'pairs' : 'targets' });
  });

  it.each([{}, { compat: true }])('answers a query never seen alone as in any batch (%s)', async (options) => {
    const { input, queries } = syntheticRouterInput({ queries: 90 });
    const router = await fit(input, { ...longer, ...options, epochs: 5 });
    const together = await scoresOf(router, queries);
    for (let i = 0; i < queries.texts.length; i++) {
      const alone = { texts: [queries.texts[i]!], vectors: takeRows(queries.vectors!, [i]) };
      expect([...(await scoresOf(router, alone)).data]).toEqual([...rowOf(together, i)]);
    }
  });

  it.each([{}, { compat: true }])('gives models with one profile one logit (%s)', async (options) => {
    const { input, queries } = syntheticRouterInput();
    const vectors = takeRows(input.profiles.vectors, [0, 0, 0, 0]);
    const router = await fit({ ...input, profiles: { ...input.profiles, vectors } }, { ...small, ...options });
    const scores = await scoresOf(router, queries);
    for (let q = 0; q < scores.rows; q++) for (const score of rowOf(scores, q)) expect(score).toBe(rowOf(scores, q)[0]);
  });

  it('scores a model without outcomes by its profile, as good as its twin', async () => {
    const { input, queries } = syntheticRouterInput({ queries: 150, models: 4, newModels: 1 });
    const vectors = takeRows(input.profiles.vectors, [0, 1, 2, 0]);
    const router = await fit({ ...input, profiles: { ...input.profiles, vectors } }, longer);
    for (const { ranked } of await router.decide(queries)) {
      const score = (model: string) => ranked.find((entry) => entry.model === model)!.score;
      expect(score('model-3')).toBe(score('model-0'));
    }
  });

  it('takes a missing outcome as unknown, not as a failure, unless compat asks for it', async () => {
    const { input, queries } = syntheticRouterInput({ queries: 60, models: 3 });
    const known = Float64Array.from(input.training.outcomes!.score, (x, k) => (k % 3 === 2 ? NaN : x));
    const failed = known.map((x) => (Number.isNaN(x) ? 0 : x));
    const bytes = async (score: Float64Array, compat: boolean) =>
      JSON.stringify(await (await fit(withOutcomes(input, score), { ...longer, epochs: 5, compat })).decide(queries));
    expect(await bytes(known, false)).not.toBe(await bytes(failed, false));
    const meanOf = async (score: Float64Array) => {
      const scores = await scoresOf(await fit(withOutcomes(input, score), { ...longer, valSplit: 0 }), queries);
      return Array.from({ length: scores.rows }, (_, q) => rowOf(scores, q)[2]!).reduce((a, b) => a + b) / scores.rows;
    };
    expect(await meanOf(known)).toBeGreaterThan((await meanOf(failed)) + 1);
  });

  it('learns from scores between 0 and 1, where the published labels see nothing', async () => {
    const { input, queries, bestModel } = syntheticRouterInput({ queries: 150, models: 3 });
    const partial = withOutcomes(
      input,
      input.training.outcomes!.score.map((x) => 0.3 + 0.4 * x),
    );
    const router = await fit(partial, longer);
    const right = (await router.decide(queries)).filter(({ model }, i) => model === `model-${bestModel[i]}`).length;
    expect(right).toBeGreaterThanOrEqual(10);
    const none = { ...partial, training: { ...partial.training, pairs: [] } };
    expect(await codeOf(fit(none, { ...small, labels: 'discriminative' }))).toBe('NO_TRAINING_DATA');
  });

  it('keeps models apart where the published network makes them one', async () => {
    const { input } = syntheticRouterInput({ queries: 400 });
    const cosine = async (options: Record<string, unknown>) =>
      Number((await (await fit(input, { ...small, epochs: 1, ...options })).save()).manifest.state['modelCosine']);
    expect(await cosine({ compat: true })).toBeGreaterThan(0.999);
    expect(await cosine({})).toBeLessThan(0.9);
  });

  it('says so when the models can hardly be told apart', async () => {
    const { input } = syntheticRouterInput();
    const warnings: string[] = [];
    const logger = { info: () => undefined, warn: (text: string) => void warnings.push(text) };
    await graphRouter.fit(input, parseOptions(graphRouter, { ...small, compat: true }), { seed: 1, logger });
    expect(warnings.join()).toMatch(/mean cosine between models is (1\.0000|0\.999\d)/);
  });

  it('takes profiles of another width than the queries', async () => {
    const { input, queries } = syntheticRouterInput();
    const wide = createMatrix(
      4,
      21,
      Float32Array.from({ length: 84 }, (_, i) => Math.sin(i)),
    );
    const router = await fit({ ...input, profiles: { ...input.profiles, vectors: wide } });
    expect(await router.decide(queries)).toHaveLength(queries.texts.length);
  });

  it('gives the same bytes for a seed and others for another', async () => {
    const { input } = syntheticRouterInput();
    const bytes = async (seed: number) => JSON.stringify((await (await fit(input, small, seed)).save()).weights);
    expect(await bytes(5)).toBe(await bytes(5));
    expect(await bytes(5)).not.toBe(await bytes(6));
  });

  it.each(['loss', 'performance'])(
    'keeps the epoch with the best validation %s and stops when out of patience',
    async (select) => {
      const { input } = syntheticRouterInput();
      const seen: Progress[] = [];
      const options = parseOptions(graphRouter, { ...small, epochs: 60, learningRate: 0.03, patience: 2, select });
      const onProgress = (progress: Progress) => void seen.push(progress);
      const { state } = (await (await graphRouter.fit(input, options, { seed: 1, onProgress })).save()).manifest;
      const values = seen.map(({ note }) => Number(/validation (?:loss|regret) ([\d.]+)/.exec(note ?? '')![1]));
      expect(values.length).toBeLessThan(60);
      expect(values.indexOf(Math.min(...values)) + 1).toBe(state['bestEpoch']);
      expect(values.length).toBe(Number(state['bestEpoch']) + 2);
    },
  );

  it('learns from a single query, with nothing to validate on', async () => {
    const { input, queries } = syntheticRouterInput();
    const pairs = [{ query: 0, better: 0, worse: 1 }];
    const router = await fit({ ...input, training: { ...input.training, pairs, outcomes: null } });
    expect(await router.decide(queries)).toHaveLength(12);
  });

  it('refuses what cannot be learned from', async () => {
    const { input } = syntheticRouterInput();
    expect(await codeOf(fit({ ...input, models: ['model-0'] }))).toBe('BAD_INPUT');
    expect(() => parseOptions(graphRouter, { epochs: 0 })).toThrow(/epochs/);
    expect(() => parseOptions(graphRouter, { compat: true, residual: true })).toThrow(/residual.*leave out one/);
    const none = { ...input, training: { ...input.training, pairs: [], outcomes: null } };
    expect(await codeOf(fit(none))).toBe('NO_TRAINING_DATA');
    const level = withOutcomes({ ...input, training: { ...input.training, pairs: [] } }, new Float64Array(240).fill(1));
    expect(await codeOf(fit(level))).toBe('NO_TRAINING_DATA');
    const vectors = createMatrix(60, 8);
    vectors.data[17] = NaN;
    const queries = { ...input.training.queries, vectors };
    expect(await codeOf(fit({ ...input, training: { ...input.training, queries } }))).toBe('NOT_FINITE');
    const endless = input.training.outcomes!.score.slice();
    endless[5] = Infinity;
    await expect(fit(withOutcomes(input, endless))).rejects.toThrow(/'model-1' on training query train-1 is Infinity/);
  });

  it('refuses what does not fit into memory, with the figure', async () => {
    const { input } = syntheticRouterInput();
    await expect(fit(input, { ...small, memoryLimit: 100 })).rejects.toThrow(
      /60 queries × 4 models.* needs about 2\d\d MB; the limit is 100 MB/,
    );
    expect(await codeOf(fit(input, { ...small, memoryLimit: 100 }))).toBe('LIMIT_EXCEEDED');
    const size = { queries: 20_000, models: 60, queryWidth: 512, profileWidth: 512, learned: 0 };
    const needed = (options: object, stepQueries: number) =>
      trainingMemory(completeGraphOptions(graphOptions.parse(options)), { ...size, stepQueries });
    expect(needed({}, 32)).toBeLessThan(1000);
    expect(needed({ batch: 20_000 }, 20_000)).toBeGreaterThan(4096);
  });

  it('says which epoch diverged, and frees what it held', async () => {
    const { input } = syntheticRouterInput();
    const { tf } = await createRuntime();
    const before = tf.memory().numTensors;
    await expect(fit(input, { ...small, learningRate: 1e38 })).rejects.toThrow(/graph.*: the loss of epoch \d is NaN/);
    expect(tf.memory().numTensors).toBe(before);
    await fit(input);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses damaged weights by name', async () => {
    const { input } = syntheticRouterInput();
    const artifact = await (await fit(input)).save();
    const load = (weights: RouterArtifact['weights']) => graphRouter.load({ ...artifact, weights }, { seed: 1 });
    for (const name of Object.keys(artifact.weights)) {
      const { [name]: _, ...without } = artifact.weights;
      await expect(load(without)).rejects.toThrow(name);
      const poisoned = structuredClone(artifact.weights);
      poisoned[name]!.data[0] = NaN;
      await expect(load(poisoned)).rejects.toThrow(name);
    }
  });
});

describe('batches', () => {
  it('use every query once, in parts of nearly equal size', () => {
    const parts = evenBatches([...Array(925).keys()], 32);
    expect(parts.flat()).toEqual([...Array(925).keys()]);
    expect(parts).toHaveLength(29);
    for (const part of parts) expect([31, 32]).toContain(part.length);
  });
});

describe('the mean pairwise cosine', () => {
  it('is that of the rows', () => {
    expect(meanPairwiseCosine(createMatrix(2, 2, Float32Array.of(1, 0, 2, 0)))).toBeCloseTo(1, 10);
    expect(meanPairwiseCosine(createMatrix(3, 2, Float32Array.of(1, 0, -1, 0, 0, 1)))).toBeCloseTo(-1 / 3, 10);
  });
});

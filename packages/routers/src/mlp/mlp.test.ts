import {
  createMatrix,
  parseOptions,
  RouteProfileError,
  takeRows,
  type Progress,
  type RouterArtifact,
  type RouterInput,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { createRuntime } from '@routeprofile/tensor';
import { describe, expect, it } from 'vitest';
import fixture from './fixtures/mlp-router.json' with { type: 'json' };
import { lossPerBatch, lossPerQuery } from './loss.js';
import { mlpRouter } from './mlp.js';
import { mlpParity } from '../parity/mlp.js';

const small = { hidden: 16, output: 8, epochs: 3 };
describe('published behaviour', () => {
  describeRouterContract({ describe, it, expect }, mlpRouter, { options: { ...small, compat: true } });
});

const fit = (input: RouterInput, options: Record<string, unknown> = small, seed = 1) =>
  mlpRouter.fit(input, parseOptions(mlpRouter, options), { seed });

const codeOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return RouteProfileError.isInstance(error) ? error.code : error;
};

describe('parity with PyTorch', () => {
  it.each(['cpu', 'wasm', 'embedded'] as const)('on %s', async (backend) => {
    const parity = await mlpParity(fixture, await createRuntime({ backend }));
    expect(parity.forward).toBeLessThan(1e-5);
    expect(parity.loss).toBeLessThan(1e-5);
    expect(parity.after).toBeLessThan(1e-4);
  });

  it('does not pass on other numbers', async () => {
    const runtime = await createRuntime({ backend: 'embedded' });
    const other = { ...fixture, scoresAfter: fixture.scores, learningRates: fixture.learningRates.map((r) => r * 1.1) };
    const parity = await mlpParity(other, runtime);
    expect(parity.after).toBeGreaterThan(1e-2);
    expect(parity.loss).toBeGreaterThan(1e-4);
    expect(await codeOf(mlpParity({ queries: [] }, runtime))).toBe('BAD_INPUT');
  });
});

describe('mlp', () => {
  const longer = { hidden: 32, output: 16, epochs: 40, learningRate: 3e-3, patience: 40 };

  it('learns which model is good at what', async () => {
    const { input, queries, bestModel } = syntheticRouterInput({ queries: 150, models: 3 });
    const router = await fit(input, longer);
    const chosen = await router.decide(queries);
    const right = chosen.filter(({ model }, i) => model === `model-${bestModel[i]}`).length;
    expect(right).toBeGreaterThanOrEqual(10);
    expect(chosen[0]!.reasons[0]!.text).toMatch(/learned score -?0\.\d{3}, 0\.\d{3} ahead of model-\d/);
  });

  it('scores a model without outcomes by its profile, as good as its twin', async () => {
    const { input, queries } = syntheticRouterInput({ queries: 150, models: 4, newModels: 1 });
    // model-3 has no outcome; with the profile of model-0 it must score like model-0.
    const vectors = takeRows(input.profiles.vectors, [0, 1, 2, 0]);
    const router = await fit({ ...input, profiles: { ...input.profiles, vectors } }, longer);
    for (const { ranked } of await router.decide(queries)) {
      const score = (model: string) => ranked.find((entry) => entry.model === model)!.score;
      expect(score('model-3')).toBe(score('model-0'));
    }
  });

  it('is not disturbed by the scale of the profiles, unless compat asks for it', async () => {
    const { input, queries } = syntheticRouterInput();
    const { vectors } = input.profiles;
    const scaledUp = createMatrix(
      vectors.rows,
      vectors.cols,
      vectors.data.map((x) => x * 64),
    );
    const larger = { ...input, profiles: { ...input.profiles, vectors: scaledUp } };
    const scores = async (given: RouterInput, compat: boolean) =>
      JSON.stringify(await (await fit(given, { ...small, compat })).decide(queries));
    expect(await scores(larger, false)).toBe(await scores(input, false));
    expect(await scores(larger, true)).not.toBe(await scores(input, true));
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

  it('keeps the epoch with the lowest validation loss and stops when out of patience', async () => {
    const { input } = syntheticRouterInput();
    const seen: Progress[] = [];
    const options = parseOptions(mlpRouter, { ...small, epochs: 60, learningRate: 0.05, patience: 2 });
    const router = await mlpRouter.fit(input, options, { seed: 1, onProgress: (progress) => void seen.push(progress) });
    const { state } = (await router.save()).manifest;
    const losses = seen.map(({ note }) => Number(/validation loss ([\d.]+)/.exec(note ?? '')![1]));
    expect(losses.length).toBeLessThan(60);
    expect(losses.indexOf(Math.min(...losses)) + 1).toBe(state['bestEpoch']);
    expect(losses.length).toBe(Number(state['bestEpoch']) + 2);
  });

  it('learns from a single query, with nothing to validate on', async () => {
    const { input, queries } = syntheticRouterInput();
    const one = {
      ...input,
      training: { ...input.training, pairs: [{ query: 0, better: 0, worse: 1 }], outcomes: null },
    };
    expect(await (await fit(one)).decide(queries)).toHaveLength(12);
  });

  it('refuses what cannot be learned from', async () => {
    const { input } = syntheticRouterInput();
    expect(await codeOf(fit({ ...input, models: ['model-0'] }))).toBe('BAD_INPUT');
    expect(() => parseOptions(mlpRouter, { epochs: 0 })).toThrow(/epochs/);
    const none = { ...input, training: { ...input.training, pairs: [], outcomes: null } };
    expect(await codeOf(fit(none))).toBe('NO_TRAINING_DATA');
    const nan = createMatrix(60, 8);
    nan.data[17] = NaN;
    const queries = { ...input.training.queries, vectors: nan };
    expect(await codeOf(fit({ ...input, training: { ...input.training, queries } }))).toBe('NOT_FINITE');
  });

  it('says which epoch diverged, and frees what it held', async () => {
    const { input } = syntheticRouterInput();
    const { tf } = await createRuntime();
    const before = tf.memory().numTensors;
    await expect(fit(input, { ...small, learningRate: 1e38 })).rejects.toThrow(/mlp.*: the loss of epoch \d is NaN/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses damaged weights by name', async () => {
    const { input } = syntheticRouterInput();
    const artifact = await (await fit(input)).save();
    const load = (weights: RouterArtifact['weights']) => mlpRouter.load({ ...artifact, weights }, { seed: 1 });
    const { 'model.1.bias': _bias, ...without } = artifact.weights;
    await expect(load(without)).rejects.toThrow(/no array 'model\.1\.bias'/);
    const poisoned = structuredClone(artifact.weights);
    poisoned['query.0.weight']!.data[3] = Infinity;
    await expect(load(poisoned)).rejects.toThrow(/query\.0\.weight/);
    const unlucky = structuredClone(artifact.weights);
    unlucky['model.0.gamma']!.data[0] = NaN;
    await expect(load(unlucky)).rejects.toThrow(/model\.0\.gamma/);
  });
});

describe('validation losses', () => {
  const scores = createMatrix(2, 2, Float32Array.of(0.5, 0.1, 0.2, 0.2));
  const pairs = [
    { query: 7, better: 1, worse: 0 },
    { query: 7, better: 0, worse: 1 },
    { query: 9, better: 0, worse: 1 },
  ];

  it('average within a query first, or within batches', () => {
    // margin 0.2: 0.6, 0 on query 7; 0.2, the margin itself, on the tie of query 9
    expect(lossPerQuery(scores, [7, 9], pairs, 0.2)).toBeCloseTo((0.3 + 0.2) / 2, 6);
    expect(lossPerBatch(scores, [7, 9], pairs, 0.2, 2)).toBeCloseTo((0.3 + 0.2) / 2, 6);
    expect(lossPerBatch(scores, [7, 9], pairs, 0.2, 3)).toBeCloseTo(0.8 / 3, 6);
  });
});

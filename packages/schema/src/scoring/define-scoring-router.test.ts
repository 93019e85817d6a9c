import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { throwIfAborted } from '../context.js';
import { createMatrix, rowOf, type Matrix, type NamedArray } from '../matrix.js';
import type { RouterArtifact, RouterInput, ScoringRouter } from '../router.js';
import { describeRouterContract, syntheticRouterInput } from '../testing/index.js';
import { defineScoringRouter } from './define-scoring-router.js';
import { rowsWithHeirs } from './inheritance.js';
import { seenModels } from './lesson.js';

const NAME = 'lead';

/** Each model's mean outcome or share of wins, and the mean vector of the queries it was best at. */
const lead = defineScoringRouter({
  name: NAME,
  summary: 'closeness to the queries that a model is good at',
  options: z.strictObject({ scale: z.number().gt(0).default(1) }),
  needs: ['vectors', 'training'],
  state: z.object({ newModels: z.array(z.string()) }),
  shapes: ({ models, dimensions }) => ({ directions: [models, dimensions] }),
  learn({ models, training, vectors }, _options, ctx) {
    const directions = createMatrix(models.length, vectors.cols);
    for (let q = 0; q < vectors.rows; q++) {
      throwIfAborted(ctx);
      models.forEach((_, m) => {
        const outcome = training.outcomes
          ? training.outcomes.score[q * models.length + m]!
          : training.pairs.filter((pair) => pair.query === q && pair.better === m).length;
        if (!Number.isNaN(outcome)) rowOf(vectors, q).forEach((x, d) => (rowOf(directions, m)[d]! += outcome * x));
      });
    }
    const seen = seenModels(training, models.length);
    return { state: { newModels: models.filter((_, m) => !seen[m]) }, weights: { directions } };
  },
  prepare: ({ options, weights }): Matrix =>
    createMatrix(
      weights.directions.rows,
      weights.directions.cols,
      weights.directions.data.map((x) => x * options.scale),
    ),
  score({ models, prepared }, { vectors }) {
    const scores = createMatrix(vectors.rows, models.length);
    scores.data.forEach((_, k) => {
      const direction = rowOf(prepared, k % models.length);
      const query = rowOf(vectors, Math.floor(k / models.length));
      scores.data[k] = direction.reduce((sum, x, d) => sum + x * query[d]!, 0);
    });
    return { scores, found: vectors.rows };
  },
  explain: (_, { model, score, found }) => [{ kind: 'lead', text: `${model}: ${score.toFixed(1)}, one of ${found}` }],
  join: ({ weights, state: { newModels } }, joining) => ({
    state: { newModels: [...newModels, ...joining.added] },
    weights: { directions: rowsWithHeirs(NAME, weights.directions, newModels, joining) },
  }),
});

describeRouterContract({ describe, it, expect }, lead);

const ctx = { seed: 5 };
const { input, queries } = syntheticRouterInput();
const fit = async (given: RouterInput = input) => (await lead.fit(given, { scale: 2 }, ctx)) as ScoringRouter;
const rejection = { code: 'CORRUPT_FILE' };

describe('defineScoringRouter', () => {
  it('writes the manifest, and gives reasons what scoring found', async () => {
    const router = await fit();
    const { manifest, weights } = await router.save();
    expect(manifest).toEqual({
      version: 1,
      strategy: 'lead',
      options: { scale: 2 },
      models: input.models,
      encoder: 'synthetic',
      dimensions: 8,
      seed: 5,
      state: { newModels: [] },
    });
    expect(Object.keys(manifest)).toEqual('version strategy options models encoder dimensions seed state'.split(' '));
    expect(weights['directions']?.shape).toEqual([4, 8]);
    const [decision] = await router.decide(queries);
    expect(decision?.reasons[0]?.text).toMatch(/^model-\d: \d+\.\d, one of 12$/);
  });

  it('keeps what others wrote into the manifest, and lists who joined', async () => {
    const { manifest, weights } = await (await fit()).save();
    const written = { ...manifest, profile: 'flat', reference: './lead.ts' };
    expect((await (await lead.load({ manifest: written, weights }, ctx)).save()).manifest).toEqual(written);
    const profiles = { ...input.profiles, models: [...input.models, 'late'] };
    profiles.vectors = createMatrix(
      5,
      8,
      Float32Array.of(...input.profiles.vectors.data, ...rowOf(profiles.vectors, 0)),
    );
    const late = await (await lead.extend!({ manifest: written, weights }, { profiles, cards: [] }, ctx)).save();
    expect(late.manifest).toEqual({
      ...written,
      models: profiles.models,
      state: { newModels: ['late'], joined: ['late'] },
    });
  });

  it('refuses saved options, state and dimensions that are damaged', async () => {
    const { manifest, weights } = await (await fit()).save();
    const load = (changes: Partial<RouterArtifact['manifest']>) =>
      lead.load({ manifest: { ...manifest, ...changes }, weights }, ctx);
    await expect(load({ options: { scale: -1 } })).rejects.toMatchObject(rejection);
    await expect(load({ state: {} })).rejects.toThrow(/^lead: router.json: state: newModels: /);
    await expect(load({ dimensions: null })).rejects.toThrow(/dimensions is null/);
    await expect(load({ models: ['a', 'b'] })).rejects.toThrow(/'directions' is 4 × 8 .*expected 2 × 8/);
  });

  it('refuses queries of another encoder or without vectors, and training rows without them', async () => {
    const router = await fit();
    await expect(router.decide({ ...queries, encoder: 'other' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(router.decide({ texts: ['q'] })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const bare = { ...input, training: { ...input.training, queries: { texts: input.training.queries.texts } } };
    await expect(fit(bare)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('stops a batch when asked to, and gives the signal to `score`', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect((await fit()).score(queries, { seed: 1, signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

/** The smallest definition, with what a test changes. */
const constant = (changes: {
  row?: Matrix;
  state?: { count: number };
  scored?: (queries: number) => Matrix;
  areChances?: boolean;
}) =>
  defineScoringRouter({
    name: 'constant',
    summary: 'one order',
    options: z.strictObject({}),
    needs: ['tasks'],
    state: z.object({ count: z.number().int().min(1) }),
    shapes: ({ models, state }) => ({ row: [state.count, models], kept: null }),
    learn: () => ({
      state: changes.state ?? { count: 1 },
      weights: {
        row: changes.row ?? createMatrix(1, 4, Float32Array.of(0.1, 0.4, 0.4, 0.2)),
        kept: createMatrix(0, 0),
      },
    }),
    score: ({ weights }, { texts, vectors, tasks }) => {
      expect([vectors.cols, tasks.length]).toEqual([0, texts.length]);
      return changes.scored?.(texts.length) ?? createMatrix(texts.length, 4, repeated(weights.row.data, texts.length));
    },
    areChances: () => changes.areChances ?? false,
  });

const notFinite = createMatrix(1, 4, Float32Array.of(0, NaN, 0, 0));

const repeated = (row: Float32Array, times: number) =>
  Float32Array.from({ length: row.length * times }, (_, k) => row[k % row.length]!);

describe('a definition', () => {
  const fitted = async (changes: Parameters<typeof constant>[0]) => constant(changes).fit(input, {}, ctx);

  it('needs neither vectors nor reasons; equal scores go to the earlier model', async () => {
    const router = await fitted({});
    const [decision] = await router.decide({ texts: ['q'] });
    expect(decision).toMatchObject({ model: 'model-1', reasons: [] });
    expect(decision?.ranked.map(({ model }) => model)).toEqual(['model-1', 'model-2', 'model-3', 'model-0']);
    expect(decision?.ranked[0]).not.toHaveProperty('probability');
    const { manifest, weights } = await router.save();
    expect([manifest.encoder, manifest.dimensions, Object.keys(weights)]).toEqual([null, null, ['row']]);
    expect('extend' in constant({})).toBe(false);
  });

  it('says chances where scores are chances', async () => {
    const [decision] = await (await fitted({ areChances: true })).decide({ texts: ['q'] });
    expect(decision?.ranked.every(({ score, probability }) => score === probability)).toBe(true);
  });

  it.each<[string, Parameters<typeof constant>[0], string, RegExp]>([
    ['weights of another shape', { row: createMatrix(2, 4) }, 'PLUGIN_FAILED', /'row' as 2 × 4 .* 1 × 4/],
    ['weights that are not finite', { row: notFinite }, 'NOT_FINITE', /'row'/],
    ['a state that its schema refuses', { state: { count: 0 } }, 'PLUGIN_FAILED', /state .*count/],
    ['a state that JSON does not hold', { state: { count: Infinity } }, 'PLUGIN_FAILED', /state .*count/],
  ])('is told of %s', async (_, changes, code, message) => {
    await expect(fitted(changes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as unknown });
  });

  it.each<[string, (queries: number) => Matrix, string]>([
    ['for too few models', (queries) => createMatrix(queries, 3), 'PLUGIN_FAILED'],
    ['for too few queries', () => createMatrix(1, 4), 'PLUGIN_FAILED'],
    ['that are not finite', () => createMatrix(2, 4, repeated(Float32Array.of(0, NaN, 0, 0), 2)), 'NOT_FINITE'],
  ])('is told of scores %s', async (_, scored, code) => {
    const router = await fitted({ scored });
    await expect(router.decide({ texts: ['a', 'b'] })).rejects.toMatchObject({ code });
  });
});

/** A definition that types would not let through, as one without types may be. */
const lying = (parts: Record<string, unknown>) =>
  defineScoringRouter({
    name: 'liar',
    summary: 'says one thing and does another',
    options: z.looseObject({}),
    needs: [],
    state: z.looseObject({}),
    shapes: ({ models }) => ({ row: [1, models] }),
    learn: () => ({ state: {}, weights: { row: createMatrix(1, 4) } }),
    score: ({ weights }, { texts }) => createMatrix(texts.length, 4, repeated(weights.row.data, texts.length)),
    ...(parts as object),
  });
const row = createMatrix(1, 4);
const cycle: Record<string, unknown> = {};
cycle['self'] = { cycle };

describe('code that does not do what its definition says', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['learns nothing', { learn: () => undefined }, /`learn` gave nothing/],
    ['gives no weights', { learn: () => ({ state: {} }) }, /`learn` gave no `weights`/],
    ['leaves out a matrix', { learn: () => ({ state: {}, weights: {} }) }, /declares 'row' and did not learn it/],
    ['gives null for a matrix', { learn: () => ({ state: {}, weights: { row: null } }) }, /did not learn it/],
    ['has a Map in its state', { learn: () => ({ state: { a: [new Map()] }, weights: { row } }) }, /'a\.0' is a Map/],
    ['has NaN in its state', { learn: () => ({ state: { a: NaN }, weights: { row } }) }, /'a' is NaN/],
    ['has a cycle in its state', { learn: () => ({ state: cycle, weights: { row } }) }, /holds itself/],
    [
      'has a function in its state',
      { learn: () => ({ state: { f: () => 1 }, weights: { row } }) },
      /'f' is a function/,
    ],
    [
      'names a size that is not listed before',
      { shapes: () => ({ row: ['later', 4], later: [1, 4] }) },
      /^liar: its shapes name 'later' before that is listed/,
    ],
    ['takes a name of ours', { learn: () => ({ state: { joined: ['x'] }, weights: { row } }) }, /name that is taken/],
  ])('and %s is named when it is fitted', async (_, parts, message) => {
    await expect(lying(parts).fit(input, {}, ctx)).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: expect.stringMatching(message) as unknown,
    });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['scores nothing', { score: () => undefined }, /`score` gave no scores/],
    ['gives no scores', { score: () => ({ scores: undefined }) }, /no matrix of float32/],
    ['scores in plain numbers', { score: () => ({ rows: 1, cols: 4, data: [0, 0, 0, 0] }) }, /no matrix of float32/],
    ['gives words for reasons', { explain: () => 'why' }, /no list of reasons/],
  ])('and %s is named when it is asked', async (_, parts, message) => {
    const router = await lying(parts).fit(input, {}, ctx);
    await expect(router.decide({ texts: ['q'] })).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('decides as the files it saves, and as nobody else can change: in their precision, with copies of what was given', async () => {
    const given = { deep: { k: 1 } };
    const data = Float64Array.of(0.1, 0.2, 0.3, 0.7);
    const strategy = lying({
      learn: () => ({ state: {}, weights: { row: { rows: 1, cols: 4, data } } }),
      score: ({ options, weights }: { options: typeof given; weights: { row: Matrix } }) =>
        createMatrix(
          1,
          4,
          weights.row.data.map((x) => x * options.deep.k),
        ),
    });
    const router = await strategy.fit(input, given, ctx);
    const [before] = await router.decide({ texts: ['q'] });
    given.deep.k = 42;
    data.fill(9);
    expect(await router.decide({ texts: ['q'] })).toEqual([before]);
    expect(await (await strategy.load(await router.save(), ctx)).decide({ texts: ['q'] })).toEqual([before]);
    expect(before?.ranked[0]?.score).toBe(Math.fround(0.7));
  });

  it('shares nothing with an artifact that it saved, or was loaded or extended from', async () => {
    const spoil = ({ manifest, weights }: RouterArtifact) => {
      manifest.models.reverse();
      (manifest.state as { newModels: string[] }).newModels.push('spoilt');
      Object.assign(manifest.options, { scale: -1 });
      for (const { shape, data } of Object.values(weights)) (shape as number[]).fill(data.fill(NaN).length);
    };
    const fitted = await fit();
    const [before, artifact] = [await fitted.decide(queries), await fitted.save()];
    const own = structuredClone(artifact);
    spoil(artifact);
    expect(await fitted.decide(queries)).toEqual(before);
    expect(await fitted.save()).toEqual(own);

    const given = structuredClone(own);
    const loaded = await lead.load(given, ctx);
    spoil(given);
    expect(await loaded.decide(queries)).toEqual(before);
    expect(await loaded.save()).toEqual(own);

    const profiles = { ...input.profiles, models: [...input.models, 'late'] };
    profiles.vectors = createMatrix(5, 8, new Float32Array(40).fill(1));
    const grown = structuredClone(own);
    const extended = await lead.extend!(grown, { profiles, cards: [] }, ctx);
    const [after, saved] = [await extended.decide(queries), await extended.save()];
    spoil(grown);
    expect(await extended.decide(queries)).toEqual(after);
    expect(await extended.save()).toEqual(saved);
  });

  it('is not confused by files without state', async () => {
    const { manifest, weights } = await (await lying({}).fit(input, {}, ctx)).save();
    const bare = { ...manifest, state: null } as unknown as RouterArtifact['manifest'];
    await expect(lying({}).load({ manifest: bare, weights }, ctx)).rejects.toMatchObject(rejection);
  });
});

describe('arrays of a network', () => {
  const layer = (length: number, at = 0) => ({ shape: [length], data: new Float32Array(length).fill(at) });
  const network = (learned: Record<string, NamedArray>) =>
    defineScoringRouter({
      name: 'network',
      summary: 'layers whose number the options tell',
      options: z.strictObject({ layers: z.number().int().default(2) }),
      needs: ['vectors', 'training'],
      state: z.object({}),
      arrays: ({ dimensions, options }) => ({
        ...Object.fromEntries(Array.from({ length: options.layers }, (_, l) => [`layer.${l}`, [dimensions]])),
        cube: [2, 'layer.0', 1],
        'task/*': [undefined],
      }),
      shapes: ({ models }) => ({ rows: [models, 'layer.0'] }),
      learn: ({ models, vectors }, options) => ({
        dimensions: vectors.cols,
        options: { layers: options.layers },
        state: {},
        arrays: learned,
        weights: { rows: createMatrix(models.length, vectors.cols) },
      }),
      score: ({ models, arrays }, { vectors }) => {
        const scores = createMatrix(vectors.rows, models.length);
        return { ...scores, data: scores.data.fill(arrays['layer.1']!.data[0]!) };
      },
    });
  const arrays = {
    'task/b': layer(3),
    'task/a': layer(5),
    'layer.0': layer(8),
    'layer.1': layer(8, 7),
    cube: { shape: [2, 8, 1], data: new Float32Array(16) },
  };
  const fitted = (learned: Record<string, NamedArray>) => network(learned).fit(input, { layers: 2 }, ctx);

  it('are saved before the weights in the order declared, and read again', async () => {
    const artifact = await (await fitted(arrays)).save();
    expect(Object.keys(artifact.weights)).toEqual(['layer.0', 'layer.1', 'cube', 'task/b', 'task/a', 'rows']);
    const again = await network({}).load(artifact, ctx);
    expect((await again.decide(queries))[0]!.ranked[0]!.score).toBe(7);
    expect((await again.save()).weights).toEqual(artifact.weights);
  });

  it('are refused when they are not as declared', async () => {
    const { cube: _, ...without } = arrays;
    await expect(fitted(without)).rejects.toThrow(/declares 'cube' and did not learn it/);
    await expect(fitted({ ...arrays, cube: { shape: [2, 1, 8], data: new Float32Array(16) } })).rejects.toThrow(
      /'cube' as 2 × 1 × 8 .*declares 2 × 8 × 1/,
    );
    await expect(fitted({ ...arrays, 'layer.1': layer(8, NaN) })).rejects.toMatchObject({ code: 'NOT_FINITE' });
    const { manifest, weights } = await (await fitted(arrays)).save();
    const load = (changes: Record<string, NamedArray>) =>
      network({}).load({ manifest, weights: { ...weights, ...changes } }, ctx);
    await expect(load({ 'layer.0': layer(7) })).rejects.toThrow(/'layer.0' is 7 .*expected 8/);
    await expect(load({ 'task/b': { shape: [1, 3], data: new Float32Array(3) } })).rejects.toMatchObject(rejection);
  });
});

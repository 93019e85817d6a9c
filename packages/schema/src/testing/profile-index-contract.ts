import { RouteProfileError } from '../errors.js';
import { createMatrix, rowOf, type Matrix } from '../matrix.js';
import {
  admitsOffer,
  type CatalogueOffer,
  type ProfileFilter,
  type ProfileIndex,
  type ProfileIndexArtifact,
  type ProfileIndexStrategy,
  type ProfileSource,
} from '../profile-index.js';
import { parseOptions } from '../options.js';
import { createRandom } from '../random.js';
import { fingerprint } from './fingerprint.js';
import { rejectionOf } from './rejection.js';
import type { TestRunner } from './runner.js';

/** How the suite builds an index, and what it may miss. */
export interface ProfileIndexContractOptions {
  /** Raw options of the strategy. Default none. */
  options?: Record<string, unknown>;
  /** What similarities are. Default `cosine`. */
  metric?: 'cosine' | 'dot';
  /**
   * Largest difference of a similarity from that of the vectors given. Default 1e-6; of what rounds vectors, as much as it rounds.
   */
  tolerance?: number;
  /** Least recall of the ten nearest, a model within `tolerance` of the tenth counting as found. Default 1. */
  recall?: number;
}

const DIMENSIONS = 24;
const MODELS = 300;
const OFFERS: readonly CatalogueOffer[] = [
  {},
  { price: { input: 0.1, output: 0.4 }, capabilities: { tools: true, region: 'eu' } },
  { price: { input: 3, output: 15 }, capabilities: { tools: true, vision: true, region: 'us' } },
  { price: { input: 0.1, output: 2 }, limits: { contextTokens: 8_000 }, capabilities: { local: true } },
];
const FILTERS: readonly ProfileFilter[] = [
  { requirements: { tools: true } },
  { requirements: { region: 'eu' }, maxPrice: { output: 1 } },
  { requirements: { contextTokens: 9_000 } },
  { maxPrice: { input: 0.1 } },
  { requirements: { local: true, region: 'us' } },
];

/** The suite every index of profiles passes. */
export function describeProfileIndexContract<O>(
  { describe, it, expect }: TestRunner,
  strategy: ProfileIndexStrategy<O>,
  { options: raw = {}, metric = 'cosine', tolerance = 1e-6, recall = 1 }: ProfileIndexContractOptions = {},
): void {
  const ctx = { seed: 7 };
  const { vectors, queries } = synthetic();
  const names = Array.from({ length: MODELS }, (_, i) => `adapter ${i}`);
  const offerOf = (i: number) => OFFERS[i % OFFERS.length]!;
  const all = [...names.keys()];
  const build = (rows: readonly number[] = all) =>
    strategy.build(sourceOf(rows, names, vectors, offerOf), parseOptions(strategy, raw), ctx);
  const similarity = (q: number, row: Float32Array) => {
    const query = rowOf(queries, q);
    const product = dot(query, row);
    const lengths = Math.sqrt(dot(query, query) * dot(row, row));
    return metric === 'dot' ? product : lengths > 0 ? product / lengths : 0;
  };
  const placeOf = new Map(names.map((name, i) => [name, i]));
  /** Share of the ten nearest found; every similarity is that of the vectors, and the list is in order. */
  const judged = async (index: ProfileIndex, held: readonly number[], filter?: ProfileFilter) => {
    const found = await index.search(queries, 10, filter);
    const shares = found.map(({ profiles, admitted }, q) => {
      const allowed = held.filter((i) => filter === undefined || admitsOffer(offerOf(i), filter));
      const exact = allowed.map((i) => similarity(q, rowOf(vectors, i))).sort((a, b) => b - a);
      const wanted = Math.min(10, allowed.length);
      expect(admitted).toBe(allowed.length);
      expect(profiles.length).toBe(wanted);
      expect(new Set(profiles.map(({ model }) => model)).size).toBe(wanted);
      for (const [i, { model, similarity: said }] of profiles.entries()) {
        expect(allowed.includes(placeOf.get(model)!)).toBe(true);
        expect(Math.abs(said - similarity(q, rowOf(vectors, placeOf.get(model)!)))).toBeLessThan(tolerance);
        if (i > 0) expect(said <= profiles[i - 1]!.similarity).toBe(true);
      }
      if (wanted === 0) return 1;
      const near = profiles.filter(
        ({ model }) => similarity(q, rowOf(vectors, placeOf.get(model)!)) >= exact[wanted - 1]! - 2 * tolerance,
      );
      return near.length / wanted;
    });
    return shares.reduce((a, b) => a + b, 0) / shares.length;
  };
  const throughBytes = ({ manifest, arrays }: ProfileIndexArtifact): ProfileIndexArtifact => ({
    manifest: JSON.parse(JSON.stringify(manifest)) as Record<string, unknown>,
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()])),
  });
  const codeOf = async (promise: Promise<unknown>) => {
    const error = await rejectionOf(promise);
    return RouteProfileError.isInstance(error) ? error.code : error;
  };

  describe(`profile index contract: ${strategy.name}`, () => {
    it('declares a name, a summary and spec version 1', () => {
      expect(strategy.specVersion).toBe(1);
      expect(strategy.name.length > 0 && strategy.summary.length > 0).toBe(true);
    });

    it('finds the nearest, with their similarities, and says what it holds', async () => {
      const index = await build();
      expect([index.size, index.dimensions, index.encoder, index.metric]).toEqual([
        MODELS,
        DIMENSIONS,
        'synthetic',
        metric,
      ]);
      expect([...index.models()]).toEqual(names);
      expect(index.bytes).toBeGreaterThan(0);
      expect(await judged(index, all)).toBeGreaterThan(recall - 1e-9);
    });

    it('finds only what the filter admits', async () => {
      const index = await build();
      for (const filter of FILTERS) expect(await judged(index, all, filter)).toBeGreaterThan(recall - 1e-9);
      const each = await index.search(
        queries,
        3,
        Array.from({ length: queries.rows }, (_, q) => FILTERS[q]),
      );
      for (const [q, found] of each.entries())
        expect(found).toEqual((await index.search(rowMatrix(queries, q), 3, FILTERS[q]))[0]);
    });

    it('finds all there are when more are asked for, and none of nothing', async () => {
      const index = await build();
      const [whole] = await index.search(rowMatrix(queries, 0), 2 * MODELS);
      expect(whole!.profiles.map(({ model }) => model).sort()).toEqual([...names].sort());
      expect(whole!.complete).toBe(true);
      expect((await index.search(rowMatrix(queries, 0), 0))[0]!.profiles).toEqual([]);
      const empty = await build([]);
      expect((await empty.search(rowMatrix(queries, 0), 5))[0]).toEqual({ profiles: [], admitted: 0, complete: true });
      await empty.add('first', rowOf(vectors, 0));
      expect((await empty.search(rowMatrix(queries, 0), 5))[0]!.profiles.map(({ model }) => model)).toEqual(['first']);
    });

    it('finds what is added and not what is removed, as an index of the same models would', async () => {
      const index = await build(all.slice(0, 200));
      for (const i of all.slice(200)) await index.add(names[i]!, rowOf(vectors, i), offerOf(i));
      const removed = all.filter((i) => i % 3 === 0);
      for (const i of removed) await index.remove(names[i]!);
      const left = all.filter((i) => i % 3 !== 0);
      expect([...index.models()]).toEqual(left.map((i) => names[i]));
      expect(await judged(index, left)).toBeGreaterThan(recall - 1e-9);
      expect([index.has(names[0]!), index.has(names[1]!)]).toEqual([false, true]);
      for (const i of removed) await index.add(names[i]!, rowOf(vectors, i), offerOf(i));
      expect(index.size).toBe(MODELS);
      expect(await judged(index, all, FILTERS[0])).toBeGreaterThan(recall - 1e-9);
      expect([...index.models()]).toEqual([...left, ...removed].map((i) => names[i]));
    });

    it('puts equal models in the order in which they came', async () => {
      const index = await build();
      const twin = rowOf(vectors, 5);
      for (const name of ['twin b', 'twin a']) await index.add(name, twin);
      for (const { profiles } of await index.search(queries, MODELS + 2)) {
        const equal = profiles.filter(({ model }) => model === names[5] || model.startsWith('twin'));
        expect(equal.map(({ model }) => model)).toEqual([names[5], 'twin b', 'twin a']);
        expect(new Set(equal.map(({ similarity: said }) => said)).size).toBe(1);
      }
    });

    it('gives vectors back, and the same answers after saving and loading', async () => {
      const index = await build();
      await index.remove(names[9]!);
      await index.add('late', rowOf(vectors, 9), OFFERS[1]);
      const loaded = await strategy.load(throughBytes(await index.save()));
      const answers = async (of: ProfileIndex) =>
        fingerprint([...of.models(), await of.search(queries, 10, FILTERS[0])]);
      expect(await answers(loaded)).toBe(await answers(index));
      const held = await loaded.vectors(['late', names[1]!]);
      [9, 1].forEach((i, r) => {
        const [given, own] = [rowOf(vectors, i), rowOf(held, r)];
        expect(Math.abs(similarity(0, given) - similarity(0, own))).toBeLessThan(tolerance);
      });
      for (const of of [index, loaded]) await of.add('later', rowOf(vectors, 3));
      expect(await answers(loaded)).toBe(await answers(index));
    });

    it('gives the same bytes for the same seed', async () => {
      const [one, other] = [await (await build()).save(), await (await build()).save()];
      expect(fingerprint(one) === fingerprint(other)).toBe(true);
    });

    it('refuses what is wrong, and stays as it was', async () => {
      const index = await build();
      const before = fingerprint(await index.search(queries, 10));
      const broken = rowOf(vectors, 0).slice();
      broken[3] = NaN;
      expect(await codeOf(index.add(names[4]!, rowOf(vectors, 0)))).toBe('BAD_INPUT');
      expect(await codeOf(index.add('new', new Float32Array(3)))).toBe('SHAPE_MISMATCH');
      expect(await codeOf(index.add('new', broken))).toBe('NOT_FINITE');
      expect(await codeOf(index.remove('nobody'))).toBe('UNKNOWN_NAME');
      expect(await codeOf(index.vectors(['nobody']))).toBe('UNKNOWN_NAME');
      expect(await codeOf(index.search(createMatrix(1, 3), 1))).toBe('SHAPE_MISMATCH');
      expect(await codeOf(index.search(createMatrix(1, DIMENSIONS, broken), 1))).toBe('NOT_FINITE');
      // What could be saved but not loaded again.
      expect(await codeOf(index.add('', rowOf(vectors, 0)))).toBe('BAD_INPUT');
      for (const offer of [
        { price: { input: -1, output: 1 } },
        { price: { input: 1 } },
        { limits: { contextTokens: NaN } },
      ])
        expect(await codeOf(index.add('new', rowOf(vectors, 0), offer as CatalogueOffer))).toBe('BAD_INPUT');
      for (const count of [-1, 1.5, NaN]) expect(await codeOf(index.search(queries, count))).toBe('BAD_OPTION');
      // A filter that is misspelt must not admit all.
      for (const filter of [{ requirement: {} }, { requirements: { toolz: true } }, { maxPrice: { out: 1 } }]) {
        expect(await codeOf(index.search(queries, 1, filter as ProfileFilter))).toBe('BAD_OPTION');
        expect(await codeOf(index.search(rowMatrix(queries, 0), 1, [filter as ProfileFilter]))).toBe('BAD_OPTION');
      }
      expect(index.has('new') || index.has('')).toBe(false);
      expect(fingerprint(await index.search(queries, 10))).toBe(before);
      expect(await codeOf(build([0, 1, 0]))).toBe('BAD_INPUT');
    });

    it('refuses an artifact with an array missing or cut, or of another strategy', async () => {
      const { manifest, arrays } = throughBytes(await (await build()).save());
      const accepted: string[] = [];
      for (const name of Object.keys(arrays)) {
        const { [name]: array, ...rest } = arrays;
        for (const damaged of [rest, { ...rest, [name]: array!.slice(1) }])
          if ((await codeOf(strategy.load({ manifest, arrays: damaged }))) !== 'CORRUPT_FILE') accepted.push(name);
      }
      expect(accepted).toEqual([]);
      const other = { ...manifest, strategy: 'another' };
      expect(await codeOf(strategy.load({ manifest: other, arrays }))).toBe('CORRUPT_FILE');
    });

    it('stops when asked to', async () => {
      const controller = new AbortController();
      controller.abort();
      const { signal } = controller;
      const source = sourceOf(all, names, vectors, offerOf);
      expect(await codeOf(strategy.build(source, parseOptions(strategy, raw), { ...ctx, signal }))).toBe('ABORTED');
      expect(await codeOf((await build()).search(queries, 1, undefined, { signal }))).toBe('ABORTED');
    });
  });
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);
const rowMatrix = (matrix: Matrix, row: number) => createMatrix(1, matrix.cols, rowOf(matrix, row).slice());

/** Parts of a hundred. */
function sourceOf(
  rows: readonly number[],
  names: readonly string[],
  vectors: Matrix,
  offerOf: (i: number) => CatalogueOffer,
): ProfileSource {
  const part = (some: readonly number[]) => {
    const own = createMatrix(some.length, vectors.cols);
    some.forEach((i, r) => rowOf(own, r).set(rowOf(vectors, i)));
    return { models: some.map((i) => names[i]!), vectors: own, offers: some.map(offerOf) };
  };
  return {
    models: rows.length,
    dimensions: vectors.cols,
    encoder: 'synthetic',
    *rows() {
      for (let at = 0; at < rows.length; at += 100) yield part(rows.slice(at, at + 100));
    },
  };
}

/** Six models far apart, and adapters of each that differ from it by about 1 %; queries from anywhere. */
function synthetic(): { vectors: Matrix; queries: Matrix } {
  const random = createRandom(3, 'profile index');
  const normal = (rows: number) => {
    const out = createMatrix(rows, DIMENSIONS);
    out.data.forEach((_, k, data) => (data[k] = random.normal()));
    return out;
  };
  const bases = normal(6);
  const vectors = normal(MODELS);
  for (let i = 0; i < MODELS; i++)
    rowOf(vectors, i).forEach((x, d, row) => (row[d] = rowOf(bases, i % bases.rows)[d]! + 0.01 * x));
  return { vectors, queries: normal(5) };
}

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { artifactArray } from '../artifact-array.js';
import type { ChatModel, Completion } from '../chat.js';
import type { Encoder } from '../encoder.js';
import { defineMetric, defineProfile, defineRouter } from '../define.js';
import { RouteProfileError } from '../errors.js';
import { throwIfAborted } from '../context.js';
import { createMatrix, fromRows, rowOf, type Matrix } from '../matrix.js';
import type { ProfileStrategy } from '../profile.js';
import { decisionsFromScores, type RouterArtifact, type RouterStrategy, type ScoringRouter } from '../router.js';
import type { QueryBatch } from '../training.js';
import {
  describeChatModelContract,
  describeEncoderContract,
  describeMetricContract,
  describeProfileContract,
  describeRouterContract,
  toyEncoder,
} from './index.js';
import { failingTests } from './failing-tests.js';

/** Nearest profile by dot product: the smallest honest router. */
function dotRouter(models: readonly string[], vectors: Matrix): ScoringRouter {
  const score = async ({ vectors: queries }: QueryBatch) => {
    if (queries?.cols !== vectors.cols) throw new RouteProfileError('SHAPE_MISMATCH', 'width');
    const out = createMatrix(queries.rows, models.length);
    for (let q = 0; q < queries.rows; q++)
      for (let m = 0; m < models.length; m++)
        out.data[q * models.length + m] = rowOf(queries, q).reduce((sum, x, d) => sum + x * rowOf(vectors, m)[d]!, 0);
    return out;
  };
  return {
    models,
    score,
    decide: async (batch) => decisionsFromScores(models, await score(batch)),
    save: async () => ({
      manifest: {
        version: 1,
        strategy: 'dot',
        options: {},
        models: [...models],
        encoder: null,
        dimensions: vectors.cols,
        seed: 0,
        state: {},
      },
      weights: { vectors: { shape: [vectors.rows, vectors.cols], data: vectors.data } },
    }),
  };
}

const dot: RouterStrategy = defineRouter<Record<string, unknown>>({
  name: 'dot',
  summary: 'nearest profile by dot product',
  options: z.record(z.string(), z.unknown()),
  needs: ['vectors'],
  async fit(input, _options, ctx) {
    throwIfAborted(ctx);
    return dotRouter(input.models, input.profiles.vectors);
  },
  async load({ manifest, weights }: RouterArtifact) {
    if (manifest.strategy !== 'dot') throw new RouteProfileError('CORRUPT_FILE', 'not a dot router');
    const [rows, cols] = [manifest.models.length, manifest.dimensions ?? 0];
    const { data } = artifactArray({ manifest, weights }, 'vectors', [rows, cols]);
    return dotRouter(manifest.models, createMatrix(rows, cols, data));
  },
});

const own: ProfileStrategy = defineProfile<Record<string, unknown>>({
  name: 'own-text',
  summary: 'the encoded card',
  options: z.record(z.string(), z.unknown()),
  needs: [],
  designPoint: () => ({ form: 'flat', representation: 'text', hops: 0, learning: 'training-free' }),
  async build(input, options, ctx) {
    throwIfAborted(ctx);
    const cards = new Map(input.cards.map((card) => [card.name, card.text]));
    const texts = input.models.map((model) => {
      const text = cards.get(model);
      if (text === undefined) throw new RouteProfileError('UNKNOWN_NAME', `no card for ${model}`);
      return text;
    });
    return {
      models: [...input.models],
      vectors: await input.encoder.encode(texts, ctx),
      provenance: {
        strategy: 'own-text',
        options,
        designPoint: this.designPoint(options),
        encoder: input.encoder.id,
        graph: null,
        seed: ctx.seed,
        versions: {},
      },
    };
  },
});

const average = defineMetric({
  name: 'average',
  summary: 'mean score of the choices',
  higherIsBetter: true,
  evaluate: ({ choices, table }) =>
    choices.length === 0
      ? null
      : choices.reduce((sum, m, q) => sum + table.values.score[q * table.models.length + m]!, 0) / choices.length,
});

const wins = defineMetric({
  name: 'wins',
  title: 'Wins',
  format: 'percent',
  summary: 'share of rows on which the choice scored above 0',
  higherIsBetter: true,
  perRow: ({ choices, table }) =>
    Float64Array.from(choices, (m, q) => (table.values.score[q * table.models.length + m]! > 0 ? 1 : 0)),
});

const runner = { describe, it, expect };
describeRouterContract(runner, dot);
describeProfileContract(runner, own);
describeEncoderContract(runner, 'toy', () => toyEncoder());
describeMetricContract(runner, average);
describeMetricContract(runner, wins);

/** Repeats the last message. */
const parrot = (change: (completion: Completion) => Partial<Completion> = () => ({})): ChatModel => ({
  specVersion: 1,
  id: 'parrot',
  async complete({ messages }, ctx) {
    throwIfAborted(ctx);
    const usage = { uncachedInput: 9, cacheRead: 0, cacheWrite: 0, output: 9 };
    const completion = { text: messages.at(-1)!.content, usage, estimated: true, truncated: false, attempts: 1 };
    return { ...completion, ...change(completion) };
  },
});
describeChatModelContract(runner, 'parrot', () => parrot());

describe('the suites catch', () => {
  const brokenRouter = (change: (router: ScoringRouter) => Partial<ScoringRouter>): RouterStrategy => ({
    ...dot,
    async fit(input, options, ctx) {
      const router = (await dot.fit(input, options, ctx)) as ScoringRouter;
      return { ...router, ...change(router) };
    },
  });

  it.each<[string, RouterStrategy]>([
    [
      'a router that remembers',
      brokenRouter((router) => {
        let asked = 0;
        return {
          decide: async (q) =>
            asked++ > 0
              ? (await router.decide(q)).map((d) => ({
                  ...d,
                  ranked: d.ranked.map((r) => ({ ...r, score: r.score + asked })),
                }))
              : router.decide(q),
        };
      }),
    ],
    [
      'a router that forgets a model',
      brokenRouter((router) => ({
        decide: async (q) => (await router.decide(q)).map((d) => ({ ...d, ranked: d.ranked.slice(1) })),
      })),
    ],
    [
      'a router that gives NaN',
      brokenRouter((router) => ({
        decide: async (q) =>
          (await router.decide(q)).map((d) => ({ ...d, ranked: d.ranked.map((r) => ({ ...r, score: NaN })) })),
      })),
    ],
    [
      'a router that loads anything',
      {
        ...dot,
        load: async (artifact, ctx) =>
          dot.load({ ...artifact, manifest: { ...artifact.manifest, strategy: 'dot' } }, ctx),
      },
    ],
    ['a router that cannot be stopped', { ...dot, fit: (input, options) => dot.fit(input, options, { seed: 1 }) }],
    [
      'a router that writes to its input',
      {
        ...dot,
        async fit(input, options, ctx) {
          input.profiles.vectors.data[0]! += 1;
          return dot.fit(input, options, ctx);
        },
      },
    ],
  ])('%s', async (_, strategy) => {
    expect((await failingTests((fake) => describeRouterContract(fake, strategy))).length).toBeGreaterThan(0);
  });

  it.each<[string, RouterStrategy, RegExp]>([
    [
      'a router that puts the later of two equal models first',
      brokenRouter((router) => ({
        decide: async (q) =>
          (await router.decide(q)).map((d) => {
            const ranked = [...d.ranked].reverse().sort((a, b) => b.score - a.score);
            return { ...d, model: ranked[0]!.model, ranked };
          }),
      })),
      /breaks ties/,
    ],
    [
      'a router that loads what is cut off',
      {
        ...dot,
        load: async ({ manifest, weights }, ctx) => {
          const { shape, data } = weights['vectors'] ?? { shape: [0], data: new Float32Array(0) };
          const whole = new Float32Array(shape.reduce((a, b) => a * b, 1));
          whole.set(data.subarray(0, whole.length));
          return dot.load({ manifest, weights: { vectors: { shape, data: whole } } }, ctx);
        },
      },
      /array missing, cut/,
    ],
    [
      'a router whose own scores move when a model joins',
      {
        ...dot,
        extend: async ({ manifest, weights }, { profiles }) => {
          if (manifest.strategy !== 'dot' || !weights['vectors']) throw new RouteProfileError('CORRUPT_FILE', '');
          return dotRouter(
            profiles.models,
            createMatrix(
              profiles.vectors.rows,
              profiles.vectors.cols,
              profiles.vectors.data.map((x) => 2 * x),
            ),
          );
        },
      },
      /takes a model in, fitted on outcomes/,
    ],
    ['a router that says it needs outcomes and does not', { ...dot, needs: ['vectors', 'outcomes'] }, /refuses pairs/],
  ])('%s', async (_, strategy, test) => {
    const failed = await failingTests((fake) => describeRouterContract(fake, strategy));
    expect(failed.some((name) => test.test(name))).toBe(true);
  });

  it('a profile of the wrong length, one that ignores unknown models, one with NaN', async () => {
    const change = (edit: (m: Matrix) => Matrix): ProfileStrategy => ({
      ...own,
      build: async (...args) => {
        const set = await own.build(...args);
        return { ...set, vectors: edit(set.vectors) };
      },
    });
    const broken = [
      change((m) => createMatrix(1, m.cols, m.data.slice(0, m.cols))),
      change((m) =>
        createMatrix(
          m.rows,
          m.cols,
          m.data.map(() => NaN),
        ),
      ),
      {
        ...own,
        build: (input, options, ctx) =>
          own.build({ ...input, models: input.models.filter((m) => m !== 'nobody') }, options, ctx),
      } satisfies ProfileStrategy,
    ];
    for (const strategy of broken)
      expect((await failingTests((fake) => describeProfileContract(fake, strategy))).length).toBeGreaterThan(0);
  });

  it('an encoder that loses a row, and a metric that gives NaN', async () => {
    const lossy = () => ({
      ...toyEncoder(),
      encode: async (texts: readonly string[]) => fromRows(texts.slice(1).map(() => new Float32Array(16))),
    });
    expect((await failingTests((fake) => describeEncoderContract(fake, 'lossy', lossy))).length).toBeGreaterThan(2);
    const telling = (unseen: (texts: readonly string[]) => number[]) => () => ({
      ...toyEncoder(),
      unseen: async (texts: readonly string[]) => Float64Array.from(unseen(texts)),
    });
    const encoderFailures = (create: () => Encoder) =>
      failingTests((fake) => describeEncoderContract(fake, 'telling', create));
    expect(await encoderFailures(telling((texts) => texts.map((text) => (text === '' ? 0 : 1))))).toEqual([]);
    expect(await encoderFailures(telling((texts) => texts.map(() => 1.5)))).toHaveLength(1);
    expect(await encoderFailures(telling((texts) => texts.map((_, i) => i / 10)))).toHaveLength(1);
    expect(await encoderFailures(telling(() => [0.5]))).toHaveLength(1);
    expect(
      await failingTests((fake) => describeMetricContract(fake, { ...average, evaluate: () => NaN })),
    ).toHaveLength(2);
  });

  it.each<[string, () => ChatModel]>([
    ['says nothing', () => parrot(() => ({ text: '' }))],
    ['does not trim', () => parrot(({ text }) => ({ text: `${text}\n` }))],
    ['gives NaN for a count', () => parrot(({ usage }) => ({ usage: { ...usage, cacheRead: NaN } }))],
    ['counts reasoning beside the output', () => parrot(({ usage }) => ({ usage: { ...usage, reasoning: 10 } }))],
    ['counts no input', () => parrot(({ usage }) => ({ usage: { ...usage, uncachedInput: 0 } }))],
    ['needed no attempt', () => parrot(() => ({ attempts: 0 }))],
    [
      'counts attempts of other calls',
      () => {
        let attempts = 0;
        return parrot(() => ({ attempts: ++attempts }));
      },
    ],
    ['cannot be stopped', () => ({ ...parrot(), complete: (request) => parrot().complete(request, { seed: 1 }) })],
    [
      'writes to the request',
      () => ({
        ...parrot(),
        complete: (request, ctx) => {
          Object.assign(request.messages[0]!, { content: '' });
          return parrot().complete(request, ctx);
        },
      }),
    ],
    [
      'has another id every time',
      (
        (made = 0) =>
        () => ({ ...parrot(), id: `parrot ${made++}` })
      )(),
    ],
  ])('a chat model that %s', async (_, create) => {
    const failed = await failingTests((fake) => describeChatModelContract(fake, 'broken', create));
    expect(failed.length).toBeGreaterThan(0);
  });
});

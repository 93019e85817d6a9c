import { parseOptions, rowOf, takeRows, type RouterArtifact, type RouterInput } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtInRouters } from '../built-in.js';
import { irtRouter } from '../irt/irt.js';
import { onboardModel, placeModel } from './onboard.js';
import { chooseProbes } from './probes.js';

const ctx = { seed: 6 };
const COUNT = 7;
const { input: whole, queries } = syntheticRouterInput({ models: COUNT, queries: 300 });
const score = whole.training.outcomes!.score;
const rows = score.length / COUNT;
const NEW = COUNT - 1;
const vectors = whole.training.queries.vectors!;
/** The outcomes of some rows, of the known models or of the new one. */
const known = Float64Array.from(score.filter((_, k) => k % COUNT !== NEW));
const ofNew = (probes: Int32Array) => Float64Array.from(probes, (q) => score[q * COUNT + NEW]!);
const poolOf = (probes: Int32Array) => ({
  vectors: takeRows(vectors, probes),
  outcomes: Float64Array.from([...probes].flatMap((q) => [...known.subarray(q * NEW, (q + 1) * NEW)])),
});

const without = (outcomes: boolean): RouterInput => ({
  ...whole,
  models: whole.models.slice(0, NEW),
  candidates: whole.candidates.slice(0, NEW),
  cards: whole.cards.slice(0, NEW),
  training: {
    ...whole.training,
    pairs: whole.training.pairs.filter(({ better, worse }) => better < NEW && worse < NEW),
    outcomes: outcomes ? { ...whole.training.outcomes!, score: known } : null,
  },
});
let artifact: RouterArtifact;
const raw = { dimensions: 3, width: 8, ridge: 8 };
beforeAll(async () => {
  artifact = await (await irtRouter.fit(without(true), parseOptions(irtRouter, raw), ctx)).save();
});

describe('chooseProbes', () => {
  it.each(['prediction', 'information', 'k-center', 'random'] as const)(
    '%s: distinct queries, the first of a larger choice',
    (method) => {
      const pool = { vectors, outcomes: known };
      const few = chooseProbes({ method, budget: 10 }, pool, artifact, ctx);
      const many = chooseProbes({ method, budget: 30 }, pool, artifact, ctx);
      expect(new Set(many).size).toBe(30);
      expect([...many.subarray(0, 10)]).toEqual([...few]);
      expect(chooseProbes({ method, budget: 1000 }, pool, artifact, ctx)).toHaveLength(rows);
    },
  );

  it('k-center comes near every query sooner than chance does', () => {
    const covered = (probes: Int32Array) => {
      let sum = 0;
      for (let q = 0; q < rows; q++) {
        const own = rowOf(vectors, q);
        const cosines = [...probes].map((p) => {
          const other = rowOf(vectors, p);
          const dot = own.reduce((total, x, d) => total + x * other[d]!, 0);
          return dot / (Math.hypot(...own) * Math.hypot(...other));
        });
        sum = Math.max(sum, 1 - Math.max(...cosines));
      }
      return sum;
    };
    const by = (method: 'k-center' | 'random') => covered(chooseProbes({ method, budget: 20 }, { vectors }, null, ctx));
    expect(by('k-center')).toBeLessThan(by('random'));
  });

  it('asks for what it needs', () => {
    expect(() => chooseProbes({ method: 'information', budget: 5 }, { vectors }, null, ctx)).toThrow(/irt router/);
    expect(() => chooseProbes({ method: 'random', budget: 0 }, { vectors }, null, ctx)).toThrow(/budget of 0/);
    const none = { vectors: takeRows(vectors, []) };
    expect(() => chooseProbes({ method: 'random', budget: 1 }, none, null, ctx)).toThrow(/no queries/);
  });
});

describe('onboardModel', () => {
  it('brings a model to where its outcomes are, and leaves the others’ scores alone', async () => {
    const before = await (await irtRouter.load(artifact, ctx)).decide(queries);
    const probes = chooseProbes({ method: 'information', budget: 60 }, { vectors, outcomes: known }, artifact, ctx);
    const copy = structuredClone(artifact);
    const router = await onboardModel(artifact, 'model-6', poolOf(probes), ofNew(probes), ctx);
    expect(artifact).toEqual(copy);
    expect(router.models).toEqual(whole.models);
    const decisions = await router.decide(queries);
    const of = (i: number, model: string, list = decisions) =>
      list[i]!.ranked.find((entry) => entry.model === model)!.score;
    before.forEach((_, i) => {
      for (const model of whole.models.slice(0, NEW)) expect(of(i, model)).toBe(of(i, model, before));
    });
    // It is good at the first task and weak elsewhere, as models 0 and 3 are.
    const mean = (good: boolean) => {
      const own = queries.tasks!.flatMap((task, i) => ((task === 'arithmetic') === good ? [of(i, 'model-6')] : []));
      return own.reduce((a, b) => a + b, 0) / own.length;
    };
    expect(mean(true)).toBeGreaterThan(0.65);
    expect(mean(false)).toBeLessThan(0.5);

    const { manifest, weights } = await router.save();
    expect(manifest.state['joined']).toEqual(['model-6']);
    const stored = { manifest: JSON.parse(JSON.stringify(manifest)) as RouterArtifact['manifest'], weights };
    expect(await (await irtRouter.load(stored, ctx)).decide(queries)).toEqual(decisions);
    // More probes place it anew.
    const { vectors: asked, outcomes } = poolOf(probes);
    const wider = Float64Array.from({ length: 60 * COUNT }, (_, k) =>
      k % COUNT === NEW ? NaN : outcomes[Math.floor(k / COUNT) * NEW + (k % COUNT)]!,
    );
    const again = await onboardModel(stored, 'model-6', { vectors: asked, outcomes: wider }, ofNew(probes), ctx);
    expect(await again.decide(queries)).toEqual(decisions);
  });

  it('refuses a model it was trained on, probes without outcomes, and a router that knows pairs only', async () => {
    const probes = Int32Array.of(0, 1, 2);
    await expect(onboardModel(artifact, 'model-0', poolOf(probes), ofNew(probes), ctx)).rejects.toThrow(
      /outcomes of 'model-0'/,
    );
    expect(() => placeModel(artifact, poolOf(probes), [NaN, NaN, NaN])).toThrow(/no outcome on any probe/);
    expect(() => placeModel(artifact, poolOf(probes), [1])).toThrow(/1 outcomes for 3 probes/);
    const pairs = await (await irtRouter.fit(without(false), parseOptions(irtRouter, raw), ctx)).save();
    expect(() => placeModel(pairs, { vectors: takeRows(vectors, probes) }, ofNew(probes))).toThrow(/pairs/);
    const wrong = { vectors: takeRows(vectors, probes), outcomes: [1, 0] };
    expect(() => placeModel(artifact, wrong, ofNew(probes))).toThrow(/2 outcomes for 3 queries × 6 models/);
  });
});

it('is offered by the strategy that can, and by no other', () => {
  expect(builtInRouters.filter(({ probes }) => probes).map(({ name }) => name)).toEqual(['irt']);
  const pool = { vectors };
  expect(() => irtRouter.probes!.choose(artifact, pool, { method: 'best', budget: 3 }, ctx)).toThrow(/called best/);
});

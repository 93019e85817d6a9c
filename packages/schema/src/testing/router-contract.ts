import type { RunContext } from '../context.js';
import { RouteProfileError } from '../errors.js';
import { createMatrix, rowOf, takeRows } from '../matrix.js';
import { parseOptions } from '../options.js';
import {
  isScoringRouter,
  type Decision,
  type Router,
  type RouterArtifact,
  type RouterInput,
  type RouterStrategy,
} from '../router.js';
import type { QueryBatch } from '../training.js';
import { fingerprint } from './fingerprint.js';
import { interruptAndResume } from './interruption.js';
import { rejectionOf } from './rejection.js';
import type { TestRunner } from './runner.js';
import { syntheticRouterInput } from './synthetic.js';

/** How the suite fits a router. */
export interface RouterContractOptions {
  /** Raw options for the strategy, to keep training short. Default none. */
  options?: Record<string, unknown>;
}

const TOLERANCE = 1e-6;

/** The part of a batch with the given rows, without labels the strategy does not ask for. */
function pick(batch: QueryBatch, rows: number[], needsTasks: boolean): QueryBatch {
  return {
    texts: rows.map((i) => batch.texts[i]!),
    ...(batch.vectors && { vectors: takeRows(batch.vectors, rows) }),
    ...(batch.encoder && { encoder: batch.encoder }),
    ...(batch.ids && { ids: rows.map((i) => batch.ids![i]!) }),
    ...(needsTasks && batch.tasks && { tasks: rows.map((i) => batch.tasks![i]!) }),
  };
}

/** Largest difference of two lists of decisions in any model's score; infinite when they rank other models. */
function distance(a: readonly Decision[], b: readonly Decision[]): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  a.forEach((decision, i) => {
    const other = new Map(b[i]!.ranked.map((entry) => [entry.model, entry.score]));
    for (const { model, score } of decision.ranked)
      largest = Math.max(largest, Math.abs(score - (other.get(model) ?? Infinity)));
  });
  return largest;
}

/**
 * The suite every router passes. Call it in a test file:
 * `describeRouterContract({ describe, it, expect }, myRouter, { options: { epochs: 2 } })`.
 */
export function describeRouterContract<O>(
  { describe, it, expect }: TestRunner,
  strategy: RouterStrategy<O>,
  { options: raw = {} }: RouterContractOptions = {},
): void {
  const needsTasks = strategy.needs.includes('tasks');
  const context = (): RunContext => ({ seed: 11 });
  const fit = async (input: RouterInput, ctx: RunContext = context()): Promise<Router> =>
    strategy.fit(input, parseOptions(strategy, raw), ctx);
  const setUp = async () => {
    const { input, queries } = syntheticRouterInput();
    const all = queries.texts.map((_, i) => i);
    return { input, all, part: (rows: number[]) => pick(queries, rows, needsTasks), router: await fit(input) };
  };

  describe(`router contract: ${strategy.name}`, () => {
    it('declares a name, a summary and spec version 1', () => {
      expect(strategy.kind).toBe('router');
      expect(strategy.specVersion).toBe(1);
      expect(strategy.name.length > 0 && strategy.summary.length > 0).toBe(true);
    });

    it('ranks every model once, best first, with finite scores', async () => {
      const { router, part, all, input } = await setUp();
      expect([...router.models]).toEqual([...input.models]);
      const decisions = await router.decide(part(all));
      expect(decisions.length).toBe(all.length);
      for (const { model, ranked } of decisions) {
        expect(ranked.map((entry) => entry.model).sort()).toEqual([...input.models].sort());
        expect(ranked[0]?.model).toBe(model);
        expect(ranked.every((entry) => Number.isFinite(entry.score))).toBe(true);
        expect(ranked.every((entry, i) => i === 0 || ranked[i - 1]!.score >= entry.score)).toBe(true);
      }
    });

    it('breaks ties by the order of models', async () => {
      const { router, part, all, input } = await setUp();
      const place = new Map(input.models.map((model, i) => [model, i]));
      for (const { ranked } of await router.decide(part(all)))
        expect(
          ranked.every(
            (entry, i) =>
              i === 0 ||
              ranked[i - 1]!.score > entry.score ||
              place.get(ranked[i - 1]!.model)! < place.get(entry.model)!,
          ),
        ).toBe(true);
    });

    it('gives the same answers for the same seed', async () => {
      const { router, part, all, input } = await setUp();
      const again = await fit(input);
      expect(fingerprint(await again.decide(part(all)))).toBe(fingerprint(await router.decide(part(all))));
    });

    it('does not depend on the batch, its order, or what was asked before', async () => {
      const { router, part, all } = await setUp();
      const together = await router.decide(part(all));
      const backwards = (await router.decide(part([...all].reverse()))).reverse();
      const alone: Decision[] = [];
      for (const i of all) alone.push(...(await router.decide(part([i]))));
      expect(distance(together, backwards)).toBeLessThan(TOLERANCE);
      expect(distance(together, alone)).toBeLessThan(TOLERANCE);
      expect(await router.decide(part([]))).toEqual([]);
    });

    it('scores as it decides, if it scores', async () => {
      const { router, part, all } = await setUp();
      if (!isScoringRouter(router)) return;
      const scores = await router.score(part(all));
      expect([scores.rows, scores.cols]).toEqual([all.length, router.models.length]);
      const decisions = await router.decide(part(all));
      decisions.forEach(({ model }, q) => {
        const row = rowOf(scores, q);
        expect(router.models[row.indexOf(Math.max(...row))]).toBe(model);
      });
    });

    it('survives saving and loading, through JSON', async () => {
      const { router, part, all } = await setUp();
      const { manifest, weights } = await router.save();
      expect(manifest.strategy).toBe(strategy.name);
      for (const array of Object.values(weights)) {
        expect(array.shape.reduce((a, b) => a * b, 1)).toBe(array.data.length);
        expect(array.data.every(Number.isFinite)).toBe(true);
      }
      const copy = { manifest: JSON.parse(JSON.stringify(manifest)) as RouterArtifact['manifest'], weights };
      const loaded = await strategy.load(copy, context());
      expect([...loaded.models]).toEqual([...router.models]);
      expect(distance(await router.decide(part(all)), await loaded.decide(part(all)))).toBeLessThan(TOLERANCE);
    });

    it('leaves its input as it was', async () => {
      const { input } = syntheticRouterInput();
      const before = fingerprint(input);
      await fit(input);
      expect(fingerprint(input) === before).toBe(true);
    });

    it('ranks a model that has no training outcome', async () => {
      const { input, queries } = syntheticRouterInput({ newModels: 1 });
      const router = await fit(input);
      const rows = queries.texts.map((_, i) => i);
      for (const { ranked } of await router.decide(pick(queries, rows, needsTasks))) {
        expect(ranked.length).toBe(input.models.length);
        expect(ranked.every((entry) => Number.isFinite(entry.score))).toBe(true);
      }
    });

    it('works from pairs alone', async () => {
      const { input, queries } = syntheticRouterInput({ pairsOnly: true });
      const router = await fit(input);
      expect((await router.decide(pick(queries, [0, 1], needsTasks))).length).toBe(2);
    });

    it('refuses vectors of another width', async () => {
      const { router, part, all } = await setUp();
      if (!strategy.needs.includes('vectors')) return;
      const error = await rejectionOf(router.decide({ ...part(all), vectors: createMatrix(all.length, 3) }));
      expect(RouteProfileError.isInstance(error) && error.code).toBe('SHAPE_MISMATCH');
    });

    it('refuses to learn from nothing, if it learns', async () => {
      if (!strategy.needs.includes('training')) return;
      const { input } = syntheticRouterInput();
      const training = {
        queries: { texts: [], vectors: createMatrix(0, 8), encoder: 'synthetic' },
        tasks: [],
        pairs: [],
        outcomes: null,
      };
      const error = await rejectionOf(
        fit({ ...input, cards: input.cards.map((card) => ({ ...card, scores: new Map() })), training }),
      );
      expect(RouteProfileError.isInstance(error) && error.code).toBe('NO_TRAINING_DATA');
    });

    it('stops when asked to', async () => {
      const { input } = syntheticRouterInput();
      const controller = new AbortController();
      controller.abort();
      const error = await rejectionOf(fit(input, { ...context(), signal: controller.signal }));
      expect(RouteProfileError.isInstance(error) && error.code).toBe('ABORTED');
    });

    it('goes on after an interruption and ends with the same router', async () => {
      const { input } = syntheticRouterInput();
      const saved = async (ctx: RunContext) => fingerprint(await (await fit(input, ctx)).save());
      const { resumed, repeated } = await interruptAndResume(saved, context().seed);
      const whole = await saved(context());
      expect(resumed === whole).toBe(true);
      expect(repeated === whole).toBe(true);
    });

    it('refuses an artifact of another strategy', async () => {
      const { router } = await setUp();
      const { manifest, weights } = await router.save();
      const error = await rejectionOf(
        strategy.load({ manifest: { ...manifest, strategy: 'something else' }, weights }, context()),
      );
      expect(RouteProfileError.isInstance(error) && error.code).toBe('CORRUPT_FILE');
    });
  });
}

import type { RunContext } from '../context.js';
import { RouteProfileError } from '../errors.js';
import { createMatrix, rowOf, takeRows } from '../matrix.js';
import { parseOptions } from '../options.js';
import { isScoringRouter, type Decision, type Router, type RouterInput, type RouterStrategy } from '../router.js';
import { damagesOf, stateDamagesOf } from './damage.js';
import { largestDifference, pickQueries, rankingProblems, throughJson, TOLERANCE } from './decisions.js';
import { fingerprint } from './fingerprint.js';
import { interruptAndResume } from './interruption.js';
import { rejectionOf } from './rejection.js';
import { describeJoining, isJoinable } from './router-joining.js';
import type { TestRunner } from './runner.js';
import { syntheticRouterInput, type SyntheticOptions } from './synthetic.js';

/** How the suite fits a router. */
export interface RouterContractOptions {
  /** Raw options for the strategy, to keep training short. Default none. */
  options?: Record<string, unknown>;
  /**
   * Models with the same profile and the same training outcomes tie. Default true; false for a router with parameters of each
   * model's own that are learned from random samples, so that chance tells equal models apart.
   */
  twinsTie?: boolean;
  /** Profiles carry keyed scores, for routers that read them. Default false. */
  keyed?: boolean;
}

/**
 * The suite every router passes. Call it in a test file:
 * `describeRouterContract({ describe, it, expect }, myRouter, { options: { epochs: 2 } })`.
 */
export function describeRouterContract<O>(
  { describe, it, expect }: TestRunner,
  strategy: RouterStrategy<O>,
  { options: raw = {}, keyed = false, twinsTie = true }: RouterContractOptions = {},
): void {
  const needs = (need: RouterStrategy['needs'][number]) => strategy.needs.includes(need);
  const context = (): RunContext => ({ seed: 11 });
  const fit = async (input: RouterInput, ctx: RunContext = context()): Promise<Router> =>
    strategy.fit(input, parseOptions(strategy, raw), ctx);
  const problem = (options: SyntheticOptions = {}) => {
    const { input, queries } = syntheticRouterInput({ keyed, ...options });
    const all = queries.texts.map((_, i) => i);
    return { input, all, part: (rows: number[]) => pickQueries(queries, rows, needs('tasks')) };
  };
  const setUp = async (options?: SyntheticOptions) => {
    const made = problem(options);
    return { ...made, router: await fit(made.input) };
  };

  describe(`router contract: ${strategy.name}`, () => {
    it('declares a name, a summary and spec version 1', () => {
      expect(strategy.kind).toBe('router');
      expect(strategy.specVersion).toBe(1);
      expect(strategy.name.length > 0 && strategy.summary.length > 0).toBe(true);
    });

    it('ranks every candidate once by its id, best first, with finite scores', async () => {
      const { router, part, all, input } = await setUp();
      expect([...router.models]).toEqual([...input.models]);
      const decisions = await router.decide(part(all));
      expect(decisions.length).toBe(all.length);
      expect(rankingProblems(decisions, input.models)).toEqual([]);
    });

    it('breaks ties by the order of models', async () => {
      if (!twinsTie) return;
      const { router, part, all, input } = await setUp({ twin: true });
      const [first, twin] = [input.models[0]!, input.models.at(-1)!];
      for (const { ranked } of await router.decide(part(all))) {
        const order = ranked.map((entry) => entry.model);
        const [one, other] = [first, twin].map((model) => ranked.find((entry) => entry.model === model)?.score ?? NaN);
        // What cannot be told apart has one score, to the last bit, and the earlier model stands first.
        if (isScoringRouter(router)) expect(one).toBe(other);
        expect(order.indexOf(first)).toBeLessThan(order.indexOf(twin));
      }
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
      expect(largestDifference(together, backwards)).toBeLessThan(TOLERANCE);
      expect(largestDifference(together, alone)).toBeLessThan(TOLERANCE);
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

    it('scores rows of its models as it scores the models, if it scores rows', async () => {
      const { router, part, all, input } = await setUp();
      if (!isScoringRouter(router) || !router.rows) return;
      const { rows } = router;
      const scores = await router.score(part(all));
      const own = rows.own();
      expect([own.rows, rows.probes(part(all)).rows]).toEqual([router.models.length, all.length]);
      expect(own.cols).toBe(rows.probes(part(all)).cols);
      const again = rows.score(
        part(all),
        all.map(() => own),
      );
      expect(again.map((each) => [...each])).toEqual(all.map((q) => [...rowOf(scores, q)]));
      // Backwards, and one query alone: a row's score depends on nothing beside it.
      const order = router.models.map((_, m) => m).reverse();
      const [last] = rows.score(part([1]), [takeRows(own, order)]);
      expect([...last!]).toEqual(order.map((m) => rowOf(scores, 1)[m]!));
      const error = await rejectionOf(Promise.resolve().then(() => rows.of(input.profiles)));
      if (error === undefined) expect([...rows.of(input.profiles).data]).toEqual([...own.data]);
      else expect(RouteProfileError.isInstance(error) && error.code).toBe('UNSUPPORTED');
    });

    it('survives saving and loading, through JSON', async () => {
      const { router, part, all } = await setUp();
      const { manifest, weights } = await router.save();
      expect(manifest.strategy).toBe(strategy.name);
      for (const array of Object.values(weights)) {
        expect(array.shape.reduce((a, b) => a * b, 1)).toBe(array.data.length);
        expect(array.data.every(Number.isFinite)).toBe(true);
      }
      const loaded = await strategy.load(throughJson({ manifest, weights }), context());
      expect([...loaded.models]).toEqual([...router.models]);
      expect(largestDifference(await router.decide(part(all)), await loaded.decide(part(all)))).toBeLessThan(TOLERANCE);
    });

    it('refuses an artifact with an array missing, cut or of another shape', async () => {
      const accepted: string[] = [];
      for (const pairsOnly of needs('outcomes') ? [false] : [false, true]) {
        const { router } = await setUp({ pairsOnly });
        const { manifest, weights } = await router.save();
        for (const { what, weights: damaged } of damagesOf(weights)) {
          const error = await rejectionOf(strategy.load({ manifest, weights: damaged }, context()));
          if (!RouteProfileError.isInstance(error) || error.code !== 'CORRUPT_FILE')
            accepted.push(`${what}: ${error instanceof Error ? error.message : 'loads'}`);
        }
      }
      expect(accepted).toEqual([]);
    });

    it('refuses an artifact with a damaged state, or does not read what is damaged', async () => {
      const accepted: string[] = [];
      const { router, part, all } = await setUp();
      const artifact = throughJson(await router.save());
      const before = await router.decide(part(all));
      for (const { what, state } of stateDamagesOf(artifact.manifest.state)) {
        const damaged = { ...artifact, manifest: { ...artifact.manifest, state } };
        const outcome = strategy.load(damaged, context()).then((loaded) => loaded.decide(part(all)));
        const error = await rejectionOf(outcome);
        const same = error === undefined && largestDifference(before, await outcome) < TOLERANCE;
        if (!same && (!RouteProfileError.isInstance(error) || error.code !== 'CORRUPT_FILE'))
          accepted.push(`${what}: ${error instanceof Error ? error.message : 'decides otherwise'}`);
      }
      expect(accepted).toEqual([]);
    });

    it('leaves its input as it was', async () => {
      const { input } = problem();
      const before = fingerprint(input);
      await fit(input);
      expect(fingerprint(input) === before).toBe(true);
    });

    it('ranks a model that has no training outcome', async () => {
      const { router, part, all, input } = await setUp({ newModels: 1 });
      expect(rankingProblems(await router.decide(part(all)), input.models)).toEqual([]);
    });

    it('learns from outcomes of which some are missing, and saves what it learned', async () => {
      const { router, part, all, input } = await setUp({ missing: 0.3 });
      const decisions = await router.decide(part(all));
      expect(rankingProblems(decisions, input.models)).toEqual([]);
      const loaded = await strategy.load(throughJson(await router.save()), context());
      expect(largestDifference(decisions, await loaded.decide(part(all)))).toBeLessThan(TOLERANCE);
    });

    if (needs('outcomes'))
      it('refuses pairs without outcomes', async () => {
        const error = await rejectionOf(fit(problem({ pairsOnly: true }).input));
        expect(RouteProfileError.isInstance(error) && error.code).toBe('NO_TRAINING_DATA');
      });
    else
      it('works from pairs alone', async () => {
        const { router, part, all, input } = await setUp({ pairsOnly: true });
        expect(rankingProblems(await router.decide(part(all)), input.models)).toEqual([]);
      });

    it('refuses vectors of another width', async () => {
      const { router, part, all } = await setUp();
      if (!needs('vectors')) return;
      const error = await rejectionOf(router.decide({ ...part(all), vectors: createMatrix(all.length, 3) }));
      expect(RouteProfileError.isInstance(error) && error.code).toBe('SHAPE_MISMATCH');
    });

    it('refuses to learn from nothing, if it learns', async () => {
      if (!needs('training') && !needs('outcomes')) return;
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
      const { input } = problem();
      const controller = new AbortController();
      controller.abort();
      const error = await rejectionOf(fit(input, { ...context(), signal: controller.signal }));
      expect(RouteProfileError.isInstance(error) && error.code).toBe('ABORTED');
    });

    it('goes on after an interruption and ends with the same router', async () => {
      const { input } = problem();
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

    if (isJoinable(strategy)) describeJoining({ it, expect }, strategy, { fit, problem, context });
  });
}

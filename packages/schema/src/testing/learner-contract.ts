import { RouteProfileError } from '../errors.js';
import type { JudgedDecision, LearnerArtifact, LearnerStrategy, OnlineLearner } from '../learner.js';
import { rowOf } from '../matrix.js';
import { parseOptions } from '../options.js';
import type { Decision, Router } from '../router.js';
import { damagesOf, stateDamagesOf } from './damage.js';
import { largestDifference, pickQueries, rankingProblems, throughJson, TOLERANCE } from './decisions.js';
import { fingerprint } from './fingerprint.js';
import type { TestRunner } from './runner.js';
import { syntheticRouterInput } from './synthetic.js';

/** How the suite makes a learner. */
export interface LearnerContractOptions {
  /** Raw options for the strategy. Default none. */
  options?: Record<string, unknown>;
}

const SEED = 11;
const context = () => ({ seed: SEED });

/** A fitted router that knows little: chances by model and by the query's first number. The last model may not answer. */
function fittedRouter(models: readonly string[], chances = true): Router {
  return {
    models,
    async decide({ texts, vectors }) {
      return texts.map((_, q): Decision => {
        const x = vectors ? rowOf(vectors, q)[0]! : 0;
        const ranked = models
          .slice(0, -1)
          .map((model, m) => {
            const chance = 1 / (1 + Math.exp(-0.4 * x * (m - 1) - 0.2));
            return chances ? { model, score: chance, probability: chance } : { model, score: chance };
          })
          .sort((a, b) => b.score - a.score);
        return { model: ranked[0]!.model, ranked, reasons: [{ kind: 'fitted', text: 'as fitted' }] };
      });
    },
    save: () => Promise.reject(new RouteProfileError('UNSUPPORTED', 'a router of a test is not saved')),
  };
}

/** Every model's answer to every training query, judged. @param reward of a model, by its place, for a query, by its place */
function judgments(
  { input }: ReturnType<typeof syntheticRouterInput>,
  reward: (model: number, query: number) => number,
): JudgedDecision[] {
  const { queries } = input.training;
  return queries.texts.flatMap((_, q) =>
    input.models.map((model, m) => ({
      id: `decision-${q}-${m}`,
      vector: rowOf(queries.vectors!, q).slice(),
      model,
      reward: reward(m, q),
      propensity: 1 / input.models.length,
      expected: 0.5,
    })),
  );
}

/**
 * The suite every learner passes. Call it in a test file:
 * `describeLearnerContract({ describe, it, expect }, myLearner, { options: { window: 500 } })`.
 */
export function describeLearnerContract<O>(
  { describe, it, expect }: TestRunner,
  strategy: LearnerStrategy<O>,
  { options: raw = {} }: LearnerContractOptions = {},
): void {
  const problem = syntheticRouterInput({ models: 4, queries: 60 });
  const { models } = problem.input;
  const router = fittedRouter(models);
  const queries = pickQueries(
    problem.queries,
    problem.queries.texts.map((_, q) => q),
    false,
  );
  const outcomes = problem.input.training.outcomes!.score;
  const judged = judgments(problem, (m, q) => outcomes[q * models.length + m]!);
  const half = judged.length / 2;
  const begin = (around = router) => strategy.begin(around, parseOptions(strategy, raw), context());
  const resume = (artifact: LearnerArtifact, around = router) => strategy.resume(artifact, around, context());
  const decide = (learner: OnlineLearner) => learner.snapshot().router.decide(queries);
  const taught = (lessons: readonly JudgedDecision[]) => {
    const learner = begin();
    learner.observe(lessons);
    return learner;
  };
  const bytes = async (learner: OnlineLearner) => fingerprint([learner.save(), await decide(learner)]);
  const errorOf = (run: () => unknown): unknown => {
    try {
      run();
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const codeOf = (error: unknown) => (RouteProfileError.isInstance(error) ? error.code : error);

  describe(`learner contract: ${strategy.name}`, () => {
    it('declares a name, a summary, spec version 1, and options with defaults', () => {
      expect([strategy.kind, strategy.specVersion]).toEqual(['learner', 1]);
      expect(strategy.name.length > 0 && strategy.summary.length > 0).toBe(true);
      expect(errorOf(() => parseOptions(strategy, {}))).toBe(undefined);
    });

    it('decides as the fitted router with nothing observed, bit for bit', async () => {
      const learner = begin();
      expect([learner.observed, learner.snapshot().version]).toEqual([0, 0]);
      expect(fingerprint(await decide(learner))).toBe(fingerprint(await router.decide(queries)));
      expect(fingerprint(await decide(resume(throughJsonOf(learner))))).toBe(fingerprint(await router.decide(queries)));
    });

    it('counts what it learns from, and learns from a decision once', async () => {
      const learner = begin();
      expect(learner.observe(judged.slice(0, half))).toBe(half);
      const before = await bytes(learner);
      expect(learner.observe([...judged.slice(0, half), ...judged.slice(0, 3)])).toBe(0);
      expect(await bytes(learner)).toBe(before);
      expect(learner.observe([judged[half]!, judged[half]!])).toBe(1);
      expect(learner.observed).toBe(half + 1);
      expect(learner.snapshot().version).toBe(half + 1);
      expect(resume(throughJsonOf(learner)).observe(judged.slice(0, half + 1))).toBe(0);
    });

    it('skips models that the router does not have', async () => {
      const learner = taught(judged.slice(0, half));
      const before = await bytes(learner);
      expect(learner.observe([{ ...judged[half]!, model: 'unheard of' }])).toBe(0);
      expect(await bytes(learner)).toBe(before);
    });

    it('refuses what it cannot learn from, and has then learned from nothing', async () => {
      const learner = taught(judged.slice(0, half));
      const before = await bytes(learner);
      const next = judged[half]!;
      for (const wrong of [
        { reward: -0.1 },
        { reward: 1.1 },
        { reward: NaN },
        { vector: new Float32Array(3) },
        { vector: next.vector!.map(() => NaN) },
      ]) {
        const batch = [next, { ...judged[half + 1]!, ...wrong }];
        expect([wrong, codeOf(errorOf(() => learner.observe(batch)))]).toEqual([wrong, 'BAD_INPUT']);
      }
      expect(await bytes(learner)).toBe(before);
    });

    it('learns the same whatever the batches, and leaves what it is given as it was', async () => {
      const together = taught(judged);
      const given = fingerprint(judged);
      const oneByOne = begin();
      for (const each of judged) {
        const own = { ...each, vector: each.vector!.slice() };
        oneByOne.observe([own]);
        own.vector.fill(0);
      }
      expect(await bytes(oneByOne)).toBe(await bytes(together));
      expect(fingerprint(judged)).toBe(given);
    });

    it('gives snapshots that do not change', async () => {
      const learner = taught(judged.slice(0, half));
      const snapshot = learner.snapshot();
      const before = fingerprint(await snapshot.router.decide(queries));
      learner.observe(judged.slice(half));
      expect(snapshot.version).toBe(half);
      expect(fingerprint(await snapshot.router.decide(queries))).toBe(before);
      expect(fingerprint(await decide(learner)) === before).toBe(false);
    });

    it('gives the same bytes for the same seed and observations', async () => {
      expect(await bytes(taught(judged))).toBe(await bytes(taught(judged)));
    });

    it('goes on after saving, through JSON, as if it had not been saved', async () => {
      const straight = taught(judged);
      const resumed = resume(throughJsonOf(taught(judged.slice(0, half))));
      expect(resumed.observed).toBe(half);
      resumed.observe(judged.slice(half));
      expect(await bytes(resumed)).toBe(await bytes(straight));
      for (const { shape, data } of Object.values(straight.save().weights)) {
        expect(shape.reduce((a, b) => a * b, 1)).toBe(data.length);
        expect(data.every(Number.isFinite)).toBe(true);
      }
    });

    it('ranks the models that the fitted router ranks, best first, with chances', async () => {
      const decisions = await decide(taught(judged));
      expect(rankingProblems(decisions.map(withoutDraw), models.slice(0, -1))).toEqual([]);
      for (const { model, ranked, propensity = 1 } of decisions) {
        expect(ranked[0]!.model).toBe(model);
        expect(propensity > 0 && propensity <= 1).toBe(true);
        expect(ranked.every(({ probability = -1 }) => probability >= 0 && probability <= 1)).toBe(true);
      }
    });

    it('decides whatever the batch, its order, or what was asked before', async () => {
      const learner = taught(judged);
      const all = queries.texts.map((_, q) => q);
      const together = await decide(learner);
      const snapshot = learner.snapshot().router;
      const backwards = (await snapshot.decide(pickQueries(queries, [...all].reverse(), false))).reverse();
      const alone: Decision[] = [];
      for (const q of all) alone.push(...(await snapshot.decide(pickQueries(queries, [q], false))));
      for (const other of [backwards, alone]) {
        expect(largestDifference(together, other)).toBeLessThan(TOLERANCE);
        expect(other.map(({ model }) => model)).toEqual(together.map(({ model }) => model));
      }
      expect(await snapshot.decide(pickQueries(queries, [], false))).toEqual([]);
    });

    it('comes to choose a model that is always right, away from one that never is', async () => {
      const [favourite] = (await router.decide(queries)).map(({ model }) => model);
      const right = models.findIndex((model) => model !== favourite);
      const decisions = await decide(taught(judgments(problem, (m) => (m === right ? 1 : 0))));
      const share = decisions.filter(({ model }) => model === models[right]).length / decisions.length;
      expect(share).toBeGreaterThan(0.7);
    });

    it('refuses a router without chances when it decides, before anything is learned', async () => {
      const bare = fittedRouter(models, false);
      let error: unknown;
      try {
        await begin(bare).snapshot().router.decide(queries);
      } catch (thrown) {
        error = thrown;
      }
      expect(codeOf(error)).toBe('UNSUPPORTED');
    });

    it('refuses what another learner saved, of other models, or damaged', () => {
      const { manifest, weights } = throughJsonOf(taught(judged));
      const refusals: Partial<LearnerArtifact>[] = [
        { manifest: { ...manifest, learner: 'something else' } },
        { manifest: { ...manifest, models: [...models].reverse() } },
        { manifest: { ...manifest, observed: -1 } },
        { manifest: { ...manifest, options: { unheard: true } } },
        ...damagesOf(weights).map((damage) => ({ weights: damage.weights })),
        ...stateDamagesOf(manifest.state).flatMap(({ what, state }) =>
          what.endsWith('missing') ? [] : [{ manifest: { ...manifest, state } }],
        ),
      ];
      for (const part of refusals) {
        const error = errorOf(() => resume({ manifest, weights, ...part }));
        expect([Object.keys(part), codeOf(error)]).toEqual([Object.keys(part), 'CORRUPT_FILE']);
      }
    });
  });
}

/** As a file would hold it. */
const throughJsonOf = (learner: OnlineLearner): LearnerArtifact => throughJson(learner.save());

/** A drawn model stands first, whatever its score. */
const withoutDraw = (decision: Decision): Decision => {
  const ranked = [...decision.ranked].sort((a, b) => b.score - a.score);
  return { ...decision, model: ranked[0]!.model, ranked };
};

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RouteProfileError } from '../errors.js';
import type { JudgedDecision, LearnerArtifact, LearnerStrategy, OnlineLearner } from '../learner.js';
import type { Decision, Router } from '../router.js';
import { describeLearnerContract } from './index.js';
import { failingTests } from './failing-tests.js';

type Rewards = Record<string, number[]>;

/** Each model's mean reward, the chance by the router counting as much as ten: the smallest honest learner. */
const toy: LearnerStrategy = {
  kind: 'learner',
  specVersion: 1,
  name: 'toy',
  summary: 'mean rewards',
  options: z.strictObject({}),
  begin: (router, _options, ctx) => learning(router, ctx.seed, {}, new Set(), null),
  resume({ manifest, weights }, router) {
    const state = z.object({ seed: z.number(), ids: z.array(z.string()), dimensions: z.number().nullable() });
    const parsed = state.safeParse(manifest.state);
    const [list, of] = [weights['rewards'], weights['models']];
    const fits =
      manifest.learner === 'toy' &&
      manifest.models.join() === router.models.join() &&
      Object.keys(manifest.options).length === 0 &&
      parsed.success &&
      manifest.observed === parsed.data.ids.length &&
      [list, of].every((array) => array?.shape.length === 1 && array.shape[0] === array.data.length) &&
      list?.data.length === manifest.observed &&
      of?.data.length === manifest.observed;
    if (!fits || !parsed.success) throw new RouteProfileError('CORRUPT_FILE', 'toy');
    const rewards: Rewards = {};
    list.data.forEach((reward, i) => (rewards[router.models[of.data[i]!]!] ??= []).push(reward));
    return learning(router, parsed.data.seed, rewards, new Set(parsed.data.ids), parsed.data.dimensions);
  },
};

function learning(
  router: Router,
  seed: number,
  rewards: Rewards,
  ids: Set<string>,
  length: number | null,
): OnlineLearner {
  let dimensions = length;
  return {
    get observed() {
      return ids.size;
    },
    observe(judged) {
      for (const { reward, vector } of judged) {
        dimensions ??= vector!.length;
        if (!(reward >= 0 && reward <= 1) || vector?.length !== dimensions || !vector.every(Number.isFinite))
          throw new RouteProfileError('BAD_INPUT', 'toy');
      }
      const before = ids.size;
      for (const { id, model, reward } of judged) {
        if (ids.has(id) || !router.models.includes(model)) continue;
        ids.add(id);
        (rewards[model] ??= []).push(Math.fround(reward));
      }
      return ids.size - before;
    },
    snapshot() {
      const frozen = structuredClone(rewards);
      return {
        version: ids.size,
        router: {
          ...router,
          decide: async (queries) =>
            (await router.decide(queries)).map((decision) => learned(decision, frozen, router.models)),
        },
      };
    },
    save(): LearnerArtifact {
      const flat = router.models.flatMap((model, m) => (rewards[model] ?? []).map((reward) => [m, reward] as const));
      const array = (at: 0 | 1) => ({ shape: [flat.length], data: Float32Array.from(flat, (pair) => pair[at]) });
      return {
        manifest: {
          ...{ version: 1, learner: 'toy', options: {}, models: [...router.models], observed: ids.size },
          state: { seed, ids: [...ids], dimensions },
        },
        weights: { models: array(0), rewards: array(1) },
      };
    },
  };
}

function learned(decision: Decision, rewards: Rewards, models: readonly string[]): Decision {
  const ranked = decision.ranked.map((entry) => {
    if (entry.probability === undefined) throw new RouteProfileError('UNSUPPORTED', 'toy');
    const own = rewards[entry.model] ?? [];
    if (own.length === 0) return entry;
    const chance = (own.reduce((a, b) => a + b) + 10 * entry.probability) / (own.length + 10);
    return { ...entry, score: chance, probability: chance };
  });
  ranked.sort((a, b) => b.score - a.score || models.indexOf(a.model) - models.indexOf(b.model));
  return { ...decision, model: ranked[0]!.model, ranked };
}

describeLearnerContract({ describe, it, expect }, toy);

/** The toy with one thing changed of what `begin` and `resume` give. */
const broken = (change: (learner: OnlineLearner) => Partial<OnlineLearner>): LearnerStrategy => {
  const changed = (learner: OnlineLearner): OnlineLearner => {
    const whole: OnlineLearner = {
      get observed() {
        return learner.observed;
      },
      observe: (judged) => learner.observe(judged),
      snapshot: () => learner.snapshot(),
      save: () => learner.save(),
    };
    return Object.defineProperties(whole, Object.getOwnPropertyDescriptors(change(learner)));
  };
  return {
    ...toy,
    begin: (...given) => changed(toy.begin(...given)),
    resume: (...given) => changed(toy.resume(...given)),
  };
};

describe('the learner contract finds a learner that', () => {
  let made = 0;
  it.each<[string, LearnerStrategy]>([
    ['learns nothing', broken(() => ({ observe: (judged: readonly JudgedDecision[]) => judged.length }))],
    [
      'learns from a decision again',
      broken((learner) => ({
        observe: (judged) => learner.observe(judged.map((each) => ({ ...each, id: `${made++}` }))),
      })),
    ],
    [
      'changes its snapshots',
      broken((learner) => ({
        snapshot: () => ({
          version: learner.observed,
          router: { ...learner.snapshot().router, decide: (queries) => learner.snapshot().router.decide(queries) },
        }),
      })),
    ],
    [
      'accepts any reward',
      broken((learner) => ({
        observe: (judged) => learner.observe(judged.map((each) => ({ ...each, reward: 0.5 }))),
      })),
    ],
    [
      'learns from the first half of a batch that it refuses',
      broken((learner) => ({ observe: (judged) => judged.reduce((sum, each) => sum + learner.observe([each]), 0) })),
    ],
    [
      'forgets what it knows when it is saved',
      broken((learner) => ({
        save: () => {
          const { manifest, weights } = learner.save();
          return { manifest: { ...manifest, state: { ...manifest.state, ids: [] } }, weights };
        },
      })),
    ],
    ['resumes what another saved', { ...toy, resume: (_artifact, router, ctx) => toy.begin(router, {}, ctx) }],
  ])('%s', async (_, strategy) => {
    const failed = await failingTests((fake) => describeLearnerContract(fake, strategy));
    expect(failed.length).toBeGreaterThan(0);
  });
});

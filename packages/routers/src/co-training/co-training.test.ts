import {
  createMatrix,
  isScoringRouter,
  parseOptions,
  rowOf,
  takeRows,
  type KeyedScores,
  type Matrix,
  type ProfileSet,
  type Router,
  type RouterArtifact,
  type RouterInput,
  type RouterStrategy,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { graphRouter } from '../graph/graph.js';
import { mlpRouter } from '../mlp/mlp.js';
import { coTrainedProfiles } from './saved.js';

const SMALL = { hidden: 16, epochs: 3, coTrainRate: 100 };
const KINDS = ['adapter', 'residual', 'keyed'] as const;

/** Card scores by task, with training queries of the task as keys. */
function keyedScores({ cards, training }: RouterInput, models: readonly string[]): KeyedScores {
  const { vectors } = training.queries;
  const labels = training.tasks.slice(0, 12).map((task) => task ?? '');
  const keys = createMatrix(labels.length, vectors!.cols, vectors!.data.slice(0, labels.length * vectors!.cols));
  const scores = createMatrix(models.length, labels.length);
  models.forEach((model, m) => {
    const card = cards.find(({ name }) => name === model)!;
    labels.forEach((label, k) => (rowOf(scores, m)[k] = card.scores.get(label)!.value / 100));
  });
  return { keys, labels, scores };
}

const withKeyed = (input: RouterInput, models = input.profiles.models): RouterInput => ({
  ...input,
  profiles: { ...input.profiles, keyed: keyedScores(input, models) },
});

// What `adapter` does, `residual` does too.
for (const strategy of [mlpRouter, graphRouter] as RouterStrategy[])
  describe.each(['residual', 'keyed'])(`${strategy.name}, co-trained: %s`, (coTrain) => {
    const options = { ...SMALL, coTrain };
    // A residual has a row of each model's own, learned from pairs drawn at random.
    const suite = { options, keyed: coTrain === 'keyed', twinsTie: coTrain !== 'residual' };
    describeRouterContract({ describe, it, expect }, strategy, suite);
  });

const { input: plain, queries } = syntheticRouterInput({ queries: 90, models: 4, newModels: 1 });
const whole = withKeyed(plain);

const fit = (strategy: RouterStrategy, raw: object, input = whole, seed = 1): Promise<Router> =>
  strategy.fit(input, parseOptions(strategy, { ...SMALL, ...raw }), { seed });
const learnedBy = async (strategy: RouterStrategy, raw: object, input = whole, seed = 1) =>
  coTrainedProfiles(await (await fit(strategy, raw, input, seed)).save());
async function scoresOf(router: Router): Promise<Matrix> {
  if (!isScoringRouter(router)) throw new Error('it does not score');
  return router.score(queries);
}

describe.each<RouterStrategy>([mlpRouter, graphRouter])('$name', (strategy) => {
  it.each(KINDS)(
    'moves the profiles, more at a higher rate, and shows them beside the frozen ones (%s)',
    async (kind) => {
      const slow = await learnedBy(strategy, { coTrain: kind, coTrainRate: 1 });
      const fast = await learnedBy(strategy, { coTrain: kind });
      expect(slow.movement).toBeGreaterThan(0);
      expect(fast.movement).toBeGreaterThan(5 * slow.movement);
      expect(fast.models).toEqual(whole.models);
      expect(fast.frozen).toEqual(slow.frozen);
      expect(fast.vectors.rows).toBe(4);
      const { state } = (await (await fit(strategy, { coTrain: kind })).save()).manifest;
      const { movement, frozenCosine, learnedCosine } = fast;
      expect(state['coTrain']).toMatchObject({ movement, frozenCosine, learnedCosine });
      expect(Math.abs(learnedCosine - frozenCosine)).toBeGreaterThan(0);
    },
  );

  it.each(KINDS)('learns the same profiles for a seed and others for another (%s)', async (coTrain) => {
    const bytes = async (seed: number) => (await learnedBy(strategy, { coTrain }, whole, seed)).vectors;
    expect(await bytes(5)).toEqual(await bytes(5));
    expect(await bytes(5)).not.toEqual(await bytes(6));
  });

  it.each(KINDS)(
    'gives a model without training rows the profile of its twin, less what is free (%s)',
    async (coTrain) => {
      const twin = { ...whole.profiles, vectors: takeRows(whole.profiles.vectors, [0, 1, 2, 0]) };
      twin.keyed = { ...twin.keyed!, scores: takeRows(twin.keyed!.scores, [0, 1, 2, 0]) };
      const { vectors } = await learnedBy(strategy, { coTrain }, { ...whole, profiles: twin });
      if (coTrain === 'residual') expect(rowOf(vectors, 3)).not.toEqual(rowOf(vectors, 0));
      else expect(rowOf(vectors, 3)).toEqual(rowOf(vectors, 0));
    },
  );

  it('decays to no change', async () => {
    const still = await learnedBy(strategy, { coTrain: 'residual', coTrainRate: 100, coTrainDecay: 90 });
    const free = await learnedBy(strategy, { coTrain: 'residual', coTrainRate: 100, coTrainDecay: 0 });
    expect(still.movement).toBeLessThan(free.movement);
  });

  it('refuses what co-training cannot be', async () => {
    await expect(fit(strategy, { coTrain: 'keyed' }, plain)).rejects.toThrow(/coTrain=keyed needs profiles with keyed/);
    expect(() => parseOptions(strategy, { compat: true, coTrain: 'adapter' })).toThrow(/coTrain=none; leave out one/);
    const frozen = await (await fit(strategy, {})).save();
    expect(() => coTrainedProfiles(frozen)).toThrow(/was not co-trained/);
    expect(frozen.manifest.state['coTrain']).toBeUndefined();
  });

  it.each(KINDS)('refuses damaged weights by name (%s)', async (coTrain) => {
    const artifact = await (await fit(strategy, { coTrain })).save();
    const load = (weights: RouterArtifact['weights']) => strategy.load({ ...artifact, weights }, { seed: 1 });
    for (const name of Object.keys(artifact.weights).filter((key) => /^(coTrain\.|profiles)/.test(key))) {
      const { [name]: _, ...without } = artifact.weights;
      await expect(load(without)).rejects.toThrow(name);
      const poisoned = structuredClone(artifact.weights);
      poisoned[name]!.data[0] = NaN;
      await expect(load(poisoned)).rejects.toThrow(name);
    }
  });

  it('takes scores that are missing, and tasks that nobody was measured on', async () => {
    const keyed = structuredClone(whole.profiles.keyed!);
    rowOf(keyed.scores, 1).fill(NaN);
    keyed.labels.forEach((label, k) => {
      if (label === 'code') for (let m = 0; m < 4; m++) rowOf(keyed.scores, m)[k] = NaN;
    });
    const { vectors, frozen } = await learnedBy(
      strategy,
      { coTrain: 'keyed' },
      { ...whole, profiles: { ...whole.profiles, keyed } },
    );
    expect(rowOf(vectors, 1)).toEqual(rowOf(frozen, 1));
    expect(rowOf(vectors, 0)).not.toEqual(rowOf(frozen, 0));
  });
});

/** The rows of a set for its first models. */
const firstOf = (set: ProfileSet, count: number): ProfileSet => {
  const rows = Array.from({ length: count }, (_, m) => m);
  return {
    ...set,
    models: set.models.slice(0, count),
    vectors: takeRows(set.vectors, rows),
    keyed: { ...set.keyed!, scores: takeRows(set.keyed!.scores, rows) },
  };
};

describe.each(KINDS)('a model joins a co-trained mlp: %s', (coTrain) => {
  const { outcomes: _, ...training } = plain.training;
  const before: RouterInput = {
    ...whole,
    models: whole.models.slice(0, 3),
    profiles: firstOf(whole.profiles, 3),
    training: {
      ...training,
      outcomes: null,
      pairs: training.pairs.filter(({ better, worse }) => better < 3 && worse < 3),
    },
  };
  const joining = { profiles: whole.profiles, cards: whole.cards.slice(3) };

  it('by the learned function, and leaves the others as they are, bit for bit', async () => {
    const router = await fit(mlpRouter, { coTrain }, before);
    const artifact = await router.save();
    const extended = await mlpRouter.extend!(artifact, joining, { seed: 1 });
    const [own, all] = [await scoresOf(router), await scoresOf(extended)];
    for (let q = 0; q < own.rows; q++) expect(rowOf(all, q).slice(0, 3)).toEqual(rowOf(own, q));
    const saved = await extended.save();
    const [was, is] = [coTrainedProfiles(artifact), coTrainedProfiles(saved)];
    expect(takeRows(is.vectors, [0, 1, 2])).toEqual(was.vectors);
    expect(rowOf(is.vectors, 3)).not.toEqual(rowOf(is.frozen, 3));
    const stored = {
      manifest: JSON.parse(JSON.stringify(saved.manifest)) as RouterArtifact['manifest'],
      weights: saved.weights,
    };
    expect(await scoresOf(await mlpRouter.load(stored, { seed: 1 }))).toEqual(all);
  });

  it('alike when it is like a model that was there, apart from what is free', async () => {
    const artifact = await (await fit(mlpRouter, { coTrain }, before)).save();
    const joined = coTrainedProfiles(await (await mlpRouter.extend!(artifact, joining, { seed: 1 })).save());
    const twin = { ...whole.profiles, vectors: takeRows(whole.profiles.vectors, [0, 1, 2, 1]) };
    twin.keyed = { ...twin.keyed!, scores: takeRows(twin.keyed!.scores, [0, 1, 2, 1]) };
    const like = coTrainedProfiles(
      await (await mlpRouter.extend!(artifact, { ...joining, profiles: twin }, { seed: 1 })).save(),
    );
    if (coTrain !== 'residual') expect(rowOf(like.vectors, 3)).toEqual(rowOf(like.vectors, 1));
    expect(rowOf(like.vectors, 3)).not.toEqual(rowOf(joined.vectors, 3));
  });

  it('unless its scores are not there to be read', async () => {
    const artifact = await (await fit(mlpRouter, { coTrain }, before)).save();
    const { keyed: _, ...without } = whole.profiles;
    const extended = mlpRouter.extend!(artifact, { ...joining, profiles: without }, { seed: 1 });
    if (coTrain === 'keyed') await expect(extended).rejects.toMatchObject({ code: 'BAD_INPUT' });
    else expect((await extended).models).toEqual(whole.models);
  });
});

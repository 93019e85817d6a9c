import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInRouters } from '@routeprofile/routers';
import {
  createMatrix,
  parseOptions,
  type Dataset,
  type OutcomeValues,
  takeRows,
  type PreferencePair,
  type ProfileSet,
  type RouterInput,
} from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { queryBatch, routerInput } from './router-input.js';

const { input, queries } = syntheticRouterInput({ models: 4, queries: 30 });
const MODELS = 4;
const FRESH = 2;
const fresh = input.models[FRESH]!;
const vectors = input.training.queries.vectors!;
const records = input.training.queries.texts.map((text, i) => ({ id: `q${i}`, text, task: input.training.tasks[i]! }));
const testVectors = queries.vectors ?? createMatrix(0, 0);

/** A dataset that, by mistake or malice, holds outcomes and pairs of its new model. */
const datasetWith = (outcomes: OutcomeValues | null, pairs: readonly PreferencePair[]): Dataset => ({
  name: 'leaky',
  layout: 'outcomes',
  mode: 'newllm',
  queryText: 'raw',
  simulated: true,
  hash: 'leaky',
  candidates: input.candidates,
  newModels: [fresh],
  leftOut: [],
  cards: input.cards,
  families: [],
  tasks: [],
  domains: [],
  taskQueries: [],
  train: { queries: records, pairs, outcomes },
  test: { models: input.models, queries: [], values: input.training.outcomes! },
  overlap: 0,
  warnings: [],
});

/** Keyed scores, for routers that read them: a few training queries, and what cards say of their tasks. */
const KEYS = 12;
const profiles: ProfileSet = {
  ...input.profiles,
  keyed: {
    keys: takeRows(
      vectors,
      Array.from({ length: KEYS }, (_, k) => k),
    ),
    labels: input.training.tasks.slice(0, KEYS).map(String),
    scores: createMatrix(
      MODELS,
      KEYS,
      Float32Array.from(
        input.cards.flatMap(({ scores }) =>
          input.training.tasks.slice(0, KEYS).map((task) => scores.get(String(task))!.value / 100),
        ),
      ),
    ),
    queries: Int32Array.from({ length: KEYS }, (_, k) => k),
  },
};

const given = (outcomes: OutcomeValues | null, pairs: readonly PreferencePair[]): RouterInput =>
  routerInput(datasetWith(outcomes, pairs), profiles, { vectors, encoder: 'synthetic' });

/** The same numbers but for the new model, whose column is as given. */
const withColumn = (values: OutcomeValues, column: readonly number[]): OutcomeValues => {
  const change = (old: Float64Array) =>
    old.map((x, k) => (k % MODELS === FRESH ? column[Math.floor(k / MODELS) % column.length]! : x));
  const { score, cost, inputTokens, outputTokens, latency } = values;
  return {
    score: change(score),
    cost: change(cost),
    inputTokens: change(inputTokens),
    outputTokens: change(outputTokens),
    latency: change(latency),
  };
};

/** What is said of the new model, in outcomes and in pairs. */
const leak = fc.record({
  column: fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(NaN)), {
    minLength: 1,
    maxLength: records.length,
  }),
  pairs: fc.array(
    fc
      .record({
        query: fc.nat(records.length - 1),
        other: fc.constantFrom(...[...input.models.keys()].filter((m) => m !== FRESH)),
        wins: fc.boolean(),
      })
      .map(({ query, other, wins }) => ({ query, better: wins ? FRESH : other, worse: wins ? other : FRESH })),
    { maxLength: 20 },
  ),
});
const { outcomes: measured, pairs: known } = input.training;
const oldPairs = known.filter(({ better, worse }) => better !== FRESH && worse !== FRESH);

describe('what a router is given', () => {
  it('says nothing of a new model but its profile and its card', () => {
    fc.assert(
      fc.property(leak, ({ column, pairs }) => {
        const {
          training,
          models,
          cards,
          profiles: set,
        } = given(withColumn(measured!, column), [...pairs, ...oldPairs]);
        for (const values of Object.values(training.outcomes!) as Float64Array[])
          values.forEach((x, k) => expect(k % MODELS === FRESH ? NaN : x).toEqual(x));
        expect(training.pairs).toEqual(oldPairs);
        expect([models, set.models, cards.map(({ name }) => name)]).toEqual(Array(3).fill(input.models));
      }),
      { numRuns: 30 },
    );
  });

  it('is all there is when no model is new', () => {
    const dataset = { ...datasetWith(measured, known), newModels: [] };
    const { training } = routerInput(dataset, input.profiles, { vectors, encoder: 'synthetic' });
    expect([training.outcomes, training.pairs]).toEqual([measured, known]);
  });
});

/** Training that takes no time; what is tested does not depend on its length. */
const SHORT: Readonly<Record<string, Record<string, unknown>>> = {
  mlp: { epochs: 2, hidden: 8, output: 4 },
  graph: { epochs: 1, hidden: 8, layers: 1, heads: 1 },
  ensemble: { folds: 2 },
  auto: { folds: 2 },
};

describe.each(builtInRouters.map((strategy) => [strategy.name, strategy] as const))(
  'the router %s',
  (name, strategy) => {
    const batch = queryBatch(
      queries.texts.map((text, i) => ({ id: `t${i}`, text, task: queries.tasks?.[i] ?? null })),
      testVectors,
      'synthetic',
      strategy.needs.includes('tasks'),
    );
    const decide = async (outcomes: OutcomeValues | null, pairs: readonly PreferencePair[]) => {
      const options = parseOptions(strategy, SHORT[name]);
      const router = await strategy.fit(given(outcomes, pairs), options, { seed: 7 });
      return { decisions: await router.decide(batch), weights: (await router.save()).weights };
    };

    it.each([
      ['outcomes', false],
      ['pairs', true],
    ])('decides the same whatever the %s say of a new model', async (_, pairsOnly) => {
      const silent = await decide(pairsOnly ? null : withColumn(measured!, [NaN]), oldPairs);
      expect(silent.decisions[0]?.ranked.map(({ model }) => model)).toContain(fresh);
      await fc.assert(
        fc.asyncProperty(leak, async ({ column, pairs }) => {
          const told = await decide(pairsOnly ? null : withColumn(measured!, column), [...pairs, ...oldPairs]);
          expect(told).toEqual(silent);
        }),
        { numRuns: 4 },
      );
    });
  },
);

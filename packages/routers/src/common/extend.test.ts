import {
  createMatrix,
  isScoringRouter,
  parseOptions,
  rowOf,
  type Matrix,
  type ModelCard,
  type OutcomeValues,
  type ProfileSet,
  type Router,
  type RouterArtifact,
  type RouterInput,
  type RouterStrategy,
} from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from '../knn/knn.js';
import { mlpRouter } from '../mlp/mlp.js';
import { simRouter } from '../sim/sim.js';
import { taskTableRouter } from '../task-table/task-table.js';

const ctx = { seed: 4 };
const OLD = 3;
const { input: whole, queries } = syntheticRouterInput({ models: 4 });
const JOINING = whole.models[OLD]!;

/** The input before the last model was there; its profile set knows no more. */
function before(): RouterInput {
  const { outcomes, pairs } = whole.training;
  const narrow = (column: Float64Array) => column.filter((_, k) => k % 4 < OLD);
  const { score, cost, inputTokens, outputTokens, latency } = outcomes!;
  const values: OutcomeValues = {
    score: narrow(score),
    cost: narrow(cost),
    inputTokens: narrow(inputTokens),
    outputTokens: narrow(outputTokens),
    latency: narrow(latency),
  };
  return {
    models: whole.models.slice(0, OLD),
    candidates: whole.candidates.slice(0, OLD),
    cards: whole.cards.slice(0, OLD),
    profiles: { ...whole.profiles, models: whole.models.slice(0, OLD), vectors: firstRows(whole.profiles.vectors) },
    training: {
      ...whole.training,
      pairs: pairs.filter(({ better, worse }) => better < OLD && worse < OLD),
      outcomes: values,
    },
  };
}

const firstRows = ({ cols, data }: Matrix) => createMatrix(OLD, cols, data.slice(0, OLD * cols));

/** The whole profile set with another vector for one model. */
const withVector = (model: number, vector: Float32Array): ProfileSet => {
  const { rows, cols, data } = whole.profiles.vectors;
  const vectors = createMatrix(rows, cols, data.slice());
  rowOf(vectors, model).set(vector);
  return { ...whole.profiles, vectors };
};

async function scoresOf(router: Router): Promise<Matrix> {
  if (!isScoringRouter(router)) throw new Error('it does not score');
  return router.score(queries);
}

const fit = async (strategy: RouterStrategy, raw: object): Promise<[Router, RouterArtifact]> => {
  const router = await strategy.fit(before(), parseOptions(strategy, raw), ctx);
  return [router, await router.save()];
};
const joining = (profiles = whole.profiles, cards: readonly ModelCard[] = whole.cards.slice(OLD)) => ({
  profiles,
  cards,
});

// That the others keep their scores, and what is refused, is part of the contract suite (see built-in.test).
describe('a joining model is scored', () => {
  const column = (scores: Matrix, m: number) => Array.from({ length: scores.rows }, (_, q) => rowOf(scores, q)[m]!);
  const twin = withVector(OLD, rowOf(whole.profiles.vectors, 0));

  it.each<[RouterStrategy, object]>([
    [simRouter, {}],
    [mlpRouter, { epochs: 2, hidden: 16, output: 8 }],
  ])('by $name as any model of its profile', async (strategy, raw) => {
    const [, artifact] = await fit(strategy, raw);
    const scores = await scoresOf(await strategy.extend!(artifact, joining(twin), ctx));
    expect(column(scores, OLD)).toEqual(column(scores, 0));
    const changed = withVector(1, new Float32Array(whole.profiles.vectors.cols).fill(1));
    await expect(strategy.extend!(artifact, joining(changed), ctx)).rejects.toThrow(
      /profile of model-1 is not the one/,
    );
    const wide = { ...whole.profiles, vectors: createMatrix(4, 9) };
    await expect(strategy.extend!(artifact, joining(wide), ctx)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
  });

  it('by sim as if it had been there from the start', async () => {
    const [, artifact] = await fit(simRouter, {});
    const scores = await scoresOf(await simRouter.extend!(artifact, joining(), ctx));
    expect(scores).toEqual(await scoresOf(await simRouter.fit(whole, {}, ctx)));
  });

  it('by knn as the models of like profiles, and says so', async () => {
    const [, artifact] = await fit(knnRouter, { k: 5 });
    const router = await knnRouter.extend!(artifact, joining(twin), ctx);
    const scores = await scoresOf(router);
    const own = (q: number) => [...rowOf(scores, q)].slice(0, OLD);
    column(scores, OLD).forEach((score, q) => {
      expect(Math.abs(score - own(q)[0]!)).toBeLessThan(0.2);
      expect(score).toBeLessThanOrEqual(Math.max(...own(q)) + 1e-6);
    });
    expect((await router.save()).manifest.state['newModels']).toEqual([JOINING]);
  });

  it('by task-table as its card says, and last where nothing is known of it', async () => {
    const card = (scores: [string, number][]): ModelCard => ({
      ...whole.cards[OLD]!,
      scores: new Map(scores.map(([task, value]) => [task, { value }])),
    });
    const [, artifact] = await fit(taskTableRouter, { source: 'cards', shrinkage: 0 });
    const choose = async (cards: ModelCard[], tasks: (string | null)[]) => {
      const router = await taskTableRouter.extend!(artifact, joining(whole.profiles, cards), ctx);
      return router.decide({ texts: tasks.map(() => 'q'), tasks });
    };
    const [arithmetic, history, other] = await choose([card([['arithmetic', 99]])], ['arithmetic', 'history', null]);
    expect(arithmetic?.ranked[0]).toEqual({ model: JOINING, score: 99 });
    expect(history?.ranked.at(-1)?.model).toBe(JOINING);
    // The others are worth 50 over all tasks and 50 on average on this one, on which it is 49 better.
    expect(other?.ranked[0]).toEqual({ model: JOINING, score: 99 });
    for (const { ranked } of await choose([], ['arithmetic', 'history', null]))
      expect(ranked.at(-1)?.model).toBe(JOINING);

    const [, outcomes] = await fit(taskTableRouter, {});
    const router = await taskTableRouter.extend!(outcomes, joining(), ctx);
    for (const { ranked } of await router.decide(queries)) expect(ranked.at(-1)?.model).toBe(JOINING);
  });
});

import type { Dataset, ModelCard } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { routerTraining } from './router-training.js';

/** What `routerTraining` reads of a dataset; the rest plays no part. */
function datasetWith(cards: readonly ModelCard[], newModels: readonly string[]): Dataset {
  const { input } = syntheticRouterInput();
  const { queries, tasks, pairs, outcomes } = input.training;
  const texts = queries.texts.map((text, i) => ({ id: `q${i}`, text, task: tasks[i]! }));
  const nothing = new Float64Array(0);
  const values = { score: nothing, cost: nothing, inputTokens: nothing, outputTokens: nothing, latency: nothing };
  return {
    name: 'synthetic',
    layout: 'outcomes',
    mode: 'standard',
    queryText: 'raw',
    simulated: true,
    hash: '',
    candidates: input.candidates,
    newModels,
    leftOut: [],
    cards,
    families: [],
    tasks: [],
    domains: [],
    taskQueries: [],
    train: { queries: texts, pairs, outcomes },
    test: { models: input.models, queries: [], values },
    overlap: 0,
    warnings: [],
  };
}

describe('what may be learned from', () => {
  const { input } = syntheticRouterInput();
  const marked = input.cards.map((card) => ({
    ...card,
    scores: new Map(
      [...card.scores].map(([task, score]) => [
        task,
        task === 'code' ? { ...score, unreliable: true as const } : score,
      ]),
    ),
  }));

  it('holds no pair and no score of a task whose scores are unreliable, and all queries', () => {
    const { tasks, pairs, outcomes, queries } = routerTraining(datasetWith(marked, []), undefined, 'none');
    expect(queries.texts).toEqual(input.training.queries.texts);
    expect(pairs).toEqual(input.training.pairs.filter(({ query }) => tasks[query] !== 'code'));
    expect(pairs.length).toBeGreaterThan(0);
    tasks.forEach((task, q) => {
      for (let m = 0; m < 4; m++) {
        expect(Number.isNaN(outcomes!.score[q * 4 + m]!)).toBe(task === 'code');
        expect(outcomes!.cost[q * 4 + m]).toBe(input.training.outcomes!.cost[q * 4 + m]);
      }
    });
  });

  it('holds nothing of a new model, and everything else as it is', () => {
    const all = routerTraining(datasetWith(input.cards, []), undefined, 'none');
    expect(all.pairs).toEqual(input.training.pairs);
    expect(all.outcomes).toEqual(input.training.outcomes);
    const { pairs, outcomes } = routerTraining(datasetWith(input.cards, ['model-1']), undefined, 'none');
    expect(pairs.some(({ better, worse }) => better === 1 || worse === 1)).toBe(false);
    expect([...outcomes!.score].every((x, k) => Number.isNaN(x) === (k % 4 === 1))).toBe(true);
  });
});

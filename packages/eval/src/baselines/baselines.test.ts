import { describe, expect, it } from 'vitest';
import { emptyOutcomes } from '@routeprofile/schema/testing';
import { tableOf } from '../testing/test-data.js';
import { baselines } from './baselines.js';
import { cheapest } from './cheapest.js';

const models = ['a', 'b'];
const priced = models.map((model, m) => ({ id: model, model, price: { input: 2 - m, output: 1 } }));

describe('cheapest', () => {
  it('reads recorded costs first, then prices, and gives up when one is unknown', () => {
    const outcomes = emptyOutcomes(1, 2);
    expect(cheapest(priced, { outcomes })).toBe(1);
    outcomes.cost.set([0.1, 0.2]);
    expect(cheapest(priced, { outcomes })).toBe(0);
    expect(cheapest([priced[0]!, { id: 'b', model: 'b' }], { outcomes: null })).toBeNull();
  });
});

describe('baselines', () => {
  const table = tableOf(
    models,
    [
      [1, 0],
      [0, 1],
      [1, 1],
      [1, 0],
    ],
    ['x', 'x', 'y', null],
  );
  const all = baselines({
    candidates: priced,
    newModels: [],
    table,
    bestSingle: 1,
    cheapest: null,
    lookups: { 'task-table': Int32Array.of(0, 1, 0, 1) },
  });

  it('holds every constant, the named ones, and the lookups', () => {
    expect(Object.keys(all)).toEqual([
      'constant:a',
      'constant:b',
      'best-single',
      'best-in-hindsight',
      'cheapest',
      'random',
      'oracle',
      'task-table',
    ]);
    expect(Object.values(all).map(({ metrics }) => metrics['avg_performance'])).toEqual([
      0.75,
      0.5,
      0.5,
      0.75,
      null,
      0.625,
      1,
      0.75,
    ]);
    expect(all['best-in-hindsight']?.model).toBe('a');
    expect(all['cheapest']?.metrics['cost_per_1k']).toBeNull();
  });

  it('expects of random the mean of the constants, and all the entropy there is', () => {
    expect(all['random']?.metrics).toMatchObject({
      avg_hit: 0.625,
      discriminative_performance: 0.5,
      selection_entropy: 1,
    });
    expect(all['random']?.perTask?.['x']?.['avg_performance']).toBe(0.5);
    expect(all['random']?.metrics['oracle_gap_recovered']).toBeCloseTo((0.625 - 0.75) / 0.25, 12);
  });
});

describe('baselines beside a new model', () => {
  const all = baselines({
    candidates: [...priced, { id: 'new', model: 'new' }],
    newModels: ['new'],
    table: tableOf(
      [...models, 'new'],
      [
        [1, 0, 1],
        [0, 1, 0.5],
        [0, 0, 1],
      ],
    ),
    bestSingle: 0,
    cheapest: null,
    lookups: { knn: Int32Array.of(2, 1, 2), silent: Int32Array.of(2, 1, 2) },
    lookupsWithoutNew: { knn: Int32Array.of(0, 1, 1) },
  });
  const figure = (name: string, metric: string) => all[name]?.metrics[metric];

  it('know what each reaches without it', () => {
    const without = (name: string) => figure(name, 'avg_performance_without_new');
    expect([without('constant:a'), without('best-single')]).toEqual([1 / 3, 1 / 3]);
    expect([without('constant:new'), without('silent')]).toEqual([null, null]);
    expect([without('random'), without('oracle'), without('knn')]).toEqual([1 / 3, 2 / 3, 2 / 3]);
  });

  it('show that always choosing it has full recall and the highest hit', () => {
    const [recall, hit] = ['new_model_recall', 'new_model_hit'];
    expect([figure('constant:new', recall), figure('constant:new', hit)]).toEqual([1, 2 / 3]);
    expect([figure('random', recall), figure('best-single', hit)]).toEqual([1 / 3, 0]);
    expect(figure('random', 'new_model_performance')).toBeCloseTo(2.5 / 3, 12);
    expect(figure('best-single', 'new_model_performance')).toBeNull();
  });
});

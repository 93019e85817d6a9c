import type { RoutingRun } from '@routeprofile/schema';
import { describeMetricContract } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { tableOf } from '../testing/test-data.js';
import { builtInMetrics } from './index.js';

for (const metric of builtInMetrics) describeMetricContract({ describe, it, expect }, metric);

const models = ['a', 'b', 'new'];
// all zero · only fractions · discriminative · discriminative, new best · all one
const scores = [
  [0, 0, 0],
  [0.5, 0.25, 0],
  [1, 0, 0.5],
  [0, 0, 1],
  [1, 1, 1],
];
const run = (choices: number[], more: Partial<RoutingRun> = {}): RoutingRun => ({
  candidates: models.map((model, m) => ({ id: model, model, price: { input: 1, output: 10 ** m } })),
  newModels: ['new'],
  table: tableOf(models, scores),
  choices: Int32Array.from(choices),
  ...more,
});
const value = (name: string, of: RoutingRun) => builtInMetrics.find((metric) => metric.name === name)!.evaluate(of);

describe('quality', () => {
  const mixed = run([0, 1, 0, 1, 2]);

  it('averages the scores of the chosen', () => {
    expect(value('avg_performance', mixed)).toBeCloseTo((0 + 0.25 + 1 + 0 + 1) / 5, 12);
  });

  it('counts a hit as the published evaluation does: all zero → hit, above zero → hit, zero where another scored → miss', () => {
    expect(value('avg_hit', mixed)).toBeCloseTo(4 / 5, 12);
    expect(value('answerable_hit', mixed)).toBeCloseTo(3 / 4, 12);
    expect(value('answerable_hit', run([0], { table: tableOf(models, [[0, 0, 0]]) }))).toBeNull();
  });

  it('looks at rows with an exact 0 and an exact 1', () => {
    expect(value('discriminative_performance', mixed)).toBeCloseTo((1 + 0) / 2, 12);
    expect(value('discriminative_performance', run([0], { table: tableOf(models, [[0.5, 0.9, 0]]) }))).toBeNull();
  });

  it('measures the way from the best constant (0) to the oracle (1)', () => {
    // Averages: a .5, b .25, new .5; oracle (0 + .5 + 1 + 1 + 1) / 5 = .7.
    expect(value('oracle_gap_recovered', run([0, 0, 0, 2, 0]))).toBeCloseTo(1, 12);
    expect(value('oracle_gap_recovered', run([0, 0, 0, 0, 0]))).toBeCloseTo(0, 12);
    expect(value('oracle_gap_recovered', run([1, 1, 1, 1, 1]))).toBeCloseTo((0.25 - 0.5) / 0.2, 12);
    expect(value('oracle_gap_recovered', run([0], { table: tableOf(models, [[1, 0, 0]]) }))).toBeNull();
  });
});

describe('cost', () => {
  it('per useful answer is all dollars over all scores', () => {
    const table = tableOf(models, scores.slice(1, 4));
    for (const [row, cost] of [0.002, 0.004, 0.006].entries()) table.values.cost.fill(cost, row * 3, row * 3 + 3);
    // Scores .5, 1 and 0: one answer and a half for 1.2 cents.
    expect(value('cost_per_useful', run([0, 0, 0], { table }))).toBeCloseTo(0.012 / 1.5, 12);
    expect(value('cost_per_useful', run([2, 1, 0], { table }))).toBeNull();
    table.values.cost[0] = NaN;
    table.values.inputTokens[0] = NaN;
    expect(value('cost_per_useful', run([0, 0, 0], { table }))).toBeNull();
  });

  it('is the recorded cost, else tokens × price, per 1,000 queries', () => {
    const table = tableOf(models, scores.slice(0, 2));
    table.values.cost[0] = 0.002;
    table.values.inputTokens[4] = 100;
    table.values.outputTokens[4] = 20;
    expect(value('cost_per_1k', run([0, 1], { table }))).toBeCloseTo(
      (1000 * (0.002 + (100 * 1 + 20 * 10) / 1e6)) / 2,
      12,
    );
  });

  it('is null as soon as one pick has neither', () => {
    const table = tableOf(models, scores.slice(0, 2));
    table.values.cost[0] = 0.002;
    expect(value('cost_per_1k', run([0, 1], { table }))).toBeNull();
    table.values.inputTokens[4] = 100;
    expect(value('cost_per_1k', run([0, 1], { table }))).toBeNull();
  });
});

describe('selection', () => {
  it('counts what new models get, and where they are the best of a row', () => {
    expect(value('new_model_share', run([2, 2, 2, 2, 0]))).toBeCloseTo(4 / 5, 12);
    // Best and above zero on the fourth row only: the first is zero, the others are beaten.
    expect(value('new_model_hit', run([2, 2, 2, 2, 0]))).toBeCloseTo(1 / 5, 12);
    expect(value('new_model_hit', run([2, 2, 2, 2, 2]))).toBeCloseTo(2 / 5, 12);
    expect(value('new_model_hit', run([2, 2, 2, 2, 2], { newModels: [] }))).toBeNull();
  });

  it('counts the rows on which a new model was wanted, and how many it got', () => {
    // Discriminative: the third (old best) and the fourth (new best).
    expect(value('new_model_recall', run([0, 0, 2, 2, 0]))).toBe(1);
    expect(value('new_model_recall', run([2, 2, 2, 0, 2]))).toBe(0);
    const tie = tableOf(models, [
      [1, 0, 1],
      [0, 1, 1],
      [1, 0, 0],
      [0.5, 0, 0.5],
    ]);
    expect(value('new_model_recall', run([2, 0, 2, 2], { table: tie }))).toBe(1 / 2);
    expect(value('new_model_recall', run([2], { table: tableOf(models, [[1, 0, 0]]) }))).toBeNull();
    expect(value('new_model_recall', run([2, 2, 2, 2, 2], { newModels: [] }))).toBeNull();
  });

  it('averages the rows that new models got', () => {
    expect(value('new_model_performance', run([0, 2, 2, 2, 0]))).toBeCloseTo((0 + 0.5 + 1) / 3, 12);
    expect(value('new_model_performance', run([0, 1, 0, 1, 0]))).toBeNull();
    expect(value('new_model_performance', run([2, 2, 2, 2, 2], { newModels: [] }))).toBeNull();
  });

  it('tells what is reached without the new models', () => {
    const old = { choicesWithoutNew: Int32Array.of(0, 0, 0, 1, 1) };
    const name = 'avg_performance_without_new';
    expect(value(name, { ...run([2, 2, 2, 2, 2]), ...old })).toBeCloseTo((0.5 + 1 + 0 + 1) / 5, 12);
    // Who never chooses a new model chooses the same without; of others it must be told.
    expect(value(name, run([0, 1, 0, 1, 1]))).toBeCloseTo((0.25 + 1 + 0 + 1) / 5, 12);
    expect(value(name, run([0, 1, 0, 2, 1]))).toBeNull();
    expect(value(name, { ...run([0, 1, 0, 1, 1], { newModels: [] }), ...old })).toBeNull();
  });

  it('measures entropy in bits', () => {
    expect(value('selection_entropy', run([0, 0, 0, 0, 0]))).toBe(0);
    expect(value('selection_entropy', run([0, 1], { table: tableOf(models, scores.slice(0, 2)) }))).toBe(1);
  });
});

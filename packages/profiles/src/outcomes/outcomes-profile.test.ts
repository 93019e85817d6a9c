import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isLog,
  parseOptions,
  rowOf,
  type ProfileInput,
  type ProfileSet,
  type ProfileStrategy,
} from '@routeprofile/schema';
import { describeProfileContract } from '@routeprofile/schema/testing';
import { card, taskInput, trainingOf } from '../testing/training.js';
import { outcomesProfile, type OutcomesOptions } from './outcomes-profile.js';
import { centredOutcomes } from './centred-outcomes.js';

/** The suite's input has no training rows: here they are, the same whatever the order of the models. */
const withRows: ProfileStrategy<OutcomesOptions> = {
  ...outcomesProfile,
  build: (input, options, ctx) => {
    const period = (model: string) => ({ alpha: 2, beta: 3, gamma: 4 })[model] ?? 5;
    const rows = Array.from({ length: 40 }, (_, q) => ({
      task: ['arithmetic', 'history'][q % 2]!,
      scores: input.models.map((model) => (q % period(model) === 0 ? 1 : 0)),
    }));
    return outcomesProfile.build({ ...input, training: trainingOf(input.models.length, rows) }, options, ctx);
  },
};
describeProfileContract({ describe, it, expect }, withRows);

const ctx = { seed: 1 };
const options = parseOptions(outcomesProfile, {});
const build = (input: ProfileInput) => outcomesProfile.build(input, options, ctx);
const scoresOf = ({ keyed }: ProfileSet, m: number) => [...rowOf(keyed!.scores, m)];

const TASKS = ['math', 'qa'];
const cards = [card('a', { math: 80, qa: 40 }), card('b', { math: 50, qa: 50 }), card('c', { math: 20, qa: 60 })];
const rows = Array.from({ length: 12 }, (_, q) => ({
  task: TASKS[q % 2]!,
  scores: [q % 2 === 0 ? 1 : 0, 1, q % 3 === 0 ? 1 : 0],
}));

describe('outcomes', () => {
  it('keeps each training query with what was measured there, relative to the row', async () => {
    const input = taskInput(cards, TASKS, trainingOf(3, rows));
    const set = await build(input);
    expect([...set.keyed!.queries!]).toEqual(rows.map((_, q) => q));
    expect(set.keyed!.labels).toEqual(rows.map(({ task }) => task));
    expect(set.keyed!.keys).toEqual(input.training!.queries.vectors);
    rows.forEach(({ scores }, q) => {
      const mean = scores.reduce((a, b) => a + b, 0) / 3;
      scores.forEach((score, m) => expect(scoresOf(set, m)[q]).toBeCloseTo(score - mean, 5));
    });
    expect(set.biases![1]).toBeGreaterThan(set.biases![0]!);
    expect(set.biases![0]).toBeGreaterThan(set.biases![2]!);
  });

  it('takes pairs where there are no outcomes', async () => {
    const pairs = [
      { query: 0, better: 0, worse: 1 },
      { query: 0, better: 0, worse: 2 },
      { query: 1, better: 1, worse: 0 },
      { query: 1, better: 0, worse: 2 },
    ];
    const set = await build(
      taskInput(cards, TASKS, trainingOf(3, [{ task: 'math' }, { task: 'qa' }, { task: null }], pairs)),
    );
    expect([0, 1, 2].map((m) => scoresOf(set, m))).toEqual([
      [1, 0, NaN],
      [-1, 1, NaN],
      [-1, -1, NaN],
    ]);
    expect(set.keyed!.labels).toEqual(['math', 'qa', 'all']);
  });

  it('places a new model by its card, in the unit of outcomes', async () => {
    const fresh = [...cards, card('good', { math: 75, qa: 55 }), card('poor', { math: 25, qa: 30 }), card('blank', {})];
    // `a` is best by its card and by outcomes, `c` worst: cards can be believed.
    const believed = rows.map(({ task }, q) => ({ task, scores: [1, q % 2, 0, NaN, NaN, NaN] }));
    const set = await build(taskInput(fresh, TASKS, trainingOf(6, believed)));
    expect([3, 4, 5].every((m) => scoresOf(set, m).every(Number.isNaN))).toBe(true);
    const [good, poor, blank] = [...set.biases!.slice(3)];
    expect(good).toBeGreaterThan(0.05);
    expect(poor).toBeLessThan(-0.05);
    expect(blank).toBe(0);
    expect(set.vectors.data.every(Number.isFinite)).toBe(true);
    expect(set.provenance.notes).toContain('without training rows, placed by their cards: good, poor, blank');
    // Cards that say the contrary of the outcomes are not believed, nor is the contrary.
    const contrary = rows.map(({ task }) => ({ task, scores: [0, 0.5, 1, NaN, NaN, NaN] }));
    const doubted = await build(taskInput(fresh, TASKS, trainingOf(6, contrary)));
    expect(doubted.biases!.slice(3).every((bias) => bias === 0)).toBe(true);
  });

  it('lets a model join as it would have been placed, and leaves the others bit for bit', async () => {
    const training = trainingOf(3, rows);
    const set = await build(taskInput(cards, TASKS, training));
    const fresh = [...cards, card('good', { math: 90, qa: 55 })];
    const after = await outcomesProfile.extend!(set, taskInput(fresh, TASKS, training), options, { seed: 8 });
    const size = set.keyed!.scores.data.length;
    expect(after.models).toEqual(['a', 'b', 'c', 'good']);
    expect(after.keyed!.scores.data.slice(0, size)).toEqual(set.keyed!.scores.data);
    expect(scoresOf(after, 3).every(Number.isNaN)).toBe(true);
    expect(after.vectors.data.slice(0, set.vectors.data.length)).toEqual(set.vectors.data);
    expect([...after.biases!.slice(0, 3)]).toEqual([...set.biases!]);
    const whole = await build(
      taskInput(
        fresh,
        TASKS,
        trainingOf(
          4,
          rows.map(({ task, scores }) => ({ task, scores: [...scores, NaN] })),
        ),
      ),
    );
    expect(Math.sign(after.biases![3]!)).toBe(Math.sign(whole.biases![3]!));
  });

  it('needs rows to remember, with vectors', async () => {
    await expect(build(taskInput(cards, TASKS))).rejects.toMatchObject({ code: 'NO_TRAINING_DATA' });
    await expect(build(taskInput(cards, TASKS, trainingOf(3, [{ task: null }])))).rejects.toMatchObject({
      code: 'NO_TRAINING_DATA',
    });
    const { vectors: _vectors, ...queries } = trainingOf(3, rows).queries;
    const unencoded = { ...trainingOf(3, rows), queries };
    await expect(build(taskInput(cards, TASKS, unencoded))).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('centred outcomes', () => {
  const table = fc.integer({ min: 2, max: 5 }).chain((models) =>
    fc.array(
      fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 0.5, 1) }, fc.constant(NaN)), {
        minLength: models,
        maxLength: models,
      }),
      { minLength: 1, maxLength: 12 },
    ),
  );

  it('sum to nothing on every complete row, keep differences on every row, and permute with the models', () => {
    fc.assert(
      fc.property(table, (scores) => {
        const models = scores[0]!.length;
        const of = (list: readonly (readonly number[])[]) =>
          centredOutcomes(
            trainingOf(
              models,
              list.map((row) => ({ task: null, scores: row })),
            ),
            models,
          );
        const { score, overall } = of(scores);
        const logged = isLog({ score: Float64Array.from(scores.flat()) }, models);
        const backwards = of(scores.map((row) => row.toReversed()));
        const at = (values: Float64Array, m: number, q: number) => values[m * scores.length + q]!;
        scores.forEach((row, q) => {
          const known = row.flatMap((x, m) => (Number.isNaN(x) ? [] : [m]));
          if (known.length < 2) {
            // In a log such rows are all there is.
            if (!logged) row.forEach((_, m) => expect(at(score, m, q)).toBeNaN());
            return;
          }
          for (const m of known) {
            expect(at(score, m, q) - at(score, known[0]!, q)).toBeCloseTo(row[m]! - row[known[0]!]!, 9);
            expect(at(score, m, q)).toBeCloseTo(at(backwards.score, models - 1 - m, q), 6);
          }
        });
        expect(overall.every(Number.isFinite)).toBe(true);
        if (scores.flat().every((x) => !Number.isNaN(x)))
          scores.forEach((_, q) => {
            const sum = overall.reduce((total, __, m) => total + at(score, m, q), 0);
            expect(Math.abs(sum)).toBeLessThan(1e-9);
          });
      }),
    );
  });
});

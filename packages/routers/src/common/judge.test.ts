import { createRandom, type RouterTraining } from '@routeprofile/schema';
import { emptyOutcomes } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { judgeOf, judgeScores } from './judge.js';

const MODELS = 5;
const LEVELS = [0.8, 0.3, 0.5, 0.6, 0.2];

/** Outcomes of 0 or 1 by the models' levels, of some models drawn per query. */
function training(queries: number, asked: number): RouterTraining {
  const random = createRandom(1, 'judge', String(asked));
  const outcomes = emptyOutcomes(queries, MODELS);
  for (let q = 0; q < queries; q++)
    for (const m of random.sample([...LEVELS.keys()], asked))
      outcomes.score[q * MODELS + m] = random.float() < LEVELS[m]! ? 1 : 0;
  const texts = Array.from({ length: queries }, (_, q) => `query ${q}`);
  return { queries: { texts }, tasks: texts.map(() => null), pairs: [], outcomes };
}

describe('judging scores by a log', () => {
  it.each([
    ['one model per query', 1],
    ['two models per query', 2],
  ])('gives a model what it gets on all queries: %s', (_name, asked) => {
    const judge = judgeOf(training(4000, asked), MODELS);
    expect(judge.kind).toBe('logged');
    LEVELS.forEach((level, always) => {
      const { mean, standardError } = judgeScores(judge, () => LEVELS.map((_, m) => (m === always ? 1 : 0)));
      expect(Math.abs(mean - level)).toBeLessThan(3.5 * standardError);
      // The variance of one outcome over the chance that it was measured.
      expect(standardError).toBeLessThan(1.1 * Math.sqrt((0.25 * MODELS) / asked / 4000));
    });
  });

  it('takes more models than the log asks by chance for asked on purpose', () => {
    const log = training(400, 1);
    log.outcomes!.score.set([1, 0, 1, 0, 1], 0);
    const judge = judgeOf(log, MODELS);
    expect(
      LEVELS.map((_, m) =>
        judge.worth(
          0,
          LEVELS.map((__, n) => (n === m ? 1 : 0)),
        ),
      ),
    ).toEqual([1, 0, 1, 0, 1]);
  });

  it('compares outright where most queries have every outcome', () => {
    expect(judgeOf(training(50, MODELS), MODELS).kind).toBe('outcome');
  });
});

import { createRandom, outcomeRowSchema, type OutcomeRow } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { replaySigma } from './replay-sigma.js';
import { sigmaRoute } from './sigma.js';

describe('sigmaRoute', () => {
  it('asks one model where samples agree, two where some do, three where none do', () => {
    expect(sigmaRoute(['B', ' B', 'B'])).toEqual({ sigma: 0, models: 1, answer: 'B' });
    expect(sigmaRoute(['A', 'B', 'B'])).toEqual({ sigma: 0.5, models: 2, answer: 'B' });
    expect(sigmaRoute(['A', 'B', 'C'])).toEqual({ sigma: 1, models: 3, answer: 'A' });
    expect(sigmaRoute(['A', 'B'])).toMatchObject({ sigma: 1, models: 3 });
    expect(sigmaRoute(['A', 'A', 'A', 'B', 'B'])).toMatchObject({ sigma: 0.25, models: 2, answer: 'A' });
    expect(() => sigmaRoute(['A'])).toThrow(/at least 2 samples/);
  });
});

const said = (...answers: string[]) => ({
  score: null,
  samples: answers.map((answer) => ({ answer, score: answer === 'right' ? 1 : 0, cost: 0.001 })),
});
const row = (id: string, models: OutcomeRow['models']) => outcomeRowSchema.parse({ id, query: `query ${id}`, models });
const ladder = ['small', 'middle', 'large'] as const;

describe('replaySigma', () => {
  it('votes, pays every call, and says what was asked', () => {
    const { steps, ...replay } = replaySigma(
      [
        row('agreed', { small: said('wrong', 'wrong', 'wrong') }),
        row('split', { small: said('right', 'wrong', 'wrong'), middle: said('right'), large: said('wrong') }),
        row('apart', { small: said('a', 'b', 'right'), middle: said('c'), large: said('right') }),
        row('unheard', { small: said('a', 'b', 'c'), middle: said('right') }),
        row('short', { small: said('right', 'right') }),
      ],
      { ladder },
    );
    expect(steps.map(({ id, asked, answer, score, cost }) => [id, asked.length, answer, score, cost])).toEqual([
      ['agreed', 1, 'wrong', 0, 0.003],
      // Two votes each: the answer of the model asked last.
      ['split', 2, 'right', 1, 0.004],
      ['apart', 3, 'right', 1, 0.005],
    ]);
    expect(replay).toEqual({ unrecorded: 2, score: 2 / 3, cost: 0.004, shares: [1 / 3, 1 / 3, 1 / 3], agreedScore: 0 });
    expect(steps[1]!.reasons.map(({ text }) => text)).toEqual([
      'small answered 3 times: "right" 1 of 3, "wrong" 2 of 3; σ = 0.50 of 1',
      'middle was asked too: "right"',
      '"right" has most votes of 4 answers, which cost $0.004',
    ]);
  });

  it('knows no cost where one is not recorded, and refuses rows without samples', () => {
    const unpriced = row('q', {
      small: { score: 1, samples: ['x', 'x', 'x'].map((answer) => ({ answer, score: 1 })) },
    });
    expect(replaySigma([unpriced], { ladder }).cost).toBeNull();
    expect(() => replaySigma([row('q', { small: { score: 1 } })], { ladder })).toThrow(/none of 1 rows has 3 samples/);
  });

  it('on simulated answers is better than one sample, and cheaper than always asking three models', () => {
    const random = createRandom(7, 'simulated samples');
    const chances = { small: 0.55, middle: 0.75, large: 0.9 };
    const dollars = { small: 0.0001, middle: 0.001, large: 0.01 };
    const answer = (chance: number) => (random.float() < chance ? 'right' : `wrong ${random.int(4)}`);
    const rows = Array.from({ length: 2000 }, (_, i) => {
      const ease = random.float() - 0.5;
      const models = ladder.map((model) => {
        const samples = Array.from({ length: 3 }, () => answer(chances[model] + ease)).map((text) => ({
          answer: text,
          score: Number(text === 'right'),
          cost: dollars[model],
        }));
        return [model, { score: null, samples }] as const;
      });
      return row(String(i), Object.fromEntries(models));
    });
    const mean = (model: string) =>
      rows.reduce((sum, { models }) => sum + models[model]!.samples![0]!.score!, 0) / rows.length;
    const replay = replaySigma(rows, { ladder });
    expect(replay.score).toBeGreaterThan(mean('small') + 0.1);
    expect(replay.cost).toBeLessThan(0.7 * (0.0003 + 0.001 + 0.01));
    expect(replay.shares[0]).toBeGreaterThan(0.2);
  });
});

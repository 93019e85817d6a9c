import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { measureJudge, type GoldLabel, type JudgedScore } from './measure.js';

const random = createRandom(5, 'gold');
const queries = Array.from({ length: 300 }, (_, i) => `q${i}`);
const models = ['a', 'b', 'judge'];
const gold: GoldLabel[] = queries.flatMap((id) => models.map((model) => ({ id, model, score: random.int(2) })));
const judged = (score: (label: GoldLabel) => number): JudgedScore[] =>
  gold.map((label) => ({ id: label.id, model: label.model, score: score(label) }));
const none = new Set<string>();

describe('a judge against people', () => {
  it('who agrees fully', () => {
    const quality = measureJudge(
      judged(({ score }) => score),
      gold,
      none,
      1,
    );
    expect(quality).toMatchObject({
      labelled: 900,
      accuracy: { value: 1, low: 1, high: 1 },
      kappa: { value: 1 },
      leniency: { value: 0 },
      pairs: 900,
      pairAccuracy: { value: 1 },
      positionBias: null,
      selfPreference: null,
    });
  });

  it('who guesses: no better than chance, with an interval around 0', () => {
    const guess = createRandom(9, 'guess');
    const { kappa, accuracy } = measureJudge(
      judged(() => guess.int(2)),
      gold,
      none,
      1,
    );
    expect(accuracy!.value).toBeCloseTo(0.5, 1);
    expect(kappa!.low).toBeLessThan(0);
    expect(kappa!.high).toBeGreaterThan(0);
    expect(kappa!.high - kappa!.low).toBeLessThan(0.2);
  });

  it('kappa is what the textbook gives', () => {
    // 20 both right, 15 both wrong, 5 and 10 apart: po 0.7, pe 0.5, kappa 0.4 (Cohen 1960).
    const counts: [says: number, is: number, times: number][] = [
      [1, 1, 20],
      [1, 0, 5],
      [0, 1, 10],
      [0, 0, 15],
    ];
    const rows = counts.flatMap(([says, is, times]) => Array.from({ length: times }, () => ({ says, is })));
    const { kappa } = measureJudge(
      rows.map(({ says }, i) => ({ id: `${i}`, model: 'a', score: says })),
      rows.map(({ is }, i) => ({ id: `${i}`, model: 'a', score: is })),
      none,
      1,
    );
    expect(kappa!.value).toBeCloseTo(0.4, 12);
  });

  it('who is kind to itself', () => {
    const halves = gold.map((label) => ({ ...label, score: label.score / 2 }));
    const kind = judged(({ model, score }) => score / 2 + (model === 'judge' ? 0.3 : 0.1));
    const { selfPreference } = measureJudge(kind, halves, new Set(['judge']), 1);
    expect(selfPreference!.value).toBeCloseTo(0.2, 12);
    expect(selfPreference!.low).toBeGreaterThan(0.1);
  });

  it('who likes what is shown first', () => {
    const random = createRandom(3, 'first');
    const biased: JudgedScore[] = queries.flatMap((id) => {
      const falls = random.float() < 0.4;
      const [first, second] = falls ? [1, 1] : [1, 0];
      // Shown first, a wins; shown second it wins unless the judge falls for the position.
      return [
        {
          id,
          model: 'a',
          score: 0.5,
          comparisons: [
            { against: 'b', first: true, won: first },
            { against: 'b', first: false, won: 1 - second },
          ],
        },
        {
          id,
          model: 'b',
          score: 0.5,
          comparisons: [
            { against: 'a', first: true, won: second },
            { against: 'a', first: false, won: 1 - first },
          ],
        },
      ];
    });
    const { positionBias, consistency, shownTwice } = measureJudge(biased, [], none, 1);
    expect(shownTwice).toBe(300);
    expect(consistency!.value).toBeCloseTo(0.6, 1);
    expect(positionBias!.value).toBeCloseTo(0.2, 1);
  });
});

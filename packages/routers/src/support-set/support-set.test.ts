import { createRandom, fromRows, outcomeRowSchema, type OutcomeRow } from '@routeprofile/schema';
import { toyEncoder } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { recordedAnswers, replaySupportSet } from './replay-support-set.js';
import { scoresByAnswers, supportedModels, type JudgedAnswers, type SupportSetOptions } from './support-set.js';

const unit = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
const cosine = (degrees: number) => Math.cos((degrees * Math.PI) / 180);

/** Three queries at 0, 60 and 90 degrees, two models. */
const support: JudgedAnswers = {
  models: ['a', 'b'],
  queries: fromRows([0, 60, 90].map(unit)),
  answers: [fromRows([90, 0, 30].map(unit)), fromRows([0, 0, 60].map(unit))],
  lengths: Float64Array.of(3, 1, 1, 1, 2, NaN),
  scores: Float64Array.of(1, 0, 0, 1, 0, 0),
};
const query = Float32Array.from(unit(0));
const answerOf = (model: string, degrees: number, length: number) => ({
  model,
  vector: Float32Array.from(unit(degrees)),
  length,
});

describe('support set', () => {
  it('names the models that are best on the queries most like the one asked', () => {
    const { near, scores, asked } = supportedModels(support, query, { neighbours: 2, asked: 1 });
    expect([...near.rows]).toEqual([0, 1]);
    // Cosines 1 and 0.5: a was right on the first, b on the second.
    expect([...scores]).toEqual([expect.closeTo(1 / 1.5), expect.closeTo(0.5 / 1.5)]);
    expect(asked).toEqual(['a']);
  });

  it('weighs neighbours as the formula says', () => {
    const settings: SupportSetOptions = { asked: 2, kept: 1, lengthWeight: 0.4, queryWeight: 0.25 };
    const first = supportedModels(support, query, settings);
    const given = [answerOf('a', 0, 1), answerOf('b', 60, 1)];
    const found = scoresByAnswers(support, first, given, settings);
    // Lengths of a squared: 9, 1, 4 against 1, so gaps of 8, 0, 3, the widest 8. Those of b are 1, 1, unknown against 1.
    const a = [0, 1, 2].map((i) => 0.6 * cosine([90, 0, 30][i]!) + 0.4 * (1 - [8, 0, 3][i]! / 8));
    const b = [0, 1].map(() => 0.6 * cosine(60) + 0.4);
    const weights = [(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2, a[2]!].map(
      (alike, i) => 0.75 * alike + 0.25 * cosine([0, 60, 90][i]!),
    );
    const total = weights.reduce((sum, w) => sum + w);
    expect([...found]).toEqual([expect.closeTo(weights[0]! / total), expect.closeTo(weights[1]! / total)]);
  });

  it('keeps the neighbours that were answered like this, by all asked models or by each', () => {
    const plain: SupportSetOptions = { asked: 2, lengthWeight: 0, kept: 0.34 };
    const first = supportedModels(support, query, plain);
    // Of the three queries a and b both answered the second like this one, where b was right.
    const given = [answerOf('a', 5, 1), answerOf('b', 0, 1)];
    expect([...scoresByAnswers(support, first, given, plain)]).toEqual([0, 1]);
    // Alone, b answered the first just so too: of equals the closest query counts, where b was wrong.
    expect([...scoresByAnswers(support, first, given, { ...plain, alike: 'own' })]).toEqual([0, 0]);
    expect(() => scoresByAnswers(support, first, [answerOf('c', 0, 1)])).toThrow("has no model 'c'");
    expect(() => supportedModels(support, query, { kept: 0 })).toThrow(/support-set: kept/);
  });
});

const said = (answer: string, score: number | null, cost: number | null = 0.001) => ({
  score,
  samples: [{ answer, score, cost }],
});
const row = (id: string, query: string, models: OutcomeRow['models']) => outcomeRowSchema.parse({ id, query, models });
const encoder = toyEncoder(32);
const read = (rows: readonly OutcomeRow[]) => recordedAnswers(rows, { encoder, models: ['a', 'b', 'c'] });

describe('replaySupportSet', () => {
  it('pays every model asked and the one chosen, and says how it came about', async () => {
    const known = await read([
      row('1', 'sum of primes', { a: said('seven', 1), b: said('seven', 1), c: said('seven', 0) }),
      row('2', 'sum of odds', { a: said('hard to say', 0), b: said('no idea', 0), c: said('nine', 1) }),
      row('3', 'sum of evens', { a: said('eight', 1), b: said('eight', 1), c: said('eight', 0) }),
    ]);
    const test = await read([
      row('unsure', 'sum of odds', { a: said('hard to say', 0), b: said('no idea', 0), c: said('nine', 1, 0.01) }),
      row('sure', 'sum of evens', { a: said('eight', 1), b: said('eight', null), c: said('eight', 0) }),
      row('silent', 'sum of primes', { a: said('seven', 1), c: said('seven', 0) }),
      row('free', 'sum of primes', { a: said('seven', 0), b: said('seven', 1, null), c: said('seven', 0) }),
    ]);
    const settings: SupportSetOptions = { neighbours: 3, asked: 2, kept: 0.34, lengthWeight: 0 };
    const { steps, ...replay } = replaySupportSet(known, test, settings);
    expect(steps.map(({ id, asked, model, score, cost }) => [id, asked.join(), model, score, cost])).toEqual([
      ['unsure', 'a,b', 'c', 1, 0.012],
      ['sure', 'a,b', 'a', 1, 0.002],
      ['free', 'a,b', 'a', 0, null],
    ]);
    expect(replay).toEqual({
      unrecorded: 1,
      score: 2 / 3,
      cost: 0.007,
      first: { score: 1 / 3, cost: 0.001 },
      bestOfAsked: 2 / 3,
    });
    expect(steps[0]!.reasons.map(({ text }) => text)).toEqual([
      'a, b are best on the 3 training queries most like this one, and asked',
      'c has a mean score of 1.000 on those of them that were answered like this one',
      'c was not among the asked models, and is asked too',
      'all calls cost $0.012',
    ]);
    const among = replaySupportSet(known, test, { ...settings, choose: 'asked' });
    expect(among.steps.map(({ model }) => model)).toEqual(['a', 'a', 'a']);
    expect(among.cost).toBe(0.002);
  });

  it('refuses what has no answers, other models, and rows that no asked model answered', async () => {
    const known = await read([row('1', 'q', { a: said('x', 1) })]);
    await expect(read([row('1', 'q', { a: { score: 1 } })])).rejects.toThrow(/none of 1 rows has a recorded answer/);
    const others = await recordedAnswers([row('1', 'q', { z: said('x', 1) })], { encoder });
    expect(() => replaySupportSet(known, others)).toThrow(/other models/);
    const silent = await read([row('1', 'q', { b: said('x', 1) })]);
    expect(() => replaySupportSet(known, silent)).toThrow(/none of 1 queries has an answer of every model/);
  });

  it('on simulated answers tells who is right where queries do not', async () => {
    const random = createRandom(7, 'simulated answers');
    const rows = Array.from({ length: 400 }, (_, i) => {
      // Each query is of a kind that its text does not show; a model that does not know it hesitates more often.
      const kind = random.int(3);
      const models = ['a', 'b', 'c'].map((model, m) => {
        const score = Number(random.float() < (m === kind ? 0.9 : 0.4));
        const unsure = random.float() < (score === 1 ? 0.15 : 0.6);
        return [model, said(unsure ? 'perhaps it depends' : 'it is certain', score)] as const;
      });
      return row(String(i), `question ${random.int(5)}`, Object.fromEntries(models));
    });
    const [support, test] = [await read(rows.slice(0, 200)), await read(rows.slice(200))];
    const settings: SupportSetOptions = { neighbours: 200, lengthWeight: 0, kept: 0.1 };
    const own = replaySupportSet(support, test, { ...settings, alike: 'own' });
    expect(own.score).toBeGreaterThan(own.first.score! + 0.1);
    expect(own.bestOfAsked).toBeGreaterThan(own.score!);
    expect(own.cost).toBeCloseTo(0.003, 9);
    // All answers together tell the kind of the query, and by it who knows it.
    expect(replaySupportSet(support, test, settings).score).toBeGreaterThan(own.first.score! + 0.05);
  });
});

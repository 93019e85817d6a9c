import type { ModelCard, TaskScore } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { cardScale, placeByCard } from './card-scores.js';
import { abilityPrior } from './place.js';

const card = (name: string, scores: [string, TaskScore][]): ModelCard => ({
  name,
  text: name,
  family: null,
  scores: new Map(scores),
  price: null,
  auxiliary: false,
});
const score = (value: number, unreliable?: true): TaskScore => ({ value, ...(unreliable && { unreliable }) });

describe('card scores', () => {
  // The first ability counts on the first task, the second on the second.
  const tasks = {
    names: ['sums', 'songs', 'unknown'],
    items: { dimensions: 2, discrimination: Float64Array.of(2, 0, 0, 2, 1, 1), difficulty: new Float64Array(3) },
  };
  const models = { names: ['a', 'b', 'c'], abilities: Float64Array.of(1, -1, -1, 1, 0, 0) };
  const cards = [
    card('a', [
      ['sums', score(88)],
      ['songs', score(0.12)],
    ]),
    card('b', [
      ['sums', score(12)],
      ['songs', score(0.88)],
    ]),
    card('c', [
      ['sums', score(50)],
      ['songs', score(0.5)],
    ]),
  ];
  const scale = cardScale(tasks, models, cards);
  const prior = abilityPrior(models.abilities, 2);
  const place = (...scores: [string, TaskScore][]) => placeByCard(scale, card('new', scores), prior)?.ability;

  it('place a model where those of like scores are, each task on its own scale', () => {
    expect(scale.tasks).toEqual(['sums', 'songs']);
    expect([...scale.divisors]).toEqual([100, 1]);
    const [x = 0, y = 0] = place(['sums', score(88)], ['songs', score(0.12)]) ?? [];
    expect(x).toBeCloseTo(1, 1);
    expect(y).toBeCloseTo(-1, 1);
  });

  it('that are unreliable or of other tasks do not count', () => {
    expect(place(['sums', score(88, true)], ['unknown', score(3)])).toBeUndefined();
    expect(placeByCard(scale, undefined, prior)).toBeNull();
    expect(place(['sums', score(88)], ['songs', score(1, true)])).toEqual(place(['sums', score(88)]));
  });
});

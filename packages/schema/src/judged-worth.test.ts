import { expect, it } from 'vitest';
import { judgedWorth } from './judged-worth.js';

const say = (score: number | undefined, source = 'user', name = 'quality') => ({ name, source, score });

it('is the mean over names and sources, each by what it said last', () => {
  expect(judgedWorth([])).toBeUndefined();
  expect(judgedWorth([say(0), say(1)])).toBe(1);
  expect(judgedWorth([say(0), say(1), say(0, 'verifier'), say(0.5, 'user', 'tone')])).toBe(0.5);
});

it('is without what was taken back', () => {
  expect(judgedWorth([say(1), say(undefined)])).toBeUndefined();
  expect(judgedWorth([say(1), say(0, 'verifier'), say(undefined)])).toBe(0);
});

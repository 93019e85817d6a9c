import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cem, em, f1, METRIC_RULES, normaliseAnswer, scoreResponse } from './index.js';

const { published } = METRIC_RULES;

describe('normaliseAnswer', () => {
  it.each([
    ['The  Quick, brown-fox!', 'quick brownfox'],
    ['$1,596.00', '159600'],
    // Words of any script: the é makes `aé` a word, and no article.
    ['a aé éthe the', 'aé éthe'],
    ['An\tA\nThe', ''],
  ])('%j', (text, normal) => expect(normaliseAnswer(text)).toBe(normal));

  it('is idempotent on words', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[b-z]{1,6}$/)), (words) => {
        const once = normaliseAnswer(words.join(' '));
        expect(normaliseAnswer(once)).toBe(once);
      }),
    );
  });
});

describe('em and cem', () => {
  it('compare normalised texts', () => {
    expect(em('The Beatles!', 'beatles')).toBe(1);
    expect(em('the Beatles band', 'beatles')).toBe(0);
    expect(cem('The answer is 12 apples', 'apples')).toBe(1);
    expect(cem('The answer is 12 apples', 'pears')).toBe(0);
    expect(cem('on March 9th', 'March 9')).toBe(1);
  });

  it('take a truth that normalises to nothing as it is written, or as published match anything', () => {
    for (const truth of ['The', '?', 'A']) {
      expect(cem('something else', truth)).toBe(0);
      expect(cem(` ${truth.toLowerCase()} `, truth)).toBe(1);
      expect(em('something else', truth)).toBe(0);
      expect(cem('something else', truth, published)).toBe(1);
      expect(em('!', truth, published)).toBe(1);
    }
  });
});

describe('f1', () => {
  it('counts common words, articles aside', () => expect(f1('a b c', 'b c d')).toBeCloseTo(0.8, 12));
  it('counts a repeated word as often as both have it', () =>
    expect(f1('x x x', 'x x y y')).toBeCloseTo((2 * (2 / 3) * (2 / 4)) / (2 / 3 + 2 / 4), 12));
  it('gives nothing for a different closed answer', () => {
    expect(f1('yes', 'yes it is')).toBe(0);
    expect(f1('yes it is', 'no')).toBe(0);
    expect(f1('Yes.', 'yes')).toBe(1);
  });
  it('is 0 without words', () => expect(f1('', 'x')).toBe(0));
  it('is symmetric and between 0 and 1', () => {
    const text = fc.array(fc.constantFrom('x', 'y', 'z', 'yes', 'the')).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(f1(a, b)).toBe(f1(b, a));
        expect(f1(a, b)).toBeGreaterThanOrEqual(0);
        expect(f1(a, b)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('scoreResponse', () => {
  it('takes the best of several truths, and null of none', () => {
    expect(scoreResponse('cem', 'in Lima', ['Cusco', 'Lima'])).toBe(1);
    expect(scoreResponse('cem', 'in Lima', [])).toBeNull();
    expect(scoreResponse('em_mc', '(A)', '')).toBeNull();
  });
});

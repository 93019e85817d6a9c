import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseForms, commongenCoverage } from './index.js';

describe('baseForms', () => {
  it.each([
    ['carries', 'carry'],
    ['carried', 'carry'],
    ['boxes', 'box'],
    ['horses', 'horse'],
    ['jogged', 'jog'],
    ['jogging', 'jog'],
    ['chasing', 'chase'],
    ['creates', 'create'],
    ['threw', 'throw'],
    ['wolves', 'wolf'],
    ['tying', 'tie'],
    ['passes', 'pass'],
    ['indoor', 'indoor'],
    ['were', 'be'],
  ])('%s may be %s', (word, base) => expect(baseForms(word)).toContain(base));

  it.each([
    ['grass', 'gras'],
    ['bus', 'bu'],
    ['jogger', 'jog'],
    ['red', 'r'],
    ['sing', 's'],
    ['thing', 'the'],
  ])('%s is not %s', (word, base) => expect(baseForms(word)).not.toContain(base));

  it('holds the word itself', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{1,12}$/), (word) => baseForms(word).has(word)));
  });
});

describe('commongenCoverage', () => {
  it('is the share of concepts met, in whatever form', () => {
    expect(commongenCoverage("The dog's owners threw frisbees.", 'dog, throw, frisbee, catch')).toBe(0.75);
    expect(commongenCoverage('He spits.', 'pit')).toBe(0);
    expect(commongenCoverage('', 'dog')).toBe(0);
  });
  it('counts a concept once, and one of several words when all are there', () => {
    expect(commongenCoverage('a red fire engine', 'fire engine, Fire engine, blue sky')).toBe(0.5);
  });
  it('has nothing to say without concepts', () => expect(commongenCoverage('x', ' , ')).toBeNull());
});

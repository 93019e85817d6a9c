import { describe, expect, it } from 'vitest';
import { emMc, METRIC_RULES } from './index.js';

const { published } = METRIC_RULES;

describe('emMc', () => {
  // With a pattern that tries a blank in two places these would take hours.
  it.each([' ', ' \n', '* ', ' _', '"'])('reads a long response of %j in one pass', (filler) => {
    const response = `answer${filler.repeat(500_000)}`;
    expect(emMc(response, 'B')).toBe(0);
    expect(emMc(`${response}B`, 'B')).toBe(1);
    expect(emMc(`answer : ${filler}`.repeat(50_000), 'B')).toBe(0);
  });

  it('takes the last letter in parentheses', () => {
    for (const rules of [published, METRIC_RULES.repaired]) {
      expect(emMc('first (C), no: ( b )', 'B', rules)).toBe(1);
      expect(emMc('first (B), no: (C)', 'B', rules)).toBe(0);
      expect(emMc('B. as (C) shows', 'B', rules)).toBe(0);
    }
  });

  it.each([
    'B',
    ' B. Involuntary manslaughter',
    '**B**',
    '**B.** because',
    'B) because',
    'B - because',
    'B\nbecause',
    'It is so.\n\nAnswer: B',
    'Not C. The correct answer is **B**.',
    'First, answer: C? The best option would be: B',
    '(Answer: B)',
  ])('repaired, reads a bare letter: %j', (response) => {
    expect(emMc(response, 'B')).toBe(1);
    expect(emMc(response, 'C')).toBe(0);
    expect(emMc(response, 'B', published)).toBe(0);
  });

  it.each(['A dog is an animal', 'I think so', 'the answer is a dog', 'Both B and C', 'Beta', '', "the answer is A's"])(
    'finds no letter in %j',
    (response) => {
      for (const letter of 'ABCI') expect(emMc(response, letter)).toBe(0);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { cannedAnswers } from './answers.js';
import type { SampleRow } from './sample.js';

const row = (query: string, answer: string, score: number): SampleRow => ({
  ...({ task: 'sums', split: 'test', query, answer } as const),
  models: { small: { score, outputTokens: 10 * query.length, latency: query.length } },
});
const answers = cannedAnswers([row('a?', 'one', 1), row('bb?', 'two', 0), row('cccc?', 'three', 1)]);

describe('canned answers', () => {
  it('are those of the sample, right or wrong, and say so', () => {
    expect(answers('small', 'a?')).toMatchObject({ outputTokens: 20, seconds: 2 });
    expect(answers('small', 'a?').text).toBe('The answer is one. [small is a stand-in: no model was called.]');
    expect(answers('small', 'bb?').text).toMatch(
      /^The answer is three\. \(A simulated mistake: the checked answer is two\.\)/,
    );
  });

  it('of other questions take what is usual for the model', () => {
    expect(answers('small', 'What is 17 * 3?')).toEqual({
      text: '17 * 3 = 51. [small is a stand-in: no model was called.]',
      outputTokens: 30,
      seconds: 3,
    });
    expect(answers('small', '4-9').text).toMatch(/^4 - 9 = -5\./);
    expect(answers('small', 'x'.repeat(500)).text).toContain(`“${'x'.repeat(120)}…”`);
  });
});

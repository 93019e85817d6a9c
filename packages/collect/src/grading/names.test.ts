import { describe, expect, it } from 'vitest';
import { METRIC_RULES, resolveMetric, RESPONSE_METRICS } from './index.js';

const { published, repaired } = METRIC_RULES;

describe('resolveMetric', () => {
  it.each([
    ['f1_score', 'trivia_qa', 'cem', 'cem'],
    ['math', 'agentverse-mgsm', 'cem', 'math'],
    ['MATH', 'agentverse-mgsm', 'cem', 'math'],
    ['MATH', 'math', 'math', 'math'],
    ['math', null, 'math', 'math'],
    ['GSM8K', 'gsm8k', 'gsm8k', 'gsm8k'],
  ])('%s on %s: %s as published, %s repaired', (name, task, asPublished, asRepaired) => {
    expect(resolveMetric(name, task, published)).toBe(asPublished);
    expect(resolveMetric(name, task, repaired)).toBe(asRepaired);
  });

  it('knows its own names', () => {
    for (const name of RESPONSE_METRICS) expect(resolveMetric(name, null, published)).toBe(name);
  });

  it('says which one was meant', () => {
    expect(() => resolveMetric('cme', null, published)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^Did you mean 'cem' rather than 'cme'\?/) as string }),
    );
  });

  it.each(['bleu', '', 'EM', 'toString'])('refuses %j and lists what it knows', (name) => {
    expect(() => resolveMetric(name, null, published)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_NAME', hint: expect.stringContaining('f1_score') as string }),
    );
  });
});

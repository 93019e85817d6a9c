import { expect, it } from 'vitest';
import type { JournalFeedback } from './journal-line.js';
import { Judgements } from './judgements.js';

const say = (id: string, score: number | undefined, more: object = {}): JournalFeedback => ({
  ...{ id, decision: 'd', name: 'quality', source: 'user', ...more },
  ...(score !== undefined && { score }),
});
function worthOf(said: readonly JournalFeedback[], options = {}): number | null {
  const judgements = new Judgements(options);
  for (const one of [say('other', 1, { decision: 'e' }), ...said]) judgements.add(one);
  return judgements.rewards('journal.jsonl')('d');
}

it('what is taken back counts no more, as for whoever learns while serving', () => {
  expect(worthOf([say('x', 1), say('x', undefined)])).toBe(null);
  expect(worthOf([say('x', 1), say('y', undefined)])).toBe(null);
});

it('of one name and source the last counts, by whatever id it goes', () => {
  expect(worthOf([say('x', 1), say('y', 0)])).toBe(0);
  expect(worthOf([say('x', 1), say('y', 0), say('x', 0.5)])).toBe(0.5);
  expect(worthOf([say('x', 1), say('y', 0, { source: 'verifier' })])).toBe(0.5);
});

it('a judge who is not trusted takes nothing back', () => {
  expect(worthOf([say('x', 1), say('y', 0, { source: 'model' })], { sources: ['user'] })).toBe(1);
});

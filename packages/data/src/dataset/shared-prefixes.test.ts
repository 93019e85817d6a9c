import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedPrefixes } from './shared-prefixes.js';

const EXAMPLES = Array.from({ length: 12 }, (_, i) => `Question ${i}: what is ${i} and ${i}?\nAnswer: ${2 * i}\n`).join(
  '',
);
const ask = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}Question: why is the number ${i} so?\nAnswer:`);

describe('shared prefixes', () => {
  it('finds examples that many texts begin with, and leaves the question whole', () => {
    expect(sharedPrefixes([...ask(EXAMPLES, 40), ...ask('', 60)])).toEqual([EXAMPLES]);
  });

  it('finds one prefix a task, longest first', () => {
    const other = `Complete the sentence.\n${EXAMPLES}More.\n`;
    expect(sharedPrefixes([...ask(EXAMPLES, 30), ...ask(other, 30)])).toEqual([other, EXAMPLES]);
  });

  it('takes neither what few share nor what is short', () => {
    expect(sharedPrefixes(ask(EXAMPLES, 19))).toEqual([]);
    expect(sharedPrefixes(ask('Answer the question.\n', 100))).toEqual([]);
    expect(sharedPrefixes([])).toEqual([]);
  });

  it('counts a text once however often it is asked', () => {
    expect(sharedPrefixes(Array.from({ length: 100 }, () => `${EXAMPLES}Why?`))).toEqual([]);
  });

  it('gives beginnings of at least 20 texts, whatever the texts', () => {
    const pieces = fc.array(fc.constantFrom(EXAMPLES, `${EXAMPLES}x\n`, 'short\n', 'abc', 'é\n', '\n'), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 80 }), (lists) => {
        const texts = lists.map((list, i) => `${list.join('')}${i}`);
        for (const prefix of sharedPrefixes(texts)) {
          expect(texts.filter((text) => text.startsWith(prefix)).length).toBeGreaterThanOrEqual(20);
          expect(prefix.endsWith('\n')).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseByMmr, firstWords, sentencesOf, wordCount } from './sentences.js';

describe('sentences', () => {
  it('end where a sentence ends, not at abbreviations, numbers or versions', () => {
    expect(
      sentencesOf('Llama 3.1 costs $0.20 per call. It is fast, e.g. Groq runs it well! Dr. Who said "Yes." And?'),
    ).toEqual([
      'Llama 3.1 costs $0.20 per call.',
      'It is fast, e.g. Groq runs it well!',
      'Dr. Who said "Yes."',
      'And?',
    ]);
    expect(sentencesOf(' \n ')).toEqual([]);
  });

  // With a pattern that looks back from every character these would take hours.
  it('are found in one pass, however long a run of quotes or abbreviations is', () => {
    const quotes = '"'.repeat(500_000);
    expect(sentencesOf(`${quotes} A. Yes!${quotes} "No.`)).toEqual([`${quotes} A. Yes!${quotes}`, '"No.']);
    const initials = 'A. '.repeat(200_000);
    expect(sentencesOf(`${initials}Turing thought. He did.`)).toEqual([`${initials}Turing thought.`, 'He did.']);
  });

  it('are the whole text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aB1.!? "\n)e') }), (text) => {
        const sentences = sentencesOf(text);
        expect(sentences.join(' ')).toBe(text.replace(/\s+/g, ' ').trim());
        expect(sentences.every((sentence) => sentence !== '')).toBe(true);
      }),
    );
  });

  it('are cut after so many words', () => {
    expect(firstWords('a b\n c', 3)).toBe('a b c');
    expect(firstWords('a b c d', 3)).toBe('a b c …');
    expect(wordCount('')).toBe(0);
  });
});

describe('chooseByMmr', () => {
  const at = (degrees: number, weight = 1, size = 1) => {
    const angle = (degrees * Math.PI) / 180;
    return { vector: Float32Array.of(Math.cos(angle), Math.sin(angle)), weight, size };
  };
  const centre = at(0).vector;

  it('takes what is relevant, then what is relevant and new', () => {
    const items = [at(12), at(10), at(-30)];
    expect(chooseByMmr(items, centre, [], 2, 0)).toEqual([1, 0]);
    expect(chooseByMmr(items, centre, [], 2, 0.6)).toEqual([1, 2]);
  });

  it('heeds weights, what is already said, and the budget', () => {
    expect(chooseByMmr([at(0, 0.1), at(30)], centre, [], 1, 0.3)).toEqual([1]);
    expect(chooseByMmr([at(0), at(40)], centre, [at(0).vector], 1, 0.6)).toEqual([1]);
    expect(chooseByMmr([at(0, 1, 5), at(40, 1, 2), at(41, 1, 2)], centre, [], 4, 0)).toEqual([1, 2]);
    expect(chooseByMmr([], centre, [], 4, 0)).toEqual([]);
  });

  it('never spends more than the budget, nor anything twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ degrees: fc.integer({ min: 0, max: 359 }), size: fc.integer({ min: 1, max: 9 }) })),
        fc.nat(30),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (specs, budget, diversity) => {
          const items = specs.map(({ degrees, size }) => at(degrees, 1, size));
          const chosen = chooseByMmr(items, centre, [], budget, diversity);
          expect(new Set(chosen).size).toBe(chosen.length);
          expect(chosen.reduce((sum, i) => sum + items[i]!.size, 0)).toBeLessThanOrEqual(budget);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entitiesOf } from './entities.js';

describe('the entities of a text', () => {
  it.each<[string, string, string[]]>([
    ['names inside a sentence', 'He met Ada Lovelace in Paris.', ['Ada Lovelace', 'Paris']],
    ['no words that sentences begin with', 'Water boils. Then it cools. What Is A Prime?', ['Prime']],
    [
      'a first name of several words',
      'Ada Lovelace wrote. New York-London is far.',
      ['Ada Lovelace', 'New York-London'],
    ],
    ['initials, not across sentences', 'I saw John F. Kennedy and took vitamin C. Then I slept.', ['John F. Kennedy']],
    ['acronyms anywhere', 'NASA said so. DNA: what is it?', ['NASA', 'DNA']],
    ['each once', 'We saw Rome, then Rome, and Rome again.', ['Rome']],
    ['names of other scripts', 'Он видел Москва и Ωmega beside Élan Vital.', ['Москва', 'Ωmega', 'Élan Vital']],
    ['units in one spelling', 'Run 5 km, 5km or 5 kilometers in 30 minutes.', ['5 km', '30 min']],
    [
      'decimals, thousands, signs',
      'It was 1,234.5 kg, 12% of $1,000, and 20 €.',
      ['1234.5 kg', '12 %', '1000 $', '20 €'],
    ],
    ['no bare numbers, no formulas', 'Add 17 and $2$ to 3 apples, 4 and 12,34.', []],
    ['identifiers', 'Call my_func with maxSize, os.path.join or run().', ['my_func', 'maxSize', 'os.path.join', 'run']],
    ['no plurals in brackets, no short dots', 'the item(s), e.g. this, i.e. that', []],
    ['nothing of blobs', `key ${'aB'.repeat(40)}`, []],
    ['nothing of nothing', '', []],
  ])('%s', (_, text, entities) => {
    expect(entitiesOf(text)).toEqual(entities);
  });

  const word = fc.oneof(
    fc.constantFrom(
      'Ada',
      'Lovelace',
      'the',
      'The',
      '5',
      '1',
      '000',
      'km',
      '$',
      '%',
      'my_x',
      'aB',
      'os',
      'C',
      '()',
      'é',
      '漢字',
      '😀',
      '\ud800',
    ),
    fc.string({ maxLength: 4, unit: 'grapheme' }),
  );
  const text = fc
    .array(fc.tuple(word, fc.constantFrom('', ' ', '.', '. ', ',', '-', '\n', '()')))
    .map((parts) => parts.flat().join(''));

  it('are few, short, distinct and of the text: their letters stand in it', () => {
    fc.assert(
      fc.property(text, (given) => {
        const found = entitiesOf(given);
        expect(new Set(found).size).toBe(found.length);
        expect(found.length).toBeLessThanOrEqual(given.length);
        for (const entity of found) {
          expect(entity.length).toBeLessThanOrEqual(60);
          // Of a quantity the number: its unit and its commas may be written otherwise.
          expect(given.replaceAll(',', '')).toContain(/^[0-9.]+(?= )/.exec(entity)?.[0] ?? entity);
        }
      }),
    );
  });

  it('of two texts are those of each: what is far away is not read again, so that time is linear in length', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const both = entitiesOf(`${a}\n.\n${b}`);
        expect(both).toEqual([...new Set([...entitiesOf(`${a}\n.\n`), ...entitiesOf(`.\n${b}`)])]);
      }),
    );
  });

  it('are found in long runs of anything', () => {
    for (const run of ['a', 'A', '_', 'A ', 'A-', 'a.', '1,', '1.', '1', 'aB', '$', ' ', '()', 'C. ', '\n'])
      expect(entitiesOf(run.repeat(20_000)).length).toBeLessThan(3);
  });
});

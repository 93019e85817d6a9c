import { between, PEOPLE, pick, WORDS, type TaskTemplate } from '../template.js';

export const format: TaskTemplate = {
  name: 'format-following',
  text: 'Writing given content in an exact format: lists, padded numbers, JSON, upper case, separators.',
  discrimination: 1.4,
  difficulty: -0.3,
  answerTokens: 30,
  question(random) {
    const size = between(random, 3, 8);
    const words = random.sample(WORDS, size);
    const listed = words.join(', ');
    const hardness = (size - 3) / 5;
    switch (random.int(5)) {
      case 0: {
        const separator = pick(random, [';', '|', '/', '-']);
        return {
          query: pick(random, [
            `Write these words in alphabetical order with the character ${separator} between them and no spaces: ${listed}.`,
            `Sort alphabetically and join with the character ${separator} (no spaces): ${listed}.`,
          ]),
          answer: words.toSorted().join(separator),
          hardness: 0.2 + hardness * 0.8,
        };
      }
      case 1:
        return {
          query: pick(random, [
            `Return these words as a JSON array without spaces, in the given order: ${listed}.`,
            `As a compact JSON array (no spaces, same order), please: ${listed}.`,
          ]),
          answer: JSON.stringify(words),
          hardness: hardness * 0.6,
        };
      case 2: {
        const [n, width] = [between(random, 1, 9999), between(random, 5, 9)];
        return {
          query: pick(random, [
            `Write the number ${n} with leading zeros so that it has exactly ${width} digits.`,
            `Pad ${n} with zeros on the left to ${width} digits.`,
          ]),
          answer: String(n).padStart(width, '0'),
          hardness: (width - 5) / 8,
        };
      }
      case 3: {
        const [person, age] = [pick(random, PEOPLE), between(random, 18, 90)];
        return {
          query: pick(random, [
            `${person} is ${age} years old. Answer with a JSON object with the keys name and age, in this order, without spaces.`,
            `Compact JSON object, keys name then age, no spaces: ${person}, who is ${age} years old.`,
          ]),
          answer: JSON.stringify({ name: person, age }),
          hardness: 0.3,
        };
      }
      default: {
        const last = pick(random, ['numbered from 1', 'numbered from 0']);
        const first = last.endsWith('1') ? 1 : 0;
        return {
          query: pick(random, [
            `Put these words in upper case on one line each, ${last} like "3:WORD": ${listed}.`,
            `One line per word, upper case, ${last}, in the form "3:WORD": ${listed}.`,
          ]),
          answer: words.map((word, i) => `${i + first}:${word.toUpperCase()}`).join('\n'),
          hardness: 0.3 + hardness * 0.7,
        };
      }
    }
  },
};

import { between, pick, WORDS, type TaskTemplate } from '../template.js';

interface Operation {
  texts: readonly string[];
  apply: (word: string) => string;
}

const OPERATIONS: readonly Operation[] = [
  { texts: ['reverse it', 'write it backwards'], apply: (word) => [...word].reverse().join('') },
  { texts: ['remove all vowels', 'drop every vowel'], apply: (word) => word.replace(/[aeiou]/g, '') },
  { texts: ['repeat it twice without a space', 'write it two times in a row'], apply: (word) => word + word },
  {
    texts: ['sort its letters alphabetically', 'put the letters in alphabetical order'],
    apply: (word) => [...word].sort().join(''),
  },
  { texts: ['remove the first letter', 'cut off the first letter'], apply: (word) => word.slice(1) },
  {
    texts: ['move the last letter to the front', 'bring the last letter to the front'],
    apply: (word) => word.slice(-1) + word.slice(0, -1),
  },
  {
    texts: ['keep only every second letter, beginning with the first', 'keep the 1st, 3rd, 5th letter and so on'],
    apply: (word) => [...word].filter((_, i) => i % 2 === 0).join(''),
  },
];

export const strings: TaskTemplate = {
  name: 'string-manipulation',
  text: 'Changing words letter by letter: reversing, removing, sorting, repeating, rotating.',
  discrimination: 1.5,
  difficulty: 0.1,
  answerTokens: 60,
  question(random) {
    const word = pick(random, WORDS);
    const operations = random.sample(OPERATIONS, between(random, 1, 4));
    const open = pick(random, [`Take the word "${word}".`, `Start from "${word}".`, `Here is a word: "${word}".`]);
    const linked = operations.map(
      ({ texts }, i) => `${i === 0 ? 'First' : pick(random, ['Then', 'After that', 'Next'])}, ${pick(random, texts)}.`,
    );
    const close = pick(random, ['What is the result?', 'Write only the result.', 'Which string do you get?']);
    return {
      query: [open, ...linked, close].join(' '),
      answer: operations.reduce((text, { apply }) => apply(text), word as string),
      hardness: (operations.length - 1) / 3,
    };
  },
};

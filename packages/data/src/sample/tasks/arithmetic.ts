import { between, PEOPLE, pick, type TaskTemplate } from '../template.js';
import type { Random } from '@routeprofile/schema';

const THINGS = ['apples', 'marbles', 'stickers', 'coins', 'pencils', 'stamps', 'shells', 'tickets'] as const;

interface Step {
  text: string;
  after: number;
}

/** One thing that happens to a count; every sentence says its numbers in digits, or doubles or triples. */
function step(random: Random, have: number, things: string): Step {
  const n = between(random, 2, 40);
  switch (random.int(have > 4 ? 5 : 3)) {
    case 0:
      return {
        text: `${pick(random, ['Then', 'Later', 'After lunch'])} ${n} more ${things} ${pick(random, ['arrive as a gift', 'are bought', 'turn up in a drawer'])}.`,
        after: have + n,
      };
    case 1: {
      const boxes = between(random, 2, 9);
      const each = between(random, 3, 12);
      return {
        text: `${pick(random, ['A parcel brings', 'A neighbour adds'])} ${boxes} boxes with ${each} ${things} in each.`,
        after: have + boxes * each,
      };
    }
    case 2: {
      const [word, factor] = pick(random, [
        ['doubles', 2],
        ['triples', 3],
      ] as const);
      return { text: `A lucky trade ${word} the number of ${things}.`, after: have * factor };
    }
    default: {
      const less = between(random, 1, have - 1);
      return {
        text: `${pick(random, ['The next day', 'Soon after', 'In the evening'])} ${less} of the ${things} ${pick(random, ['are given away', 'get lost', 'are sold'])}.`,
        after: have - less,
      };
    }
  }
}

export const arithmetic: TaskTemplate = {
  name: 'arithmetic',
  text: 'Word problems about counting things through several steps of adding, taking away and multiplying.',
  discrimination: 1.6,
  difficulty: -0.2,
  answerTokens: 90,
  question(random) {
    const person = pick(random, PEOPLE);
    const things = pick(random, THINGS);
    const steps = between(random, 1, 5);
    let have = between(random, 5, 60);
    const story = [`${person} ${pick(random, ['starts with', 'begins with', 'owns'])} ${have} ${things}.`];
    for (let i = 0; i < steps; i++) {
      const next = step(random, have, things);
      story.push(next.text);
      have = next.after;
    }
    story.push(
      pick(random, [
        `How many ${things} does ${person} have in the end?`,
        `What number of ${things} is ${person} left with?`,
        `Give the final number of ${things} that ${person} has.`,
      ]),
    );
    return { query: story.join(' '), answer: String(have), hardness: (steps - 1) / 4 };
  },
};

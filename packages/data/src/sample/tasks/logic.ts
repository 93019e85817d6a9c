import { between, PEOPLE, pick, type TaskTemplate } from '../template.js';

const RELATIONS = [
  ['older', 'younger', 'oldest', 'youngest'],
  ['taller', 'shorter', 'tallest', 'shortest'],
  ['faster', 'slower', 'fastest', 'slowest'],
  ['richer', 'poorer', 'richest', 'poorest'],
] as const;
const ORDINALS = ['second', 'third', 'fourth'] as const;

export const logic: TaskTemplate = {
  name: 'logic',
  text: 'Ordering puzzles: several comparisons in mixed order, one question about who stands where.',
  discrimination: 1.9,
  difficulty: 0.3,
  answerTokens: 120,
  question(random) {
    const size = between(random, 3, 6);
    const order = random.sample(PEOPLE, size);
    const [more, less, most, least] = pick(random, RELATIONS);
    const clues = order.slice(1).map((lower, i) => {
      const higher = order[i]!;
      return random.int(2) === 0 ? `${higher} is ${more} than ${lower}.` : `${lower} is ${less} than ${higher}.`;
    });
    const rank =
      random.int(3) === 0 ? between(random, 1, Math.min(size - 2, ORDINALS.length)) : pick(random, [0, size - 1]);
    const wanted = rank === 0 ? most : rank === size - 1 ? least : `${ORDINALS[rank - 1]!} ${most}`;
    const question = pick(random, [
      `Who is the ${wanted}?`,
      `Name the ${wanted} of them.`,
      `Which of them is the ${wanted}?`,
    ]);
    return {
      query: [...random.shuffle(clues), question].join(' '),
      answer: order[rank]!,
      hardness: (size - 3) / 4 + (rank === 0 || rank === size - 1 ? 0 : 0.25),
    };
  },
};

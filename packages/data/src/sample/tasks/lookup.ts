import { between, pick, type TaskTemplate } from '../template.js';

const SUBJECTS = [
  {
    kind: 'city',
    many: 'cities',
    names: ['Arvon', 'Belmar', 'Corvale', 'Dunmere', 'Eastwick', 'Farrow', 'Glenholt', 'Halvik'],
    columns: ['schools', 'parks', 'bridges', 'museums'],
  },
  {
    kind: 'product',
    many: 'products',
    names: ['kettle', 'lamp', 'drill', 'tent', 'scale', 'radio', 'blender', 'fan'],
    columns: ['price', 'stock', 'weight', 'orders'],
  },
  {
    kind: 'team',
    many: 'teams',
    names: ['Rovers', 'Comets', 'Titans', 'Badgers', 'Hornets', 'Pilots', 'Ravens', 'Wolves'],
    columns: ['wins', 'draws', 'losses', 'goals'],
  },
] as const;

export const lookup: TaskTemplate = {
  name: 'table-lookup',
  text: 'Reading small tables: single cells, maxima, minima, sums and counts of a column.',
  discrimination: 1.3,
  difficulty: -0.6,
  answerTokens: 35,
  question(random) {
    const subject = pick(random, SUBJECTS);
    const rows = random.sample(subject.names, between(random, 3, 8));
    const columns = random.sample(subject.columns, between(random, 2, 4));
    // All numbers of a table differ, so that no maximum is shared.
    const numbers = random.sample(
      Array.from({ length: 90 }, (_, i) => i + 10),
      rows.length * columns.length,
    );
    const cell = (row: number, column: number) => numbers[row * columns.length + column]!;
    const table = [
      [subject.kind, ...columns].join(' | '),
      ...rows.map((name, row) => [name, ...columns.map((_, column) => cell(row, column))].join(' | ')),
    ].join('\n');
    const column = random.int(columns.length);
    const values = rows.map((_, row) => cell(row, column));
    const size = (rows.length - 3) / 5;
    const heading = columns[column]!;
    const ask = (question: string, answer: string | number, hardness: number) => ({
      query: random.int(2) === 0 ? `${table}\n\n${question}` : `${question}\n\n${table}`,
      answer: String(answer),
      hardness,
    });
    const row = random.int(rows.length);
    switch (random.int(4)) {
      case 0:
        return ask(
          pick(random, [
            `In the row of ${rows[row]!}, what does the column ${heading} say?`,
            `Look up ${heading} for ${rows[row]!}.`,
          ]),
          values[row]!,
          size * 0.3,
        );
      case 1: {
        const highest = random.int(2) === 0;
        const target = highest ? Math.max(...values) : Math.min(...values);
        const word = highest ? 'highest' : 'lowest';
        return ask(
          pick(random, [
            `Which ${subject.kind} has the ${word} ${heading}?`,
            `Name the ${subject.kind} with the ${word} ${heading}.`,
          ]),
          rows[values.indexOf(target)]!,
          0.2 + size * 0.4,
        );
      }
      case 2:
        return ask(
          pick(random, [`Add up the column ${heading}.`, `What is the sum of ${heading} over all ${subject.many}?`]),
          values.reduce((a, b) => a + b, 0),
          0.4 + size * 0.6,
        );
      default: {
        const limit = between(random, 20, 85);
        return ask(
          pick(random, [
            `How many ${subject.many} have ${heading} above ${limit}?`,
            `Count the rows whose ${heading} is above ${limit}.`,
          ]),
          values.filter((value) => value > limit).length,
          0.3 + size * 0.5,
        );
      }
    }
  },
};

import { between, pick, type TaskTemplate } from '../template.js';
import type { Random } from '@routeprofile/schema';

interface Statement {
  lines: string[];
  run: (x: number) => number;
}

function simple(random: Random): Statement {
  const n = between(random, 2, 9);
  return pick(random, [
    { lines: [`x = x + ${n}`], run: (x: number) => x + n },
    { lines: [`x = x - ${n}`], run: (x: number) => x - n },
    { lines: [`x = x * ${Math.min(n, 4)}`], run: (x: number) => x * Math.min(n, 4) },
  ]);
}

function statement(random: Random): Statement {
  switch (random.int(4)) {
    case 0: {
      const times = between(random, 2, 5);
      const inner = pick(random, [
        { line: 'x = x + i', run: (x: number, i: number) => x + i },
        { line: 'x = x + 2 * i', run: (x: number, i: number) => x + 2 * i },
        { line: 'x = x - i', run: (x: number, i: number) => x - i },
        { line: 'x = 2 * x - i', run: (x: number, i: number) => 2 * x - i },
      ]);
      return {
        lines: [`for i in range(${times}):`, `    ${inner.line}`],
        run: (x) => Array.from({ length: times }, (_, i) => i).reduce(inner.run, x),
      };
    }
    case 1: {
      const [yes, no] = [simple(random), simple(random)];
      return {
        lines: ['if x % 2 == 0:', `    ${yes.lines[0]!}`, 'else:', `    ${no.lines[0]!}`],
        run: (x) => (x % 2 === 0 ? yes : no).run(x),
      };
    }
    default:
      return simple(random);
  }
}

export const code: TaskTemplate = {
  name: 'code-tracing',
  text: 'Following short Python programs with loops and conditions and saying what they print.',
  discrimination: 1.8,
  difficulty: 0.2,
  answerTokens: 110,
  question(random) {
    const start = between(random, 1, 12);
    const statements = Array.from({ length: between(random, 2, 5) }, () => statement(random));
    const lines = statements.flatMap(({ lines }) => lines);
    const program = [`x = ${start}`, ...lines, 'print(x)'].join('\n');
    const query = pick(random, [
      `What does this Python program print?\n\n${program}`,
      `${program}\n\nTrace the program above and give its output.`,
      `Run this in your head and write down the printed number:\n\n${program}`,
    ]);
    const answer = statements.reduce((x, { run }) => run(x), start);
    return { query, answer: String(answer), hardness: Math.min(1, (lines.length - 2) / 10) };
  },
};

import type { SampleRow } from './sample.js';

/** What a stand-in says, and what it takes. */
interface CannedAnswer {
  text: string;
  /** As the sample simulates them: more than the text has, as if the model had thought. */
  outputTokens: number;
  seconds: number;
}

/** Answers for any model of the sample. */
export type Answers = (model: string, question: string) => CannedAnswer;

const CHARACTERS_PER_TOKEN = 4;
/** Tokens of a text, by the rule of thumb that the sample counts with. */
export const tokensOf = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);

/** Characters of a question that an answer repeats. */
const REPEATED = 120;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The result of a sum or product of two whole numbers, if the question holds one. */
function reckoned(question: string): string | undefined {
  const [, a, sign, b] = /(-?\d{1,9}) *([*×x+-]) *(\d{1,9})/.exec(question) ?? [];
  if (a === undefined || b === undefined) return undefined;
  const [left, right] = [Number(a), Number(b)];
  const result = sign === '+' ? left + right : sign === '-' ? left - right : left * right;
  return `${a} ${sign} ${b} = ${result}.`;
}

/**
 * A question of the sample is answered as the sample simulates it: right, or with the answer to another question of its task, which is
 * then said. Any other one is repeated, or reckoned where that is easy. No model is called.
 */
export function cannedAnswers(rows: readonly SampleRow[]): Answers {
  const byQuery = new Map(rows.map((row, at) => [row.query, { row, at }]));
  const usual = new Map<string, { outputTokens: number; seconds: number }>();
  for (const model of Object.keys(rows[0]?.models ?? {})) {
    const all = rows.flatMap(({ models }) => models[model] ?? []);
    usual.set(model, {
      outputTokens: median(all.map(({ outputTokens }) => outputTokens)),
      seconds: median(all.map(({ latency }) => latency)),
    });
  }
  const wrongAnswer = ({ task, answer }: SampleRow, at: number): string => {
    const others = [...rows.slice(at), ...rows].filter((row) => row.task === task && row.answer !== answer);
    return others[0]?.answer ?? '(no answer)';
  };

  return (model, question) => {
    const found = byQuery.get(question);
    const outcome = found?.row.models[model];
    const signed = (text: string) => `${text} [${model} is a stand-in: no model was called.]`;
    if (found === undefined || outcome === undefined) {
      const cut = question.length > REPEATED ? `${question.slice(0, REPEATED)}…` : question;
      const text = reckoned(question) ?? `Here would stand an answer to “${cut}”.`;
      return { text: signed(text), ...(usual.get(model) ?? { outputTokens: tokensOf(text), seconds: 0 }) };
    }
    const { answer } = found.row;
    const text =
      outcome.score > 0
        ? `The answer is ${answer}.`
        : `The answer is ${wrongAnswer(found.row, found.at)}. (A simulated mistake: the checked answer is ${answer}.)`;
    return { text: signed(text), outputTokens: outcome.outputTokens, seconds: outcome.latency };
  };
}

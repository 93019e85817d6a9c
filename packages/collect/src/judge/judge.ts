import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sizeOfRegularFile } from '@routeprofile/data';
import { fitBradleyTerry, countWins, sigmoid, type Comparison } from '@routeprofile/numerics';
import {
  defineGrader,
  RouteProfileError,
  throwIfAborted,
  z,
  type ChatModel,
  type GivenAnswer,
  type Grade,
  type GradedComparison,
  type Grader,
  type PromptItem,
  type RunContext,
} from '@routeprofile/schema';
import { referencesOf } from '../grading/graders/references.js';
import { assertPlaces, fill, PAIR_TEMPLATE, RUBRIC, SCORE_TEMPLATE, shownQuery } from './template.js';
import { readPair, readScore } from './verdict.js';

const optionsSchema = z.strictObject({
  /** Id of the model that judges, of `judges` or `models`. */
  model: z.string().min(1),
  /** `score`: each answer by itself; `pairwise`: every two answers to a query beside each other, in both orders. */
  mode: z.enum(['score', 'pairwise']).default('score'),
  /** What makes a good answer. */
  rubric: z.string().min(1).default(RUBRIC),
  /** File with the rubric. */
  rubricFile: z.string().min(1).optional(),
  /** File with the whole prompt, in place of ours. */
  template: z.string().min(1).optional(),
  /** Lowest and highest score of `score`. */
  low: z.number().int().default(1),
  high: z.number().int().default(10),
  /** Precision of the prior on strengths, of `pairwise`: how far few comparisons move a score from 0.5. */
  ridge: z.number().positive().default(0.1),
});
type JudgeOptions = z.infer<typeof optionsSchema>;

/** A language model that says what answers are worth. */
export const judgeGrader = /* @__PURE__ */ defineGrader({
  name: 'judge',
  summary: 'a language model scores each answer by a rubric, or compares answers in pairs',
  options: optionsSchema,
  async create(options, { chat, folder }) {
    const read = async (path: string) => {
      const full = resolve(folder, path);
      await sizeOfRegularFile(full);
      return (await readFile(full, 'utf8')).trim();
    };
    const pairwise = options.mode === 'pairwise';
    const template =
      options.template === undefined ? (pairwise ? PAIR_TEMPLATE : SCORE_TEMPLATE) : await read(options.template);
    assertPlaces(template, pairwise ? ['query', 'answerA', 'answerB'] : ['query', 'answer']);
    if (options.low >= options.high) throw new RouteProfileError('BAD_OPTION', 'judge: low has to be below high');
    const rubric = options.rubricFile === undefined ? options.rubric : await read(options.rubricFile);
    const setting: Setting = { options: { ...options, rubric }, template, model: chat(options.model) };
    return pairwise ? pairJudge(setting) : scoreJudge(setting);
  },
});

interface Setting {
  options: JudgeOptions;
  template: string;
  model: ChatModel;
}

const named = ({ options, template }: Setting) =>
  `judge:${JSON.stringify({ ...options, rubricFile: undefined, template })}`;

const REMINDER = 'Your reply could not be read. Reply with the JSON object alone.';

/** Asks, and once more where the reply cannot be read. */
async function verdict<T>(
  { model }: Setting,
  content: string,
  item: PromptItem,
  read: (text: string) => T | undefined,
  ctx: RunContext,
): Promise<T | undefined> {
  const label = `judging ${item.id}`;
  const question = { role: 'user', content } as const;
  const first = await model.complete({ messages: [question], label }, ctx);
  const found = read(first.text);
  if (found !== undefined) return found;
  const said = { role: 'assistant', content: first.text } as const;
  const second = await model.complete({ messages: [question, said, { role: 'user', content: REMINDER }], label }, ctx);
  return read(second.text);
}

/** What is put into a template whatever the answers are. */
function common({ options: { rubric, low, high } }: Setting, item: PromptItem): Record<string, string> {
  const references = referencesOf(item);
  return {
    rubric,
    query: shownQuery(item.query),
    reference: references.length === 0 ? '' : `<reference>\n${references.join('\n')}\n</reference>`,
    low: String(low),
    high: String(high),
  };
}

function scoreJudge(setting: Setting): Grader {
  const { options, template } = setting;
  return {
    specVersion: 1,
    name: named(setting),
    source: `judge:${options.model}`,
    // One more where a reply cannot be read is rare.
    asks: { model: options.model, calls: (answers) => answers, answersInPrompt: 1 },
    async grade(item, { text }, ctx): Promise<Grade> {
      throwIfAborted(ctx);
      const prompt = fill(template, { ...common(setting, item), answer: text });
      const found = await verdict(setting, prompt, item, (said) => readScore(said, options), ctx);
      return found ?? { score: null, reason: "the judge's reply could not be read" };
    },
  };
}

function pairJudge(setting: Setting): Grader {
  const { options } = setting;
  const gradeAll = async (item: PromptItem, answers: readonly GivenAnswer[], ctx: RunContext): Promise<Grade[]> => {
    throwIfAborted(ctx);
    // By model, so that the same answers make the same prompts in whatever order they come.
    const order = [...answers.keys()].sort((a, b) => (answers[a]!.model < answers[b]!.model ? -1 : 1));
    const pairs = order.flatMap((a, i) => order.slice(i + 1).map((b) => [a, b] as const));
    const verdicts = await Promise.all(
      pairs
        .flatMap(([a, b]) => [
          [a, b],
          [b, a],
        ])
        .map(async ([first, second]) => ({
          first: first!,
          second: second!,
          ...(await compared(setting, item, answers[first!]!, answers[second!]!, ctx)),
        })),
    );
    return gradesOf(answers, verdicts, options.ridge);
  };
  return {
    specVersion: 1,
    name: named(setting),
    source: `judge:${options.model}`,
    asks: { model: options.model, calls: (answers) => answers * (answers - 1), answersInPrompt: 2 },
    grade: async (item, answer, ctx) => (await gradeAll(item, [answer], ctx))[0]!,
    gradeAll,
  };
}

/** What the answer shown first won; undefined when the judge's reply cannot be read. */
async function compared(
  setting: Setting,
  item: PromptItem,
  first: GivenAnswer,
  second: GivenAnswer,
  ctx: RunContext,
): Promise<{ won?: number; unseen?: true }> {
  // Nobody need be asked about equal texts.
  if (first.text === second.text) return { won: 0.5, unseen: true };
  const prompt = fill(setting.template, { ...common(setting, item), answerA: first.text, answerB: second.text });
  return (await verdict(setting, prompt, item, readPair, ctx)) ?? {};
}

interface Shown {
  first: number;
  second: number;
  won?: number;
  /** The texts are equal: the judge saw neither, and its verdict says nothing of it. */
  unseen?: true;
}

/**
 * Scores of answers from verdicts on pairs: Bradley–Terry strengths of this item alone; the score is the mean chance to win against
 * another answer to it.
 */
function gradesOf(answers: readonly GivenAnswer[], verdicts: readonly Shown[], ridge: number): Grade[] {
  const n = answers.length;
  const read = verdicts.filter((shown): shown is Shown & { won: number } => shown.won !== undefined);
  const comparisons = read.map(({ first, second, won }): Comparison => ({
    better: won === 0 ? second : first,
    worse: won === 0 ? first : second,
    tie: won === 0.5,
  }));
  const strengths = fitBradleyTerry(countWins(n, comparisons), n, { ridge });
  return answers.map((_, i) => {
    const all = read.filter(({ first, second }) => first === i || second === i);
    const own = all
      .filter(({ unseen }) => !unseen)
      .map(({ first, second, won }): GradedComparison =>
        first === i
          ? { against: answers[second]!.model, first: true, won }
          : { against: answers[first]!.model, first: false, won: 1 - won },
      );
    if (all.length === 0)
      return { score: null, reason: n === 1 ? 'there is no other answer to compare with' : 'no verdict could be read' };
    const chances = answers.flatMap((__, j) => (j === i ? [] : [sigmoid(strengths[i]! - strengths[j]!)]));
    const wins = all.reduce((sum, { first, won }) => sum + (first === i ? won : 1 - won), 0);
    return {
      score: chances.reduce((sum, p) => sum + p, 0) / chances.length,
      reason: `won ${wins} of ${all.length} comparisons`,
      comparisons: own,
    };
  });
}

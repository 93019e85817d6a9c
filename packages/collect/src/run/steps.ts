import type { Grader, RunContext } from '@routeprofile/schema';
import { askAll } from '../ask/ask-all.js';
import type { Asker, Call, Reply } from '../ask/asker.js';
import { gradeAll } from '../grading/grade-all.js';
import { callKey, type Journal } from '../journal/journal.js';
import { estimateCalls, estimateJudging, expectedOutput, type ModelEstimate } from '../plan/estimate.js';
import type { Pair } from '../plan/grid.js';
import type { Result } from './results.js';
import { judgeOf, type Setting } from './setting.js';

/** A collection under way. */
export interface Run {
  setting: Setting;
  journal: Journal;
  asker: Asker;
  graderOf: (item: Setting['items'][number]) => Grader;
  ctx: RunContext;
}

/** What the journal already holds of some pairs. */
export const kept = ({ setting, journal }: Run, pairs: readonly Pair[]): Result[] =>
  pairs.flatMap(({ item, model }) => {
    const call = setting.callOf(item, model);
    const answer = journal.answer(callKey(call.model.chat.id, call.messages));
    return answer ? [{ item, candidate: model, answer }] : [];
  });

const resultOf = ({ item, model }: Pair, reply: Reply): Result => ({
  item,
  candidate: model,
  ...('answer' in reply ? { answer: reply.answer } : { failed: reply.failed }),
});

/** Asks pairs in their order, leaving what their grading will take. */
export async function ask(run: Run, pairs: readonly Pair[], keep: number): Promise<Result[]> {
  const { setting, asker, ctx } = run;
  const calls = callsOf(setting, pairs).map((call) => ({ ...call, keep }));
  return (await askAll(asker, calls, ctx)).map((reply, i) => resultOf(pairs[i]!, reply));
}

/** Adds grades to results that have an answer. */
export async function grade({ setting, graderOf, ctx }: Run, results: readonly Result[]): Promise<Result[]> {
  const { items, candidates } = setting;
  const byItem = new Map<number, Result[]>();
  for (const result of results) {
    if (!result.answer) continue;
    const own = byItem.get(result.item);
    if (own) own.push(result);
    else byItem.set(result.item, [result]);
  }
  const groups = [...byItem].map(([item, own]) => ({ item: items[item]!, grader: graderOf(items[item]!), own }));
  const grades = await gradeAll(
    groups.map(({ item, grader, own }) => ({
      item,
      grader,
      answers: own.map(({ candidate, answer }) => ({
        model: candidates[candidate]!.id,
        text: answer!.text,
        truncated: answer!.truncated,
      })),
    })),
    ctx,
  );
  const graded = new Map(
    groups.flatMap(({ grader, own }, g) =>
      own.map((result, i) => {
        const { name, source } = grader;
        return [result, { ...result, grade: grades[g]![i]!, grader: name, source }] as const;
      }),
    ),
  );
  return results.map((result) => graded.get(result) ?? result);
}

/** Dollars that grading is expected to take of what is left: its share, should not both be covered. */
export function gradingShare(run: Run, pairs: readonly Pair[], left: number): number {
  const { models, judges } = estimates(run.setting, pairs, run.graderOf, run.journal);
  const asking = sum(models.map(({ dollars }) => dollars)) ?? 0;
  const judging = sum(judges.map(({ dollars }) => dollars)) ?? 0;
  const most = sum(judges.map(({ atMost }) => atMost)) ?? 0;
  return judging === 0 ? 0 : Math.min(most, (left * judging) / (asking + judging));
}

/** All items with the candidates that they are asked of, in the order of the seed. */
export const everyPair = ({ order, askedOf }: Pick<Setting, 'order' | 'askedOf'>): Pair[] =>
  order.flatMap((item) => askedOf[item]!.map((model) => ({ item, model })));
/** The calls of pairs. */
export const callsOf = ({ callOf }: Setting, pairs: readonly Pair[]): Call[] =>
  pairs.map(({ item, model }) => callOf(item, model));
/** The sum; null where a part is not known. */
export const sum = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value === null) ? null : values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** Mean tokens of an answer of any candidate, for what a judge will read. */
const answerTokens = ({ candidates }: Setting, outputOf: ReturnType<typeof expectedOutput>): number =>
  candidates.reduce((total, model) => total + outputOf(model), 0) / candidates.length;

/** What asking some pairs, and grading the answers, is expected to take. */
export function estimates(
  setting: Setting,
  pairs: readonly Pair[],
  graderOf: (item: Setting['items'][number]) => Grader,
  journal: Journal | undefined,
): { models: ModelEstimate[]; judges: ModelEstimate[] } {
  const { items, candidates, judges } = setting;
  const answers = new Int32Array(items.length);
  for (const { item } of pairs) answers[item]!++;
  return {
    models: estimateCalls(callsOf(setting, pairs), candidates, journal),
    judges: estimateJudging(
      items.map((item, i) => ({ item, grader: graderOf(item), answers: answers[i]! })),
      (id) => judgeOf(judges, id),
      answerTokens(setting, expectedOutput(journal)),
    ),
  };
}

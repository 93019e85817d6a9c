import { inPool } from '@routeprofile/providers';
import {
  RouteProfileError,
  type ErrorCode,
  type GivenAnswer,
  type Grade,
  type Grader,
  type PromptItem,
  type RunContext,
} from '@routeprofile/schema';

/** The answers to one item, and who grades them. */
export interface AnsweredItem {
  item: PromptItem;
  grader: Grader;
  answers: readonly GivenAnswer[];
}

/** Items at a time; a judge's endpoint lets fewer through. */
const ITEMS_AT_A_TIME = 32;

/** What keeps a judge from one answer keeps it from no other: the answer stays without a score. */
const OF_ONE_ANSWER = new Set<ErrorCode>(['NETWORK', 'LIMIT_EXCEEDED']);

/**
 * Grades answers, a few items at a time; grades are in the order of items and answers. What cannot be graded has the score null, with
 * the reason.
 * @throws RouteProfileError PLUGIN_FAILED for a score outside of 0 to 1; ABORTED; what a grader throws beyond a failed call
 */
export async function gradeAll(items: readonly AnsweredItem[], ctx: RunContext): Promise<Grade[][]> {
  let done = 0;
  return inPool(items, ITEMS_AT_A_TIME, async ({ item, grader, answers }) => {
    const grades =
      answers.length === 0
        ? []
        : grader.gradeAll
          ? await orNone(answers.length, () => grader.gradeAll!(item, answers, ctx))
          : await Promise.all(
              answers.map(async (answer) => (await orNone(1, async () => [await grader.grade(item, answer, ctx)]))[0]!),
            );
    assertGrades(grader, item, grades, answers.length);
    ctx.onProgress?.({ stage: 'grade', done: ++done, total: items.length, unit: 'queries' });
    return grades;
  });
}

async function orNone(count: number, grade: () => Promise<Grade[]>): Promise<Grade[]> {
  try {
    return await grade();
  } catch (error) {
    if (!RouteProfileError.isInstance(error) || !OF_ONE_ANSWER.has(error.code)) throw error;
    return Array.from({ length: count }, () => ({ score: null, reason: error.message }));
  }
}

function assertGrades({ name }: Grader, { id }: PromptItem, grades: readonly Grade[], count: number): void {
  const what =
    grades.length === count ? grades.find(({ score }) => !(score === null || (score >= 0 && score <= 1))) : {};
  if (what === undefined) return;
  throw new RouteProfileError(
    'PLUGIN_FAILED',
    grades.length === count
      ? `grader ${name}, query ${id}: a score is ${String((what as Grade).score)}, expected 0 to 1, or null`
      : `grader ${name}, query ${id}: gave ${grades.length} grades for ${count} answers`,
  );
}

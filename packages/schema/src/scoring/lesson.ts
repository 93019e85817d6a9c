import { RouteProfileError } from '../errors.js';
import type { Dataset, OutcomeValues } from '../dataset.js';
import type { RouterTraining } from '../training.js';

/** From this share of queries with one model's outcome on, outcomes are a log: by themselves they compare nothing. */
export const LOG_SHARE = 0.5;
/** Battles ask two models per query, and compare no more than these. */
const ASKED_IN_BATTLE = 2;

/**
 * How many models a log asked per query. Outcomes are a log where most queries that have any have one model's only, or, as battles do,
 * those of at most two out of more.
 * @param models columns of the table
 * @returns null for outcomes that are not a log
 */
export function askedPerQuery({ score }: Pick<OutcomeValues, 'score'>, models: number): 1 | 2 | null {
  let [known, lone, few] = [0, 0, 0];
  for (let start = 0; start < score.length; start += models) {
    let count = 0;
    for (let k = start; k < start + models; k++) if (!Number.isNaN(score[k]!)) count++;
    if (count > 0) known++;
    if (count === 1) lone++;
    if (count > 0 && count <= ASKED_IN_BATTLE) few++;
  }
  const most = (rows: number) => known > 0 && rows >= LOG_SHARE * known;
  if (models >= 2 && most(lone)) return 1;
  return models > ASKED_IN_BATTLE && most(few) ? ASKED_IN_BATTLE : null;
}

/** Whether outcomes are a log; see `askedPerQuery`. */
export const isLog = (values: Pick<OutcomeValues, 'score'>, models: number): boolean =>
  askedPerQuery(values, models) !== null;

/**
 * Whether test rows are a log. Two models per query make one only where the training rows are a log too: next to complete training rows
 * they are comparisons with gaps.
 */
export function isTestLog({ logged, test }: Pick<Dataset, 'logged' | 'test'>): boolean {
  const asked = askedPerQuery(test.values, test.models.length);
  return asked === 1 || (asked === 2 && logged === true);
}

/** Whether some outcome states with which chance its model was asked, as only outcomes of a log do. */
export const statesChances = ({ propensity }: Pick<OutcomeValues, 'propensity'>): boolean =>
  propensity?.some((chance) => !Number.isNaN(chance)) ?? false;

/** What there is to learn from: outcomes where any was measured, otherwise pairs. */
export type Lesson = 'outcomes' | 'pairs';

/** What the training rows teach; null when there are neither outcomes nor pairs. */
export function lessonOf({ outcomes, pairs }: RouterTraining): Lesson | null {
  if (outcomes?.score.some((score) => !Number.isNaN(score))) return 'outcomes';
  return pairs.length > 0 ? 'pairs' : null;
}

/**
 * What the training rows teach.
 * @param outcomesOnly pairs alone do not do
 * @throws RouteProfileError NO_TRAINING_DATA when there is nothing to learn from
 */
export function requireLesson(strategy: string, training: RouterTraining, outcomesOnly = false): Lesson {
  const lesson = training.queries.texts.length > 0 ? lessonOf(training) : null;
  if (lesson && !(outcomesOnly && lesson === 'pairs')) return lesson;
  const what = outcomesOnly ? 'outcomes' : 'outcomes or pairs';
  throw new RouteProfileError('NO_TRAINING_DATA', `${strategy}: there are no training queries with ${what}`, {
    hint: 'Give the dataset training rows, or use `sim`, which learns nothing.',
  });
}

/** Models with any outcome, or any pair where only pairs teach. */
export function seenModels(training: RouterTraining, models: number): boolean[] {
  const seen = Array.from({ length: models }, () => false);
  if (lessonOf(training) === 'outcomes')
    training.outcomes?.score.forEach((score, k) => (seen[k % models] ||= !Number.isNaN(score)));
  else
    for (const { better, worse } of training.pairs) {
      seen[better] = true;
      seen[worse] = true;
    }
  return seen;
}

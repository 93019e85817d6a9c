import { RouteProfileError, type RouterTraining } from '@routeprofile/schema';

/** What there is to learn from: outcomes where any was measured, otherwise pairs. */
export type Lesson = 'outcomes' | 'pairs';

export function lessonOf({ outcomes, pairs }: RouterTraining): Lesson | null {
  if (outcomes?.score.some((score) => !Number.isNaN(score))) return 'outcomes';
  return pairs.length > 0 ? 'pairs' : null;
}

/** @throws RouteProfileError NO_TRAINING_DATA when there are neither outcomes nor pairs */
export function requireLesson(strategy: string, training: RouterTraining): Lesson {
  const lesson = training.queries.texts.length > 0 ? lessonOf(training) : null;
  if (lesson) return lesson;
  throw new RouteProfileError('NO_TRAINING_DATA', `${strategy}: there are no training queries with outcomes or pairs`, {
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

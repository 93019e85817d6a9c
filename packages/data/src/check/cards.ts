import type { Dataset, ModelCard, Oddity } from '@routeprofile/schema';
import { plural } from '../dataset/text.js';
import { contradictedScores, describeContradiction, isShareOfOne } from '../dataset/unreliable.js';
import { oddity, short } from './oddity.js';

const range = (values: readonly number[]): string => `${short(Math.min(...values))} to ${short(Math.max(...values))}`;

/**
 * What is odd about the task scores of the cards.
 * @param auxiliary whether auxiliary models are expected to have scores of the same tasks, on the same scale
 */
export function scoreOddities(dataset: Dataset, auxiliary: boolean): Oddity[] {
  const candidates = new Set(dataset.candidates.map(({ id }) => id));
  const scored = dataset.tasks.map(({ name }) => {
    const has = dataset.cards.filter((card) => card.scores.has(name));
    return {
      task: name,
      has,
      own: has.filter((card) => candidates.has(card.name)),
      others: has.filter((card) => !candidates.has(card.name)),
    };
  });
  const valuesOf = (cards: readonly ModelCard[], task: string) => cards.map((card) => card.scores.get(task)!.value);
  const measured = new Set(dataset.train.queries.map(({ task }) => task));

  const unscored = scored.filter(({ has }) => has.length === 0).map(({ task }) => task);
  const twoScales = scored.flatMap(({ task, own, others }) => {
    if (own.length < 2 || others.length < 2) return [];
    const [a, b] = [valuesOf(own, task), valuesOf(others, task)];
    const apart = Math.max(...a) < Math.min(...b) || Math.max(...b) < Math.min(...a);
    return apart ? [`${task}: candidates ${range(a)}, others ${range(b)}`] : [];
  });
  const twoUnits = scored.flatMap(({ task, own, others }) => {
    if (own.length === 0 || others.length === 0) return [];
    const [a, b] = [valuesOf(own, task), valuesOf(others, task)];
    const differ = isShareOfOne(a, b) || isShareOfOne(b, a);
    return differ ? [`${task}: candidates ${range(a)}, others ${range(b)}`] : [];
  });
  const candidatesOnly = scored
    .filter(({ own, others }) => own.length > 0 && others.length === 0)
    .map(({ task }) => task);
  const repeated = scored.flatMap(({ task, others }) => {
    // Exact decimals that several models share are seldom measured: outcomes on a few queries may coincide, benchmarks rarely do.
    const counts = new Map<number, number>();
    for (const value of valuesOf(others, task)) counts.set(value, (counts.get(value) ?? 0) + 1);
    const shared = [...counts].filter(([value, count]) => count > 1 && value > 0 && value < 100);
    return shared.length >= 3
      ? [
          `${task}: ${shared
            .slice(0, 4)
            .map(([value, count]) => `${short(value)} on ${count} models`)
            .join(', ')}`,
        ]
      : [];
  });
  const outside = dataset.cards.flatMap((card) =>
    [...card.scores]
      .filter(([, { value }]) => value < 0 || value > 100)
      .map(([task, { value }]) => `${card.name}: ${task} is ${short(value)}`),
  );
  const unmeasured = dataset.cards.flatMap((card) =>
    card.auxiliary || dataset.newModels.includes(card.name)
      ? []
      : [...measured]
          .filter((task): task is string => task !== null && !card.scores.has(task))
          .map((task) => `${card.name}: ${task}`),
  );
  return [
    ...oddity(
      'unscored-task',
      unscored,
      (count) =>
        `${plural(count, 'task')} of ${dataset.tasks.length} with a score of no model: nothing is tied to them in a graph`,
    ),
    ...oddity(
      'unreliable-scores',
      contradictedScores(dataset.cards).map(describeContradiction),
      (count) =>
        `the candidates' scores of ${plural(count, 'task')} are contradicted by auxiliary models and by the candidates' other tasks, as if wrongly graded: profiles that carry scores count them as not measured`,
    ),
    ...oddity(
      'two-units',
      twoUnits,
      (count) =>
        `the scores of ${plural(count, 'task')} are shares of one on one side and percentages on the other: they cannot be compared`,
    ),
    ...(auxiliary
      ? oddity(
          'two-scales',
          twoScales,
          (count) =>
            `the scores of ${plural(count, 'task')} lie on two scales: candidates and other models do not overlap, as if measured differently`,
        )
      : []),
    ...(auxiliary
      ? oddity(
          'candidates-only-score',
          candidatesOnly,
          (count) => `${plural(count, 'task has', 'tasks have')} scores of candidates only`,
        )
      : []),
    ...oddity(
      'repeated-scores',
      repeated,
      (count) => `the scores of ${plural(count, 'task')} repeat exactly between models, as if filled in`,
    ),
    ...oddity('score-out-of-range', outside, (count) => `${plural(count, 'score')} outside 0 to 100`),
    ...oddity(
      'unscored-though-trained',
      unmeasured,
      (count) =>
        `${plural(count, 'score of a candidate is', 'scores of candidates are')} missing for tasks that occur in the training data`,
    ),
  ];
}

import { RouteProfileError, type NamedArray } from '@routeprofile/schema';
import type { AdvantageModel } from './advantages.js';

/** What lets a further model be placed beside those of a set: `advantage:task:NAME` and `advantage:fit`, without shrinkage with NaN for a variance. */
const TASK = 'advantage:task:';
const FIT = 'advantage:fit';

/** @param queriesOf answers behind a score of the task that tells none */
export function toState(
  { tasks, scales, centre, routed, ownVariance, ridge, routedRidge }: AdvantageModel,
  queriesOf: (task: string) => number | undefined,
): Record<string, NamedArray> {
  const array = (...values: number[]): NamedArray => ({ shape: [values.length], data: Float32Array.from(values) });
  return {
    // An array knows no null: NaN stands for it.
    [FIT]: array(ownVariance ?? NaN, ridge, routedRidge),
    ...Object.fromEntries(
      tasks.map((task, t) => {
        const { factor, unit } = scales[t]!;
        return [`${TASK}${task}`, array(centre[t]!, factor, unit ?? 0, routed[t] ? 1 : 0, queriesOf(task) ?? 0)];
      }),
    ),
  };
}

/** @throws RouteProfileError BAD_INPUT when the set does not hold what its strategy keeps. */
export function fromState(
  strategy: string,
  state: Readonly<Record<string, NamedArray>> | undefined,
): { fit: AdvantageModel; queriesOf: (task: string) => number | undefined } {
  const [ownVariance, ridge, routedRidge] = state?.[FIT]?.data ?? [];
  if (!state || ownVariance === undefined || ridge === undefined || routedRidge === undefined)
    throw new RouteProfileError('BAD_INPUT', `${strategy}: the set does not hold what is needed to add a model`, {
      hint: 'Build the profiles again.',
    });
  const rows = Object.entries(state).filter(([name]) => name.startsWith(TASK));
  const column = (at: number) => rows.map(([, { data }]) => data[at]!);
  const tasks = rows.map(([name]) => name.slice(TASK.length));
  const counts = new Map(tasks.map((task, t) => [task, column(4)[t]!]));
  return {
    fit: {
      tasks,
      scales: column(1).map((factor, t) => {
        const unit = column(2)[t];
        return { factor, unit: unit === 100 || unit === 1 ? unit : null };
      }),
      centre: Float64Array.from(column(0)),
      routed: column(3).map((is) => is === 1),
      ownVariance: Number.isNaN(ownVariance) ? null : ownVariance,
      ridge,
      routedRidge,
    },
    queriesOf: (task) => counts.get(task) || undefined,
  };
}

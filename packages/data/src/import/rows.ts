import { MEASURES } from './roles.js';
import { meanOf, type Query } from './group/group.js';
import type { ScoreReader } from './scores.js';
import { scoreOf } from './tally.js';
import { formatTime } from './times.js';
import { isFields, type Fields } from './paths.js';

/** A query as `outcomes.jsonl` has it. */
export function outcomeRow(query: Query, id: string, scores: ScoreReader): Record<string, unknown> {
  const { kept } = query;
  const row = newRow(query, id, scores);
  if (kept === undefined) return row;
  const there = isFields(kept['models']) ? kept['models'] : {};
  const marked = Object.entries(there).map(([model, outcome]) => {
    const isMarked = isFields(outcome) && isOnPurpose(row.models[model]);
    return [model, isMarked ? { ...outcome, propensity: 1 } : outcome] as const;
  });
  return { ...kept, models: { ...row.models, ...Object.fromEntries(marked) } };
}

/** Whether somebody asked for an outcome whatever was chosen then: its chance to be there is 1, and no longer that of the log. */
const isOnPurpose = (outcome: unknown): boolean => isFields(outcome) && outcome['propensity'] === 1;

function newRow(query: Query, id: string, scores: ScoreReader): { models: Fields } & Record<string, unknown> {
  const { task, split, answer, time, step, models } = query;
  return {
    id,
    ...(task !== null && { task }),
    ...(split !== null && { split }),
    ...(time !== null && { time: formatTime(time.first) }),
    query: query.query,
    ...(answer !== null && { answer }),
    ...(step !== undefined && { trajectoryStep: step }),
    models: Object.fromEntries(
      models.map(([model, numbers, sources]) => [
        model,
        {
          score: scoreOf(numbers, scores, task),
          ...Object.fromEntries(
            MEASURES.flatMap((field) => {
              const sum = numbers[field];
              return sum === undefined ? [] : [[field, meanOf(field, sum)] as const];
            }),
          ),
          ...(sources.length > 0 && { source: sources.join(' + ') }),
        },
      ]),
    ),
  };
}

/**
 * What a row that was there and new calls say of the same models: how many outcomes are the same, and which are not, in words. A
 * field that only one of the two has does not contradict the other, and a new propensity of 1 says that the outcome was asked for.
 */
export function compareWithKept(query: Query, scores: ScoreReader): { same: number; conflicts: string[] } {
  const there = isFields(query.kept?.['models']) ? query.kept['models'] : {};
  const { models } = newRow(query, '', scores);
  const conflicts: string[] = [];
  let same = 0;
  for (const [model, outcome] of Object.entries(models)) {
    const kept = Object.hasOwn(there, model) ? there[model] : undefined;
    if (!isFields(kept) || !isFields(outcome)) continue;
    const differing = Object.keys(outcome).filter(
      (field) =>
        !(field === 'propensity' && isOnPurpose(outcome)) &&
        kept[field] !== undefined &&
        kept[field] !== null &&
        outcome[field] !== null &&
        kept[field] !== outcome[field],
    );
    if (differing.length === 0) same++;
    else
      conflicts.push(
        `models.${model}: ${differing.map((field) => `${field} is ${String(kept[field])} there and ${String(outcome[field])} here`).join(', ')}`,
      );
  }
  return { same, conflicts };
}

import { MEASURES } from './roles.js';
import { meanOf, type Query } from './group/group.js';
import type { ScoreReader } from './scores.js';
import { scoreOf } from './tally.js';
import { formatTime } from './times.js';

/** A query as `outcomes.jsonl` has it. */
export function outcomeRow(
  query: Query,
  id: string,
  split: string | null,
  scores: ScoreReader,
): Record<string, unknown> {
  const { task, answer, time, models } = query;
  return {
    id,
    ...(task !== null && { task }),
    ...(split !== null && { split }),
    ...(time !== null && { time: formatTime(time.first) }),
    query: query.query,
    ...(answer !== null && { answer }),
    models: Object.fromEntries(
      models.map(([model, numbers]) => [
        model,
        {
          score: scoreOf(numbers, scores),
          ...Object.fromEntries(
            MEASURES.flatMap((field) => {
              const sum = numbers[field];
              return sum === undefined ? [] : [[field, meanOf(field, sum)] as const];
            }),
          ),
        },
      ]),
    ),
  };
}

import { plural, type RestOfLog } from '@routeprofile/schema';
import type { OutcomeRows } from '../dataset/rows.js';
import { someOf } from '../dataset/text.js';
import { TRAIN } from './splits.js';

/** That a dataset's rows are a sample of a log, as `meta.json` says. */
export interface SampledLog {
  perTask: number;
  seed: number;
  rows: number;
  rest: readonly RestOfLog[];
}

/**
 * What of the log that is not among the rows is for training: all of it where the rows have a single split, for then the test rows are cut
 * from them; else what is marked so. Test rows are never part of it: the rest holds no query of any row.
 */
export function trainingRest(sampled: SampledLog | undefined, { queries }: OutcomeRows): readonly RestOfLog[] {
  const rest = sampled?.rest ?? [];
  const isSingle = queries.every(({ split }) => split === queries[0]!.split);
  return isSingle ? rest : rest.filter(({ split }) => split === TRAIN);
}

const number = (value: number): string => value.toLocaleString('en-US');
const scoresIn = (rest: readonly RestOfLog[]): number =>
  rest.reduce((sum, { models }) => sum + Object.values(models).reduce((own, { scores }) => own + scores, 0), 0);

/** Where task scores and outcomes of such a dataset are from, for whatever is made of it. */
export const sampledNotes = (sampled: SampledLog | undefined, rest: readonly RestOfLog[]): string[] =>
  sampled === undefined
    ? []
    : [
        `task scores are from all training rows of a log of ${plural(sampled.rows, 'record')}: ${plural(scoresIn(rest), 'score')} summed up beside those of the training queries; outcomes by query are a sample of at most ${plural(sampled.perTask, 'query', 'queries')} per task (seed ${sampled.seed})`,
      ];

/** The same as a warning, and what the sample leaves out. */
export function sampledWarnings(
  sampled: SampledLog | undefined,
  rest: readonly RestOfLog[],
  { models }: OutcomeRows,
): string[] {
  const known = new Set(models);
  const missed = new Map<string, number>();
  for (const { models: all } of rest)
    for (const [model, { scores }] of Object.entries(all))
      if (!known.has(model)) missed.set(model, (missed.get(model) ?? 0) + scores);
  const names = [...missed].map(([model, scores]) => `${model} (${number(scores)})`);
  return [
    ...sampledNotes(sampled, rest).map((note) => `A sample of a log: ${note}.`),
    ...(names.length === 0
      ? []
      : [
          `${plural(names.length, 'model')} of the log with no outcome in the sample, and left out (scores in the log): ${someOf(names)}. A larger --sample may hold them.`,
        ]),
  ];
}

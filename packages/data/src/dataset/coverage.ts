import { LOG_SHARE, type RowCoverage } from '@routeprofile/schema';
import { soleModel } from './calls.js';
import type { OutcomeRows } from './rows.js';
import { plural, someOf } from './text.js';

/** What to do about such a log. */
const compareFirst = (enough: number) =>
  `Ask each model the same ${enough} or more queries, drawn at random from the log (a few hundred are better), score the answers, and put all outcomes of a query on one line.`;

/**
 * Counts who has outcomes where.
 * @param minOutcomes of how many on something can be learned of a model
 */
export function rowCoverage(rows: OutcomeRows, minOutcomes: number): RowCoverage {
  const indices = rows.queries.map((_, i) => i);
  const counts = rows.coverage(indices);
  const known = rows.models.filter((_, m) => counts[m]! > 0).length;
  const completeRows = indices.filter((row) => known > 0 && measuredModels(rows, row) === known).length;
  const oneModelRows = known < 2 ? 0 : indices.filter((row) => soleModel(rows, row) !== null).length;
  const kind =
    completeRows === rows.length
      ? 'complete'
      : loneShare(rows, indices) >= LOG_SHARE
        ? 'one-model-per-query'
        : 'incomplete';
  const models = rows.models
    .map((model, m) => ({ model, outcomes: counts[m]! }))
    .sort((a, b) => b.outcomes - a.outcomes);
  const coverage = { kind, rows: rows.length, completeRows, oneModelRows, models } as const;
  return { ...coverage, notes: kind === 'one-model-per-query' ? logNotes(coverage, minOutcomes) : [] };
}

/** Share of the rows with outcomes that have one model's only; 0 where a single model was asked. */
export function loneShare(rows: OutcomeRows, indices: readonly number[]): number {
  if (rows.coverage(indices).filter((count) => count > 0).length < 2) return 0;
  const counts = indices.map((row) => measuredModels(rows, row));
  const measured = counts.filter((count) => count > 0).length;
  return measured === 0 ? 0 : counts.filter((count) => count === 1).length / measured;
}

function measuredModels(rows: OutcomeRows, row: number): number {
  let count = 0;
  rows.forEachMeasured(row, 'score', () => count++);
  return count;
}

const listed = (models: RowCoverage['models']): string =>
  someOf(models.map(({ model, outcomes }) => `${model}: ${outcomes.toLocaleString('en-US')}`));

function logNotes({ models }: Pick<RowCoverage, 'models'>, least: number): string[] {
  const enough = models.filter(({ outcomes }) => outcomes >= least);
  const few = models.filter(({ outcomes }) => outcomes < least);
  return [
    `Can be learned: what each model scores and costs, over all and by the kind of query${
      enough.length === 0 ? '' : `, with ${least} outcomes or more (${listed(enough)})`
    }.${few.length === 0 ? '' : ` Too few outcomes for that (under ${least}): ${listed(few)}.`}`,
    'Can be estimated: what a router would have scored on this traffic, from the queries that went to the model it chooses. Where those are too few, the report says so and gives no figure.',
    'Assumption: queries were given to models at random, or by something that their texts show. If harder queries went to the stronger model for a reason that no text shows, its scores are too low. Chances that the log states (`propensity`) need no such assumption.',
    `To be certain: ${compareFirst(least)}`,
  ];
}

/** `600 of 600 rows have an outcome of one model only (big: 400, tiny: 200)`, or how many models a row has where most have several. */
const logSentence = ({ rows, oneModelRows, models }: RowCoverage): string => {
  const outcomes = models.reduce((sum, model) => sum + model.outcomes, 0);
  return oneModelRows >= LOG_SHARE * rows
    ? `${oneModelRows.toLocaleString('en-US')} of ${plural(rows, 'row has', 'rows have')} an outcome of one model only (${listed(models)})`
    : `${plural(rows, 'row has', 'rows have')} outcomes of ${(outcomes / rows).toFixed(1)} of ${models.length} models on average (${listed(models)})`;
};

/** What such a dataset is, in a sentence, for whoever looks at it. */
export const logWarnings = (coverage: RowCoverage): string[] => [
  `This is read as a log: ${logSentence(coverage)}. Routers learn from what each model did on its own queries.`,
];

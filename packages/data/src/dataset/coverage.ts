import { RouteProfileError, type RowCoverage } from '@routeprofile/schema';
import { soleModel } from './calls.js';
import type { OutcomeRows } from './rows.js';
import { plural, someOf } from './text.js';

/** Fewer outcomes than this say little of a model's mean. */
const ENOUGH_OUTCOMES = 30;
/** From this share of rows with one model on, a folder is a log of what each query's one model did. */
export const LOG_SHARE = 0.5;

/** What to do about such a log. */
export const COMPARE_FIRST = `Ask each model the same ${ENOUGH_OUTCOMES} or more queries, drawn at random from the log (a few hundred are better), score the answers, and put all outcomes of a query on one line.`;

/** Counts who has outcomes where. */
export function rowCoverage(rows: OutcomeRows): RowCoverage {
  const indices = rows.queries.map((_, i) => i);
  const counts = rows.coverage(indices);
  const known = rows.models.filter((_, m) => counts[m]! > 0).length;
  const completeRows = indices.filter((row) => known > 0 && measuredModels(rows, row) === known).length;
  const oneModelRows = known < 2 ? 0 : indices.filter((row) => soleModel(rows, row) !== null).length;
  const kind =
    completeRows === rows.length
      ? 'complete'
      : oneModelRows >= LOG_SHARE * rows.length && oneModelRows > 0
        ? 'one-model-per-query'
        : 'incomplete';
  const models = rows.models
    .map((model, m) => ({ model, outcomes: counts[m]! }))
    .sort((a, b) => b.outcomes - a.outcomes);
  const coverage = { kind, rows: rows.length, completeRows, oneModelRows, models } as const;
  return { ...coverage, notes: kind === 'one-model-per-query' ? logNotes(coverage) : [] };
}

function measuredModels(rows: OutcomeRows, row: number): number {
  let count = 0;
  rows.forEachMeasured(row, 'score', () => count++);
  return count;
}

const listed = (models: RowCoverage['models']): string =>
  someOf(models.map(({ model, outcomes }) => `${model}: ${outcomes.toLocaleString('en-US')}`));

/** Half the share of rows that a model has, rounded down: any split of the rows leaves it above that. */
const looseCoverage = (outcomes: number, rows: number): number => Math.floor((500 * outcomes) / rows) / 1000;

function logNotes({ rows, models }: Pick<RowCoverage, 'rows' | 'models'>): string[] {
  const enough = models.filter(({ outcomes }) => outcomes >= ENOUGH_OUTCOMES);
  const few = models.filter(({ outcomes }) => outcomes < ENOUGH_OUTCOMES);
  return [
    `Can be learned: the mean score and cost of each model on the queries that it was given${
      enough.length === 0 ? '' : `, with ${ENOUGH_OUTCOMES} outcomes or more (${listed(enough)})`
    }.${few.length === 0 ? '' : ` Too few outcomes for that (under ${ENOUGH_OUTCOMES}): ${listed(few)}.`}`,
    'Assumption: models may be compared by these means only if queries were given to them at random, or by something the data name, such as the task. If harder queries went to the stronger model, its mean is too low.',
    ...(enough.length < 2
      ? []
      : [
          `Under the same assumption \`router train --router linear\` (or knn, irt) learns to predict each of these models' scores by itself, with --min-coverage ${looseCoverage(enough.at(-1)!.outcomes, rows)}. Nothing in the log can test the result.`,
        ]),
    'Cannot be learned yet: which model does better on the same query, what a router would gain, and how far it is from the best choice per query. No query shows two models side by side.',
    `What to do: ${COMPARE_FIRST}`,
  ];
}

/** `600 of 600 rows have an outcome of one model only (big: 400, tiny: 200)`. */
const logSentence = ({ rows, oneModelRows, models }: RowCoverage): string =>
  `${oneModelRows.toLocaleString('en-US')} of ${plural(rows, 'row has', 'rows have')} an outcome of one model only (${listed(models)})`;

/** Such a folder in a sentence, for whoever looks at it; none for complete or merely incomplete data. */
export const coverageWarnings = (coverage: RowCoverage): string[] =>
  coverage.kind === 'one-model-per-query'
    ? [`This looks like a log with one model per query: ${logSentence(coverage)}. No query there compares two models.`]
    : [];

/**
 * Why a log with one model per query cannot be routed or judged, and what to do.
 * @param file how messages name the file
 */
export const oneModelPerQuery = (coverage: RowCoverage, file: string): RouteProfileError =>
  new RouteProfileError(
    'BAD_INPUT',
    `${file}: this is a log with one model per query: ${logSentence(coverage)}, so no query shows which model does better`,
    { hint: `${COMPARE_FIRST} What such a log can tell as it is: routeprofile data check.` },
  );

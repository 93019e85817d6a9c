import {
  createRandom,
  RouteProfileError,
  type OutcomeValues,
  type PreferencePair,
  type QueryRecord,
  type DatasetOptions,
} from '@routeprofile/schema';
import { drawPairs, stratifiedDraw } from '../../dataset/draw.js';
import { groupByQuery, withoutModels } from '../../dataset/rows.js';
import { plural } from '../../dataset/text.js';
import type { ReadRows } from '../../dataset/read-rows.js';
import { FILES, fileMode, type PublishedFiles } from './files.js';

const PAIRS_PER_QUERY = 4;

export interface PublishedTraining {
  queries: QueryRecord[];
  /** The queries without any template, aligned. */
  raw: string[];
  pairs: PreferencePair[];
  outcomes: OutcomeValues | null;
  warnings: string[];
}

/** The models that routers may learn of: those the training data tell something of, without those named as new. */
export function trainedModels(files: PublishedFiles, options: DatasetOptions): Set<string> {
  const named = new Set(options.newModels);
  return new Set([...modelsInTraining(files, fileMode(options))].filter((model) => !named.has(model)));
}

function modelsInTraining(files: PublishedFiles, mode: DatasetOptions['mode']): Set<string> {
  const inPairs = new Set(files.pairs?.flatMap((pair) => [pair.better_model, pair.worse_model]) ?? []);
  if (!hasRows(files.train)) return inPairs;
  const { rows } = files.train;
  const counts = rows.coverage(rows.queries.map((_, i) => i));
  const inRows = new Set(rows.models.filter((_, i) => counts[i]! > 0));
  // One file of full outcomes serves both modes; in newllm the mode's pairs tell whose outcomes are not to be seen.
  return mode === 'newllm' && inPairs.size > 0 ? new Set([...inRows].filter((model) => inPairs.has(model))) : inRows;
}

/**
 * Training data: full outcomes where the folder holds them, else the mode's pairs.
 * @param candidates in order; pairs and columns index them
 * @param trained candidates whose outcomes may be used
 */
export function publishedTraining(
  files: PublishedFiles,
  candidates: readonly string[],
  trained: ReadonlySet<string>,
  options: DatasetOptions,
): PublishedTraining {
  if (hasRows(files.train)) return fromOutcomes(files.train, candidates, trained, options);
  return fromPairs(files.pairs ?? [], candidates, options);
}

const hasRows = (read: ReadRows | undefined): read is ReadRows => read !== undefined && read.rows.length > 0;

/**
 * Refuses a folder that nothing can be learned from.
 * @throws RouteProfileError MISSING_FILE when there is neither file of training data, NO_TRAINING_DATA when they hold no rows.
 */
export function assertTrainingRows({ train, pairs }: PublishedFiles, options: DatasetOptions): void {
  if (hasRows(train) || (pairs !== undefined && pairs.length > 0)) return;
  const empty = [...(train ? [FILES.train] : []), ...(pairs ? [FILES.pairs(fileMode(options))] : [])];
  if (empty.length === 0)
    throw new RouteProfileError(
      'MISSING_FILE',
      `there are no training data: neither ${FILES.train} nor ${FILES.pairs(fileMode(options))}`,
      { hint: 'Add one of the two files to the dataset folder.' },
    );
  throw new RouteProfileError(
    'NO_TRAINING_DATA',
    `there are no training data: ${empty.join(' and ')} ${empty.length === 1 ? 'holds' : 'hold'} no rows`,
    { hint: 'Add training rows: without them there is nothing that a router could learn from.' },
  );
}

/** Tasks that routers train on, those whose pairs are all taken away included. */
export const routedTasks = ({ pairs, train }: PublishedFiles): Set<string> =>
  new Set([
    ...(pairs ?? []).map((pair) => pair.task_name),
    ...(train?.rows.queries ?? []).flatMap((query) => query.task ?? []),
  ]);

function fromOutcomes(
  { rows, unformatted }: ReadRows,
  candidates: readonly string[],
  trained: ReadonlySet<string>,
  { seed, limitTrain = Infinity }: DatasetOptions,
): PublishedTraining {
  const all = groupByQuery(
    rows,
    rows.queries.map((_, i) => i),
  );
  const labels = all.map(([first]) => rows.queries[first!]!.task);
  const groups = stratifiedDraw(labels, limitTrain, createRandom(seed, 'dataset', 'limit-train')).map((i) => all[i]!);
  const hidden = new Set(candidates.filter((model) => !trained.has(model)));
  const outcomes = withoutModels(rows.values(groups, candidates), candidates, hidden);
  return {
    queries: groups.map(([first]) => rows.record(first!)),
    raw: groups.map(([first]) => rows.queries[first!]!.raw),
    pairs: drawPairs(outcomes, candidates.length, PAIRS_PER_QUERY, createRandom(seed, 'dataset', 'pairs')),
    outcomes,
    warnings:
      unformatted === 0
        ? []
        : [
            `${unformatted} of ${plural(rows.length, 'training row')} have no stored prompt (formatted_query): their raw text is used.`,
          ],
  };
}

function fromPairs(
  rows: NonNullable<PublishedFiles['pairs']>,
  candidates: readonly string[],
  options: DatasetOptions,
): PublishedTraining {
  const indexOf = new Map(candidates.map((model, i) => [model, i]));
  const named = new Set(options.newModels);
  const queryIndex = new Map<string, number>();
  const queries: QueryRecord[] = [];
  const pairs: PreferencePair[] = [];
  let skipped = 0;
  let hidden = 0;
  for (const row of rows) {
    if (named.has(row.better_model) || named.has(row.worse_model)) {
      hidden++;
      continue;
    }
    const better = indexOf.get(row.better_model);
    const worse = indexOf.get(row.worse_model);
    if (better === undefined || worse === undefined) {
      skipped++;
      continue;
    }
    const key = `${row.task_name}\u0000${row.query}`;
    let query = queryIndex.get(key);
    if (query === undefined) {
      query = queries.push({ id: `train:${queries.length}`, text: row.query, task: row.task_name }) - 1;
      queryIndex.set(key, query);
    }
    pairs.push({ query, better, worse });
  }
  const kept = limitQueries(queries, pairs, options);
  const warnings = [
    ...(skipped === 0 ? [] : [`Not used: ${plural(skipped, 'training pair')} with a model that is not a candidate.`]),
    ...(hidden === 0 ? [] : [`Not used: ${plural(hidden, 'training pair')} with a new model.`]),
    // Pairs are stored without their prompts.
    ...(options.queryText === 'raw'
      ? []
      : [
          `All ${plural(kept.queries.length, 'training query', 'training queries')} have no stored prompt (formatted_query): their raw text is used.`,
        ]),
  ];
  return { ...kept, raw: kept.queries.map((query) => query.text), outcomes: null, warnings };
}

function limitQueries(
  queries: QueryRecord[],
  pairs: PreferencePair[],
  { seed, limitTrain = Infinity }: DatasetOptions,
) {
  if (queries.length <= limitTrain) return { queries, pairs };
  const chosen = stratifiedDraw(
    queries.map((query) => query.task),
    limitTrain,
    createRandom(seed, 'dataset', 'limit-train'),
  );
  const renumbered = new Map(chosen.map((query, i) => [query, i]));
  return {
    queries: chosen.map((i) => queries[i]!),
    pairs: pairs.flatMap((pair) => {
      const query = renumbered.get(pair.query);
      return query === undefined ? [] : [{ ...pair, query }];
    }),
  };
}

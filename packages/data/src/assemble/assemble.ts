import { basename, resolve } from 'node:path';
import {
  createRandom,
  type Dataset,
  type DatasetOptions,
  type Description,
  type ModelCard,
  type ModelCardFile,
  type RowCoverage,
} from '@routeprofile/schema';
import { candidatesOf, fillCosts } from '../dataset/cards.js';
import { logWarnings } from '../dataset/coverage.js';
import { drawPairs, limited } from '../dataset/draw.js';
import { guardCards } from '../dataset/new-models.js';
import { unformattedWarning, type ReadRows } from '../dataset/read-rows.js';
import { groupByQuery, withoutModels, type OutcomeRows } from '../dataset/rows.js';
import { scaleWarnings } from '../dataset/scales.js';
import { findSharedPrefixes } from '../dataset/shared-prefixes.js';
import type { Sources } from '../dataset/sources.js';
import { countOverlap, plural, someOf } from '../dataset/text.js';
import { markUnreliable } from '../dataset/unreliable.js';
import { familyText } from '../dataset/with-cards.js';
import { choosePool, type Pool } from './pool.js';
import { sampledNotes, sampledWarnings, trainingRest, type SampledLog } from './rest.js';
import { ALL_QUERIES, outcomeCard, taskScores } from './scores.js';
import { splitRows } from './splits.js';

const PAIRS_PER_QUERY = 4;

/** What the files of a folder hold, checked: outcomes by query, and what is known of the models. */
export interface ReadFiles {
  /** The layout's name. */
  layout: string;
  /** How messages name the file of the rows. */
  file: string;
  /** Rows marked `train`, `validation`, `test`, or of a single split, which is then cut by the seed. */
  main: ReadRows;
  /** Test rows from a file of their own; undefined: they are among the rows. */
  separate: ReadRows | undefined;
  coverage: RowCoverage;
  /** Empty where nothing describes the models. */
  cards: ReadonlyMap<string, ModelCardFile>;
  /** Default: the folder's name, not simulated, no texts. */
  meta?: {
    name?: string | undefined;
    simulated?: boolean | undefined;
    taskDescriptions?: Readonly<Record<string, string>> | undefined;
    familyDescriptions?: Readonly<Record<string, string>> | undefined;
    sampled?: SampledLog | undefined;
  };
  warnings: readonly string[];
}

/**
 * Puts a dataset together from rows of outcomes: who may be chosen, what is for training, what the cards say.
 * @throws RouteProfileError BAD_INPUT when there are too few candidates, or the splits do not fit.
 */
export function assembleRows(files: ReadFiles, sources: Sources, options: DatasetOptions): Dataset {
  const { meta = {}, cards: cardFile, main, separate } = files;
  const { rows } = main;
  const split = splitRows(rows, options, separate !== undefined, files.file);
  const testRows = separate?.rows ?? rows;
  const testAll = separate === undefined ? split.test : testRows.queries.map((_, i) => i);
  const order = [...new Set([...cardFile.keys(), ...rows.models, ...testRows.models])];
  const pool = choosePool(order, { rows, indices: split.train }, { rows: testRows, indices: testAll }, options);

  const groups = limited(
    groupByQuery(rows, split.train),
    ([first]) => rows.queries[first!]!.task,
    options.limitTrain,
    options.seed,
    'limit-train',
  );
  const trainRows = groups.flat();
  const test = limited(testAll, (row) => testRows.queries[row]!.task, options.limitTest, options.seed, 'limit-test');

  const tasks = tasksOf(rows, trainRows);
  const untasked = tasks.length === 0;
  const taskNames = untasked ? [ALL_QUERIES] : tasks;
  const taskOf = (row: number) => (untasked ? ALL_QUERIES : rows.queries[row]!.task);
  const isNew = new Set(pool.newModels);
  // What training rows say of a new model goes no further than this line and the columns below.
  const rest = trainingRest(meta.sampled, rows);
  const means = taskScores(rows, trainRows, taskNames, taskOf, rest, untasked ? ALL_QUERIES : null);
  const measured = new Map([...means].filter(([model]) => !isNew.has(model)));
  const guarded = guardCards(
    cardsOf(order, cardFile, pool.candidates, measured),
    pool.newModels,
    new Set(untasked ? [] : tasks),
    options,
  );
  const marked = markUnreliable(guarded.cards, options);
  const { cards } = marked;

  const queries = groups.map(([first]) => rows.record(first!));
  const outcomes = withoutModels(rows.values(groups, pool.candidates), pool.candidates, isNew);
  const candidates = candidatesOf(pool.candidates, (model) => [cardFile.get(model)], queries, outcomes);
  const testValues = testRows.values(
    test.map((row) => [row]),
    pool.candidates,
  );
  fillCosts(outcomes, candidates);
  fillCosts(testValues, candidates);
  const prefixes = findSharedPrefixes(queries, options);
  const name = meta.name ?? basename(resolve(sources.dir));
  const trainRaw = groups.map(([first]) => rows.queries[first!]!.raw);

  return {
    name,
    layout: files.layout,
    mode: options.mode,
    queryText: options.queryText,
    simulated: meta.simulated ?? false,
    hash: sources.hash({ ...options, test: undefined }),
    candidates,
    newModels: pool.newModels,
    leftOut: pool.leftOut,
    ...(pool.logged && { logged: true }),
    cards,
    families: familiesOf(cards, new Map(Object.entries(meta.familyDescriptions ?? {}))),
    tasks: describeTasks(
      taskNames,
      cards,
      new Map([
        [untasked ? ALL_QUERIES : '', `All queries of ${name}.`],
        ...Object.entries(meta.taskDescriptions ?? {}),
      ]),
    ),
    domains: [],
    taskQueries: taskNames.map((task) => ({
      task,
      queries: groups.filter(([first]) => taskOf(first!) === task).map(([first]) => rows.queries[first!]!.text),
    })),
    train: {
      queries,
      pairs: drawPairs(outcomes, candidates.length, PAIRS_PER_QUERY, createRandom(options.seed, 'dataset', 'pairs')),
      outcomes,
    },
    test: { models: pool.candidates, queries: test.map((row) => testRows.record(row)), values: testValues },
    ...prefixes.found,
    ...(meta.sampled && { notes: sampledNotes(meta.sampled, rest) }),
    overlap: countOverlap(
      trainRaw,
      test.map((row) => testRows.queries[row]!.raw),
    ),
    warnings: [
      ...files.warnings,
      ...sampledWarnings(meta.sampled, rest, rows),
      ...(pool.logged ? logWarnings(files.coverage) : []),
      ...scaleWarnings(testRows === rows ? [rows] : [rows, testRows]),
      ...split.warnings,
      ...unformattedWarning(main.unformatted, rows.length, 'outcome'),
      ...unformattedWarning(separate?.unformatted ?? 0, testRows.length, 'test'),
      ...taskWarnings(rows, trainRows, testRows, test, new Set(tasks)),
      ...guarded.warnings,
      ...marked.warnings,
      ...prefixes.warnings,
      ...poolWarnings(pool),
      ...duplicateWarning(trainRows.length - groups.length),
    ],
  };
}

/** Tasks of the training rows, in order of first appearance. */
const tasksOf = (rows: OutcomeRows, indices: readonly number[]): string[] => [
  ...new Set(indices.flatMap((row) => rows.queries[row]!.task ?? [])),
];

function cardsOf(
  order: readonly string[],
  cardFile: ReadonlyMap<string, ModelCardFile>,
  candidates: readonly string[],
  scores: ReturnType<typeof taskScores>,
): ModelCard[] {
  const chosen = new Set(candidates);
  return order.flatMap((model) => {
    const measured = scores.get(model) ?? new Map<string, never>();
    // A model seen in a few test rows only has nothing to tell.
    if (!chosen.has(model) && !cardFile.has(model) && measured.size === 0) return [];
    return [outcomeCard(model, cardFile.get(model), measured, !chosen.has(model))];
  });
}

const familiesOf = (cards: readonly ModelCard[], texts: ReadonlyMap<string, string>): Description[] =>
  [...new Set(cards.flatMap((card) => card.family ?? []))].map((name) => ({
    name,
    text: texts.get(name) ?? familyText(name),
  }));

/** Tasks with training rows first, then those that only cards have scores of. */
function describeTasks(
  measured: readonly string[],
  cards: readonly ModelCard[],
  texts: ReadonlyMap<string, string>,
): Description[] {
  const names = new Set([...measured, ...cards.flatMap((card) => [...card.scores.keys()])]);
  return [...names].map((name) => ({ name, text: texts.get(name) ?? `Queries of the task ${name}.` }));
}

function taskWarnings(
  rows: OutcomeRows,
  train: readonly number[],
  testRows: OutcomeRows,
  test: readonly number[],
  known: ReadonlySet<string>,
): string[] {
  // Rows without any task are the usual case, and nothing is lost.
  if (known.size === 0) return [];
  const missing = [...train.map((row) => rows.queries[row]!), ...test.map((row) => testRows.queries[row]!)].filter(
    ({ task }) => task === null,
  ).length;
  const unseen = test
    .map((row) => testRows.queries[row]!.task)
    .filter((task): task is string => task !== null && !known.has(task));
  const total = train.length + test.length;
  return [
    ...(missing === 0
      ? []
      : [`${missing.toLocaleString('en-US')} of ${plural(total, 'row')} name no task: they count with all tasks.`]),
    ...(unseen.length === 0
      ? []
      : [
          `${plural(unseen.length, 'test row')} of tasks without training rows (${someOf([...new Set(unseen)])}): they count with all tasks.`,
        ]),
  ];
}

const poolWarnings = ({ leftOut, tooFew }: Pool): string[] =>
  leftOut.length === 0
    ? []
    : [`${plural(leftOut.length, 'model')} left out, with ${tooFew}: ${someOf(leftOut.map(({ model }) => model))}.`];

const duplicateWarning = (count: number): string[] =>
  count === 0
    ? []
    : [
        `${plural(count, 'training row repeats', 'training rows repeat')} the text and task of another: outcomes are averaged.`,
      ];

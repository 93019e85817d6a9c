import { basename, resolve } from 'node:path';
import {
  RouteProfileError,
  type Dataset,
  type DomainDescription,
  type LeftOut,
  type DatasetOptions,
} from '@routeprofile/schema';
import { candidatesOf, fillCosts, modelCard } from '../../dataset/cards.js';
import { limited } from '../../dataset/draw.js';
import { assertNamedModels, assertTested, guardCards } from '../../dataset/new-models.js';
import { OutcomeRows } from '../../dataset/rows.js';
import { unformattedWarning, type ReadRows } from '../../dataset/read-rows.js';
import { scaleWarnings } from '../../dataset/scales.js';
import { findSharedPrefixes } from '../../dataset/shared-prefixes.js';
import type { Sources } from '../../dataset/sources.js';
import { countOverlap, plural, someOf } from '../../dataset/text.js';
import { markUnreliable } from '../../dataset/unreliable.js';
import { FILES, fileMode, type PublishedFiles } from './files.js';
import { assertTrainingRows, publishedTraining, routedTasks, trainedModels } from './training.js';

/**
 * Puts a dataset together.
 * @param tests may be empty: a dataset can be looked at before it has test rows
 */
export function assemblePublished(
  files: PublishedFiles,
  tests: ReadRows,
  sources: Sources,
  options: DatasetOptions,
): Dataset {
  const { cards, candidates: candidateFile } = files;
  assertTrainingRows(files, options);
  const trained = trainedModels(files, options);
  const pool = choosePool(files, tests, trained, options);
  const training = publishedTraining(files, pool.candidates, trained, options);
  const candidates = candidatesOf(
    pool.candidates,
    (model) => [candidateFile?.get(model), cards.get(model)],
    training.queries,
    training.outcomes,
  );
  const testIndices = limited(
    tests.rows.queries.map((_, i) => i),
    (row) => tests.rows.queries[row]!.task,
    options.limitTest,
    options.seed,
    'limit-test',
  );
  const values = tests.rows.values(
    testIndices.map((row) => [row]),
    pool.candidates,
  );
  fillCosts(values, candidates);
  if (training.outcomes !== null) fillCosts(training.outcomes, candidates);
  const chosen = new Set(pool.candidates);
  const priceOf = new Map(candidates.map((candidate) => [candidate.id, candidate.price]));
  const guarded = guardCards(
    [...cards].map(([name, card]) => {
      const made = modelCard(name, card, !chosen.has(name));
      return { ...made, price: priceOf.get(name) ?? made.price };
    }),
    pool.newModels,
    routedTasks(files),
    options,
  );
  const marked = markUnreliable(guarded.cards, options);

  const prefixes = findSharedPrefixes(training.queries, options);
  return {
    name: basename(resolve(sources.dir)),
    layout: 'published',
    mode: options.mode,
    queryText: options.queryText,
    simulated: false,
    hash: sources.hash({ ...options, test: undefined }),
    candidates,
    newModels: pool.newModels,
    leftOut: pool.leftOut,
    cards: marked.cards,
    families: describe(files.families),
    tasks: describe(files.tasks),
    domains: domainsOf(files),
    taskQueries: taskQueriesOf(files, training.queries),
    train: { queries: training.queries, pairs: training.pairs, outcomes: training.outcomes },
    test: { models: pool.candidates, queries: testIndices.map((row) => tests.rows.record(row)), values },
    ...prefixes.found,
    overlap: countOverlap(
      training.raw,
      testIndices.map((row) => tests.rows.queries[row]!.raw),
    ),
    warnings: [
      ...training.warnings,
      ...scaleWarnings([...(files.train ? [files.train.rows] : []), tests.rows]),
      ...guarded.warnings,
      ...marked.warnings,
      ...prefixes.warnings,
      ...unformattedWarning(tests.unformatted, tests.rows.length, 'test'),
      ...domainWarnings(files),
      ...otherModelWarning(tests, cards, chosen),
      ...pool.leftOut.map(
        ({ model }) => `${model} is left out: it has no training data. In mode newllm it would be a new model.`,
      ),
      ...(files.taskQueries === undefined
        ? [`${FILES.taskQueries(fileMode(options))} is missing: the training queries stand for each task.`]
        : []),
    ],
  };
}

/** A published folder before anybody gave it test rows. */
export const NO_TEST_ROWS: ReadRows = { rows: new OutcomeRows(), unformatted: 0 };

/**
 * The test rows that evaluation needs, unless the options do without.
 * @throws RouteProfileError MISSING_FILE when there is no file of them, BAD_INPUT when it holds none.
 */
export function requireTest(files: PublishedFiles, options: DatasetOptions): ReadRows {
  if (!options.testRows) return files.test ?? NO_TEST_ROWS;
  if (files.test !== undefined && files.test.rows.length > 0) return files.test;
  if (files.test !== undefined)
    throw new RouteProfileError('BAD_INPUT', `${files.testFile}: holds no test rows`, {
      hint: 'Give a file with at least one row.',
    });
  throw new RouteProfileError('MISSING_FILE', `${FILES.test}: is missing, and mode ${options.mode} needs test rows`, {
    hint: 'Pass a file with test rows: --test FILE.',
  });
}

interface Pool {
  candidates: string[];
  newModels: string[];
  leftOut: LeftOut[];
}

function choosePool(
  files: PublishedFiles,
  test: ReadRows,
  trained: ReadonlySet<string>,
  { mode, newModels: named }: DatasetOptions,
): Pool {
  const inRoutingData = new Set([...test.rows.models, ...(files.train?.rows.models ?? []), ...trained]);
  const all = files.candidates
    ? [...files.candidates.keys()]
    : [...files.cards.keys()].filter((model) => inRoutingData.has(model));
  assertNamedModels(named, all);
  assertTested(named, test.rows, [...test.rows.queries.keys()]);
  const absent = all.filter((model) => !trained.has(model));
  if (mode === 'newllm' && absent.length === 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      'mode newllm: every candidate occurs in the training data, so none is new',
      {
        hint: `Give ${FILES.pairs('newllm')} without the new models, or use mode standard.`,
      },
    );
  const newModels =
    mode === 'standard' ? [] : named.length > 0 ? absent.filter((model) => named.includes(model)) : absent;
  const candidates = all.filter((model) => trained.has(model) || newModels.includes(model));
  if (candidates.length < 2)
    throw new RouteProfileError(
      'BAD_INPUT',
      `there is nothing to route: ${candidates.length === 0 ? 'no candidate has' : `only ${candidates[0]} has`} training data`,
      {
        hint: 'A router needs at least two candidates with training data.',
      },
    );
  return {
    candidates,
    newModels,
    leftOut: absent.filter((model) => !newModels.includes(model)).map((model) => ({ model, coverage: 0 })),
  };
}

const describe = (texts: ReadonlyMap<string, string>) => [...texts].map(([name, text]) => ({ name, text }));

const domainsOf = (files: PublishedFiles): DomainDescription[] =>
  describe(files.domains).map((domain) => ({
    ...domain,
    tasks: [...new Set(files.domainTasks.get(domain.name))].filter((task) => files.tasks.has(task)),
  }));

function domainWarnings(files: PublishedFiles): string[] {
  const unknown = [...files.domainTasks].flatMap(([domain, tasks]) =>
    tasks.filter((task) => !files.tasks.has(task)).map((task) => `${task} (in ${domain})`),
  );
  return unknown.length === 0
    ? []
    : [
        `${FILES.domainTasks}: ${plural(unknown.length, 'task')} that nothing describes: ${someOf(unknown)}. They are not used.`,
      ];
}

function otherModelWarning(test: ReadRows, cards: PublishedFiles['cards'], chosen: ReadonlySet<string>): string[] {
  const others = test.rows.models.filter((model) => cards.has(model) && !chosen.has(model));
  return others.length === 0
    ? []
    : [`The test rows have outcomes of ${plural(others.length, 'model')} that are not candidates: ${someOf(others)}.`];
}

function taskQueriesOf(files: PublishedFiles, queries: Dataset['train']['queries']): Dataset['taskQueries'] {
  if (files.taskQueries !== undefined) return [...files.taskQueries].map(([task, texts]) => ({ task, queries: texts }));
  const tasks = [...new Set(queries.flatMap((query) => query.task ?? []))];
  return tasks.map((task) => ({
    task,
    queries: queries.filter((query) => query.task === task).map((query) => query.text),
  }));
}

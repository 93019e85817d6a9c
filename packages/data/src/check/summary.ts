import type { Dataset } from '@routeprofile/schema';

/** What a dataset holds, counted. */
export interface DatasetSummary {
  name: string;
  layout: Dataset['layout'];
  mode: Dataset['mode'];
  simulated: boolean;
  hash: string;
  candidates: string[];
  newModels: string[];
  /** Models with outcomes on too few training rows to be candidates. */
  leftOut: number;
  /** Models that are described but are not candidates. */
  auxiliaryModels: number;
  families: number;
  tasks: number;
  domains: number;
  /** Example queries of all tasks, as the graph may hold them. */
  taskQueries: number;
  /** Measured task scores of all cards. */
  scores: number;
  /** Candidates whose price is known. */
  pricedCandidates: number;
  /** Distinct queries and pairs; whether full outcomes are known. */
  train: { queries: number; pairs: number; outcomes: boolean };
  /** Test rows; those where every candidate has a score; those where every candidate has a cost. */
  test: { rows: number; complete: number; withCost: number };
  /** Test queries whose text occurs among the training queries. */
  overlap: number;
  /** Queries of each task. */
  perTask: { task: string; train: number; test: number }[];
}

/** Counts by everything. */
export function summaryOf(dataset: Dataset): DatasetSummary {
  const { candidates, cards, train, test } = dataset;
  const width = candidates.length;
  const rowsWhere = (numbers: Float64Array): number =>
    test.queries.filter((_, row) => candidates.every((_, m) => !Number.isNaN(numbers[row * width + m]))).length;
  const count = (queries: Dataset['train']['queries'], task: string) =>
    queries.filter((query) => (query.task ?? '') === task).length;
  const tasks = [...new Set([...train.queries, ...test.queries].map((query) => query.task ?? ''))];
  return {
    name: dataset.name,
    layout: dataset.layout,
    mode: dataset.mode,
    simulated: dataset.simulated,
    hash: dataset.hash,
    candidates: candidates.map(({ id }) => id),
    newModels: [...dataset.newModels],
    leftOut: dataset.leftOut.length,
    auxiliaryModels: cards.filter((card) => card.auxiliary).length,
    families: dataset.families.length,
    tasks: dataset.tasks.length,
    domains: dataset.domains.length,
    taskQueries: dataset.taskQueries.reduce((sum, { queries }) => sum + queries.length, 0),
    scores: cards.reduce((sum, card) => sum + card.scores.size, 0),
    pricedCandidates: candidates.filter(({ price }) => price !== undefined).length,
    train: { queries: train.queries.length, pairs: train.pairs.length, outcomes: train.outcomes !== null },
    test: { rows: test.queries.length, complete: rowsWhere(test.values.score), withCost: rowsWhere(test.values.cost) },
    overlap: dataset.overlap,
    perTask: tasks.map((task) => ({
      task: task === '' ? '(no task)' : task,
      train: count(train.queries, task),
      test: count(test.queries, task),
    })),
  };
}

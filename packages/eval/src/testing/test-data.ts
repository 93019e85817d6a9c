import type { Dataset, OutcomeTable } from '@routeprofile/schema';
import { emptyOutcomes } from '@routeprofile/schema/testing';
import type { EvaluatedCell } from '../report/cell.js';

/** For tests: a table from scores, one row per query. */
export function tableOf(
  models: readonly string[],
  scores: readonly (readonly number[])[],
  tasks: readonly (string | null)[] = [],
): OutcomeTable {
  const values = emptyOutcomes(scores.length, models.length);
  scores.forEach((row, q) => values.score.set(row, q * models.length));
  return {
    models,
    values,
    queries: scores.map((_, q) => ({ id: `q${q}`, text: `query ${q}`, task: tasks[q] ?? null })),
  };
}

/** For tests: a dataset around a test table, its candidates priced, its training data a query on which earlier models do better. */
export function datasetOf(test: OutcomeTable, more: Partial<Dataset> = {}): Dataset {
  return {
    name: 'tiny',
    layout: 'outcomes',
    mode: 'standard',
    queryText: 'raw',
    simulated: false,
    hash: 'abc',
    candidates: test.models.map((model, m) => ({ id: model, model, price: { input: m + 1, output: m + 1 } })),
    newModels: [],
    leftOut: [],
    cards: [],
    families: [],
    tasks: [],
    domains: [],
    taskQueries: [],
    train: {
      queries: [{ id: 't', text: 't', task: null }],
      pairs: [],
      outcomes: {
        ...emptyOutcomes(1, test.models.length),
        score: Float64Array.from(test.models, (_, m) => 1 / (m + 1)),
      },
    },
    test,
    overlap: 0,
    warnings: [],
    ...more,
  };
}

export const cellOf = (
  label: string,
  choices: readonly number[],
  more: Partial<EvaluatedCell> = {},
): EvaluatedCell => ({
  profile: 'flat',
  router: 'sim',
  label,
  options: { profile: {}, router: {} },
  seed: 42,
  choices: Int32Array.from(choices),
  ...more,
});

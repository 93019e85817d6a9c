import { candidateOf, modelCard, normalizeText } from '@routeprofile/data';
import {
  createMatrix,
  RouteProfileError,
  type Candidate,
  type Dataset,
  type Matrix,
  type OutcomeValues,
  type QueryRecord,
  type RouterArtifact,
} from '@routeprofile/schema';
import { listed } from '../labels.js';
import type { LoggedDecision } from '../traffic/decision.js';

/** Training rows, and a vector for each. */
export interface TrainingRows {
  dataset: Dataset;
  /** Shape [training queries × dimensions]. */
  vectors: Matrix;
}

type Manifest = RouterArtifact['manifest'];

const emptyOutcomes = (cells: number): OutcomeValues => {
  const column = () => new Float64Array(cells).fill(NaN);
  return { score: column(), cost: column(), inputTokens: column(), outputTokens: column(), latency: column() };
};

/** The card of a model of which nothing is known but what the router's file says. */
const cardOf = ({ id, price }: Candidate) => ({
  ...modelCard(id, { feature: '', detailed_scores: {} }, false),
  price: price ?? null,
});

/** A dataset of a router's models without any row: what there is to learn from where nobody gives the data it was trained on. */
export function bareDataset({ models, candidates = [], sharedPrefixes }: Manifest): Dataset {
  const known = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const all = models.map((id) => known.get(id) ?? candidateOf(id, []));
  return {
    name: 'traffic',
    layout: 'outcomes',
    mode: 'standard',
    queryText: 'raw',
    simulated: false,
    hash: '',
    candidates: all,
    newModels: [],
    leftOut: [],
    logged: true,
    cards: all.map(cardOf),
    families: [],
    tasks: [],
    domains: [],
    taskQueries: [],
    train: { queries: [], pairs: [], outcomes: emptyOutcomes(0) },
    test: { models, queries: [], values: emptyOutcomes(0) },
    overlap: 0,
    ...(sharedPrefixes && { sharedPrefixes }),
    warnings: [],
  };
}

/** @throws RouteProfileError BAD_INPUT for a dataset of other models, or without scores */
export function assertFits({ candidates, train, name }: Dataset, { models }: Manifest, folder: string): void {
  const ids = candidates.map(({ id }) => id);
  const without = models.filter((model) => !ids.includes(model));
  const beside = ids.filter((id) => !models.includes(id));
  if (without.length + beside.length > 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      [
        `the dataset ${name} and ${folder} have different models`,
        ...(without.length > 0 ? [`the dataset lacks ${listed(without)}`] : []),
        ...(beside.length > 0 ? [`the router lacks ${listed(beside)}`] : []),
      ].join('; '),
      { hint: 'Give the dataset and flags that the router was trained with, or omit --data.' },
    );
  if (train.outcomes === null)
    throw new RouteProfileError(
      'BAD_INPUT',
      `the dataset ${name} holds pairs and no scores: traffic cannot be added to it`,
      {
        hint: 'Omit --data, or give a dataset in the outcomes layout.',
      },
    );
}

/** A query of the training rows, and where its vector comes from. */
interface Row {
  query: QueryRecord;
  vector: { of: Matrix; row: number };
  /** Index of its row in the table of the dataset. */
  base?: number;
  judged: LoggedDecision[];
}

/** Training rows with judged decisions after them; decisions with one text are one query, also with that of a row that is there. */
export function withDecisions(
  { dataset, vectors }: TrainingRows,
  decisions: readonly LoggedDecision[],
  decisionVectors: Matrix,
): TrainingRows {
  const rows: Row[] = dataset.train.queries.map((query, row) => ({
    query,
    vector: { of: vectors, row },
    base: row,
    judged: [],
  }));
  const byText = new Map(rows.map((row) => [normalizeText(row.query.text), row]));
  decisions.forEach((one, at) => {
    const key = one.text === undefined ? undefined : normalizeText(one.text);
    const known = key === undefined ? undefined : byText.get(key);
    if (known) return void known.judged.push(one);
    const query = { id: `traffic:${one.id}`, text: one.text ?? '', task: null };
    const row: Row = { query, vector: { of: decisionVectors, row: at }, judged: [one] };
    rows.push(row);
    if (key !== undefined) byText.set(key, row);
  });

  const models = dataset.candidates.map(({ id }) => id);
  const width = models.length;
  const outcomes = emptyOutcomes(rows.length * width);
  const { outcomes: base } = dataset.train;
  rows.forEach(({ base: from, judged }, row) => {
    if (base && from !== undefined)
      for (const name of ['score', 'cost', 'inputTokens', 'outputTokens', 'latency'] as const)
        outcomes[name].set(base[name].subarray(from * width, (from + 1) * width), row * width);
    models.forEach((model, m) => {
      const k = row * width + m;
      const own = judged.filter((one) => one.model === model);
      outcomes.score[k] = meanOfKnown([outcomes.score[k]!, ...own.map(({ reward }) => reward ?? NaN)]);
      outcomes.cost[k] = meanOfKnown([outcomes.cost[k]!, ...own.map(({ cost }) => cost ?? NaN)]);
    });
  });
  const all = createMatrix(rows.length, decisionVectors.cols);
  rows.forEach(({ vector: { of, row } }, i) =>
    all.data.set(of.data.subarray(row * of.cols, (row + 1) * of.cols), i * all.cols),
  );
  const train = { queries: rows.map(({ query }) => query), pairs: dataset.train.pairs, outcomes };
  return { dataset: { ...dataset, train }, vectors: all };
}

function meanOfKnown(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}

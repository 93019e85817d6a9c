import {
  createMatrix,
  isLog,
  type Matrix,
  type OutcomeValues,
  type PreferencePair,
  type RouterInput,
  type RunContext,
} from '@routeprofile/schema';
import { nothingToLearn, trainingPairs } from '../common/pairs.js';

/** What is known of each labelled query. Row i of the matrices, or entry i of `pairs`, belongs to `queries[i]`. */
export type Labels = { queries: readonly number[] } & (
  | {
      kind: 'targets';
      /** [labelled × models] in [0, 1]. */
      targets: Matrix;
      /** Shape [labelled × models]: what an entry counts in the loss; 0 where nothing was measured. */
      weights: Matrix;
      /** [labelled × models] outcomes as measured, NaN where not. */
      scores: Matrix;
    }
  | { kind: 'pairs'; pairs: readonly (readonly PreferencePair[])[] }
);

const isMeasured = (score: number) => !Number.isNaN(score);

const scoreRows = ({ score }: OutcomeValues, models: number): Float64Array[] =>
  Array.from({ length: score.length / models }, (_, q) => score.subarray(q * models, (q + 1) * models));

const spreadOf = (row: Float64Array): number => {
  const known = row.filter(isMeasured);
  return known.length < 2 ? 0 : Math.max(...known) - Math.min(...known);
};

/** From 0 for a query's worst measured model to 1 for its best; a query counts as much as its scores lie apart. */
function softTargets(row: Float64Array, largestSpread: number) {
  const spread = spreadOf(row);
  const known = row.filter(isMeasured);
  const worst = Math.min(...known);
  const weight = spread / largestSpread / known.length;
  return {
    targets: row.map((score) => (isMeasured(score) ? (score - worst) / spread : 0)),
    weights: row.map((score) => (isMeasured(score) ? weight : 0)),
  };
}

/** As published: 1 for every model at the maximum, 0 for all others, missing or not. */
function discriminativeTargets(row: Float64Array) {
  const best = Math.max(...row.filter(isMeasured));
  return {
    targets: row.map((score) => (score === best ? 1 : 0)),
    weights: row.map(() => 1 / row.length),
  };
}

function fromOutcomes(outcomes: OutcomeValues, models: number, kind: 'soft' | 'discriminative'): Labels {
  const rows = scoreRows(outcomes, models);
  const tells =
    kind === 'soft'
      ? (row: Float64Array) => spreadOf(row) > 0
      : (row: Float64Array) => row.includes(0) && row.includes(1);
  const queries = [...rows.keys()].filter((q) => tells(rows[q]!));
  const largest = queries.reduce((most, q) => Math.max(most, spreadOf(rows[q]!)), 0);
  const empty = () => createMatrix(queries.length, models);
  const [targets, weights, scores] = [empty(), empty(), empty()];
  queries.forEach((q, i) => {
    const row = rows[q]!;
    const label = kind === 'soft' ? softTargets(row, largest) : discriminativeTargets(row);
    targets.data.set(label.targets, i * models);
    weights.data.set(label.weights, i * models);
    scores.data.set(row, i * models);
  });
  return { kind: 'targets', queries, targets, weights, scores };
}

function fromPairs(pairs: readonly PreferencePair[]): Labels {
  const byQuery = new Map<number, PreferencePair[]>();
  for (const pair of pairs) byQuery.set(pair.query, [...(byQuery.get(pair.query) ?? []), pair]);
  const queries = [...byQuery.keys()].sort((a, b) => a - b);
  return { kind: 'pairs', queries, pairs: queries.map((query) => byQuery.get(query)!) };
}

/**
 * The queries that tell two models apart: by their outcomes, or, where no query's outcomes do, by pairs; in a log by the pairs that
 * `trainingPairs` makes of it.
 * @throws RouteProfileError NO_TRAINING_DATA when there is no such query.
 */
export function labelsOf(input: RouterInput, kind: 'soft' | 'discriminative', ctx: RunContext): Labels {
  const { models, training } = input;
  if (training.outcomes && isLog(training.outcomes, models.length))
    return fromPairs(trainingPairs('graph', input, 1, ctx));
  const measured = training.outcomes ? fromOutcomes(training.outcomes, models.length, kind) : undefined;
  if (measured !== undefined && measured.queries.length > 0) return measured;
  if (training.pairs.length === 0) throw nothingToLearn('graph');
  return fromPairs(trainingPairs('graph', { ...input, training: { ...training, outcomes: null } }, 1, ctx));
}

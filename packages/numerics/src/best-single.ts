import { RouteProfileError, type TrainingData } from '@routeprofile/schema';
import { fitAdditive } from './additive.js';
import { fitBradleyTerry, countWins } from './bradley-terry.js';

/**
 * What a table's means were taken over:
 * `complete-rows` the rows on which every model was measured · `additive` row + model, by least squares, on the rows that compare
 * models · `own-rows` each model's own rows, where too few rows are shared to link all models.
 */
export type MeanBasis = 'complete-rows' | 'additive' | 'own-rows';

/** What each model of a table gives on average, the models compared on common ground as far as there is any. */
export interface ComparableMeans {
  /** Shape [models], on the scale of the table; NaN for a model without a value. */
  means: Float64Array;
  basis: MeanBasis;
  /** The rows that the means are of, ascending. */
  rows: Int32Array;
}

/**
 * The mean of each column of a table with holes. A model must not look good for having been spared the hard rows, so that models
 * are compared on common ground:
 * - the complete rows, where every model that was measured at all has a value, if they are at least half of the rows that compare
 *   models (that have values of two). These are the rows that a report judges on;
 * - else, when that would throw most comparisons away, least squares on row + model (`fitAdditive`) over all rows that compare
 *   models: a model's mean is what it would have had on all of them;
 * - else, where those rows do not link every model with every other (logs with one model per row), each model's own rows.
 *
 * For two models the first two are the same.
 *
 * @param values shape [rows × models], row-major; NaN = not measured
 * @returns null for a table without a value
 * @throws RouteProfileError NOT_FINITE for values so large that their sums overflow
 */
export function comparableMeans(values: Float64Array, models: number): ComparableMeans | null {
  const rows = Array.from({ length: models === 0 ? 0 : values.length / models }, (_, q) =>
    values.subarray(q * models, (q + 1) * models),
  );
  const measured = Array.from({ length: models }, (_, m) => rows.some((row) => !Number.isNaN(row[m]!)));
  const known = measured.filter(Boolean).length;
  if (known === 0) return null;
  const counts = rows.map((row) => row.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0));
  const having = (least: number) => Int32Array.from(rows.keys()).filter((q) => counts[q]! >= least);
  const compared = having(Math.min(2, known));
  const complete = having(known);
  const over = (basis: MeanBasis, chosen: Int32Array, means: Float64Array): ComparableMeans => {
    if (means.every((mean, m) => Number.isFinite(mean) || !measured[m])) return { means, basis, rows: chosen };
    throw new RouteProfileError('NOT_FINITE', 'the mean of the training outcomes is too large a number', {
      hint: 'Bring scores to an ordinary scale, such as 0 to 1.',
    });
  };
  if (complete.length > 0 && 2 * complete.length >= compared.length)
    return over('complete-rows', complete, columnMeans(complete, rows, models));
  if (!linked(compared, rows, models, known)) {
    const all = having(1);
    return over('own-rows', all, columnMeans(all, rows, models));
  }
  const table = new Float64Array(compared.length * models);
  compared.forEach((q, i) => table.set(rows[q]!, i * models));
  const fit = fitAdditive(table, models);
  const level = fit.rows.reduce((sum, row) => sum + row / fit.rows.length, 0);
  return over(
    'additive',
    compared,
    fit.models.map((part, m) => (measured[m] ? level + part : NaN)),
  );
}

function columnMeans(chosen: Int32Array, rows: readonly Float64Array[], models: number): Float64Array {
  return Float64Array.from({ length: models }, (_, m) => {
    const values = Array.from(chosen, (q) => rows[q]![m]!).filter((value) => !Number.isNaN(value));
    return values.reduce((a, b) => a + b, 0) / values.length;
  });
}

/** Whether chains of rows with two models lead from every measured model to every other. */
function linked(compared: Int32Array, rows: readonly Float64Array[], models: number, known: number): boolean {
  const group = Int32Array.from({ length: models }, (_, m) => m);
  const rootOf = (m: number): number => {
    let root = m;
    while (group[root] !== root) root = group[root]!;
    group[m] = root;
    return root;
  };
  let groups = known;
  for (const q of compared) {
    const here = [...rows[q]!.keys()].filter((m) => !Number.isNaN(rows[q]![m]!));
    for (const m of here) {
      const [a, b] = [rootOf(here[0]!), rootOf(m)];
      if (a === b) continue;
      group[b] = a;
      groups--;
    }
  }
  return groups === 1;
}

/** What each model is worth over all training rows. */
export type Standings =
  | {
      from: 'outcomes';
      /** Shape [models]: mean outcome, see `comparableMeans`; NaN for a model that nothing is known of. */
      worth: Float64Array;
      /** What the mean outcomes are of. */
      basis: MeanBasis;
      /** Training rows that the models are compared on. */
      rows: Int32Array;
    }
  | {
      from: 'pairs';
      /** Shape [models]: Bradley–Terry strength on the logit scale; NaN for a model in no pair. */
      worth: Float64Array;
    };

/** The model that training data speak for, and what each one is worth there. */
export type BestSingle = Standings & {
  model: string;
  /** Its place among the models. */
  index: number;
};

/** What a model can be judged by: outcomes, or pairs. */
export type Judged = Pick<TrainingData, 'pairs' | 'outcomes'>;

/**
 * How good each model is over all training rows: its mean outcome (`comparableMeans`) where there are outcomes, else its
 * Bradley–Terry strength on the pairs (`fitBradleyTerry`, ridge 1). Of new models nothing is read.
 *
 * @param models the models that pairs and outcome columns index
 * @param newModels models that training data may not speak for, should they hold something of them
 * @returns null when there is nothing to learn from
 * @throws RouteProfileError NOT_FINITE for outcomes so large that their sums overflow
 */
export function standings(
  models: readonly string[],
  { pairs, outcomes }: Judged,
  newModels: readonly string[] = [],
): Standings | null {
  const n = models.length;
  const named = new Set(newModels);
  const isNew = models.map((model) => named.has(model));
  const found = outcomes && comparableMeans(withoutColumns(outcomes.score, isNew), n);
  if (found) return { from: 'outcomes', worth: found.means, basis: found.basis, rows: found.rows };
  const known = pairs.filter(
    ({ better, worse }) => better !== worse && isNew[better] === false && isNew[worse] === false,
  );
  if (known.length === 0) return null;
  const players = new Set(known.flatMap(({ better, worse }) => [better, worse]));
  const strengths = fitBradleyTerry(countWins(n, known), n);
  return { from: 'pairs', worth: strengths.map((strength, m) => (players.has(m) ? strength : NaN)) };
}

function withoutColumns(values: Float64Array, left: readonly boolean[]): Float64Array {
  return left.includes(true) ? values.map((value, k) => (left[k % left.length] ? NaN : value)) : values;
}

/**
 * The one model that training data speak for, whatever the query: what a router has to beat. It is the model of highest worth in
 * `standings`. A model that nothing is known of is never it, nor is a new one. Worths that agree as 32-bit floats (to about seven
 * digits) are equal, so that the last bits of a fit decide nothing and files keep the order; of equals the earlier model is taken.
 *
 * @param models the models that pairs and outcome columns index
 * @param newModels models that training data may not speak for, should they hold something of them
 * @returns null when there is nothing to learn from
 * @throws RouteProfileError NOT_FINITE for outcomes so large that their sums overflow
 */
export function bestSingle(
  models: readonly string[],
  training: Judged,
  newModels: readonly string[] = [],
): BestSingle | null {
  const found = standings(models, training, newModels);
  if (!found) return null;
  const index = highest(found.worth);
  return { ...found, model: models[index]!, index };
}

/** @returns the first of the highest, compared to the digits of 32-bit floats; NaN takes no part */
function highest(worth: Float64Array): number {
  const largest = worth.reduce((most, value) => Math.max(most, Number.isNaN(value) ? 0 : Math.abs(value)), 0);
  // A power of two changes no digit.
  const scale = largest > 2 ** 100 ? 2 ** -Math.floor(Math.log2(largest)) : 1;
  let best = -1;
  const digits = worth.map((value) => Math.fround(value * scale));
  digits.forEach((value, m) => {
    if (!Number.isNaN(value) && (best < 0 || value > digits[best]!)) best = m;
  });
  return best;
}

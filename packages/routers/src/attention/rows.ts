import {
  createMatrix,
  keyedScores,
  normalizeRows,
  plural,
  RouteProfileError,
  rowOf,
  type Matrix,
  type RowScores,
} from '@routeprofile/schema';
import {
  assertSameKeys,
  attend,
  attendEach,
  isComplete,
  NAME,
  placed,
  scoreRows,
  shrunkScores,
  type Memory,
  type Sharpness,
} from './attend.js';
import type { Search } from '../knn/neighbours.js';

/**
 * What one model's score depends on, as a row: its scores at the keys, the prior standing in for what was not measured; then, unless every
 * model was measured at every key, 1 or 0 per key for measured or not; then the prior.
 */
function memoryRows({ scores, measured, priors }: Omit<Memory, 'keys'>, complete: boolean): Matrix {
  const keys = scores.cols;
  const out = createMatrix(scores.rows, widthOf(keys, complete));
  for (let m = 0; m < scores.rows; m++) {
    const row = rowOf(out, m);
    const [own, known] = [rowOf(scores, m), rowOf(measured, m)];
    for (let k = 0; k < keys; k++) row[k] = known[k]! > 0 ? own[k]! : priors[m]!;
    if (!complete) row.set(known, keys);
    row[row.length - 1] = priors[m]!;
  }
  return out;
}

const widthOf = (keys: number, complete: boolean): number => (complete ? keys + 1 : 2 * keys + 1);

/** The reverse of `memoryRows`. Rows may come rounded from an index: what was measured is 0 or 1 all the same. */
function memoryOfRows(rows: Matrix, keys: number, complete: boolean): Omit<Memory, 'keys'> {
  if (rows.cols !== widthOf(keys, complete))
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${NAME}: rows have ${rows.cols} numbers, expected ${widthOf(keys, complete)}`,
      { hint: 'Build the index on the rows that the router gives of a profile set.' },
    );
  const scores = createMatrix(rows.rows, keys);
  const measured = createMatrix(rows.rows, keys);
  const priors = new Float32Array(rows.rows);
  for (let m = 0; m < rows.rows; m++) {
    const row = rowOf(rows, m);
    for (let k = 0; k < keys; k++) {
      if (!complete && row[keys + k]! < 0.5) continue;
      scores.data[m * keys + k] = row[k]!;
      measured.data[m * keys + k] = 1;
    }
    priors[m] = row[row.length - 1]!;
  }
  return { scores, measured, priors };
}

/**
 * The vector whose product with a model's row is its score, where all was measured; otherwise the score that it would have if what was not
 * measured were its prior: nearer to the prior than the score is.
 */
function rowProbe(attention: Float64Array, { shrinkage }: Sharpness, complete: boolean, out: Float32Array): void {
  const weight = attention.reduce((sum, a) => sum + a, 0) + shrinkage;
  if (weight > 0) attention.forEach((a, k) => (out[k] = a / weight));
  out[widthOf(attention.length, complete) - 1] = weight > 0 ? shrinkage / weight : 1;
}

/** What the rows are read from: the parts of the fitted router that they need. */
interface Fitted {
  state: Sharpness;
  prepared: { memory: Memory; search: Search; complete: boolean; inheriting: readonly number[] };
}

/** `attention` for catalogues: see `memoryRows` for a row, `rowProbe` for a probe. */
export const attentionRows: RowScores<Fitted> = {
  metric: 'dot',
  own({ prepared: { memory, complete, inheriting } }) {
    if (inheriting.length === 0) return memoryRows(memory, complete);
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${NAME}: ${plural(memory.scores.rows - inheriting.length, 'model')} of ${memory.scores.rows} have scores; the others inherit theirs, so that no row of their own says what they are worth`,
      { hint: 'Give each model a score or a bias in the profile set.' },
    );
  },
  of({ prepared: { memory, complete } }, profiles) {
    const keyed = keyedScores(NAME, profiles);
    assertSameKeys(memory.keys, normalizeRows(keyed.keys));
    const given = scoreRows({ ...profiles, keyed }, [...profiles.models.keys()]);
    const unknown = profiles.models.filter((_, m) => !placed(given, m, profiles));
    if (unknown.length > 0)
      throw new RouteProfileError(
        'UNSUPPORTED',
        `${NAME}: ${plural(unknown.length, 'model')} without a score or a bias, such as ${unknown[0]}`,
        {
          hint: 'Give each model a score or a bias in the profile set.',
        },
      );
    if (complete && !isComplete(given))
      throw new RouteProfileError(
        'UNSUPPORTED',
        `${NAME}: some of these models lack scores, which those of the router have all`,
        {
          hint: 'Measure them at every key, or fit the router on a set with gaps.',
        },
      );
    return memoryRows(given, complete);
  },
  probes({ state, prepared: { memory, search, complete } }, vectors) {
    const keys = memory.keys.rows;
    const out = createMatrix(vectors.rows, complete ? keys + 1 : 2 * keys + 1);
    attendEach({ memory, search }, vectors, state.temperature, (attention, q) =>
      rowProbe(attention, state, complete, rowOf(out, q)),
    );
    return out;
  },
  score({ state, prepared: { memory, search, complete } }, vectors, rows) {
    const scores: Float32Array[] = [];
    attendEach({ memory, search }, vectors, state.temperature, (attention, q) => {
      const given = rows[q]!;
      const some: Memory = { keys: memory.keys, ...memoryOfRows(given, memory.keys.rows, complete) };
      const own = new Float32Array(given.rows);
      shrunkScores(attend(some, attention, complete), some.priors, state.shrinkage, own);
      scores.push(own);
    });
    return scores;
  },
};

import type { Matrix, ProfileSet } from '@routeprofile/schema';
import { figuresOf } from '../common/profile-set.js';
import { int8Bytes, roundToInt8 } from './int8.js';
import { principalComponents, project } from './pca.js';
import { formatQuantization, type Quantization } from './spec.js';

/** A smaller profile set and what making it smaller cost. Sizes in bytes; errors are shares, 0 = nothing lost. */
export interface QuantizedProfiles {
  /** The set as it is read back: what a router works with. */
  set: ProfileSet;
  /** In all: vectors, keys, keyed scores and biases; what a trained strategy keeps as state is left out on both sides. */
  bytes: number;
  /** The same as float32, before. */
  bytesBefore: number;
  /** What one more model takes: its vector, its scores and its bias. Keys, means and components are shared. */
  bytesPerModel: number;
  /** The same as float32, before. */
  bytesPerModelBefore: number;
  /** ‖before − after‖ / ‖before‖ (Frobenius) of the vectors. */
  reconstructionError: number;
  /** The same of the keys; absent without keyed scores. */
  keysError?: number;
  /** The same of the measured scores; absent without keyed scores. */
  scoresError?: number;
}

interface Compressed {
  matrix: Matrix;
  /** That each row takes, and that all rows share. */
  perRow: number;
  shared: number;
}

const FLOAT = 4;

const whole = (matrix: Matrix): Compressed => ({ matrix, perRow: FLOAT * matrix.cols, shared: 0 });

const asInt8 = (matrix: Matrix): Compressed => ({
  matrix: roundToInt8(matrix),
  perRow: matrix.rows === 0 ? 0 : int8Bytes(matrix) / matrix.rows,
  shared: 0,
});

function asComponents(matrix: Matrix, wanted: number): Compressed {
  const found = principalComponents(matrix, wanted);
  // As a file would hold it.
  const stored = { ...found, mean: found.mean.map(Math.fround) };
  return {
    matrix: project(matrix, stored),
    perRow: FLOAT * found.axes.rows,
    shared: FLOAT * matrix.cols * (found.axes.rows + 1),
  };
}

/**
 * Makes profiles smaller and says what it costs. `int8`: vectors, keys and keyed scores in one byte per number, with a scale per row,
 * the row's largest magnitude / 127. `pca:N`: vectors and keys, each by a mean and at most N components of their own; scores stay as they are. Biases and state are
 * left alone. The given set is not changed.
 *
 * Few models share few directions: with N at the number of models or above, `pca` loses nothing, and its components take more
 * room than the vectors; `bytes` then says so.
 */
export function quantizeProfiles(set: ProfileSet, quantization: Quantization): QuantizedProfiles {
  const { models, vectors, keyed, biases, provenance } = set;
  const compress = (matrix: Matrix): Compressed =>
    quantization.kind === 'int8' ? asInt8(matrix) : asComponents(matrix, quantization.components);
  const made = compress(vectors);
  const madeKeyed = keyed && {
    keys: compress(keyed.keys),
    scores: quantization.kind === 'int8' ? asInt8(keyed.scores) : whole(keyed.scores),
  };
  const bias = biases ? FLOAT : 0;
  const perModel = made.perRow + (madeKeyed?.scores.perRow ?? 0) + bias;
  const perModelBefore = FLOAT * (vectors.cols + (keyed?.scores.cols ?? 0)) + bias;
  const keysBytes = keyed && madeKeyed ? keyed.keys.rows * madeKeyed.keys.perRow + madeKeyed.keys.shared : 0;
  const figures = {
    bytes: models.length * perModel + made.shared + keysBytes,
    bytesBefore: models.length * perModelBefore + FLOAT * (keyed?.keys.data.length ?? 0),
    bytesPerModel: perModel,
    bytesPerModelBefore: perModelBefore,
    reconstructionError: relativeError(vectors, made.matrix),
    ...(keyed &&
      madeKeyed && {
        keysError: relativeError(keyed.keys, madeKeyed.keys.matrix),
        scoresError: relativeError(keyed.scores, madeKeyed.scores.matrix),
      }),
  };
  const { diagnostics, notes } = figuresOf(provenance.strategy, models, made.matrix);
  const note = `compressed by ${formatQuantization(quantization)}: ${figures.bytes} bytes instead of ${figures.bytesBefore}`;
  return {
    ...figures,
    set: {
      ...set,
      vectors: made.matrix,
      ...(keyed && madeKeyed && { keyed: { ...keyed, keys: madeKeyed.keys.matrix, scores: madeKeyed.scores.matrix } }),
      provenance: {
        ...provenance,
        diagnostics: { ...provenance.diagnostics, ...diagnostics, ...figures },
        notes: [...new Set([...(provenance.notes ?? []), note, ...notes])],
      },
    },
  };
}

/** NaN, which is not measured, has no error. 0 where there is nothing to lose. */
function relativeError(before: Matrix, after: Matrix): number {
  let [error, size] = [0, 0];
  before.data.forEach((x, at) => {
    if (Number.isNaN(x)) return;
    error += (x - after.data[at]!) ** 2;
    size += x * x;
  });
  return size === 0 ? 0 : Math.sqrt(error / size);
}

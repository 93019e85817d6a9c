import { RouteProfileError } from '@routeprofile/schema';

/** Conjugate gradients take as many steps as the table has distinct patterns of holes, at most; usually a dozen. */
const MAX_STEPS = 500;
/** Of the squared residual, relative to that at the start. */
const TOLERANCE = 1e-26;
/** Of the residual, relative to the sums it is the rest of: below it lie rounding errors, which no step may be taken along. */
const NOISE = 4 * Number.EPSILON;

/** value[row, model] ≈ rows[row] + models[model]. */
export interface AdditiveFit {
  /** Shape [rows]: what an average model gets there; 0 for a row without a value. */
  rows: Float64Array;
  /** Shape [models]: what each one is worth above that; 0 for a model without a value. Weighted by what is measured, the mean is 0. */
  models: Float64Array;
}

/** Settings of `fitAdditive`. */
export interface AdditiveOptions {
  /** Shape [rows × models], at least 0; 0 = not measured. Default 1 for every value that is not NaN. */
  weights?: ArrayLike<number>;
  /** How many rows of no advantage each model is given beforehand, at least 0. Default 0. */
  ridge?: number;
  /**
   * What a row with a single value has for a level. `apart` (default): its own, so that it says nothing of its model. `together`: one
   * that all such rows share, as if they were a single row, so that each model is worth its mean there: right where it is chance
   * which model answered, as in a log with one model per query. Where the other rows compare every model, on 20 of them or more each,
   * they alone say what it is worth, and `together` is as `apart`: lone rows may have gone to models for a reason.
   */
  loneRows?: 'apart' | 'together';
}

/**
 * Weighted least squares of row + model on whatever is measured (two-way analysis of variance without interaction): compares
 * models that were measured on different rows without rewarding those that met the easy ones. Models that no chain of common rows
 * connects are compared with their own kind only: each such group has mean 0 before the whole is centred.
 *
 * At the solution rows[q] is the weighted mean of value − models[m], and models[m] the sum of w (value − rows[q]) over that of
 * w + ridge. With the first put into the second it is a symmetric system in the models alone, solved by conjugate gradients.
 *
 * @param values shape [rows × models], row-major; NaN = not measured
 * @param models number of columns
 * @throws RouteProfileError NOT_FINITE for values so large that their sums overflow
 */
export function fitAdditive(
  values: ArrayLike<number>,
  models: number,
  { weights, ridge = 0, loneRows = 'apart' }: AdditiveOptions = {},
): AdditiveFit {
  const [weight, known] = [new Float64Array(values.length), new Float64Array(values.length)];
  for (let k = 0; k < values.length; k++) {
    weight[k] = weights ? weights[k]! : Number.isNaN(values[k]!) ? 0 : 1;
    known[k] = weight[k]! > 0 ? values[k]! : 0;
  }
  const rows = models === 0 ? 0 : known.length / models;
  const levelOf = levels(weight, rows, models, loneRows);
  const table: Table = { weight, models, levelOf, levelWeights: new Float64Array(rows) };
  const modelWeights = new Float64Array(models);
  weight.forEach((w, k) => {
    table.levelWeights[levelOf[Math.floor(k / models)]!]! += w;
    modelWeights[k % models]! += w;
  });
  const sizes = new Float64Array(models);
  weight.forEach((w, k) => (sizes[k % models]! += w * Math.abs(known[k]!)));
  const effects = conjugateGradients(
    (x) => withinLevels(table, (k) => x[k % models]!).map((value, m) => value + ridge * x[m]!),
    withinLevels(table, (k) => known[k]!),
    NOISE ** 2 * dot(sizes, sizes),
  );
  // Only differences are determined: the average model, weighted by what is measured of it, is worth 0.
  const total = modelWeights.reduce((a, b) => a + b, 0);
  const shift = total > 0 ? dot(modelWeights, effects) / total : 0;
  const centred = effects.map((effect, m) => (modelWeights[m]! > 0 ? effect - shift : 0));
  const means = levelMeans(table, (k) => known[k]! - centred[k % models]!);
  if (![...means, ...centred].every(Number.isFinite))
    throw new RouteProfileError('NOT_FINITE', 'additive fit: the values are too large to be added up', {
      hint: 'Bring scores to an ordinary scale, such as 0 to 1.',
    });
  return { rows: Float64Array.from(levelOf, (level) => means[level]!), models: centred };
}

/** Compared outcomes of each model from which on lone rows are not needed to tell what it is worth. */
const ENOUGH_COMPARED = 20;

/** The level of each row, named by the first row that has it. */
function levels(weight: Float64Array, rows: number, models: number, loneRows: 'apart' | 'together'): Int32Array {
  const levelOf = Int32Array.from({ length: rows }, (_, q) => q);
  if (loneRows === 'apart') return levelOf;
  const counts = new Int32Array(rows);
  weight.forEach((w, k) => w > 0 && counts[Math.floor(k / models)]!++);
  const [lone, compared] = [new Float64Array(models), new Float64Array(models)];
  weight.forEach((w, k) => {
    if (w > 0) (counts[Math.floor(k / models)] === 1 ? lone : compared)[k % models]!++;
  });
  if (lone.every((count, m) => count === 0 || compared[m]! >= ENOUGH_COMPARED)) return levelOf;
  const first = counts.indexOf(1);
  return levelOf.map((q) => (counts[q] === 1 ? first : q));
}

interface Table {
  /** [rows × models] */
  weight: Float64Array;
  models: number;
  /** Shape [rows]: see `levels`. */
  levelOf: Int32Array;
  /** Shape [rows]: what is measured at each level; 0 for the rows that share another's. */
  levelWeights: Float64Array;
}

/** Weighted mean at each level; 0 for one without weight. */
function levelMeans({ weight, models, levelOf, levelWeights }: Table, value: (k: number) => number): Float64Array {
  const out = new Float64Array(levelOf.length);
  for (let q = 0, k = 0; q < out.length; q++) {
    let sum = 0;
    for (let m = 0; m < models; m++, k++) if (weight[k]! > 0) sum += weight[k]! * value(k);
    out[levelOf[q]!]! += sum;
  }
  return out.map((sum, level) => (levelWeights[level]! > 0 ? sum / levelWeights[level]! : 0));
}

/** Σ over rows of w (value − the mean at the row's level), for each model. */
function withinLevels(table: Table, value: (k: number) => number): Float64Array {
  const means = levelMeans(table, value);
  const out = new Float64Array(table.models);
  for (let q = 0, k = 0; q < means.length; q++)
    for (let m = 0; m < table.models; m++, k++)
      if (table.weight[k]! > 0) out[m]! += table.weight[k]! * (value(k) - means[table.levelOf[q]!]!);
  return out;
}

/**
 * The least-norm solution of a symmetric, positive semidefinite, solvable system.
 * @param noise squared residual at which nothing but rounding is left
 */
function conjugateGradients(
  apply: (x: Float64Array) => Float64Array,
  target: Float64Array,
  noise: number,
): Float64Array {
  const x = new Float64Array(target.length);
  const residual = target.slice();
  let direction = target.slice();
  let square = dot(residual, residual);
  const enough = Math.max(square * TOLERANCE, noise);
  for (let step = 0; step < MAX_STEPS && square > enough; step++) {
    const image = apply(direction);
    const curvature = dot(direction, image);
    if (curvature <= 0) break;
    const length = square / curvature;
    for (let m = 0; m < x.length; m++) {
      x[m]! += length * direction[m]!;
      residual[m]! -= length * image[m]!;
    }
    const next = dot(residual, residual);
    direction = direction.map((d, m) => residual[m]! + (next / square) * d);
    square = next;
  }
  return x;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

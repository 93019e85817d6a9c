import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';
import { meanOf, symmetricEigen } from '@routeprofile/numerics';

/** What a reward model learns from, and where it has to predict. */
export interface RewardRows {
  /** Shape [rows × axes]: the queries' coordinates; no columns where the log has no vectors. */
  points: Matrix;
  models: number;
  /** Shape [rows × models]: what was measured, NaN elsewhere. Scores or dollars. */
  measured: Float64Array;
  /** Rows to learn from. */
  learnFrom: Int32Array;
  /** Rows to predict for; their measurements must not be read. */
  predictFor: Int32Array;
}

/** Guesses what each model would get on each query. A bad one widens intervals; with right propensities it biases nothing. */
export interface RewardModel {
  /** Short name, for the result. */
  name: string;
  /** @returns shape [predictFor × models], finite */
  predict(rows: RewardRows): Float64Array;
}

/** Rows at the level of all models that are added to each model's own. */
const PRIOR_ROWS = 5;
/** With fewer rows a model has no slopes of its own, only those of all models together. */
const LEAST_ROWS_OF_A_MODEL = 30;
/** Penalties tried, the strongest first; points have a squared length of 1 on average, so n rows are worth n of it over all axes. */
const PENALTIES = [256, 64, 16, 4, 1] as const;

/**
 * The default: ridge regression on the query's coordinates (The Elements of Statistical Learning, 3.4.1) in two stages. All models
 * share slopes, for queries that are hard are so for most; each model with at least 30 rows has slopes of its own on what is left. Each
 * penalty is chosen among five and none at all by generalized cross-validation. A model's level is drawn to that of all by 5 rows.
 */
export const ridgeRewards: RewardModel = {
  name: 'ridge',
  predict: ({ points, models, measured, learnFrom, predictFor }) => {
    const own = Array.from({ length: models }, (_, m) =>
      momentsOf(
        points,
        learnFrom.filter((row) => !Number.isNaN(measured[row * models + m]!)),
        (row) => measured[row * models + m]!,
      ),
    );
    const shared = chooseSlopes(pooled(own, points.cols), points.cols);
    const slopes = own.map((each) =>
      each.rows < LEAST_ROWS_OF_A_MODEL
        ? shared
        : chooseSlopes(without(each, shared), points.cols).map((slope, j) => slope + shared[j]!),
    );
    // What a model would get on the average query.
    const levels = own.map(({ mean, centre }, m) => mean - dot(centre, slopes[m]!));
    const total = own.reduce((sum, { rows }) => sum + rows, 0);
    const level = levels.reduce((sum, each, m) => sum + each * own[m]!.rows, 0) / Math.max(1, total);
    const drawn = levels.map((each, m) => (each * own[m]!.rows + level * PRIOR_ROWS) / (own[m]!.rows + PRIOR_ROWS));
    const out = new Float64Array(predictFor.length * models);
    predictFor.forEach((row, i) => {
      const point = rowOf(points, row);
      for (let m = 0; m < models; m++) out[i * models + m] = drawn[m]! + dot(point, slopes[m]!);
    });
    return out;
  },
};

/** Each model's mean, drawn to that of all by 5 rows: what `ridgeRewards` is without vectors. */
export const meanRewards: RewardModel = {
  name: 'mean',
  predict: (rows) => ridgeRewards.predict({ ...rows, points: createMatrix(rows.points.rows, 0) }),
};

/** All that a regression needs to know of its rows, about their means. */
interface Moments {
  rows: number;
  /** Shape [axes]: the mean point, 0 without rows; and the mean target. */
  centre: Float64Array;
  mean: number;
  /** Shape [axes × axes], lower triangle: Σ x xᵀ. */
  squares: Float64Array;
  /** Shape [axes]: Σ x y. */
  products: Float64Array;
  /** Σ y². */
  total: number;
}

function momentsOf(points: Matrix, rows: Int32Array, target: (row: number) => number): Moments {
  const axes = points.cols;
  const centre = new Float64Array(axes);
  for (const row of rows) rowOf(points, row).forEach((x, j) => (centre[j]! += x / rows.length));
  const targets = Float64Array.from(rows, target);
  const mean = rows.length === 0 ? 0 : meanOf(targets);
  const squares = new Float64Array(axes * axes);
  const products = new Float64Array(axes);
  const x = new Float64Array(axes);
  let total = 0;
  rows.forEach((row, i) => {
    const point = rowOf(points, row);
    const y = targets[i]! - mean;
    total += y * y;
    for (let j = 0; j < axes; j++) x[j] = point[j]! - centre[j]!;
    for (let j = 0; j < axes; j++) {
      const value = x[j]!;
      products[j]! += value * y;
      for (let k = 0, at = j * axes; k <= j; k++, at++) squares[at]! += value * x[k]!;
    }
  });
  return { rows: rows.length, centre, mean, squares, products, total };
}

/** All rows, each about the mean of its own model. */
function pooled(parts: readonly Moments[], axes: number): Moments {
  const all: Moments = {
    rows: 0,
    centre: new Float64Array(axes),
    mean: 0,
    squares: new Float64Array(axes * axes),
    products: new Float64Array(axes),
    total: 0,
  };
  for (const { rows, squares, products, total } of parts) {
    all.rows += rows;
    all.total += total;
    squares.forEach((value, k) => (all.squares[k]! += value));
    products.forEach((value, j) => (all.products[j]! += value));
  }
  return all;
}

/** The same rows, with what the slopes explain taken from their targets. */
function without(moments: Moments, slopes: Float64Array): Moments {
  const image = symmetricProduct(moments.squares, slopes);
  return {
    ...moments,
    products: moments.products.map((product, j) => product - image[j]!),
    total: moments.total - 2 * dot(moments.products, slopes) + dot(image, slopes),
  };
}

/**
 * The ridge slopes of least error by generalized cross-validation, Σ (y − f)² / (1 − mean leverage)² (Golub, Heath and Wahba 1979);
 * all 0 where none do better. Along the principal axes of the rows each slope is product / (spread + penalty).
 */
function chooseSlopes({ rows, squares, products, total }: Moments, axes: number): Float64Array {
  if (axes === 0 || rows < 2) return new Float64Array(axes);
  const { values, vectors } = symmetricEigen(symmetric(squares, axes), axes);
  const turned = Float64Array.from(values, (_, a) => dot(products, vectors.subarray(a * axes, (a + 1) * axes)));
  let least = total / (1 - 1 / rows) ** 2;
  let best = Infinity;
  for (const penalty of PENALTIES) {
    let [squared, leverages] = [total, 1];
    values.forEach((found, a) => {
      const spread = Math.max(0, found);
      squared -= (turned[a]! / (spread + penalty)) ** 2 * (spread + 2 * penalty);
      leverages += spread / (spread + penalty);
    });
    const error = squared / Math.max(1e-3, 1 - leverages / rows) ** 2;
    if (error >= least) continue;
    least = error;
    best = penalty;
  }
  const slopes = new Float64Array(axes);
  if (best === Infinity) return slopes;
  values.forEach((spread, a) => {
    const along = turned[a]! / (Math.max(0, spread) + best);
    for (let j = 0; j < axes; j++) slopes[j]! += along * vectors[a * axes + j]!;
  });
  return slopes;
}

/** The whole of a matrix whose lower triangle is given. */
function symmetric(lower: Float64Array, n: number): Float64Array {
  const out = lower.slice();
  for (let j = 0; j < n; j++) for (let k = 0; k < j; k++) out[k * n + j] = out[j * n + k]!;
  return out;
}

/** A v of a symmetric A whose lower triangle is given. */
function symmetricProduct(a: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  const out = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) {
      out[j]! += a[j * n + k]! * v[k]!;
      out[k]! += a[j * n + k]! * v[j]!;
    }
    out[j]! += a[j * n + j]! * v[j]!;
  }
  return out;
}

function dot(a: Float64Array | Float32Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < b.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

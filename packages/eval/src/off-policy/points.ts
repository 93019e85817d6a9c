import { createMatrix, createRandom, type Matrix } from '@routeprofile/schema';
import { principalAxes, principalCoordinates } from '@routeprofile/numerics';

/** Axes of the queries' vectors that are kept: with one outcome per row, more of them fit noise. */
const MOST_AXES = 32;

/**
 * Coordinates of the rows along their widest principal axes, at most `MOST_AXES`, scaled so that a row's squared length is 1 on
 * average over all axes of the vectors. Scores play no part, so nothing of a held-out row's outcome gets in.
 * @returns shape [rows × axes], with no columns where there are no vectors
 */
export function queryPoints(vectors: Matrix | undefined, rows: number, seed: number): Matrix {
  if (!vectors || rows < 2) return createMatrix(rows, 0);
  const axes = principalAxes(vectors, { most: MOST_AXES, random: createRandom(seed, 'off-policy', 'axes') });
  const points = principalCoordinates(vectors, axes);
  const scale = Math.sqrt(rows / axes.total);
  if (!Number.isFinite(scale)) return createMatrix(rows, 0);
  return createMatrix(
    rows,
    points.cols,
    points.data.map((x) => x * scale),
  );
}

/** The fold of each row, folds of nearly equal size, at random. */
export function dealRows(rows: number, folds: number, seed: number): Int32Array {
  const foldOf = new Int32Array(rows);
  createRandom(seed, 'off-policy', 'folds')
    .shuffle([...foldOf.keys()])
    .forEach((row, place) => (foldOf[row] = place % folds));
  return foldOf;
}

/** For each fold, its rows and all others. */
export function splits(foldOf: Int32Array, folds: number): { heldOut: Int32Array; rest: Int32Array }[] {
  const rows = Int32Array.from(foldOf.keys());
  return Array.from({ length: folds }, (_, fold) => ({
    heldOut: rows.filter((row) => foldOf[row] === fold),
    rest: rows.filter((row) => foldOf[row] !== fold),
  }));
}

import { createMatrix, normalizeRows, rowOf, type Matrix, type ProfileSet, type Reason } from '@routeprofile/schema';
import { inheritance } from '../knn/new-models.js';
import { profileVectors } from './input.js';

/**
 * What a router keeps of each model, for models that it learned nothing about: the weighted mean of the others', by likeness
 * of profiles (see `inheritance`).
 * @param rows [models × any]; rows of unknown models are not read, and may be missing at the end
 * @param known one a model of `models`
 */
export function inheritedRows(
  strategy: string,
  rows: Matrix,
  models: readonly string[],
  known: readonly boolean[],
  profiles: ProfileSet,
): Matrix {
  const out = createMatrix(models.length, rows.cols);
  out.data.set(rows.data);
  if (known.every(Boolean)) return out;
  const shares = inheritance(normalizeRows(profileVectors(strategy, { models, profiles })), known);
  known.forEach((isKnown, m) => {
    if (isKnown) return;
    const row = rowOf(out, m).fill(0);
    known.forEach((_, j) => {
      const share = shares[m * models.length + j]!;
      if (share > 0) rowOf(rows, j).forEach((x, k) => (row[k]! += share * x));
    });
  });
  return out;
}

export const inheritedReason = (model: string): Reason => ({
  kind: 'inherited',
  text: `${model} has no training outcomes; its score is that of models with like profiles`,
});

import { createMatrix, normalizeRows, rowOf, type Matrix, type ProfileSet, type Reason } from '@routeprofile/schema';
import { inheritance } from '../knn/new-models.js';
import type { Joining } from './extend.js';
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

/**
 * The router's own rows with those of models that join below, inherited from models that it learned about.
 * @param own [models of the router × any]
 * @param newModels of the router's own, those that inherited themselves
 */
export function rowsWithHeirs(
  strategy: string,
  own: Matrix,
  newModels: readonly string[],
  { models, added }: Joining,
  profiles: ProfileSet,
): Matrix {
  const known = models.map((model) => !newModels.includes(model) && !added.includes(model));
  const rows = inheritedRows(strategy, own, models, known, profiles);
  rows.data.set(own.data);
  return rows;
}

export const inheritedReason = (model: string): Reason => ({
  kind: 'inherited',
  text: `${model} has no training outcomes; its score is that of models with similar profiles`,
});

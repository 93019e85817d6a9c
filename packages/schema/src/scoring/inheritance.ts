import { createMatrix, type Matrix, normalizeRows, rowOf } from '../matrix.js';
import type { ProfileSet } from '../profile.js';
import type { Reason } from '../router.js';
import type { JoinInput } from './definition.js';
import { profileVectors } from './vectors.js';

/** Differences of cosine of this size matter. */
const TEMPERATURE = 0.05;

/**
 * Which share of each known model's score a new model takes over: softmax over the cosines of their profiles at temperature
 * 0.05, so that a model is judged by those most like it. Without a usable difference between profiles all count alike.
 *
 * @param profiles [models × dimensions], unit rows
 * @param known models with training outcomes
 * @returns [models × models]; the rows of known models take over their own score only
 */
export function inheritance(profiles: Matrix, known: readonly boolean[]): Float32Array {
  const n = profiles.rows;
  const shares = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    if (known[i]) {
      shares[i * n + i] = 1;
      continue;
    }
    const cosines = Array.from({ length: n }, (_, j) => (known[j] ? cosine(profiles, i, j) : -Infinity));
    const top = Math.max(...cosines);
    const weights = cosines.map((c) => Math.exp((c - top) / TEMPERATURE));
    const total = weights.reduce((a, b) => a + b);
    weights.forEach((w, j) => (shares[i * n + j] = w / total));
  }
  return shares;
}

function cosine(profiles: Matrix, i: number, j: number): number {
  const other = rowOf(profiles, j);
  return rowOf(profiles, i).reduce((sum, x, d) => sum + x * other[d]!, 0);
}

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
  { models, added, profiles }: JoinInput,
): Matrix {
  const known = models.map((model) => !newModels.includes(model) && !added.includes(model));
  const rows = inheritedRows(strategy, own, models, known, profiles);
  rows.data.set(own.data);
  return rows;
}

/** What is to be said of a winner that inherited its score: one reason, or none for a model that the router learned about. */
export const inheritedReasons = (model: string, newModels: readonly string[]): Reason[] =>
  newModels.includes(model)
    ? [
        {
          kind: 'inherited',
          text: `${model} has no training outcomes; its score is that of models with similar profiles`,
        },
      ]
    : [];

import { cholesky, solveCholesky } from '@routeprofile/numerics';
import { createMatrix, rowOf, throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import type { Rewards } from './rewards.js';

/** What is known of the arms. Arms that saw the same queries share a factor. */
export interface Arms {
  /** θ: [models × dimensions]; zeros for an arm that never was pulled. */
  theta: Matrix;
  /** Cholesky factors L of A = λI + Σ x xᵀ: [factors · dimensions × dimensions]. */
  factors: Matrix;
  /** Which factor belongs to each arm. */
  factorOf: number[];
  /** Training queries of each arm. */
  pulls: number[];
}

/**
 * Ridge regression of each arm's rewards, less the mean of all, on the queries it has a reward for: A = λI + Σ x xᵀ,
 * b = Σ (reward − mean) x, θ = A⁻¹ b. (Li et al. 2010, arXiv 1003.0146, algorithm 1, with λ in place of 1.)
 * @param contexts [queries × dimensions]
 */
export function fitArms(
  contexts: Matrix,
  { values, mean }: Rewards,
  models: number,
  ridge: number,
  ctx: RunContext,
): Arms {
  const d = contexts.cols;
  const theta = createMatrix(models, d);
  const factors = new Map<string, { index: number; factor: Float64Array }>();
  const factorOf: number[] = [];
  const pulls: number[] = [];
  for (let m = 0; m < models; m++) {
    throwIfAborted(ctx);
    const rows = Array.from({ length: contexts.rows }, (_, q) => q).filter(
      (q) => !Number.isNaN(values[q * models + m]!),
    );
    const key = rows.join();
    const known = factors.get(key) ?? { index: factors.size, factor: cholesky(gram(contexts, rows, ridge), d) };
    factors.set(key, known);
    factorOf.push(known.index);
    pulls.push(rows.length);
    const b = new Float64Array(d);
    for (const q of rows) {
      const reward = values[q * models + m]! - mean;
      rowOf(contexts, q).forEach((x, i) => (b[i]! += reward * x));
    }
    rowOf(theta, m).set(solveCholesky(known.factor, b));
    ctx.onProgress?.({ stage: 'linucb: arms', done: m + 1, total: models });
  }
  const stacked = createMatrix(factors.size * d, d);
  for (const { index, factor } of factors.values()) stacked.data.set(factor, index * d * d);
  return { theta, factors: stacked, factorOf, pulls };
}

/** λI + Σ x xᵀ over the given rows; the lower triangle. */
function gram(contexts: Matrix, rows: readonly number[], ridge: number): Float64Array {
  const d = contexts.cols;
  const a = new Float64Array(d * d);
  for (let i = 0; i < d; i++) a[i * d + i] = ridge;
  for (const q of rows) {
    const x = rowOf(contexts, q);
    for (let i = 0; i < d; i++) {
      const xi = x[i]!;
      if (xi !== 0) for (let j = 0; j <= i; j++) a[i * d + j]! += xi * x[j]!;
    }
  }
  return a;
}

import type { Objective } from '../minimize.js';
import { sigmoid, softplus } from '../softmax.js';
import type { ResponseList } from './responses.js';

/** Sizes of a response function, and where its parts lie in one vector of parameters. */
export interface Layout {
  /** Coordinates of a query, the constant included. */
  width: number;
  /** Abilities of a model. */
  dimensions: number;
  models: number;
  /** [width × dimensions] discrimination, [width] difficulty, [models × dimensions] abilities. */
  difficultyAt: number;
  abilitiesAt: number;
  length: number;
}

export function layoutOf(width: number, dimensions: number, models: number): Layout {
  const difficultyAt = width * dimensions;
  const abilitiesAt = difficultyAt + width;
  return { width, dimensions, models, difficultyAt, abilitiesAt, length: abilitiesAt + models * dimensions };
}

export interface PenalisedOptions {
  /** Precision of the prior on what discrimination depends on of the query. */
  ridge: number;
  /** Discrimination is the same for all queries. */
  constant: boolean;
}

/** Precision of the prior on the mean difficulty, which is known from all responses. */
const LOOSE = 1e-3;
/** That on what difficulty depends on of the query: all models' answers teach it, so that its size matters little. */
const DIFFICULTY = 16;

/** Precision of each parameter's normal prior, of mean 0. Abilities have variance 1, which fixes the scale of the rest. */
export function precisions(layout: Layout, { ridge }: Pick<PenalisedOptions, 'ridge'>): Float64Array {
  const { width, dimensions, difficultyAt, abilitiesAt, length } = layout;
  const out = new Float64Array(length).fill(1);
  out.fill(ridge, dimensions, width * dimensions);
  out.fill(DIFFICULTY, difficultyAt, abilitiesAt);
  out[difficultyAt] = LOOSE;
  return out;
}

/**
 * Negative log posterior of the item response model: outcomes y of model m on query q under
 * P = σ(a(q)·θ_m − b(q)), pairs under P(i beats j) = σ(a(q)·(θ_i − θ_j)), in which difficulty cancels.
 * A fractional outcome y counts as the share y of a right answer and 1 − y of a wrong one.
 *
 * @param x [queries × width] coordinates
 */
export function penalisedLikelihood(
  x: Float64Array,
  responses: ResponseList,
  layout: Layout,
  options: PenalisedOptions,
): Objective {
  const { width, dimensions: D, difficultyAt, abilitiesAt } = layout;
  const { starts, first, second, value, kind } = responses;
  const prior = precisions(layout, options);
  const queries = starts.length - 1;
  const a = new Float64Array(D);
  const slopeOfA = new Float64Array(D);
  const rows = options.constant ? 1 : width;

  return (p, gradient) => {
    let loss = 0;
    for (let i = 0; i < p.length; i++) {
      loss += 0.5 * prior[i]! * p[i]! * p[i]!;
      gradient[i] = prior[i]! * p[i]!;
    }
    for (let q = 0; q < queries; q++) {
      const [from, to] = [starts[q]!, starts[q + 1]!];
      if (from === to) continue;
      a.fill(0);
      slopeOfA.fill(0);
      for (let k = 0; k < rows; k++) {
        const xk = x[q * width + k]!;
        for (let d = 0; d < D; d++) a[d]! += xk * p[k * D + d]!;
      }
      if (kind === 'pairs') {
        for (let e = from; e < to; e++) {
          const [i, j] = [abilitiesAt + first[e]! * D, abilitiesAt + second[e]! * D];
          let lead = 0;
          for (let d = 0; d < D; d++) lead += a[d]! * (p[i + d]! - p[j + d]!);
          loss += softplus(-lead);
          const r = -sigmoid(-lead);
          for (let d = 0; d < D; d++) {
            slopeOfA[d]! += r * (p[i + d]! - p[j + d]!);
            gradient[i + d]! += r * a[d]!;
            gradient[j + d]! -= r * a[d]!;
          }
        }
      } else {
        let b = 0;
        for (let k = 0; k < width; k++) b += x[q * width + k]! * p[difficultyAt + k]!;
        let slopeOfB = 0;
        let odds = 1;
        for (let e = from; e < to; e++) {
          const m = abilitiesAt + first[e]! * D;
          let logit = -b;
          for (let d = 0; d < D; d++) logit += a[d]! * p[m + d]!;
          // One exponential for both the loss and its slope, and one logarithm for many responses.
          const small = Math.exp(-Math.abs(logit));
          odds *= 1 + small;
          if (odds > 1e200) {
            loss += Math.log(odds);
            odds = 1;
          }
          loss += Math.max(logit, 0) - value[e]! * logit;
          const r = (logit >= 0 ? 1 / (1 + small) : small / (1 + small)) - value[e]!;
          slopeOfB -= r;
          for (let d = 0; d < D; d++) {
            slopeOfA[d]! += r * p[m + d]!;
            gradient[m + d]! += r * a[d]!;
          }
        }
        loss += Math.log(odds);
        for (let k = 0; k < width; k++) gradient[difficultyAt + k]! += x[q * width + k]! * slopeOfB;
      }
      for (let k = 0; k < rows; k++) {
        const xk = x[q * width + k]!;
        for (let d = 0; d < D; d++) gradient[k * D + d]! += xk * slopeOfA[d]!;
      }
    }
    return loss;
  };
}

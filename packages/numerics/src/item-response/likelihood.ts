import type { Objective } from '../minimize.js';
import { sigmoid, softplus } from '../softmax.js';
import { addOutcomeTerms } from './outcome-terms.js';
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
  const columns = kind === 'pairs' ? D : D + 1;
  // A constant discrimination depends on the first coordinate alone, which is 1.
  const rows = options.constant ? 1 : width;
  // One row per ability, then difficulty: what a query's coordinates are multiplied by.
  const map = new Float64Array(columns * width);
  const slopeOfMap = new Float64Array(columns * width);
  // a(q), then b(q), and the slope of the loss along each.
  const items = new Float64Array(queries * columns);
  const slopes = new Float64Array(queries * columns);
  const logits = new Float64Array(starts.reduce((most, start, q) => Math.max(most, start - (starts[q - 1] ?? 0)), 0));

  return (p, gradient) => {
    let loss = 0;
    for (let i = 0; i < p.length; i++) {
      loss += 0.5 * prior[i]! * p[i]! * p[i]!;
      gradient[i] = prior[i]! * p[i]!;
    }
    for (let k = 0; k < width; k++) {
      if (k < rows) for (let d = 0; d < D; d++) map[d * width + k] = p[k * D + d]!;
      if (kind === 'outcomes') map[D * width + k] = p[difficultyAt + k]!;
    }
    projected(x, width, map, columns, items);
    slopes.fill(0);
    for (let q = 0; q < queries; q++) {
      const [from, to, at] = [starts[q]!, starts[q + 1]!, q * columns];
      if (kind === 'pairs') {
        for (let e = from; e < to; e++) {
          const [i, j] = [abilitiesAt + first[e]! * D, abilitiesAt + second[e]! * D];
          let lead = 0;
          for (let d = 0; d < D; d++) lead += items[at + d]! * (p[i + d]! - p[j + d]!);
          loss += softplus(-lead);
          const r = -sigmoid(-lead);
          for (let d = 0; d < D; d++) {
            slopes[at + d]! += r * (p[i + d]! - p[j + d]!);
            gradient[i + d]! += r * items[at + d]!;
            gradient[j + d]! -= r * items[at + d]!;
          }
        }
      } else {
        const asked = { from, to, first, value, items, at, dimensions: D, parameters: p, abilitiesAt };
        loss = addOutcomeTerms(loss, asked, slopes, gradient, logits);
      }
    }
    slopeOfMap.fill(0);
    gathered(x, width, slopes, columns, slopeOfMap);
    for (let k = 0; k < width; k++) {
      if (k < rows) for (let d = 0; d < D; d++) gradient[k * D + d]! += slopeOfMap[d * width + k]!;
      if (kind === 'outcomes') gradient[difficultyAt + k]! += slopeOfMap[D * width + k]!;
    }
    return loss;
  };
}

/** Rows worked on at a time: what they share is read once for all of them. */
const ROWS = 4;

/** x · mapᵀ, [queries × columns]. */
function projected(x: Float64Array, width: number, map: Float64Array, columns: number, out: Float64Array): void {
  const queries = out.length / columns;
  let q = 0;
  for (; q + ROWS <= queries; q += ROWS) {
    const a = q * width;
    const [b, c, e] = [a + width, a + 2 * width, a + 3 * width];
    for (let d = 0; d < columns; d++) {
      let [sa, sb, sc, se] = [0, 0, 0, 0];
      for (let k = 0, at = d * width; k < width; k++, at++) {
        const weight = map[at]!;
        sa += x[a + k]! * weight;
        sb += x[b + k]! * weight;
        sc += x[c + k]! * weight;
        se += x[e + k]! * weight;
      }
      out[q * columns + d] = sa;
      out[(q + 1) * columns + d] = sb;
      out[(q + 2) * columns + d] = sc;
      out[(q + 3) * columns + d] = se;
    }
  }
  for (; q < queries; q++)
    for (let d = 0; d < columns; d++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += x[q * width + k]! * map[d * width + k]!;
      out[q * columns + d] = sum;
    }
}

/** slopesᵀ · x, added to `out`, [columns × width]. */
function gathered(x: Float64Array, width: number, slopes: Float64Array, columns: number, out: Float64Array): void {
  const queries = slopes.length / columns;
  let q = 0;
  for (; q + ROWS <= queries; q += ROWS) {
    const a = q * width;
    const [b, c, e] = [a + width, a + 2 * width, a + 3 * width];
    for (let d = 0; d < columns; d++) {
      const sa = slopes[q * columns + d]!;
      const sb = slopes[(q + 1) * columns + d]!;
      const sc = slopes[(q + 2) * columns + d]!;
      const se = slopes[(q + 3) * columns + d]!;
      for (let k = 0, at = d * width; k < width; k++, at++)
        out[at]! += sa * x[a + k]! + sb * x[b + k]! + sc * x[c + k]! + se * x[e + k]!;
    }
  }
  for (; q < queries; q++)
    for (let d = 0; d < columns; d++) {
      const slope = slopes[q * columns + d]!;
      for (let k = 0; k < width; k++) out[d * width + k]! += slope * x[q * width + k]!;
    }
}

import { createMatrix, rowOf, type Matrix, type PreferencePair } from '@routeprofile/schema';
import { minimize, rowDots, sigmoid, softplus } from '@routeprofile/numerics';

export interface PairwiseLogistic {
  /** [models × axes] */
  slopes: Matrix;
  /** Shape [models]: the scores where the query says nothing. */
  intercepts: Float64Array;
}

/** Precision of the prior on intercepts, as Bradley–Terry strengths have it. */
const INTERCEPT_RIDGE = 1;

/**
 * P(better beats worse at x) = σ(s_better(x) − s_worse(x)), s_m(x) = intercept_m + slope_m · x: Bradley–Terry with strengths linear
 * in x. The posterior mode under normal priors, of precision `ridge` on slopes and 1 on intercepts; the function is strictly
 * convex, and with a strong ridge its minimum is plain Bradley–Terry.
 *
 * @param points [queries × axes], of mean 0
 * @param spread [axes]: sum of squares of the points along each axis; scales the search, not the answer
 * @param start slopes and intercepts to begin with, such as those of a stronger ridge
 */
export function fitPairwiseLogistic(
  points: Matrix,
  spread: Float64Array,
  pairs: readonly PreferencePair[],
  models: number,
  ridge: number,
  start?: PairwiseLogistic,
): PairwiseLogistic {
  const r = points.cols;
  const size = models * (r + 1);
  const at = new Float64Array(size);
  if (start) {
    at.set(start.slopes.data);
    at.set(start.intercepts, models * r);
  }
  const byQuery = groupByQuery(pairs);
  // A model takes part in 2 / models of the pairs; a pair's curvature is at most 1/4.
  const density = pairs.length / (2 * models * Math.max(1, points.rows));
  const curvature = new Float64Array(size).fill(density * points.rows + INTERCEPT_RIDGE);
  for (let m = 0; m < models; m++) for (let j = 0; j < r; j++) curvature[m * r + j] = density * spread[j]! + ridge;

  const slopes = createMatrix(models, r);
  const scores = new Float64Array(models);
  const found = minimize(
    (parameters, gradient) => {
      let value = 0;
      for (let k = 0; k < size; k++) {
        const precision = k < models * r ? ridge : INTERCEPT_RIDGE;
        value += 0.5 * precision * parameters[k]! ** 2;
        gradient[k] = precision * parameters[k]!;
      }
      slopes.data.set(parameters.subarray(0, models * r));
      const pull = new Float64Array(models);
      for (const [query, compared] of byQuery) {
        const point = rowOf(points, query);
        rowDots(slopes, point, scores);
        pull.fill(0);
        for (const { better, worse } of compared) {
          const lead =
            scores[better]! + parameters[models * r + better]! - scores[worse]! - parameters[models * r + worse]!;
          value += softplus(-lead);
          const force = sigmoid(-lead);
          pull[better]! -= force;
          pull[worse]! += force;
        }
        for (let m = 0; m < models; m++) {
          const by = pull[m]!;
          if (by === 0) continue;
          gradient[models * r + m]! += by;
          for (let j = 0, k = m * r; j < r; j++, k++) gradient[k]! += by * point[j]!;
        }
      }
      return value;
    },
    at,
    { curvature, tolerance: 0, gradientTolerance: 1e-3 },
  );
  return {
    slopes: createMatrix(models, r, Float32Array.from(found.subarray(0, models * r))),
    intercepts: found.slice(models * r),
  };
}

function groupByQuery(pairs: readonly PreferencePair[]): Map<number, PreferencePair[]> {
  const out = new Map<number, PreferencePair[]>();
  for (const pair of pairs) {
    const list = out.get(pair.query);
    if (list) list.push(pair);
    else out.set(pair.query, [pair]);
  }
  return out;
}

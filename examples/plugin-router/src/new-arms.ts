import { normalizeRows, rowOf, RouteProfileError, takeRows, type Matrix, type ProfileSet } from '@routeprofile/schema';

/** Differences of cosine of this size matter. */
const TEMPERATURE = 0.05;

/**
 * θ of arms that never were pulled: the mean θ of the others, weighted by how alike the models' profiles are (softmax of
 * cosines). LinUCB alone knows nothing of a new arm; a profile is what RouteProfile adds.
 * @param theta [models × dimensions], rows of new arms are overwritten
 * @param known which arms were pulled
 */
export function inheritTheta(
  theta: Matrix,
  models: readonly string[],
  known: readonly boolean[],
  profiles: ProfileSet,
): void {
  if (known.every(Boolean)) return;
  const unit = normalizeRows(profilesOf(models, profiles));
  models.forEach((_, m) => {
    if (known[m]) return;
    const cosines = models.map((__, other) => (known[other] ? dot(rowOf(unit, m), rowOf(unit, other)) : -Infinity));
    const top = Math.max(...cosines);
    const weights = cosines.map((cosine) => Math.exp((cosine - top) / TEMPERATURE));
    const total = weights.reduce((a, b) => a + b, 0);
    const row = rowOf(theta, m).fill(0);
    weights.forEach((weight, other) => {
      if (weight > 0) rowOf(theta, other).forEach((x, i) => (row[i]! += (weight / total) * x));
    });
  });
}

/** @throws RouteProfileError UNKNOWN_NAME naming a model without a profile */
function profilesOf(models: readonly string[], { models: named, vectors }: ProfileSet): Matrix {
  const rows = models.map((model) => {
    const row = named.indexOf(model);
    if (row < 0)
      throw new RouteProfileError('UNKNOWN_NAME', `linucb: the profile set has no vector for ${model}`, {
        hint: 'Build the profiles from the same dataset and mode.',
      });
    return row;
  });
  return takeRows(vectors, rows);
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

import { fitAdditive, type AdditiveOptions } from '@routeprofile/numerics';

/** value[m, t] ≈ centre[t] + overall[m]. */
export interface AdditiveScores {
  /** [tasks] */
  centre: Float64Array;
  /** [models], mean 0 over the models with a value; 0 for those without. */
  overall: Float64Array;
}

/**
 * What a task gives an average model, and what a model is worth above that (`fitAdditive`). Who is missing from a task does not
 * shift the advantages of those who are there, as subtracting the task's plain mean would.
 * @param values row-major [models × tasks]; NaN = not measured
 * @param options of `fitAdditive`, whose rows are the tasks
 */
export function additiveScores(
  values: Float64Array,
  models: number,
  tasks: number,
  options: Pick<AdditiveOptions, 'ridge' | 'loneRows'> = {},
): AdditiveScores {
  const byTask = values.map((_, k) => values[(k % models) * tasks + Math.floor(k / models)]!);
  const fit = fitAdditive(byTask, models, options);
  const known = fit.models.map((_, m) =>
    values.subarray(m * tasks, (m + 1) * tasks).every((value) => Number.isNaN(value)) ? 0 : 1,
  );
  const count = known.reduce((a, b) => a + b, 0);
  // Here each model counts the same, however many tasks it is measured on.
  const shift = fit.models.reduce((a, b) => a + b, 0) / Math.max(1, count);
  return {
    centre: fit.rows.map((row, t) =>
      byTask.subarray(t * models, (t + 1) * models).every(Number.isNaN) ? 0 : row + shift,
    ),
    overall: fit.models.map((part, m) => (known[m] ? part - shift : 0)),
  };
}

/** A model's overall advantage from its row of values, NaN where it is not measured. */
export function overallOf(values: ArrayLike<number>, centre: ArrayLike<number>, ridge: number, prior: number): number {
  let [sum, count] = [0, 0];
  for (let t = 0; t < values.length; t++) {
    if (Number.isNaN(values[t]!)) continue;
    sum += values[t]! - centre[t]!;
    count++;
  }
  return count + ridge === 0 ? prior : (sum + ridge * prior) / (count + ridge);
}

/** Rounds of alternation at most; complete tables need one. */
const MAX_ROUNDS = 1_000;
const TOLERANCE = 1e-12;

/** value[m, t] ≈ centre[t] + overall[m]. */
export interface AdditiveFit {
  /** [tasks] */
  centre: Float64Array;
  /** [models], mean 0 over the models with a value. */
  overall: Float64Array;
}

/**
 * Least squares with a ridge on the models, on whatever is measured (NaN = not): what a task gives an average model, and what a
 * model is worth above that. Who is missing from a task therefore does not shift the advantages of those who are there, as
 * subtracting the task's plain mean would.
 *
 * overall[m] = (Σ_t (value − centre[t]) + ridge · prior[m]) / (n[m] + ridge)
 * @param values row-major [models × tasks]
 * @param ridge how many tasks of value `prior` each model is given beforehand
 */
export function fitAdditive(
  values: Float64Array,
  models: number,
  tasks: number,
  { ridge = 0, prior }: { ridge?: number; prior?: ArrayLike<number> } = {},
): AdditiveFit {
  const counts = Float64Array.from({ length: models }, (_, m) => {
    let n = 0;
    for (let t = 0; t < tasks; t++) if (!Number.isNaN(values[m * tasks + t]!)) n++;
    return n;
  });
  const centre = new Float64Array(tasks);
  const overall = Float64Array.from({ length: models }, (_, m) => prior?.[m] ?? 0);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    updateCentres(values, overall, centre);
    let change = 0;
    for (let m = 0; m < models; m++) {
      const next = overallOf(values.subarray(m * tasks, (m + 1) * tasks), centre, ridge, prior?.[m] ?? 0);
      change = Math.max(change, Math.abs(next - overall[m]!));
      overall[m] = next;
    }
    if (change < TOLERANCE) break;
  }
  // Only differences are determined: the average model measured anywhere is worth 0.
  const known = counts.filter((n) => n > 0).length;
  const shift = overall.reduce((sum, b, m) => sum + (counts[m]! > 0 ? b : 0), 0) / Math.max(1, known);
  return {
    centre: centre.map((c) => c + shift),
    overall: overall.map((b, m) => (counts[m]! > 0 || prior ? b - shift : 0)),
  };
}

/** A model's overall advantage from its row of values. */
export function overallOf(values: ArrayLike<number>, centre: ArrayLike<number>, ridge: number, prior: number): number {
  let [sum, count] = [0, 0];
  for (let t = 0; t < values.length; t++) {
    if (Number.isNaN(values[t]!)) continue;
    sum += values[t]! - centre[t]!;
    count++;
  }
  return count + ridge === 0 ? prior : (sum + ridge * prior) / (count + ridge);
}

function updateCentres(values: Float64Array, overall: Float64Array, centre: Float64Array): void {
  const tasks = centre.length;
  const counts = new Float64Array(tasks);
  centre.fill(0);
  overall.forEach((b, m) => {
    for (let t = 0; t < tasks; t++) {
      const value = values[m * tasks + t]!;
      if (Number.isNaN(value)) continue;
      centre[t]! += value - b;
      counts[t]!++;
    }
  });
  for (let t = 0; t < tasks; t++) centre[t]! /= Math.max(1, counts[t]!);
}

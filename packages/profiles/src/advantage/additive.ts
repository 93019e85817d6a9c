/** Conjugate gradients take as many steps as the table has distinct patterns of holes, at most; usually a dozen. */
const MAX_STEPS = 500;
/** Of the squared residual, relative to that at the start. */
const TOLERANCE = 1e-26;

/** value[m, t] ≈ centre[t] + overall[m]. */
export interface AdditiveFit {
  /** [tasks] */
  centre: Float64Array;
  /** [models], mean 0 over the models with a value; 0 for those without. */
  overall: Float64Array;
}

/**
 * Least squares with a ridge on the models, on whatever is measured (NaN = not): what a task gives an average model, and what a
 * model is worth above that. Who is missing from a task therefore does not shift the advantages of those who are there, as
 * subtracting the task's plain mean would. Models that no chain of common tasks connects are averaged apart.
 *
 * At the solution centre[t] = mean_m (value − overall[m]) and overall[m] = Σ_t (value − centre[t]) / (n[m] + ridge). With the
 * centres put into the second equation it is a symmetric system in the models alone.
 * @param values row-major [models × tasks]
 * @param ridge how many tasks of no advantage each model is given beforehand
 */
export function fitAdditive(values: Float64Array, models: number, tasks: number, ridge = 0): AdditiveFit {
  const measured = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1));
  const known = values.map((value) => (Number.isNaN(value) ? 0 : value));
  const table: Table = { measured, tasks, sizes: columnSums(Float64Array.from(measured), tasks) };
  const target = withoutCentres(table, (at) => known[at]!, models);
  const overall = conjugateGradients((x) => {
    const out = withoutCentres(table, (at) => x[Math.floor(at / tasks)]!, models);
    return out.map((value, m) => value + ridge * x[m]!);
  }, target);
  const isKnown = overall.map((_, m) => (measured.subarray(m * tasks, (m + 1) * tasks).includes(1) ? 1 : 0));
  const count = isKnown.reduce((a, b) => a + b, 0);
  // Only differences are determined: the average model measured anywhere is worth 0.
  const shift = overall.reduce((sum, b, m) => sum + isKnown[m]! * b, 0) / Math.max(1, count);
  const shifted = overall.map((b, m) => (isKnown[m] ? b - shift : 0));
  const rest = known.map((value, at) => measured[at]! * (value - shifted[Math.floor(at / tasks)]!));
  return { centre: columnSums(rest, tasks).map((sum, t) => sum / Math.max(1, table.sizes[t]!)), overall: shifted };
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

interface Table {
  /** [models × tasks] */
  measured: Uint8Array;
  tasks: number;
  /** Models measured on each task. */
  sizes: Float64Array;
}

function columnSums(values: Float64Array, tasks: number): Float64Array {
  const out = new Float64Array(tasks);
  for (let at = 0; at < values.length; at += tasks) for (let t = 0; t < tasks; t++) out[t]! += values[at + t]!;
  return out;
}

/** Σ_t (value − the task's mean) of each model, over what is measured. */
function withoutCentres(
  { measured, tasks, sizes }: Table,
  value: (at: number) => number,
  models: number,
): Float64Array {
  const means = new Float64Array(tasks);
  for (let m = 0, at = 0; m < models; m++)
    for (let t = 0; t < tasks; t++, at++) if (measured[at]) means[t]! += value(at) / sizes[t]!;
  const out = new Float64Array(models);
  for (let m = 0, at = 0; m < models; m++)
    for (let t = 0; t < tasks; t++, at++) if (measured[at]) out[m]! += value(at) - means[t]!;
  return out;
}

/** The least-norm solution of a symmetric, positive semidefinite, solvable system. */
function conjugateGradients(apply: (x: Float64Array) => Float64Array, target: Float64Array): Float64Array {
  const x = new Float64Array(target.length);
  const residual = target.slice();
  let direction = target.slice();
  let square = dot(residual, residual);
  const enough = square * TOLERANCE;
  for (let step = 0; step < MAX_STEPS && square > enough; step++) {
    const image = apply(direction);
    const curvature = dot(direction, image);
    if (curvature <= 0) break;
    const length = square / curvature;
    for (let m = 0; m < x.length; m++) {
      x[m]! += length * direction[m]!;
      residual[m]! -= length * image[m]!;
    }
    const next = dot(residual, residual);
    direction = direction.map((d, m) => residual[m]! + (next / square) * d);
    square = next;
  }
  return x;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

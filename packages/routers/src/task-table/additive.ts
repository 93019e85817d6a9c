const SWEEPS = 500;
const TOLERANCE = 1e-12;

export interface AdditiveFit {
  /** One a task: how easy it is. */
  tasks: Float64Array;
  /** One a model: how much better than the others it does where it was measured. Weighted to mean 0. */
  models: Float64Array;
}

/**
 * value[t, m] ≈ tasks[t] + models[m], by weighted least squares (alternating, to convergence): compares models that were
 * measured on different tasks without rewarding those that met the easy ones.
 *
 * @param values [tasks × models]; ignored where the weight is 0
 * @param weights [tasks × models], at least 0
 */
export function fitAdditive(
  values: Float64Array,
  weights: Float64Array,
  taskCount: number,
  modelCount: number,
): AdditiveFit {
  const tasks = new Float64Array(taskCount);
  const models = new Float64Array(modelCount);
  const modelWeights = models.map((_, m) => sum(taskCount, (t) => weights[t * modelCount + m]!));
  const total = sum(modelCount, (m) => modelWeights[m]!);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let change = 0;
    for (let t = 0; t < taskCount; t++) {
      const weight = sum(modelCount, (m) => weights[t * modelCount + m]!);
      if (weight > 0)
        tasks[t] = sum(modelCount, (m) => weigh(weights, values, t * modelCount + m, models[m]!)) / weight;
    }
    for (let m = 0; m < modelCount; m++) {
      if (modelWeights[m] === 0) continue;
      const effect = sum(taskCount, (t) => weigh(weights, values, t * modelCount + m, tasks[t]!)) / modelWeights[m]!;
      change = Math.max(change, Math.abs(effect - models[m]!));
      models[m] = effect;
    }
    if (change < TOLERANCE) break;
  }
  const centre = total > 0 ? sum(modelCount, (m) => modelWeights[m]! * models[m]!) / total : 0;
  return { tasks: tasks.map((t) => t + centre), models: models.map((e, m) => (modelWeights[m]! > 0 ? e - centre : 0)) };
}

const weigh = (weights: Float64Array, values: Float64Array, k: number, other: number) =>
  weights[k]! > 0 ? weights[k]! * (values[k]! - other) : 0;

function sum(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

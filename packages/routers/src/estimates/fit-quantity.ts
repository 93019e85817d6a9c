import { throwIfAborted, type QueryBatch, type RunContext } from '@routeprofile/schema';
import { FREE_FEATURES, featureCount, featuresOf, featureSpace, type FeatureSpace } from './features.js';
import { combined, ridgeSums, ridgeWeights, type RidgeSums } from './linear.js';
import { columnMeans } from './measured.js';
import { atFeatures, type Quantity } from './quantity.js';

export interface FittedQuantity {
  quantity: Quantity;
  /** [training queries × models]: estimates by fits that did not see the query; NaN where the model is not estimated. */
  outOfFold: Float64Array;
  /** Held-out squared error of each kind as a share of the models' variance, mean over models: 1 is no better than the mean. */
  crossValidation: { kind: string; penalty: number; error: number }[];
}

/** Precision of the prior on weights of vector features. */
const PENALTIES = [1, 10, 100];
/** More rows than this say little more of a mean cost. */
const LIMIT = 5000;
/** A call that cost nothing has no logarithm: it counts as this share of its model's mean. */
const FLOOR = 1e-3;

/**
 * Chooses by cross-validation how far the query tells what a call costs.
 * @param values [training queries × models], NaN = not measured
 * @param foldOf fold of each training query
 * @returns null when nothing was measured
 */
export function fitQuantity(
  values: Float64Array,
  queries: QueryBatch,
  foldOf: Int32Array,
  models: number,
  ctx: RunContext,
): FittedQuantity | null {
  const rows = foldOf.length;
  if (values.every(Number.isNaN)) return null;
  const all = Int32Array.from({ length: rows }, (_, q) => q);
  const used = rows > LIMIT ? thinned(all) : all;
  const table: Table = { values, models, logs: logTable(values, models) };
  const space = featureSpace(queries, ctx.seed);
  const spaces = [{ ...space, vectorMean: new Float32Array(0) }, ...(queries.vectors ? [space] : [])];
  const candidates: Candidate[] = [meanCandidate(table, foldOf, used)];
  for (const each of spaces) {
    throwIfAborted(ctx);
    candidates.push(...regressions(table, each, queries, foldOf, used));
  }
  const compared = candidates.map((candidate) => {
    const outOfFold = candidate.outOfFold();
    return { candidate, outOfFold, error: relativeError(values, outOfFold, models) };
  });
  const best = compared.reduce((a, b) => (b.error < a.error ? b : a));
  return {
    quantity: best.candidate.fit(),
    outOfFold: best.outOfFold,
    crossValidation: compared.map(({ candidate: { kind, penalty }, error }) => ({ kind, penalty, error })),
  };
}

interface Table {
  values: Float64Array;
  models: number;
  /** Logs with missing ones filled in. */
  logs: Float64Array;
}

interface Candidate {
  kind: Quantity['kind'];
  penalty: number;
  outOfFold(): Float64Array;
  fit(): Quantity;
}

const thinned = (rows: Int32Array) => {
  const stride = rows.length / LIMIT;
  return Int32Array.from({ length: LIMIT }, (_, i) => rows[Math.floor(i * stride)]!);
};

/** Missing logs are the model's mean log plus how far the query lies above the others' mean logs. */
function logTable(values: Float64Array, models: number): Float64Array {
  const means = columnMeans(values, models);
  const logs = values.map((value, k) =>
    means[k % models] === 0 ? 0 : Math.log(Math.max(value, FLOOR * means[k % models]!)),
  );
  const meanLogs = columnMeans(logs, models);
  for (let from = 0; from < logs.length; from += models) {
    let [above, count] = [0, 0];
    for (let m = 0; m < models; m++)
      if (!Number.isNaN(logs[from + m]!)) {
        above += logs[from + m]! - meanLogs[m]!;
        count++;
      }
    for (let m = 0; m < models; m++)
      if (Number.isNaN(logs[from + m]!))
        logs[from + m] = (Number.isNaN(meanLogs[m]!) ? 0 : meanLogs[m]!) + above / Math.max(1, count);
  }
  return logs;
}

const foldsOf = (foldOf: Int32Array): number[] => [...new Set(foldOf)].sort((a, b) => a - b);

function ranges({ values, models }: Table, rows: Int32Array): Omit<Quantity, 'kind'> {
  const part = new Float64Array(rows.length * models);
  rows.forEach((row, i) => part.set(values.subarray(row * models, (row + 1) * models), i * models));
  const lowest = new Float64Array(models).fill(Infinity);
  const highest = new Float64Array(models).fill(-Infinity);
  part.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    lowest[k % models] = Math.min(lowest[k % models]!, value);
    highest[k % models] = Math.max(highest[k % models]!, value);
  });
  return { means: columnMeans(part, models), lowest, highest };
}

function meanCandidate(table: Table, foldOf: Int32Array, used: Int32Array): Candidate {
  return {
    kind: 'mean',
    penalty: 0,
    outOfFold() {
      const out = new Float64Array(table.values.length);
      for (const fold of foldsOf(foldOf)) {
        const { means } = ranges(
          table,
          used.filter((q) => foldOf[q] !== fold),
        );
        foldOf.forEach((own, q) => own === fold && out.set(means, q * table.models));
      }
      return out;
    },
    fit: () => ({ kind: 'mean', ...ranges(table, used) }),
  };
}

/** One candidate a penalty, with the sums over rows shared. */
function regressions(
  table: Table,
  space: FeatureSpace,
  queries: QueryBatch,
  foldOf: Int32Array,
  used: Int32Array,
): Candidate[] {
  const { models, logs } = table;
  const width = featureCount(space);
  const x = new Float64Array(foldOf.length * width);
  for (let q = 0; q < foldOf.length; q++) x.set(featuresOf(space, queries, q), q * width);
  const sums = (rows: Int32Array) => ridgeSums(x, logs, rows, width, models);
  const parts = new Map(foldsOf(foldOf).map((fold) => [fold, sums(used.filter((q) => foldOf[q] === fold))]));
  const total = [...parts.values()].reduce((a, b) => combined(a, b, 1));
  const solve = (from: RidgeSums, penalty: number, rows: Int32Array): Quantity => {
    const weights = Float32Array.from(ridgeWeights(from, penalty, FREE_FEATURES));
    const kind = width > FREE_FEATURES ? 'query' : 'length';
    const plain: Quantity = {
      kind,
      ...ranges(table, rows),
      regression: { space, weights, smearing: new Float64Array(models).fill(1) },
    };
    return { ...plain, regression: { space, weights, smearing: smearing(plain, table, x, rows) } };
  };
  return (width > FREE_FEATURES ? PENALTIES : [0]).map((penalty) => ({
    kind: width > FREE_FEATURES ? 'query' : 'length',
    penalty,
    outOfFold() {
      const out = new Float64Array(table.values.length);
      for (const [fold, part] of parts) {
        const rest = used.filter((q) => foldOf[q] !== fold);
        const quantity = solve(combined(total, part, -1), penalty, rest);
        foldOf.forEach((own, q) => {
          if (own === fold) out.set(atFeatures(quantity, x.subarray(q * width, (q + 1) * width)), q * models);
        });
      }
      return out;
    },
    fit: () => solve(total, penalty, used),
  }));
}

/** Sum of measured values over sum of what the exponentials give, one a model. */
function smearing(plain: Quantity, { values, models }: Table, x: Float64Array, rows: Int32Array): Float64Array {
  const width = x.length / (values.length / models);
  const measured = new Float64Array(models);
  const given = new Float64Array(models);
  for (const row of rows) {
    const estimate = atFeatures(plain, x.subarray(row * width, (row + 1) * width));
    for (let m = 0; m < models; m++) {
      const value = values[row * models + m]!;
      if (Number.isNaN(value)) continue;
      measured[m]! += value;
      given[m]! += estimate[m]!;
    }
  }
  return measured.map((sum, m) => (given[m]! > 0 ? sum / given[m]! : 1));
}

function relativeError(values: Float64Array, estimates: Float64Array, models: number): number {
  const means = columnMeans(values, models);
  const errors = new Float64Array(models);
  const spreads = new Float64Array(models);
  values.forEach((value, k) => {
    if (Number.isNaN(value) || Number.isNaN(estimates[k]!)) return;
    errors[k % models]! += (value - estimates[k]!) ** 2;
    spreads[k % models]! += (value - means[k % models]!) ** 2;
  });
  const shares = Array.from(errors, (error, m) => error / spreads[m]!).filter(
    (share, m) => spreads[m]! > 0 && Number.isFinite(share),
  );
  return shares.length === 0 ? 0 : shares.reduce((a, b) => a + b, 0) / shares.length;
}

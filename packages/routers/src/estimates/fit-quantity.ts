import { throwIfAborted, type QueryBatch, type RunContext } from '@routeprofile/schema';
import { FREE_FEATURES, featureCount, featuresOf, featureSpace, type FeatureSpace } from './features.js';
import { combined, ridgeSums, ridgeWeights } from './linear.js';
import { columnMeans } from './measured.js';
import { fromLogs, logsAt, quantityFor, type Quantity } from './quantity.js';

export interface FittedQuantity {
  quantity: Quantity;
  /** Shape [training queries × models]: estimates by fits that did not see the query; NaN where the model is not estimated. */
  outOfFold: Float64Array;
  /** Held-out squared error of each kind as a share of the models' variance, mean over models: 1 is no better than the mean. */
  crossValidation: { kind: string; penalty: number; error: number }[];
}

/** Precision of the prior on weights of vector features. */
const PENALTIES = [1, 10, 100];
/** More rows than this say little more of a mean cost; the others are estimated as new queries are. */
const LIMIT = 5000;
/** A call that cost nothing has no logarithm: it counts as this share of its model's mean. */
const FLOOR = 1e-3;

/** The rows that are learned from, and what was measured on them: [rows × models]. */
interface Table {
  rows: Int32Array;
  foldOf: Int32Array;
  models: number;
  /** NaN = not measured. */
  values: Float64Array;
  /** Missing ones filled in. */
  logs: Float64Array;
}

interface Candidate {
  kind: Quantity['kind'];
  penalty: number;
  /** [rows × models] */
  outOfFold: Float64Array;
  fit(): Quantity;
}

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
  if (values.every(Number.isNaN)) return null;
  const table = tableOf(values, foldOf, models);
  const space = featureSpace(queries, ctx.seed);
  const spaces = [{ ...space, vectorMean: new Float32Array(0) }, ...(queries.vectors ? [space] : [])];
  const candidates = [meanCandidate(table)];
  for (const each of spaces) {
    throwIfAborted(ctx);
    candidates.push(...regressions(table, each, queries));
  }
  const errors = candidates.map(({ outOfFold }) => relativeError(table, outOfFold));
  // The mean is the first, and so what is left when no error is finite.
  const best = candidates[errors.indexOf(Math.min(...errors))]!;
  const quantity = best.fit();
  const outOfFold = new Float64Array(values.length);
  const place = new Map(Array.from(table.rows, (row, i) => [row, i]));
  for (let q = 0; q < foldOf.length; q++) {
    const i = place.get(q);
    outOfFold.set(
      i === undefined ? quantityFor(quantity, queries, q) : best.outOfFold.subarray(i * models, (i + 1) * models),
      q * models,
    );
  }
  const crossValidation = candidates.map(({ kind, penalty }, c) => ({ kind, penalty, error: errors[c]! }));
  return { quantity, outOfFold, crossValidation };
}

function tableOf(values: Float64Array, foldOf: Int32Array, models: number): Table {
  const stride = Math.max(1, foldOf.length / LIMIT);
  const rows = Int32Array.from({ length: Math.min(foldOf.length, LIMIT) }, (_, i) => Math.floor(i * stride));
  const part = new Float64Array(rows.length * models);
  rows.forEach((row, i) => part.set(values.subarray(row * models, (row + 1) * models), i * models));
  return { rows, foldOf: rows.map((row) => foldOf[row]!), models, values: part, logs: logTable(part, models) };
}

/** Missing logs are the model's mean log plus how far the query lies above the others' mean logs. */
function logTable(values: Float64Array, models: number): Float64Array {
  const means = columnMeans(values, models);
  const logs = values.map((value, k) => {
    const mean = means[k % models]!;
    return mean === 0 ? 0 : Math.log(Math.max(value, FLOOR * mean));
  });
  const meanLogs = columnMeans(logs, models).map((mean) => (Number.isNaN(mean) ? 0 : mean));
  for (let from = 0; from < logs.length; from += models) {
    const row = logs.subarray(from, from + models);
    let [above, count] = [0, 0];
    row.forEach((log, m) => {
      if (Number.isNaN(log)) return;
      above += log - meanLogs[m]!;
      count++;
    });
    row.forEach((log, m) => Number.isNaN(log) && (row[m] = meanLogs[m]! + above / Math.max(1, count)));
  }
  return logs;
}

const foldsOf = ({ foldOf }: Table): number[] => [...new Set(foldOf)].sort((a, b) => a - b);

/** Mean, smallest and largest value of each model over the rows for which `keep` holds. */
function ranges({ values, models, foldOf }: Table, keep: (fold: number) => boolean) {
  const kept = values.map((value, k) => (keep(foldOf[Math.floor(k / models)]!) ? value : NaN));
  const lowest = new Float64Array(models).fill(Infinity);
  const highest = new Float64Array(models).fill(-Infinity);
  kept.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    lowest[k % models] = Math.min(lowest[k % models]!, value);
    highest[k % models] = Math.max(highest[k % models]!, value);
  });
  return { means: columnMeans(kept, models), lowest, highest };
}

function meanCandidate(table: Table): Candidate {
  const outOfFold = new Float64Array(table.values.length);
  for (const fold of foldsOf(table)) {
    const { means } = ranges(table, (other) => other !== fold);
    table.foldOf.forEach((own, i) => own === fold && outOfFold.set(means, i * table.models));
  }
  return { kind: 'mean', penalty: 0, outOfFold, fit: () => ({ kind: 'mean', ...ranges(table, () => true) }) };
}

/** One candidate per penalty, with the sums over rows shared. */
function regressions(table: Table, space: FeatureSpace, queries: QueryBatch): Candidate[] {
  const { rows, models, logs, foldOf } = table;
  const width = featureCount(space);
  const kind = width > FREE_FEATURES ? 'query' : 'length';
  const x = new Float64Array(rows.length * width);
  rows.forEach((row, i) => x.set(featuresOf(space, queries, row), i * width));
  const features = (i: number) => x.subarray(i * width, (i + 1) * width);
  const places = Int32Array.from(rows.keys());
  const parts = foldsOf(table).map((fold) => ({
    sums: ridgeSums(
      x,
      logs,
      places.filter((i) => foldOf[i] === fold),
      width,
      models,
    ),
    own: places.filter((i) => foldOf[i] === fold),
    range: ranges(table, (other) => other !== fold),
  }));
  const total = parts.map(({ sums }) => sums).reduce((a, b) => combined(a, b, 1));

  return (kind === 'query' ? PENALTIES : [0]).map((penalty): Candidate => {
    const heldOut = new Float64Array(logs.length);
    for (const { sums, own } of parts) {
      const weights = ridgeWeights(combined(total, sums, -1), penalty, FREE_FEATURES);
      for (const i of own) heldOut.set(logsAt(weights, features(i), models), i * models);
    }
    const smearing = smearingOf(table, heldOut);
    const outOfFold = new Float64Array(logs.length);
    for (const { own, range } of parts)
      for (const i of own)
        outOfFold.set(fromLogs(range, smearing, heldOut.subarray(i * models, (i + 1) * models)), i * models);
    return {
      kind,
      penalty,
      outOfFold,
      fit: () => ({
        kind,
        ...ranges(table, () => true),
        regression: { space, weights: Float32Array.from(ridgeWeights(total, penalty, FREE_FEATURES)), smearing },
      }),
    };
  });
}

/** Sum of measured values over the sum of what held-out logs give, one a model. */
function smearingOf({ values, models }: Table, heldOut: Float64Array): Float64Array {
  const measured = new Float64Array(models);
  const given = new Float64Array(models);
  values.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    measured[k % models]! += value;
    given[k % models]! += Math.exp(heldOut[k]!);
  });
  return measured.map((sum, m) => (given[m]! > 0 ? sum / given[m]! : 1));
}

/** Infinity for costs whose squares are beyond all numbers. */
function relativeError({ values, models }: Table, estimates: Float64Array): number {
  const means = columnMeans(values, models);
  const errors = new Float64Array(models);
  const spreads = new Float64Array(models);
  values.forEach((value, k) => {
    if (Number.isNaN(value) || Number.isNaN(estimates[k]!)) return;
    errors[k % models]! += (value - estimates[k]!) ** 2;
    spreads[k % models]! += (value - means[k % models]!) ** 2;
  });
  const shares = errors.map((error, m) => error / spreads[m]!).filter((_, m) => spreads[m]! > 0);
  const mean = shares.length === 0 ? 0 : shares.reduce((a, b) => a + b, 0) / shares.length;
  return Number.isNaN(mean) ? Infinity : mean;
}

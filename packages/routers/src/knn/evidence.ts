import { bradleyTerry, countWins, type Comparison } from '../common/bradley-terry.js';
import type { Memory } from './memory.js';

/** How good each model is among some training queries. */
export interface Evidence {
  /** One score a model, from the given training queries; they must be among the rows this was made of. */
  scoresAmong(neighbours: Int32Array): Float64Array;
}

/** Evidence of the training rows given, and of no others. */
export function gatherEvidence(memory: Memory, rows: Int32Array, ridge: number): Evidence {
  return memory.known.kind === 'outcomes'
    ? outcomeEvidence(memory.models, memory.known, rows)
    : pairEvidence(memory.models, comparisonsByQuery(memory), rows, ridge);
}

/**
 * Mean outcome among the neighbours. The model's mean over all rows counts as one more neighbour, so that a model that no
 * neighbour measured has a score too.
 */
function outcomeEvidence(
  models: number,
  { scores, measured }: { scores: Float32Array; measured: Float32Array },
  rows: Int32Array,
): Evidence {
  const add = (sums: Float64Array, counts: Float64Array, row: number) => {
    for (let m = 0; m < models; m++) {
      sums[m]! += scores[row * models + m]!;
      counts[m]! += measured[row * models + m]!;
    }
  };
  const totals = new Float64Array(models);
  const totalCounts = new Float64Array(models);
  for (const row of rows) add(totals, totalCounts, row);
  const overall = totals.map((total, m) => (totalCounts[m]! > 0 ? total / totalCounts[m]! : 0));
  return {
    scoresAmong(neighbours) {
      const sums = overall.slice();
      const counts = new Float64Array(models).fill(1);
      for (const row of neighbours) add(sums, counts, row);
      return sums.map((sum, m) => sum / counts[m]!);
    },
  };
}

/** Bradley–Terry strengths on the neighbours' pairs, drawn to the strengths over all rows. */
function pairEvidence(models: number, byQuery: readonly Comparison[][], rows: Int32Array, ridge: number): Evidence {
  const strengths = (queries: Int32Array, prior?: Float64Array) => {
    const comparisons = Array.from(queries, (row) => byQuery[row]!).flat();
    return bradleyTerry(countWins(models, comparisons), models, { ridge, ...(prior && { prior }) });
  };
  const overall = strengths(rows);
  return { scoresAmong: (neighbours) => strengths(neighbours, overall) };
}

/** One list of comparisons a training query; empty for outcomes. */
export function comparisonsByQuery({ queries, known }: Memory): Comparison[][] {
  const out = Array.from({ length: queries.rows }, (): Comparison[] => []);
  if (known.kind === 'pairs')
    for (let k = 0; k < known.pairs.length; k += 3)
      out[known.pairs[k]!]!.push({ better: known.pairs[k + 1]!, worse: known.pairs[k + 2]! });
  return out;
}

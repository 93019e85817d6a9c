import { fitBradleyTerry, countWins, type Comparison } from '@routeprofile/numerics';
import { contest } from './local-strengths.js';
import type { KnownOutcomes, Memory } from './memory.js';

/** What weighted training queries say of each model, as they come in. */
interface Tally {
  add: (row: number, weight: number) => void;
  /**
   * One score per model.
   * @param tolerance of Bradley–Terry strengths; a mean is exact
   */
  scores: (tolerance: number) => Float64Array;
}

/** Evidence of some training queries. A tally starts at what all of them say, with the weight `ridge`. */
export interface Evidence {
  tally: () => Tally;
}

/** Evidence of the training rows given, and of no others. */
export function gatherEvidence(memory: Memory, rows: Int32Array, ridge: number): Evidence {
  return memory.known.kind === 'outcomes'
    ? outcomeEvidence(memory.models, memory.known, rows, ridge)
    : pairEvidence(memory.models, comparisonsByQuery(memory), rows, ridge);
}

/**
 * (Σ w advantage + ridge · mean) / (Σ w + ridge) a model, over the queries it was measured on, and the level of the neighbourhood
 * likewise, which is the same for all models: their sum is an expected outcome.
 */
function outcomeEvidence(
  models: number,
  { levels, advantages, measured }: KnownOutcomes,
  rows: Int32Array,
  ridge: number,
): Evidence {
  const adding = (sums: Float64Array, counts: Float64Array, row: number, weight: number) => {
    for (let m = 0, k = row * models; m < models; m++, k++) {
      sums[m]! += weight * advantages[k]!;
      counts[m]! += weight * measured[k]!;
    }
  };
  const totals = new Float64Array(models);
  const counts = new Float64Array(models);
  let levelTotal = 0;
  for (const row of rows) {
    adding(totals, counts, row, 1);
    levelTotal += levels[row]!;
  }
  const means = totals.map((total, m) => (counts[m]! > 0 ? total / counts[m]! : 0));
  const meanLevel = levelTotal / Math.max(1, rows.length);
  return {
    tally() {
      const sums = means.map((mean) => ridge * mean);
      const weights = new Float64Array(models).fill(ridge);
      let level = ridge * meanLevel;
      let weightOfAll = ridge;
      return {
        add(row, weight) {
          adding(sums, weights, row, weight);
          level += weight * levels[row]!;
          weightOfAll += weight;
        },
        scores: () => sums.map((sum, m) => level / weightOfAll + sum / weights[m]!),
      };
    },
  };
}

/**
 * Bradley–Terry strengths on the weighted pairs, drawn to the strengths over all rows. Models without any pair take no part, so that
 * one that joins moves nobody; their strength is 0, the prior's mean.
 */
function pairEvidence(models: number, byQuery: readonly Comparison[][], rows: Int32Array, ridge: number): Evidence {
  const played = [...new Set(byQuery.flat().flatMap(({ better, worse }) => [better, worse]))].sort((a, b) => a - b);
  const place = new Map(played.map((model, i) => [model, i]));
  const among = ({ better, worse }: Comparison): Comparison => ({
    better: place.get(better)!,
    worse: place.get(worse)!,
  });
  const comparisons = Array.from(rows, (row) => byQuery[row]!)
    .flat()
    .map(among);
  const overall = fitBradleyTerry(countWins(played.length, comparisons), played.length, { ridge });
  return {
    tally() {
      const { add, strengths } = contest(overall, ridge);
      let last = overall;
      return {
        add(row, weight) {
          for (const { better, worse } of byQuery[row]!) add(place.get(better)!, place.get(worse)!, weight);
        },
        scores(tolerance) {
          last = strengths(last, tolerance);
          const out = new Float64Array(models);
          played.forEach((model, i) => (out[model] = last[i]!));
          return out;
        },
      };
    },
  };
}

/** One list of comparisons a training query; empty for outcomes. */
export function comparisonsByQuery({ queries, known }: Memory): Comparison[][] {
  const out = Array.from({ length: queries.rows }, (): Comparison[] => []);
  if (known.kind === 'pairs')
    for (let k = 0; k < known.pairs.length; k += 3)
      out[known.pairs[k]!]!.push({ better: known.pairs[k + 1]!, worse: known.pairs[k + 2]! });
  return out;
}

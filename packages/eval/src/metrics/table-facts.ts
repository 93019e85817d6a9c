import type { OutcomeTable } from '@routeprofile/schema';
import { oncePer } from './once-per.js';

/** What metrics ask of each row again and again, whichever model was chosen. */
export interface TableFacts {
  /** The highest score of each row. */
  best: Float64Array;
  /** 1 where some model scored exactly 0 and some exactly 1. */
  discriminative: Uint8Array;
  /** Mean score of each model, and the highest of them. */
  means: Float64Array;
  bestMean: number;
}

/** Derived once per table: every constant is evaluated on the same one, and there may be thousands. */
const known = new WeakMap<OutcomeTable, TableFacts>();

/** @param table complete: every model has a score on every row */
export function factsOf(table: OutcomeTable): TableFacts {
  const found = known.get(table);
  if (found) return found;
  const width = table.models.length;
  const rows = table.queries.length;
  const best = new Float64Array(rows).fill(-Infinity);
  const discriminative = new Uint8Array(rows);
  const means = new Float64Array(width);
  for (let q = 0; q < rows; q++) {
    const scores = table.values.score.subarray(q * width, (q + 1) * width);
    scores.forEach((score, m) => {
      means[m]! += score / rows;
      if (score > best[q]!) best[q] = score;
    });
    discriminative[q] = discriminates(scores) ? 1 : 0;
  }
  const facts = {
    best,
    discriminative,
    means,
    bestMean: means.reduce((most, mean) => Math.max(most, mean), -Infinity),
  };
  known.set(table, facts);
  return facts;
}

/**
 * The highest score of each row among some models; −∞ where there are none.
 * @param among for each model, whether it counts; the same array is the same list
 */
export const bestAmong = oncePer((table: OutcomeTable, among: readonly boolean[]): Float64Array => {
  const width = table.models.length;
  const best = new Float64Array(table.queries.length).fill(-Infinity);
  table.values.score.forEach((score, k) => {
    const row = Math.floor(k / width);
    if (among[k % width] && score > best[row]!) best[row] = score;
  });
  return best;
});

/** Some model scored exactly 0 on the row, some exactly 1. */
const discriminates = (scores: Float64Array): boolean => scores.includes(0) && scores.includes(1);

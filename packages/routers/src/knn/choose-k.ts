import { createRandom, rowOf, throwIfAborted, type RunContext } from '@routeprofile/schema';
import { comparisonsByQuery, gatherEvidence } from './evidence.js';
import type { Memory } from './memory.js';
import { nearest } from './neighbours.js';

const GRID = [5, 10, 20, 40, 80, 160, 320];
const FOLDS = 5;
/** Held-out queries beyond this many tell little more about k, and cost as much each. */
const MOST_HELD_OUT = 1000;

export interface KChoice {
  k: number;
  /** What each size of neighbourhood was worth: mean outcome of the choice, or mean log-likelihood of a pair. */
  candidates: { k: number; value: number }[];
}

/**
 * The size of the neighbourhood by 5-fold cross-validation over training queries: a query is never among its own neighbours,
 * and all pairs of a query are held out together. With outcomes, the k whose choices have the best mean outcome; with pairs,
 * the k under which the held-out pairs are most likely. Ties go to the larger, smoother neighbourhood.
 */
export function chooseK(memory: Memory, ridge: number, ctx: RunContext): KChoice {
  const n = memory.queries.rows;
  const largest = Math.max(1, Math.floor((n * (FOLDS - 1)) / FOLDS));
  const grid = GRID.filter((k) => k <= largest);
  if (grid.length < 2) return { k: Math.max(1, Math.round(Math.sqrt(n))), candidates: [] };

  const order = createRandom(ctx.seed, 'knn', 'folds').shuffle(Array.from({ length: n }, (_, q) => q));
  const tested = order.slice(0, MOST_HELD_OUT);
  const judge = memory.known.kind === 'outcomes' ? outcomeJudge(memory) : pairJudge(memory);
  const totals = grid.map(() => 0);
  let weight = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const rest = Int32Array.from(order.filter((_, i) => i % FOLDS !== fold)).sort();
    const evidence = gatherEvidence(memory, rest, ridge);
    for (const [i, q] of tested.entries()) {
      if (i % FOLDS !== fold) continue;
      throwIfAborted(ctx);
      const found = nearest(memory.queries, rest, rowOf(memory.queries, q), grid[grid.length - 1]!);
      grid.forEach((k, g) => (totals[g]! += judge.value(q, evidence.scoresAmong(found.rows.subarray(0, k)))));
      weight += judge.weight(q);
    }
    ctx.onProgress?.({ stage: 'knn: choose k', done: fold + 1, total: FOLDS, unit: 'folds' });
  }
  const candidates = grid.map((k, g) => ({ k, value: weight > 0 ? totals[g]! / weight : 0 }));
  const best = candidates.reduce((a, b) => (b.value >= a.value ? b : a));
  return { k: best.k, candidates };
}

interface Judge {
  /** Summed worth of the scores on a held-out query. */
  value(query: number, scores: Float64Array): number;
  /** What that sum is divided by in the end. */
  weight(query: number): number;
}

function outcomeJudge({ models, known }: Memory): Judge {
  if (known.kind !== 'outcomes') return { value: () => 0, weight: () => 0 };
  const measured = (q: number, m: number) => known.measured[q * models + m]! > 0;
  return {
    value(q, scores) {
      // Only a measured choice can be judged.
      let choice = -1;
      for (let m = 0; m < models; m++) if (measured(q, m) && (choice < 0 || scores[m]! > scores[choice]!)) choice = m;
      return choice < 0 ? 0 : known.scores[q * models + choice]!;
    },
    weight: (q) => (Array.from({ length: models }, (_, m) => measured(q, m)).some(Boolean) ? 1 : 0),
  };
}

function pairJudge(memory: Memory): Judge {
  const byQuery = comparisonsByQuery(memory);
  return {
    value: (q, scores) =>
      byQuery[q]!.reduce((sum, { better, worse }) => sum - Math.log1p(Math.exp(scores[worse]! - scores[better]!)), 0),
    weight: (q) => byQuery[q]!.length,
  };
}

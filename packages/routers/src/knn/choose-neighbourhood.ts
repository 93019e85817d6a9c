import { createRandom, throwIfAborted, type RunContext } from '@routeprofile/schema';
import { softplus, type InvertedLists } from '@routeprofile/numerics';
import { splitFold } from '../common/folds.js';
import { comparisonsByQuery, gatherEvidence, type Evidence } from './evidence.js';
import type { Memory } from './memory.js';
import { comparedNeighbours, listedNeighbours } from './held-out.js';
import type { Neighbours } from './neighbours.js';

const SIZES = [10, 20, 40, 80, 160, 320, 640];
const TEMPERATURES = [0.1, 0.2, 0.4, 1];
const FOLDS = 5;
/** Held-out queries beyond this many tell little more about a neighbourhood, and cost as much each. */
const MOST_HELD_OUT = 600;
/** Held-out queries compared with all others at a time. */
const BLOCK = 64;
/** Of strengths that are only compared, far below what a held-out pair can tell. */
const TOLERANCE = 1e-2;

/** The k most similar training queries, each with the weight exp((cosine − highest cosine) / temperature). */
export interface Neighbourhood {
  k: number;
  temperature: number;
}

export interface NeighbourhoodChoice extends Neighbourhood {
  /** Mean loss on held-out queries: see `chooseNeighbourhood`. */
  candidates: (Neighbourhood & { loss: number })[];
}

/**
 * Size and temperature by 5-fold cross-validation over training queries: a query is never among its own neighbours, and all
 * pairs of a query are held out together. The loss of a query is the squared error of its outcomes, less their mean, against
 * the scores, less theirs; or, with pairs, the mean −log-likelihood of its pairs. Both vary less than the outcome of the one
 * model chosen. Of all neighbourhoods whose loss is within one standard error of the best (of the paired difference), the
 * heaviest is taken: the one that trusts nearness least.
 *
 * @param fixed what is not to be chosen
 * @param lists where queries are searched approximately: held-out ones then are so too; null: exactly
 */
export async function chooseNeighbourhood(
  memory: Memory,
  ridge: number,
  fixed: Partial<Neighbourhood>,
  lists: InvertedLists | null,
  ctx: RunContext,
): Promise<NeighbourhoodChoice> {
  const n = memory.queries.rows;
  const largest = Math.max(1, Math.floor((n * (FOLDS - 1)) / FOLDS));
  const sizes = fixed.k === undefined ? sizesUpTo(largest) : [fixed.k];
  const temperatures = fixed.temperature === undefined ? TEMPERATURES : [fixed.temperature];
  const grid = temperatures.flatMap((temperature) => sizes.map((k): Neighbourhood => ({ k, temperature })));
  if (grid.length < 2) return { ...grid[0]!, candidates: [] };

  const lossOf = memory.known.kind === 'outcomes' ? squaredError(memory, n) : unlikelihood(memory);
  const order = createRandom(ctx.seed, 'knn', 'folds').shuffle(Array.from({ length: n }, (_, q) => q));
  const foldOf = new Int32Array(n);
  order.forEach((q, i) => (foldOf[q] = i % FOLDS));
  const evidenceWithout = Array.from({ length: FOLDS }, (_, fold) =>
    gatherEvidence(memory, splitFold(foldOf, fold).rest, ridge),
  );
  const tested = order.slice(0, MOST_HELD_OUT).filter(lossOf.says);
  const losses = grid.map(() => new Float64Array(tested.length));
  const weights = grid.map(() => 0);
  const largestSize = sizes[sizes.length - 1]!;
  const near = lists ? listedNeighbours(lists, memory.queries, foldOf) : comparedNeighbours(memory.queries, foldOf);
  for (let start = 0; start < tested.length; start += BLOCK) {
    throwIfAborted(ctx);
    const block = tested.slice(start, start + BLOCK);
    (await near(block, largestSize)).forEach((found, i) => {
      const q = block[i]!;
      const evidence = evidenceWithout[foldOf[q]!]!;
      let g = 0;
      for (const temperature of temperatures)
        growing(evidence, found, sizes, temperature, (scores, weight) => {
          losses[g]![start + i] = lossOf.value(q, scores);
          weights[g++]! += weight;
        });
    });
    ctx.onProgress?.({
      stage: 'knn: choose the neighbourhood',
      done: Math.min(tested.length, start + BLOCK),
      total: tested.length,
      unit: 'queries',
    });
  }
  const candidates = grid.map((point, g) => ({ ...point, loss: mean(losses[g]!) }));
  return { ...grid[heaviestWithinOneError(losses, weights)]!, candidates };
}

const sizesUpTo = (largest: number): number[] => {
  const sizes = SIZES.filter((k) => k <= largest);
  return sizes.length > 0 ? sizes : [largest];
};

/** Scores at each size of neighbourhood, each grown from the one before, and the weight of all neighbours together. */
function growing(
  evidence: Evidence,
  { rows, similarities }: Neighbours,
  sizes: readonly number[],
  temperature: number,
  see: (scores: Float64Array, weight: number) => void,
): void {
  const { add, scores } = evidence.tally();
  let total = 0;
  let i = 0;
  for (const k of sizes) {
    for (; i < Math.min(k, rows.length); i++) {
      const weight = Math.exp((similarities[i]! - similarities[0]!) / temperature);
      add(rows[i]!, weight);
      total += weight;
    }
    see(scores(TOLERANCE), total);
  }
}

function heaviestWithinOneError(losses: readonly Float64Array[], weights: readonly number[]): number {
  const means = losses.map(mean);
  const best = means.indexOf(Math.min(...means));
  let chosen = best;
  losses.forEach((loss, g) => {
    const excess = loss.map((value, i) => value - losses[best]![i]!);
    const lead = mean(excess);
    const spread = excess.reduce((sum, e) => sum + (e - lead) ** 2, 0);
    const error = Math.sqrt(spread / Math.max(1, excess.length - 1) / Math.max(1, excess.length));
    if (lead <= error && weights[g]! > weights[chosen]!) chosen = g;
  });
  return chosen;
}

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

interface Loss {
  /** Whether a query tells models apart at all. */
  says: (query: number) => boolean;
  value: (query: number, scores: Float64Array) => number;
}

/**
 * Queries that compare models tell how well they are compared, whatever the query's level. Where they are fewer than those with one
 * model's outcome, as in a log, the latter tell how well an outcome is expected.
 */
function squaredError({ models, known }: Memory, queries: number): Loss {
  if (known.kind !== 'outcomes') return { says: () => false, value: () => 0 };
  const measuredOn = (q: number) =>
    Array.from({ length: models }, (_, m) => m).filter((m) => known.measured[q * models + m]! > 0);
  const counts = new Int32Array(queries);
  for (let q = 0, k = 0; q < queries; q++)
    for (let m = 0; m < models; m++, k++) if (known.measured[k]! > 0) counts[q]!++;
  const lone = counts.filter((count) => count === 1).length;
  if (lone > counts.filter((count) => count > 1).length)
    return {
      says: (q) => counts[q] === 1,
      value(q, scores) {
        const [m] = measuredOn(q);
        return (known.levels[q]! + known.advantages[q * models + m!]! - scores[m!]!) ** 2;
      },
    };
  return {
    says: (q) => counts[q]! > 1,
    value(q, scores) {
      const among = measuredOn(q);
      const errors = among.map((m) => known.advantages[q * models + m]! - scores[m]!);
      const shift = errors.reduce((a, b) => a + b) / errors.length;
      return errors.reduce((sum, error) => sum + (error - shift) ** 2, 0) / errors.length;
    },
  };
}

function unlikelihood(memory: Memory): Loss {
  const byQuery = comparisonsByQuery(memory);
  return {
    says: (q) => byQuery[q]!.length > 0,
    value: (q, scores) =>
      byQuery[q]!.reduce((sum, { better, worse }) => sum + softplus(scores[worse]! - scores[better]!), 0) /
      byQuery[q]!.length,
  };
}

import { RouteProfileError } from '@routeprofile/schema';
import type { CompleteGraphOptions } from './options.js';

export interface GraphSize {
  /** All training queries, and those in the graph of one step. */
  queries: number;
  stepQueries: number;
  models: number;
  queryWidth: number;
  profileWidth: number;
  /** Parameters of co-trained profiles. */
  learned: number;
}

const NUMBER = 4;
const MB = 2 ** 20;
/** A process with the runtime open, before any data. */
const BASE_MB = 200;
/** Each value that a step computes is held as itself, as what its operations save, and as its gradient. */
const COPIES = 5;

/**
 * MB that training takes: the process, vectors and outcomes as given and as worked on, weights with gradient and moments,
 * one step, and validation with the whole context. An estimate from above.
 */
export function trainingMemory(
  { hidden, layers, heads, batch }: CompleteGraphOptions,
  { queries, stepQueries: n, models: m, queryWidth, profileWidth, learned }: GraphSize,
): number {
  const scored = Math.min(batch, n);
  // Given, scaled, and copied for the context; five columns of outcomes in double precision and three of labels.
  const vectors = 4 * (queries * queryWidth + m * profileWidth) + 13 * queries * m;
  const network = (queryWidth + profileWidth) * hidden + layers * heads * hidden * hidden + 2 * hidden * hidden;
  const attention = heads * (n * (m + 1) + m * (n + 1)) + (n + m) * hidden * (heads + 4);
  const profiles = learned === 0 ? 0 : m * (queryWidth + 3 * profileWidth);
  const step = n * queryWidth + layers * attention + scored * m * hidden + profiles;
  // The queries' rows going into a layer and coming out of it, and all weights of the models' attention.
  const context = queries * (3 * hidden + heads * (m + 2));
  return BASE_MB + ((vectors + 6 * (network + learned) + COPIES * step + context) * NUMBER) / MB;
}

/** @throws RouteProfileError LIMIT_EXCEEDED with the memory needed, when that is more than the option `memoryLimit`. */
export function assertFits(options: CompleteGraphOptions, size: GraphSize): void {
  const needed = Math.ceil(trainingMemory(options, size));
  if (needed <= options.memoryLimit) return;
  const { queries, stepQueries, models } = size;
  throw new RouteProfileError(
    'LIMIT_EXCEEDED',
    `graph: training on ${queries} queries × ${models} models, ${stepQueries} queries per step, needs about ${needed} MB; the limit is ${options.memoryLimit} MB`,
    {
      hint:
        options.context === 'all'
          ? 'Train with context=batch, which encodes a batch at a time, or raise memoryLimit.'
          : 'Take a smaller batch, hidden width or set of training queries, or raise memoryLimit.',
    },
  );
}

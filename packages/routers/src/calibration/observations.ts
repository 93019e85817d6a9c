import { createRandom, type Matrix, type RouterTraining, type RunContext } from '@routeprofile/schema';

/** Scores and what came of them, pooled over queries and models. */
export interface Observations {
  scores: Float64Array;
  /** In [0, 1]; soft outcomes count as they are. */
  outcomes: Float64Array;
  models: Int32Array;
  /** Training query of each. */
  queries: Int32Array;
}

/** Two to four numbers are learned: more rows than this change nothing but the time. */
const LIMIT = 50_000;

/**
 * Why these rows say nothing about chances of being right, as a clause to show a user; null when they do. They do where there are
 * outcomes, all in [0, 1].
 */
export function whyNoChances({ outcomes }: Pick<RouterTraining, 'outcomes'>): string | null {
  if (!outcomes || outcomes.score.every(Number.isNaN))
    return 'the training rows are pairs, which do not say how often a model is right';
  if (outcomes.score.some((score) => score < 0 || score > 1)) return 'training outcomes are not between 0 and 1';
  return null;
}

/**
 * Every measured outcome beside its score, at most 50,000 of them, drawn by the seed.
 * @param scores [training queries × models], out of fold
 * @param outcomes [training queries × models], NaN = not measured
 */
export function observe(scores: Matrix, outcomes: Float64Array, ctx: RunContext): Observations {
  const measured = Array.from(outcomes.keys()).filter((k) => !Number.isNaN(outcomes[k]!));
  const kept =
    measured.length > LIMIT
      ? createRandom(ctx.seed, 'calibration')
          .sample(measured, LIMIT)
          .sort((a, b) => a - b)
      : measured;
  return {
    scores: Float64Array.from(kept, (k) => scores.data[k]!),
    outcomes: Float64Array.from(kept, (k) => outcomes[k]!),
    models: Int32Array.from(kept, (k) => k % scores.cols),
    queries: Int32Array.from(kept, (k) => Math.floor(k / scores.cols)),
  };
}

/** The observations of some queries. */
export function observationsWhere(all: Observations, keep: (query: number) => boolean): Observations {
  const rows = Int32Array.from(all.queries.keys()).filter((i) => keep(all.queries[i]!));
  return {
    scores: Float64Array.from(rows, (i) => all.scores[i]!),
    outcomes: Float64Array.from(rows, (i) => all.outcomes[i]!),
    models: Int32Array.from(rows, (i) => all.models[i]!),
    queries: Int32Array.from(rows, (i) => all.queries[i]!),
  };
}

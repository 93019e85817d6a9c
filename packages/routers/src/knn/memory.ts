import type { Matrix, NamedArray, OutcomeValues, PreferencePair } from '@routeprofile/schema';

/** What is known of the training queries, as a router keeps it: float32, so that a loaded router scores as the fitted one. */
export interface Memory {
  models: number;
  /** [queries × dimensions], unit rows. */
  queries: Matrix;
  known: { kind: 'outcomes'; scores: Float32Array; measured: Float32Array } | { kind: 'pairs'; pairs: Float32Array };
}

/** Outcomes where there are any, else pairs; null when there is neither. */
export function remember(
  queries: Matrix,
  models: number,
  outcomes: OutcomeValues | null,
  pairs: readonly PreferencePair[],
): Memory | null {
  if (outcomes?.score.some((score) => !Number.isNaN(score))) {
    const measured = Float32Array.from(outcomes.score, (score) => (Number.isNaN(score) ? 0 : 1));
    const scores = Float32Array.from(outcomes.score, (score) => (Number.isNaN(score) ? 0 : score));
    return { models, queries, known: { kind: 'outcomes', scores, measured } };
  }
  if (pairs.length === 0) return null;
  const flat = Float32Array.from(pairs.flatMap(({ query, better, worse }) => [query, better, worse]));
  return { models, queries, known: { kind: 'pairs', pairs: flat } };
}

/** Models with any outcome or pair. */
export function knownModels({ models, known }: Memory): boolean[] {
  const seen = Array.from({ length: models }, () => false);
  if (known.kind === 'outcomes') known.measured.forEach((m, k) => (seen[k % models] ||= m > 0));
  else known.pairs.forEach((value, k) => k % 3 !== 0 && (seen[value] = true));
  return seen;
}

export function memoryArrays({ models, queries, known }: Memory): Record<string, NamedArray> {
  const table = (data: Float32Array): NamedArray => ({ shape: [queries.rows, models], data });
  const vectors: NamedArray = { shape: [queries.rows, queries.cols], data: queries.data };
  return known.kind === 'outcomes'
    ? { queries: vectors, scores: table(known.scores), measured: table(known.measured) }
    : { queries: vectors, pairs: { shape: [known.pairs.length / 3, 3], data: known.pairs } };
}

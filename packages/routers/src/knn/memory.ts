import { createMatrix, normalizeRowsInPlace, type Matrix, type RouterTraining } from '@routeprofile/schema';
import { fitAdditive } from '@routeprofile/numerics';

/** What is known of the training queries, as a router keeps it: float32, so that a loaded router scores as the fitted one. */
export interface Memory {
  models: number;
  /** Shape [dimensions]: mean of the training vectors, taken from every vector before it is compared. */
  centre: Float32Array;
  /** [queries × dimensions], unit rows of the centred vectors. */
  queries: Matrix;
  known: KnownOutcomes | KnownPairs;
}

/** outcome = level of the query + what the model did better there than that. */
export interface KnownOutcomes {
  kind: 'outcomes';
  /** [queries] */
  levels: Float32Array;
  /** [queries × models]; 0 where not measured. */
  advantages: Float32Array;
  /** Shape [queries × models]: 1 or 0. */
  measured: Float32Array;
}

interface KnownPairs {
  kind: 'pairs';
  /** Shape [pairs × 3]: query, better model, worse model. */
  pairs: Float32Array;
}

type MemoryName = 'centre' | 'queries' | 'levels' | 'advantages' | 'measured' | 'pairs';

/**
 * Outcomes where any was measured, else pairs.
 * @param vectors [queries × dimensions]
 */
export function remember(vectors: Matrix, models: number, { outcomes, pairs }: RouterTraining): Memory {
  const centre = meanRow(vectors);
  const queries = centred(vectors, centre);
  if (outcomes?.score.some((score) => !Number.isNaN(score)))
    return { models, centre, queries, known: knownOutcomes(outcomes.score, models) };
  const flat = Float32Array.from(pairs.flatMap(({ query, better, worse }) => [query, better, worse]));
  return { models, centre, queries, known: { kind: 'pairs', pairs: flat } };
}

/**
 * A query's level is how easy it is once it is known which models were asked (least squares, query + model), so that a model is
 * not favoured for having met the easy ones. Where every outcome is measured it is the query's mean, and taking it away changes
 * no choice.
 */
function knownOutcomes(score: Float64Array, models: number): KnownOutcomes {
  const { rows: levels } = fitAdditive(score, models, { loneRows: 'together' });
  const [measured, advantages] = [new Float32Array(score.length), new Float32Array(score.length)];
  for (let k = 0; k < score.length; k++) {
    if (Number.isNaN(score[k]!)) continue;
    measured[k] = 1;
    advantages[k] = score[k]! - levels[Math.floor(k / models)]!;
  }
  return { kind: 'outcomes', levels: Float32Array.from(levels), advantages, measured };
}

function meanRow({ rows, cols, data }: Matrix): Float32Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let d = 0; d < cols; d++) sums[d]! += data[i * cols + d]!;
  return Float32Array.from(sums, (sum) => sum / Math.max(1, rows));
}

/** Unit rows, seen from the centre: what all queries have in common says nothing about which are alike. */
export function centred({ rows, cols, data }: Matrix, centre: Float32Array): Matrix {
  const out = createMatrix(rows, cols);
  for (let i = 0, k = 0; i < rows; i++) for (let d = 0; d < cols; d++, k++) out.data[k] = data[k]! - centre[d]!;
  return normalizeRowsInPlace(out);
}

/** Models with any outcome or pair. */
export function knownModels({ models, known }: Memory): boolean[] {
  const seen = Array.from({ length: models }, () => false);
  if (known.kind === 'outcomes') known.measured.forEach((m, k) => (seen[k % models] ||= m > 0));
  else known.pairs.forEach((value, k) => k % 3 !== 0 && (seen[value] = true));
  return seen;
}

/** The memory as named matrices; those of the other kind of knowledge are empty. */
export function memoryWeights({ models, centre, queries, known }: Memory): Record<MemoryName, Matrix> {
  const matrix = (data: Float32Array, cols: number) => createMatrix(data.length / cols, cols, data);
  const none = createMatrix(0, 0);
  const vectors = { centre: matrix(centre, queries.cols), queries };
  return known.kind === 'pairs'
    ? { ...vectors, levels: none, advantages: none, measured: none, pairs: matrix(known.pairs, 3) }
    : {
        ...vectors,
        levels: matrix(known.levels, 1),
        advantages: matrix(known.advantages, models),
        measured: matrix(known.measured, models),
        pairs: none,
      };
}

/** The reverse of `memoryWeights`. */
export function memoryOf(
  kind: Memory['known']['kind'],
  models: number,
  { centre, queries, levels, advantages, measured, pairs }: Readonly<Record<MemoryName, Matrix>>,
): Memory {
  const known: Memory['known'] =
    kind === 'pairs'
      ? { kind, pairs: pairs.data }
      : { kind, levels: levels.data, advantages: advantages.data, measured: measured.data };
  return { models, centre: centre.data, queries, known };
}

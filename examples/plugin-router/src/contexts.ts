import {
  assertFinite,
  createMatrix,
  normalizeRows,
  rowOf,
  RouteProfileError,
  type Matrix,
  type QueryBatch,
} from '@routeprofile/schema';

/**
 * The context of each query: its embedding at unit length and a constant 1, the place of the intercept.
 * @param expected encoder and width of the embeddings, once they are known
 * @throws RouteProfileError BAD_INPUT, SHAPE_MISMATCH or NOT_FINITE
 */
export function contextsOf(
  { texts, vectors, encoder }: QueryBatch,
  expected?: { encoder: string | null; dimensions: number },
): Matrix {
  if (!vectors) {
    if (texts.length === 0) return createMatrix(0, (expected?.dimensions ?? 0) + 1);
    throw new RouteProfileError('BAD_INPUT', 'linucb: the queries come without vectors', {
      hint: 'Encode them and pass them as vectors.',
    });
  }
  if (vectors.rows !== texts.length || (expected && vectors.cols !== expected.dimensions))
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `linucb: ${texts.length} queries come with ${vectors.rows} × ${vectors.cols} numbers, expected ${expected?.dimensions ?? vectors.cols} a query`,
      { hint: 'Encode queries with the encoder the router was fitted on.' },
    );
  if (expected?.encoder != null && encoder !== undefined && encoder !== expected.encoder)
    throw new RouteProfileError(
      'BAD_INPUT',
      `linucb: queries were encoded by ${encoder}, the router was fitted on ${expected.encoder}`,
      { hint: 'Vectors of two encoders cannot be compared: encode both with one.' },
    );
  assertFinite(vectors, 'linucb: query vectors');
  const unit = normalizeRows(vectors);
  const out = createMatrix(unit.rows, unit.cols + 1);
  for (let q = 0; q < unit.rows; q++) {
    const row = rowOf(out, q);
    row.set(rowOf(unit, q));
    row[unit.cols] = 1;
  }
  return out;
}

import { RouteProfileError } from '../errors.js';
import { assertFinite, createMatrix, type Matrix } from '../matrix.js';
import { plural } from '../printing.js';
import type { RouterInput } from '../router.js';
import type { QueryBatch, RouterTraining } from '../training.js';

/** What a router compares query vectors with. */
export interface VectorSpace {
  /** Such as `profiles` or `training queries`. */
  what: string;
  /** null when unknown, or when no encoder made the vectors. */
  encoder: string | null;
  dimensions: number;
}

/**
 * A router needs something to choose from, and names that tell the choices apart.
 * @throws RouteProfileError BAD_INPUT
 */
export function assertModels(strategy: string, models: readonly string[]): void {
  if (models.length < 2)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${strategy}: ${plural(models.length, 'candidate model')}, expected at least 2`,
      {
        hint: 'Give the dataset a second model with outcomes: with one there is nothing to route.',
      },
    );
  const seen = new Set<string>();
  const twice = models.find((model) => seen.size === seen.add(model).size);
  if (twice !== undefined)
    throw new RouteProfileError('BAD_INPUT', `${strategy}: the model '${twice}' is listed twice`, {
      hint: 'Give each candidate a name of its own.',
    });
}

/**
 * The profiles of `input.models`, in that order: [models × dimensions], finite.
 * @throws RouteProfileError UNKNOWN_NAME for a model without a profile, NOT_FINITE.
 */
export function profileVectors(
  strategy: string,
  { models, profiles }: Pick<RouterInput, 'models' | 'profiles'>,
): Matrix {
  const out = createMatrix(models.length, profiles.vectors.cols);
  const rows = new Map(profiles.models.map((model, row) => [model, row]));
  models.forEach((model, m) => {
    const row = rows.get(model);
    if (row === undefined)
      throw new RouteProfileError(
        'UNKNOWN_NAME',
        `${strategy}: the profile set has no vector for the model '${model}'`,
        {
          hint: 'Build the profiles from the same dataset and mode.',
        },
      );
    out.data.set(profiles.vectors.data.subarray(row * out.cols, (row + 1) * out.cols), m * out.cols);
  });
  assertFinite(out, `${strategy}: profiles`);
  return out;
}

const named = (encoder: string | null | undefined) => (encoder == null ? 'an unnamed encoder' : `'${encoder}'`);

/**
 * The batch's vectors, [queries × space.dimensions], checked against the space they are compared in.
 * @throws RouteProfileError BAD_INPUT without vectors or with those of another encoder; SHAPE_MISMATCH; NOT_FINITE.
 */
export function queryVectors(strategy: string, queries: QueryBatch, space: VectorSpace): Matrix {
  const { vectors, encoder, texts } = queries;
  if (!vectors) {
    if (texts.length === 0) return createMatrix(0, space.dimensions);
    throw new RouteProfileError('BAD_INPUT', `${strategy}: the queries come without vectors`, {
      hint: `Encode them with ${named(space.encoder)} and pass them as \`vectors\`.`,
    });
  }
  if (vectors.cols !== space.dimensions)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${strategy}: queries have ${vectors.cols} dimensions (${named(encoder)}), the ${space.what} ${space.dimensions} (${named(space.encoder)})`,
      { hint: 'Encode queries with the encoder that the router was made with.' },
    );
  if (vectors.rows !== texts.length || vectors.data.length !== vectors.rows * vectors.cols)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${strategy}: ${texts.length} queries come with ${vectors.rows} vectors (${vectors.data.length} numbers)`,
      { hint: 'Pass one vector per text, in order.' },
    );
  if (encoder !== undefined && space.encoder !== null && encoder !== space.encoder)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${strategy}: queries were encoded by ${named(encoder)}, the ${space.what} by ${named(space.encoder)}`,
      { hint: 'Vectors of two encoders cannot be compared: encode both with one.' },
    );
  assertFinite(vectors, `${strategy}: query vectors`);
  return vectors;
}

/** The training queries' vectors, checked, and the space they span: what queries are asked in later. */
export function trainingVectors(
  strategy: string,
  { queries }: RouterTraining,
): Pick<VectorSpace, 'encoder' | 'dimensions'> & { vectors: Matrix } {
  const encoder = queries.encoder ?? null;
  const dimensions = queries.vectors?.cols ?? 0;
  const vectors = queryVectors(strategy, queries, { what: 'training queries', encoder, dimensions });
  return { encoder, dimensions, vectors };
}

import {
  RouteProfileError,
  createMatrix,
  type Matrix,
  type ProfileInput,
  type ProfileSet,
  type ProfileStrategy,
  type RunContext,
} from '@routeprofile/schema';
import { modelPositions } from './models.js';
import { figuresOf } from './profile-set.js';

/** Profiles of the models that a set lacks. */
export interface Joining {
  /** [new models × dimensions] */
  vectors: Matrix;
  texts?: readonly string[] | undefined;
}

/**
 * A set with the models of `input.models` that it lacks at its end. Vectors and texts already there stay as they are, bit for
 * bit; only the missing ones are built, under the seed that the set was built under.
 * @param options complete: they must be those of the set
 * @param build gets the input with the missing models only
 * @returns the set itself when nothing is missing
 * @throws RouteProfileError BAD_INPUT for a set of another strategy or encoder, BAD_OPTION for other options, UNKNOWN_NAME for a
 * model that is not in the graph, SHAPE_MISMATCH for vectors of another width.
 */
export async function extendProfileSet(
  { name }: Pick<ProfileStrategy, 'name'>,
  set: ProfileSet,
  input: ProfileInput,
  options: object,
  ctx: RunContext,
  build: (input: ProfileInput, ctx: RunContext) => Promise<Joining>,
): Promise<ProfileSet> {
  refuseOtherSets(name, set, input, options);
  const missing = input.models.filter((model) => !set.models.includes(model));
  if (missing.length === 0) return set;
  modelPositions(name, { models: missing, graph: input.graph });
  const joining = await build({ ...input, models: missing }, { ...ctx, seed: set.provenance.seed });
  const models = [...set.models, ...missing];
  const vectors = stacked(name, set.vectors, joining.vectors);
  const { diagnostics, notes } = figuresOf(name, models, vectors);
  const { provenance } = set;
  const joined = `joined without retraining: ${missing.join(', ')} (graph ${input.graph.name} ${input.graph.hash.slice(0, 12)})`;
  return {
    ...set,
    models,
    vectors,
    ...(set.texts && { texts: [...set.texts, ...(joining.texts ?? missing.map(() => ''))] }),
    provenance: {
      ...provenance,
      diagnostics: { ...provenance.diagnostics, ...diagnostics },
      notes: [...new Set([...(provenance.notes ?? []), joined, ...notes])],
    },
  };
}

/** The rows of `below` under those of `above`. */
function stacked(name: string, above: Matrix, below: Matrix): Matrix {
  if (above.cols !== below.cols)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${name}: the set has vectors of ${above.cols} numbers, the new models ${below.cols}`,
      { hint: 'Use the encoder that the set was built on.' },
    );
  const out = createMatrix(above.rows + below.rows, above.cols);
  out.data.set(above.data);
  out.data.set(below.data, above.data.length);
  return out;
}

function refuseOtherSets(name: string, { provenance }: ProfileSet, { encoder }: ProfileInput, options: object): void {
  if (provenance.strategy !== name)
    throw new RouteProfileError('BAD_INPUT', `${name}: the set to extend was built by ${provenance.strategy}`, {
      hint: 'Extend a set with the strategy that built it.',
    });
  if (provenance.encoder !== null && provenance.encoder !== encoder.id)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${name}: the set was built on ${provenance.encoder}, the new models are encoded by ${encoder.id}`,
      { hint: `Use the encoder ${provenance.encoder}.` },
    );
  const differing = Object.entries(options).filter(([option, value]) => provenance.options[option] !== value);
  if (differing.length > 0)
    throw new RouteProfileError(
      'BAD_OPTION',
      `${name}: the set was built with ${differing.map(([option]) => `${option}=${String(provenance.options[option])}`).join(', ')}`,
      { hint: 'Extend a set with the options it was built with.' },
    );
}

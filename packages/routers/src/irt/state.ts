import {
  assertMadeBy,
  createMatrix,
  namedArray,
  parsePart,
  weightMatrix,
  z,
  type Matrix,
  type RouterArtifact,
} from '@routeprofile/schema';
import { packResponseModel, unpackResponseModel, type ResponseModel } from '@routeprofile/numerics';

export const NAME = 'irt';

const SOURCES = ['training', 'card', 'profile', 'probes'] as const;
/** Where a model's ability comes from: its training outcomes, card scores, models of like profiles, or probes. */
export type AbilitySource = (typeof SOURCES)[number];

const state = z.object({
  /** Whose response model this is: fitted here, or that of the profile set. */
  learnedBy: z.enum(['router', 'profile']),
  /** One a model. */
  sources: z.array(z.enum(SOURCES)),
  choice: z.object({ width: z.number(), dimensions: z.number(), ridge: z.number(), constant: z.boolean() }).optional(),
  crossValidation: z.array(z.record(z.string(), z.union([z.number(), z.boolean()]))).optional(),
});
export type IrtState = z.infer<typeof state>;

/** A fitted router's parts. */
export interface IrtParts {
  manifest: RouterArtifact['manifest'];
  state: IrtState;
  model: ResponseModel;
  /** [models × dimensions] */
  abilities: Matrix;
}

export const artifactOf = ({ manifest, state: kept, model, abilities }: IrtParts): RouterArtifact => ({
  manifest: structuredClone({ ...manifest, state: { ...manifest.state, ...kept } }),
  weights: { ...packResponseModel(model), abilities: namedArray(abilities) },
});

/** @throws RouteProfileError CORRUPT_FILE */
export function partsOf(artifact: RouterArtifact): IrtParts {
  assertMadeBy(NAME, artifact);
  const { manifest, weights } = artifact;
  const count = manifest.models.length;
  const narrowed = state.extend({ sources: state.shape.sources.length(count) });
  const { abilities: _own, ...arrays } = weights;
  const model = unpackResponseModel(arrays);
  weightMatrix(artifact, 'map', undefined, manifest.dimensions ?? undefined);
  return {
    manifest,
    state: parsePart(NAME, 'state', narrowed, manifest.state),
    model,
    abilities: weightMatrix(artifact, 'abilities', count, model.map.weights.rows - 1),
  };
}

/** Abilities with one of them set anew, or added at the end. */
export function withAbility({ rows, cols, data }: Matrix, at: number, ability: ArrayLike<number>): Matrix {
  const out = createMatrix(Math.max(rows, at + 1), cols);
  out.data.set(data);
  out.data.set(ability, at * cols);
  return out;
}

import {
  assertMadeBy,
  createMatrix,
  parsePart,
  weightMatrix,
  z,
  type Matrix,
  type RouterArtifact,
} from '@routeprofile/schema';
import { dimensionsOf, unpackResponseModel, type ResponseModel } from '@routeprofile/numerics';

export const NAME = 'irt';

const SOURCES = ['training', 'card', 'profile', 'probes'] as const;
/** Where a model's ability comes from: its training outcomes, card scores, models of like profiles, or probes. */
export type AbilitySource = (typeof SOURCES)[number];

export const irtState = z.object({
  /** Whose response model this is: fitted here, or that of the profile set. */
  learnedBy: z.enum(['router', 'profile']),
  /** One a model. */
  sources: z.array(z.enum(SOURCES)),
  choice: z.object({ width: z.number(), dimensions: z.number(), ridge: z.number(), constant: z.boolean() }).optional(),
  crossValidation: z.array(z.record(z.string(), z.union([z.number(), z.boolean()]))).optional(),
});
export type IrtState = z.infer<typeof irtState>;

/** What an artifact says of its models, and how queries are answered. @throws RouteProfileError CORRUPT_FILE */
export function responsesOf(artifact: RouterArtifact): { state: IrtState; model: ResponseModel; abilities: Matrix } {
  assertMadeBy(NAME, artifact);
  const { manifest, weights } = artifact;
  const { abilities: _own, ...arrays } = weights;
  const model = unpackResponseModel(arrays);
  return {
    state: parsePart(NAME, 'state', irtState, manifest.state),
    model,
    abilities: weightMatrix(artifact, 'abilities', manifest.models.length, dimensionsOf(model)),
  };
}

/** Abilities with one of them set anew, or added at the end. */
export function withAbility({ rows, cols, data }: Matrix, at: number, ability: ArrayLike<number>): Matrix {
  const out = createMatrix(Math.max(rows, at + 1), cols);
  out.data.set(data);
  out.data.set(ability, at * cols);
  return out;
}

import {
  artifactArray,
  createMatrix,
  issueText,
  RouteProfileError,
  z,
  type Matrix,
  type RouterArtifact,
} from '@routeprofile/schema';

/** Wherever a router is named, a plugin goes by its package name; a saved router is found again by the same. */
export const NAME = 'routeprofile-router-linucb';

export const options = z.strictObject({
  /** λ: the prior's weight. The paper has 1. */
  ridge: z.number().gt(0).default(1),
  /** α: how many widths of the confidence interval are added to an estimate. 0 = the estimate alone. */
  alpha: z.number().min(0).default(0),
});
export type LinUcbOptions = z.infer<typeof options>;

const state = z.object({
  mean: z.number(),
  learned: z.enum(['outcomes', 'pairs']),
  factorOf: z.array(z.number().int().min(0)),
  pulls: z.array(z.number().int().min(0)),
});

/** A saved router, checked. */
export interface Saved extends z.infer<typeof state>, LinUcbOptions {
  theta: Matrix;
  factors: Matrix;
}

const corrupt = (what: string) =>
  new RouteProfileError('CORRUPT_FILE', `linucb: ${what}`, { hint: 'Train the router again.' });

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw corrupt(`router.json: ${result.error.issues.map(issueText).join('; ')}`);
}

function matrixOf(artifact: RouterArtifact, name: string, rows: number, cols: number): Matrix {
  return createMatrix(rows, cols, artifactArray(artifact, name, [rows, cols]).data);
}

/** @throws RouteProfileError CORRUPT_FILE unless the artifact is complete and of this strategy */
export function readArtifact(artifact: RouterArtifact): Saved {
  const { manifest } = artifact;
  if (manifest.strategy !== NAME) throw corrupt(`the artifact is of the strategy ${manifest.strategy}`);
  const models = manifest.models.length;
  const width = (manifest.dimensions ?? 0) + 1;
  const learned = parsed(state, manifest.state);
  const { factorOf, pulls } = learned;
  if (factorOf.length !== models || pulls.length !== models)
    throw corrupt(`router.json: state is not one entry for each of ${models} models`);
  return {
    ...parsed(options, manifest.options),
    ...learned,
    theta: matrixOf(artifact, 'theta', models, width),
    // A factor for each set of models that were pulled alike, one below the other.
    factors: matrixOf(artifact, 'factors', (Math.max(...factorOf) + 1) * width, width),
  };
}

import { createMatrix, issueText, RouteProfileError, z, type Matrix, type RouterArtifact } from '@routeprofile/schema';

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

function matrixOf({ weights }: RouterArtifact, name: string, cols: number): Matrix {
  const array = Object.hasOwn(weights, name) ? weights[name] : undefined;
  const [rows, width] = array?.shape ?? [];
  if (!array || rows === undefined || width !== cols || array.data.length !== rows * cols)
    throw corrupt(`weights.npz: ${name} is missing or not ${cols} wide`);
  if (!array.data.every(Number.isFinite)) throw corrupt(`weights.npz: ${name} holds a number that is not finite`);
  return createMatrix(rows, cols, array.data);
}

/** @throws RouteProfileError CORRUPT_FILE unless the artifact is complete and of this strategy */
export function readArtifact(artifact: RouterArtifact): Saved {
  const { manifest } = artifact;
  if (manifest.strategy !== NAME) throw corrupt(`the artifact is of the strategy ${manifest.strategy}`);
  const width = (manifest.dimensions ?? 0) + 1;
  const saved: Saved = {
    ...parsed(options, manifest.options),
    ...parsed(state, manifest.state),
    theta: matrixOf(artifact, 'theta', width),
    factors: matrixOf(artifact, 'factors', width),
  };
  const models = manifest.models.length;
  if (saved.theta.rows !== models || saved.factorOf.length !== models || saved.pulls.length !== models)
    throw corrupt(`the files do not tell of ${models} models`);
  if (saved.factorOf.some((factor) => (factor + 1) * width > saved.factors.rows))
    throw corrupt('weights.npz: factors are missing');
  return saved;
}

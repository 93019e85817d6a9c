import {
  artifactArray,
  createMatrix,
  issueText,
  RouteProfileError,
  type Matrix,
  type NamedArray,
  type RouterArtifact,
  type z,
} from '@routeprofile/schema';

const corrupt = (strategy: string, what: string) =>
  new RouteProfileError('CORRUPT_FILE', `${strategy}: ${what}`, {
    hint: 'Train the router again; its files are damaged or of another kind.',
  });

/** @throws RouteProfileError CORRUPT_FILE unless the artifact says it was made by this strategy. */
export function assertMadeBy(strategy: string, { manifest }: RouterArtifact): void {
  const { strategy: maker } = manifest;
  if (maker === strategy) return;
  const wrapped = maker.startsWith(`${strategy}+`);
  throw new RouteProfileError(
    'CORRUPT_FILE',
    wrapped
      ? `${strategy}: the artifact was saved with the wrappers ${maker
          .slice(strategy.length + 1)
          .split('+')
          .join(', ')}, as the strategy '${maker}'`
      : `${strategy}: the artifact is of the strategy '${maker}'`,
    {
      hint: 'Open the folder with `openRouter(folder)` of @routeprofile/pipeline, which finds the strategy, its wrappers and its encoder, or load it with the strategy that made it (`wrapStrategy` gives one with wrappers).',
    },
  );
}

/** The manifest's options or state, validated. @throws RouteProfileError CORRUPT_FILE */
export function parsePart<T>(strategy: string, what: 'options' | 'state', schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw corrupt(strategy, `router.json: ${what}: ${parsed.error.issues.map(issueText).join('; ')}`);
}

/**
 * A two-dimensional array of the artifact, finite.
 * @param rows `undefined`: any number of rows
 * @throws RouteProfileError CORRUPT_FILE
 */
export function weightMatrix(
  artifact: RouterArtifact,
  name: string,
  rows: number | undefined,
  cols: number | undefined,
): Matrix {
  const { shape, data } = artifactArray(artifact, name, [rows, cols]);
  return createMatrix(shape[0]!, shape[1]!, data);
}

export const namedArray = ({ rows, cols, data }: Matrix): NamedArray => ({ shape: [rows, cols], data });

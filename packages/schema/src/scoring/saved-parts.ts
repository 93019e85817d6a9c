import type { z } from 'zod';
import { artifactArray } from '../artifact-array.js';
import { RouteProfileError } from '../errors.js';
import { createMatrix, type Matrix, type NamedArray } from '../matrix.js';
import { issueText } from '../issue-text.js';
import type { RouterArtifact } from '../router.js';

/** For files that cannot be what a router saved; `what` names the file and the part. */
export const corruptFile = (
  strategy: string,
  what: string,
  hint = 'Train the router again; its files are damaged or of another kind.',
): RouteProfileError => new RouteProfileError('CORRUPT_FILE', `${strategy}: ${what}`, { hint });

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
  throw corruptFile(strategy, `router.json: ${what}: ${parsed.error.issues.map(issueText).join('; ')}`);
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

/** A matrix as files hold it. */
export const namedArray = ({ rows, cols, data }: Matrix): NamedArray => ({ shape: [rows, cols], data });

/**
 * An artifact of one's own: nobody else can write to it. Costs as much memory as its weights. What is not an array of float32 numbers
 * stays as it is, for the checks to name.
 */
export function ownArtifact({ manifest, weights }: RouterArtifact): RouterArtifact {
  const copies = Object.entries(weights).map(([name, array]) => {
    const given: { data?: unknown } | null | undefined = array;
    const own = given?.data instanceof Float32Array ? { shape: [...array.shape], data: array.data.slice() } : array;
    return [name, own] as const;
  });
  return { manifest: structuredClone(manifest), weights: Object.fromEntries(copies) };
}

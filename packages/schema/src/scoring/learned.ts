import { RouteProfileError } from '../errors.js';
import { assertFinite, createMatrix, type Matrix, type NamedArray } from '../matrix.js';
import { issueText } from '../options.js';
import type { RouterArtifact } from '../router.js';
import {
  comparedWith,
  type Learned,
  type Lessons,
  type ScoredWith,
  type ScoringRouterDefinition,
  type WeightShape,
  type WeightSize,
} from './definition.js';
import { joinedModels } from './joining.js';
import { assertMadeBy, corruptFile, namedArray, parsePart, weightMatrix } from './saved-parts.js';

type Manifest = RouterArtifact['manifest'];

const sizesOf = <O, S>({ models, dimensions }: Manifest, options: O, state: S) => ({
  models: models.length,
  dimensions: dimensions ?? 0,
  options,
  state,
});

/** Every declared matrix in turn, with the shape that is expected of it; those that are not kept are empty. */
function matricesOf<K extends string>(
  shapes: Readonly<Record<K, WeightShape>>,
  read: (name: K, rows: number | undefined, cols: number | undefined) => Matrix,
): Record<K, Matrix> {
  const matrices: Partial<Record<string, Matrix>> = {};
  const size = (of: WeightSize) => {
    if (typeof of !== 'string') return of;
    const matrix = matrices[of];
    if (matrix) return matrix.rows;
    throw new RouteProfileError('PLUGIN_FAILED', `its \`shapes\` name '${of}' before that is listed`);
  };
  for (const [name, shape] of Object.entries(shapes) as [K, WeightShape][])
    matrices[name] = shape ? read(name, size(shape[0]), size(shape[1])) : createMatrix(0, 0);
  return matrices as Record<K, Matrix>;
}

/**
 * What a definition learned, as files hold it.
 * @throws RouteProfileError PLUGIN_FAILED unless it is what the definition declares, NOT_FINITE
 */
export function packed<
  O extends Record<string, unknown>,
  S extends Record<string, unknown>,
  K extends string,
  P,
  R extends Matrix | ScoredWith<unknown>,
>(
  definition: ScoringRouterDefinition<O, S, K, P, R>,
  manifest: Manifest,
  weights: Lessons<S, K>['weights'],
  options: O,
): RouterArtifact {
  const { name } = definition;
  const failed = (what: string) =>
    new RouteProfileError('PLUGIN_FAILED', `${name}: ${what}`, {
      hint: 'This is a fault in the code of the router: please report it to its author.',
    });
  const { joined: _, ...learned } = manifest.state;
  const state = definition.state.safeParse(JSON.parse(JSON.stringify(learned)));
  if (!state.success)
    throw failed(`its own schema refuses the state it learned: ${state.error.issues.map(issueText).join('; ')}`);
  const arrays: Record<string, NamedArray> = {};
  matricesOf(definition.shapes(sizesOf(manifest, options, state.data)), (key, ...expected) => {
    const matrix = weights[key];
    const declared = [expected[0] ?? matrix.rows, expected[1] ?? matrix.cols] as const;
    if (matrix.rows !== declared[0] || matrix.cols !== declared[1] || matrix.data.length !== declared[0] * declared[1])
      throw failed(
        `it learned '${key}' as ${matrix.rows} × ${matrix.cols} (${matrix.data.length} numbers), and declares ${declared.join(' × ')}`,
      );
    assertFinite(matrix, `${name}: '${key}'`);
    arrays[key] = namedArray(matrix);
    return matrix;
  });
  return { manifest, weights: arrays };
}

/**
 * What an artifact holds, checked.
 * @param given the options, where they need not be read from the artifact
 * @throws RouteProfileError CORRUPT_FILE
 */
export function learnedOf<
  O extends Record<string, unknown>,
  S extends Record<string, unknown>,
  K extends string,
  P,
  R extends Matrix | ScoredWith<unknown>,
>(definition: ScoringRouterDefinition<O, S, K, P, R>, artifact: RouterArtifact, given?: O): Learned<O, S, K> {
  const { name } = definition;
  assertMadeBy(name, artifact);
  const { manifest } = artifact;
  if (comparedWith(definition) && manifest.dimensions === null)
    throw corruptFile(name, 'router.json: dimensions is null, expected the length of the query vectors');
  const options = given ?? parsePart(name, 'options', definition.options, manifest.options);
  const { joined: _, ...own } = manifest.state;
  const state = parsePart(name, 'state', definition.state, own);
  const shapes = definition.shapes(sizesOf(manifest, options, state));
  return {
    models: manifest.models,
    joined: joinedModels(manifest),
    encoder: manifest.encoder,
    dimensions: manifest.dimensions ?? 0,
    options,
    state,
    weights: matricesOf(shapes, (key, rows, cols) => weightMatrix(artifact, key, rows, cols)),
  };
}

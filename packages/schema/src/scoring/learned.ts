import { artifactArray } from '../artifact-array.js';
import { messageOf, RouteProfileError } from '../errors.js';
import { assertFinite, createMatrix, type Matrix, type NamedArray } from '../matrix.js';
import { issueText } from '../issue-text.js';
import type { RouterArtifact } from '../router.js';
import {
  comparedWith,
  type ArrayShape,
  type Learned,
  type Lessons,
  type ScoredWith,
  type ScoringRouterDefinition,
  type WeightShape,
  type WeightSize,
} from './definition.js';
import { joinedModels } from './joining.js';
import { plainJson } from './plain-json.js';
import { assertMadeBy, corruptFile, namedArray, parsePart } from './saved-parts.js';

type Manifest = RouterArtifact['manifest'];

const sizesOf = <O, S>(manifest: Manifest, options: O, state: S) => ({
  models: manifest.models.length,
  fitted: manifest.models.length - joinedModels(manifest).length,
  dimensions: manifest.dimensions ?? 0,
  options,
  state,
});

/** Reads what was declared, in that order; `read` is given the lengths of the axes. */
function arraysOf<K extends string>(
  strategy: string,
  { arrays, shapes }: { arrays: Readonly<Record<string, ArrayShape>>; shapes: Readonly<Record<K, WeightShape>> },
  names: readonly string[],
  read: (name: string, shape: readonly (number | undefined)[]) => NamedArray,
): { arrays: Record<string, NamedArray>; weights: Record<K, Matrix> } {
  const found: Record<string, NamedArray> = {};
  const size = (of: WeightSize) => {
    if (typeof of !== 'string') return of;
    const array = found[of];
    if (array) return array.shape[0];
    throw codeFault(strategy, `its shapes name '${of}' before that is listed`);
  };
  for (const [name, shape] of Object.entries(arrays))
    for (const each of name.endsWith('*') ? names.filter((own) => own.startsWith(name.slice(0, -1))) : [name])
      found[each] = read(each, shape.map(size));
  const own = { ...found };
  const weights: Partial<Record<string, Matrix>> = {};
  for (const [name, shape] of Object.entries(shapes) as [K, WeightShape][])
    if (shape) {
      const { shape: lengths, data } = (found[name] = read(name, shape.map(size)));
      weights[name] = createMatrix(lengths[0]!, lengths[1]!, data);
    } else weights[name] = createMatrix(0, 0);
  return { arrays: own, weights: weights as Record<K, Matrix> };
}

const declared = <
  O extends Record<string, unknown>,
  S extends Record<string, unknown>,
  K extends string,
  P,
  R extends Matrix | ScoredWith<unknown>,
>(
  definition: ScoringRouterDefinition<O, S, K, P, R>,
  manifest: Manifest,
  options: O,
  state: S,
) => {
  const sizes = sizesOf(manifest, options, state);
  return { arrays: definition.arrays?.(sizes) ?? {}, shapes: definition.shapes(sizes) };
};

/** For what a router's own code did. */
export const codeFault = (name: string, what: string): RouteProfileError =>
  new RouteProfileError('PLUGIN_FAILED', `${name}: ${what}`, {
    hint: 'This is a fault in the code of the router: please report it to its author.',
  });

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
  { weights, arrays = {} }: Pick<Lessons<O, S, K>, 'weights' | 'arrays'>,
  options: O,
): RouterArtifact {
  const { name } = definition;
  const failed = (what: string) => codeFault(name, what);
  const asJson = (what: string, value: Record<string, unknown>): Record<string, unknown> => {
    try {
      return plainJson(value) as Record<string, unknown>;
    } catch (error) {
      throw failed(`its ${what} cannot be kept as JSON: ${messageOf(error)}`);
    }
  };
  if (typeof weights !== 'object' || weights === null) throw failed('`learn` gave no `weights`');
  const { joined, ...own } = manifest.state;
  const learned = asJson('state', own);
  const state = definition.state.safeParse(learned);
  if (!state.success)
    throw failed(`its own schema refuses the state it learned: ${state.error.issues.map(issueText).join('; ')}`);
  const kept: Record<string, NamedArray> = {};
  arraysOf(name, declared(definition, manifest, options, state.data), Object.keys(arrays), (key, expected) => {
    const matrix = Object.hasOwn(weights, key) ? weights[key as K] : undefined;
    const given = matrix ? namedArray(matrix) : Object.hasOwn(arrays, key) ? arrays[key] : undefined;
    if (!given?.data) throw failed(`it declares '${key}' and did not learn it`);
    // A copy, in the precision of the file: what is fitted is what is loaded, and nobody else writes to it.
    const array = { shape: [...given.shape], data: Float32Array.from(given.data) };
    const lengths = expected.map((length, axis) => length ?? array.shape[axis]);
    if (String(array.shape) !== String(lengths) || array.data.length !== array.shape.reduce((a, b) => a * b, 1))
      throw failed(
        `it learned '${key}' as ${array.shape.join(' × ')} (${array.data.length} numbers), and declares ${lengths.join(' × ')}`,
      );
    const { cols } = matrix ?? { cols: array.data.length };
    assertFinite(createMatrix(array.data.length / (cols || 1), cols, array.data), `${name}: '${key}'`);
    kept[key] = array;
    return array;
  });
  return {
    manifest: {
      ...manifest,
      options: asJson('options', manifest.options),
      state: { ...learned, ...(joined !== undefined && { joined }) },
    },
    weights: kept,
  };
}

/**
 * What an artifact holds, checked.
 * @throws RouteProfileError CORRUPT_FILE
 */
export function learnedOf<
  O extends Record<string, unknown>,
  S extends Record<string, unknown>,
  K extends string,
  P,
  R extends Matrix | ScoredWith<unknown>,
>(definition: ScoringRouterDefinition<O, S, K, P, R>, artifact: RouterArtifact): Learned<O, S, K> {
  const { name } = definition;
  assertMadeBy(name, artifact);
  const { manifest } = artifact;
  if (comparedWith(definition) && manifest.dimensions === null)
    throw corruptFile(name, 'router.json: dimensions is null, expected the length of the query vectors');
  if (typeof manifest.state !== 'object' || manifest.state === null) throw corruptFile(name, 'router.json: no state');
  const options = parsePart(name, 'options', definition.options, manifest.options);
  const { joined: _, ...own } = manifest.state;
  const state = parsePart(name, 'state', definition.state, own);
  return {
    models: manifest.models,
    joined: joinedModels(manifest),
    encoder: manifest.encoder,
    dimensions: manifest.dimensions ?? 0,
    options,
    state,
    ...arraysOf(name, declared(definition, manifest, options, state), Object.keys(artifact.weights), (key, shape) =>
      artifactArray(artifact, key, shape),
    ),
  };
}

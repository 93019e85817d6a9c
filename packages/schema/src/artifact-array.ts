import { RouteProfileError } from './errors.js';
import type { NamedArray } from './matrix.js';

/** What names a saved strategy and holds its arrays: a router's artifact is one. */
export interface SavedArrays {
  manifest: { strategy: string };
  weights: Readonly<Record<string, NamedArray>>;
}

/**
 * An array of a saved router, finite and of the shape that the router expects: what `RouterStrategy.load` reads its weights by.
 * @param shape one size per axis; undefined: any
 * @param hint what the error says to do
 * @throws RouteProfileError CORRUPT_FILE naming the array that is missing, of another shape, or holds a number that is not finite
 */
export function artifactArray(
  { manifest, weights }: SavedArrays,
  name: string,
  shape: readonly (number | undefined)[],
  hint = 'Train the router again; its files are damaged or of another kind.',
): NamedArray {
  const corrupt = (what: string) => new RouteProfileError('CORRUPT_FILE', `${manifest.strategy}: ${what}`, { hint });
  const array = Object.hasOwn(weights, name) ? weights[name] : undefined;
  if (!array) throw corrupt(`weights.npz has no array '${name}'`);
  const fits =
    array.shape.length === shape.length &&
    shape.every((size, axis) => size === undefined || size === array.shape[axis]);
  if (!fits || array.data.length !== array.shape.reduce((a, b) => a * b, 1))
    throw corrupt(
      `weights.npz: '${name}' is ${array.shape.join(' × ')} (${array.data.length} numbers), expected ${shape.map((size) => size ?? 'any').join(' × ')}`,
    );
  if (!array.data.every(Number.isFinite)) throw corrupt(`weights.npz: '${name}' holds a number that is not finite`);
  return array;
}

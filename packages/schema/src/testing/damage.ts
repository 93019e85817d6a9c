import type { NamedArray } from '../matrix.js';

/** One way that an array of a file can be damaged, for people. */
export interface Damage {
  what: string;
  weights: Record<string, NamedArray>;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The array with one entry less along an axis, shape and numbers in agreement. */
function without({ shape, data }: NamedArray, axis: number): NamedArray {
  const inner = sizeOf(shape.slice(axis + 1));
  const length = shape[axis]!;
  return {
    shape: shape.map((size, a) => (a === axis ? size - 1 : size)),
    data: data.filter((_, k) => Math.floor(k / inner) % length !== length - 1),
  };
}

/** The same numbers under a shape of another rank. */
const reshaped = ({ shape, data }: NamedArray): NamedArray => ({
  shape: shape.length === 1 ? [data.length, 1] : [data.length],
  data,
});

/**
 * Every array missing, cut off, too long, or of another shape, one at a time; the others stay as they are.
 */
export function damagesOf(weights: Readonly<Record<string, NamedArray>>): Damage[] {
  return Object.entries(weights).flatMap(([name, array]) => {
    const { [name]: _gone, ...others } = weights;
    const { shape, data } = array;
    const variants: [string, NamedArray][] = [
      ['cut off', { shape, data: data.slice(0, -1) }],
      ['too long', { shape: [shape[0]! + 1, ...shape.slice(1)], data: longer(array) }],
      ['of another shape', reshaped(array)],
      ...shape.flatMap((size, axis): [string, NamedArray][] =>
        size > 0 ? [[`short along axis ${axis}`, without(array, axis)]] : [],
      ),
    ];
    return [
      { what: `'${name}' missing`, weights: others },
      ...variants
        .filter(([, changed]) => changed.data.length !== data.length || changed.shape.join() !== shape.join())
        .map(([what, changed]) => ({ what: `'${name}' ${what}`, weights: { ...others, [name]: changed } })),
    ];
  });
}

function longer({ shape, data }: NamedArray): Float32Array {
  const out = new Float32Array(data.length + sizeOf(shape.slice(1)));
  out.set(data);
  return out;
}

/** What takes the place of an entry of the state: of no kind that a router would keep. */
const NONSENSE = { damaged: [null] };

/** Every entry of a saved state missing or replaced by nonsense, one at a time. */
export function stateDamagesOf(
  state: Readonly<Record<string, unknown>>,
): { what: string; state: Record<string, unknown> }[] {
  return Object.keys(state).flatMap((key) => {
    const { [key]: _gone, ...others } = state;
    return [
      { what: `'${key}' missing`, state: others },
      { what: `'${key}' of another kind`, state: { ...state, [key]: NONSENSE } },
    ];
  });
}

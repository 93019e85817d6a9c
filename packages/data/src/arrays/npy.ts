import { RouteProfileError, type NamedArray } from '@routeprofile/schema';
import { parsePythonLiteral, type PythonValue } from '../python/literal.js';

/**
 * NumPy's `.npy` (format 1–3): `\x93NUMPY`, version, header length, a Python dict, then the numbers.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const MAX_DIMENSIONS = 32;

type NumberReader = (view: DataView, offset: number, little: boolean) => number;

/** Type code and bytes per number → how to read one. */
const READERS: Readonly<Record<string, NumberReader>> = {
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
  i1: (view, offset) => view.getInt8(offset),
  i2: (view, offset, little) => view.getInt16(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  i8: (view, offset, little) => Number(view.getBigInt64(offset, little)),
  u1: (view, offset) => view.getUint8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  u8: (view, offset, little) => Number(view.getBigUint64(offset, little)),
  b1: (view, offset) => view.getUint8(offset),
};

const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

interface Header {
  descr: string;
  fortran: boolean;
  shape: number[];
  /** Numbers that the shape asks for. */
  count: number;
  /** Where the numbers begin. */
  start: number;
}

function parseHeader(bytes: Uint8Array, what: string): Header {
  const corrupt = (message: string): never => {
    throw new RouteProfileError('CORRUPT_FILE', `${what}: ${message}`, {
      hint: 'Write it again, e.g. with numpy.save.',
    });
  };
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) corrupt('is not a .npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6] ?? 0;
  const prefix = major === 1 ? 10 : 12;
  if (major < 1 || major > 3) corrupt(`has .npy version ${major}, expected 1 to 3`);
  if (bytes.length < prefix) corrupt('ends inside its header');
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = prefix + length;
  if (start > bytes.length) corrupt('ends inside its header');
  let dict: PythonValue;
  try {
    dict = parsePythonLiteral(
      new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(prefix, start)).trim(),
    );
  } catch {
    return corrupt('has a header that cannot be read');
  }
  if (!(dict instanceof Map)) return corrupt('has a header that is not a dict');
  const descr = dict.get('descr');
  const fortran = dict.get('fortran_order');
  const shape = dict.get('shape');
  if (typeof descr !== 'string')
    throw new RouteProfileError('UNSUPPORTED', `${what}: holds records, expected plain numbers`, {
      hint: 'Save one array per field.',
    });
  if (typeof fortran !== 'boolean' || !Array.isArray(shape) || shape.length > MAX_DIMENSIONS)
    return corrupt('has a header without fortran_order or shape');
  const sizes = shape.map((size) =>
    typeof size === 'number' && Number.isSafeInteger(size) && size >= 0
      ? size
      : corrupt('has a shape that is not a list of sizes'),
  );
  return { descr, fortran, shape: sizes, count: sizes.reduce((a, b) => a * b, 1), start };
}

/**
 * Column-major numbers put in row-major order, in time linear in them: axes of size 1 move nothing and are left out, so
 * that carrying from axis to axis costs less than one step per number.
 */
function fromFortran(data: Float32Array, shape: readonly number[]): Float32Array {
  const out = new Float32Array(data.length);
  const sizes = shape.filter((size) => size !== 1);
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((a, b) => a * b, 1));
  const index = sizes.map(() => 0);
  let at = 0;
  for (const value of data) {
    out[at] = value;
    for (let axis = 0; axis < sizes.length; axis++) {
      at += strides[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      at -= strides[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

/**
 * Bytes of the float32 array that `readNpy` makes, from the header alone. Throws CORRUPT_FILE and UNSUPPORTED as `readNpy`.
 */
export const float32Bytes = (bytes: Uint8Array, what: string): number => parseHeader(bytes, what).count * 4;

/**
 * Reads one array. Floats of 4 or 8 bytes, integers and booleans of any size, either byte order, C or Fortran order;
 * all become float32 in C order (integers above 2^24 and float64 are rounded).
 * @param what how messages name the array, such as `vectors.npz: gpt-4`
 * @throws RouteProfileError CORRUPT_FILE (not .npy, cut short, shape and length disagree), UNSUPPORTED (text, objects, complex).
 */
export function readNpy(bytes: Uint8Array, what: string): NamedArray {
  const { descr, fortran, shape, count, start } = parseHeader(bytes, what);
  const read = READERS[descr.slice(1)];
  if (read === undefined || !'<>|='.includes(descr[0] ?? ' '))
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${what}: has numbers of type '${descr}', expected float32, float64, an integer or a boolean type`,
      {
        hint: 'Convert it with array.astype("float32").',
      },
    );
  const width = Number(descr.slice(2));
  if (bytes.length - start !== count * width)
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `${what}: holds ${bytes.length - start} bytes of numbers, expected ${count * width} for shape (${shape.join(', ')})`,
      { hint: 'The file is cut short or was changed: write it again.' },
    );
  const little = descr[0] !== '>' && (descr[0] !== '=' || HOST_IS_LITTLE);
  const data = new Float32Array(count);
  if (descr.endsWith('f4') && little && HOST_IS_LITTLE) new Uint8Array(data.buffer).set(bytes.subarray(start));
  else {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * width);
    for (let i = 0; i < count; i++) data[i] = read(view, i * width, little);
  }
  return { shape, data: fortran && shape.length > 1 ? fromFortran(data, shape) : data };
}

/** What can be written: float32, or signed bytes where a number needs no more. */
export interface WritableArray {
  shape: readonly number[];
  data: Float32Array | Int8Array;
}

/**
 * One float32 or int8 array as `.npy` version 1, C order, little-endian, aligned to 64 bytes as NumPy does: its head, and its numbers as
 * they lie in memory.
 * @throws RouteProfileError SHAPE_MISMATCH when shape and data disagree.
 */
export function npyPieces({ shape, data }: WritableArray): [head: Uint8Array, numbers: Uint8Array] {
  const count = shape.reduce((a, b) => a * b, 1);
  if (count !== data.length)
    throw new RouteProfileError('SHAPE_MISMATCH', `${data.length} numbers do not fill shape (${shape.join(', ')})`);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const type = data instanceof Int8Array ? '|i1' : '<f4';
  const dict = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefix = MAGIC.length + 4;
  const start = Math.ceil((prefix + dict.length + 1) / 64) * 64;
  const head = new Uint8Array(start);
  const view = new DataView(head.buffer);
  head.set(MAGIC);
  view.setUint8(6, 1);
  view.setUint16(8, start - prefix, true);
  head.set(new TextEncoder().encode(`${dict.padEnd(start - prefix - 1)}\n`), prefix);
  return [head, littleEndian(data)];
}

function littleEndian(data: Float32Array | Int8Array): Uint8Array {
  if (HOST_IS_LITTLE || data instanceof Int8Array) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const out = new DataView(new ArrayBuffer(data.byteLength));
  data.forEach((value, i) => out.setFloat32(i * 4, value, true));
  return new Uint8Array(out.buffer);
}

/** What `npyPieces` gives, as one array of bytes. Throws as it does. */
export const writeNpy = (array: WritableArray): Uint8Array => new Uint8Array(Buffer.concat(npyPieces(array)));

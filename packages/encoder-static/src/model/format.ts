import { RouteProfileError, z } from '@routeprofile/schema';
import type { Vocabulary } from '../tokenizer/vocabulary.js';
import { checksumOf } from './checksum.js';

/**
 * A static encoder's numbers. A text of pieces p₁ … pₙ has `tanh(offset + scale · Σ vectors[pₖ] / n)`, normalised to unit length.
 */
export interface StaticVectors {
  vocabulary: Vocabulary;
  dimensions: number;
  /** [pieces × dimensions], row-major. */
  vectors: Int8Array;
  /** Per dimension. */
  scale: Float32Array;
  offset: Float32Array;
}

/** The numbers as read from a file, and its checksum: 16 hexadecimal digits. */
export interface StaticFile extends StaticVectors {
  checksum: string;
}

const FORMAT = 'routeprofile-static';
const FORMAT_VERSION = '1';
const BYTES = { I8: 1, F32: 4, F64: 8 } as const;
type TensorType = keyof typeof BYTES;

const tensorSchema = z.object({
  dtype: z.enum(['I8', 'F32', 'F64']),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const headerSchema = z.object({
  __metadata__: z.object({
    format: z.literal(FORMAT),
    version: z.literal(FORMAT_VERSION),
    pieces: z.string(),
  }),
  vectors: tensorSchema,
  scale: tensorSchema,
  offset: tensorSchema,
  log_probability: tensorSchema,
});
const piecesSchema = z.array(z.string().min(1)).min(7);

/**
 * As a file in the safetensors format: `vectors` I8 [pieces × dimensions], `scale` and `offset` F32 [dimensions], `log_probability` F64 [pieces];
 * the pieces themselves are in the metadata.
 * @param notes further metadata, such as what it was made from
 */
export function packStaticFile(content: StaticVectors, notes: Readonly<Record<string, string>> = {}): Uint8Array {
  const { vocabulary, dimensions, vectors, scale, offset } = content;
  const probabilities = Float64Array.from(vocabulary, ([, logProbability]) => logProbability ?? 0);
  // From the widest numbers to the narrowest, so that each begins at a multiple of its width.
  const tensors: [name: string, dtype: TensorType, shape: number[], data: Float64Array | Float32Array | Int8Array][] = [
    ['log_probability', 'F64', [vocabulary.length], probabilities],
    ['scale', 'F32', [dimensions], scale],
    ['offset', 'F32', [dimensions], offset],
    ['vectors', 'I8', [vocabulary.length, dimensions], vectors],
  ];
  const header: Record<string, unknown> = {
    __metadata__: {
      ...notes,
      format: FORMAT,
      version: FORMAT_VERSION,
      pieces: JSON.stringify(vocabulary.map(([piece]) => piece)),
    },
  };
  let size = 0;
  for (const [name, dtype, shape, { byteLength }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [size, size + byteLength] };
    size += byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + 8 * Math.ceil(json.length / 8);
  const file = new Uint8Array(start + size).fill(0x20, 8, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.set(json, 8);
  let at = start;
  for (const [, , , { buffer, byteOffset, byteLength }] of tensors) {
    file.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return file;
}

/**
 * @param name how messages name the file
 * @throws RouteProfileError CORRUPT_FILE.
 */
export function readStaticFile(bytes: Uint8Array, name: string): StaticFile {
  const corrupt = (what: string, cause?: unknown) =>
    new RouteProfileError('CORRUPT_FILE', `${name}: ${what}`, {
      hint: 'Use a file that `routeprofile encoder fit` has written, or install @routeprofile/encoder-static again.',
      cause,
    });
  const head = bytes.length < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (head === 0 || head > bytes.length - 8) throw corrupt('is not a safetensors file');
  let header: z.infer<typeof headerSchema>;
  let pieces: readonly string[];
  try {
    header = headerSchema.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + head))));
    pieces = piecesSchema.parse(JSON.parse(header.__metadata__.pieces));
  } catch (cause) {
    throw corrupt('is not a static encoder', cause);
  }
  const [dimensions = 0] = header.scale.shape;

  /** A copy, since the numbers may begin anywhere in `bytes`; not by `slice`, which copies nothing where `bytes` is a Buffer. */
  const dataOf = (key: 'vectors' | 'scale' | 'offset' | 'log_probability', dtype: TensorType, ...shape: number[]) => {
    const { dtype: type, shape: found, data_offsets: range } = header[key];
    const [from, to] = range;
    const size = BYTES[dtype] * shape.reduce((a, b) => a * b, 1);
    if (type !== dtype || found.join() !== shape.join() || to - from !== size || 8 + head + to > bytes.length)
      throw corrupt(`${key} is ${type} [${found.join(' × ')}], expected ${dtype} [${shape.join(' × ')}]`);
    return new Uint8Array(bytes.subarray(8 + head + from, 8 + head + to)).buffer;
  };
  const probabilities = new Float64Array(dataOf('log_probability', 'F64', pieces.length));
  const content: StaticFile = {
    vocabulary: pieces.map((piece, id) => [piece, probabilities[id]!]),
    dimensions,
    vectors: new Int8Array(dataOf('vectors', 'I8', pieces.length, dimensions)),
    scale: new Float32Array(dataOf('scale', 'F32', dimensions)),
    offset: new Float32Array(dataOf('offset', 'F32', dimensions)),
    checksum: checksumOf(bytes),
  };
  for (const [key, numbers] of Object.entries({
    scale: content.scale,
    offset: content.offset,
    log_probability: probabilities,
  }))
    if (!numbers.every(Number.isFinite)) throw corrupt(`${key} holds a number that is not finite`);
  if (dimensions === 0) throw corrupt('has vectors of 0 dimensions');
  return content;
}

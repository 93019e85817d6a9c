import { basename } from 'node:path';
import { hashBytes, hashText, readJsonFile, readNpzFile } from '@routeprofile/data';
import {
  createMatrix,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  z,
  type Encoder,
  type Matrix,
} from '@routeprofile/schema';

/** `NAME.json` beside `NAME.npz`: the texts of the rows in order, or the SHA-256 of each one's UTF-8 in hexadecimal. */
const textsFileSchema = z.union([
  z.array(z.string()),
  z.object({ sha256: z.array(z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits')) }),
]);

export const npzOptionsSchema = z.strictObject({
  /** `sha256-` and the first digits of the contents' hash, as ids tell it; must be the file's. */
  contents: z.string().optional(),
});

const SHOWN_CHARACTERS = 60;

/**
 * Vectors made elsewhere, looked up by text: `NAME.npz` with one array `vectors` [texts × dimensions] and `NAME.json`.
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE, SHAPE_MISMATCH, BAD_INPUT; encode throws ENCODER_FAILED for a
 * text that has no vector.
 */
export async function openNpzEncoder(file: string, options: z.input<typeof npzOptionsSchema> = {}): Promise<Encoder> {
  const textsFile = file.replace(/\.npz$/i, '') + '.json';
  const arrays = await readNpzFile(file);
  const array = arrays.get('vectors');
  if (array === undefined || array.shape.length !== 2)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: has no array 'vectors' [texts × dimensions], only ${describe(arrays)}`,
      {
        hint: `Write it with numpy.savez('${basename(file)}', vectors=X).`,
      },
    );
  const [rows = 0, cols = 0] = array.shape;
  const vectors = createMatrix(rows, cols, array.data);
  const listed = await readJsonFile(textsFile, textsFileSchema);
  const hashes = Array.isArray(listed) ? listed.map(hashText) : listed.sha256;
  if (hashes.length !== rows || cols === 0)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${file}: ${rows} × ${cols} vectors, ${textsFile}: ${hashes.length} texts`,
    );
  assertUsable(vectors, file);

  const { buffer, byteOffset, byteLength } = array.data;
  const everything = [Buffer.from(`${cols}\n${hashes.join('\n')}\n`), new Uint8Array(buffer, byteOffset, byteLength)];
  const contents = `sha256-${hashBytes(Buffer.concat(everything)).slice(0, 16)}`;
  if (options.contents !== undefined && options.contents !== contents)
    throw new RouteProfileError('CORRUPT_FILE', `${file}: its contents are ${contents}, expected ${options.contents}`, {
      hint: 'These are not the vectors the router was made with.',
    });
  const rowByHash = new Map<string, number>();
  hashes.forEach((hash, row) => {
    if (!rowByHash.has(hash)) rowByHash.set(hash, row);
  });
  const name = basename(file);

  return {
    specVersion: 1,
    id: `npz:${name}:contents=${contents}`,
    dimensions: cols,
    async encode(texts, ctx) {
      throwIfAborted(ctx);
      const found = texts.map((text) => rowByHash.get(hashText(text)));
      const unknown = found.filter((row) => row === undefined).length;
      if (unknown > 0) throw unknownText(texts[found.indexOf(undefined)]!, unknown, file, textsFile);
      const out = createMatrix(texts.length, cols);
      found.forEach((row, i) => rowOf(out, i).set(rowOf(vectors, row!)));
      return out;
    },
  };
}

const describe = (arrays: ReadonlyMap<string, { shape: readonly number[] }>): string =>
  [...arrays].map(([name, { shape }]) => `${name} [${shape.join(' × ')}]`).join(', ') || 'no arrays';

function assertUsable(vectors: Matrix, file: string): void {
  const bad = vectors.data.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new RouteProfileError(
      'NOT_FINITE',
      `${file}: vectors[${Math.floor(bad / vectors.cols)}, ${bad % vectors.cols}] is ${vectors.data[bad]}`,
    );
}

function unknownText(text: string, count: number, file: string, textsFile: string): RouteProfileError {
  const shown = JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
  return new RouteProfileError(
    'ENCODER_FAILED',
    `${file} has no vector for ${shown}${count > 1 ? ` and ${count - 1} more` : ''}`,
    {
      hint: `Encode these texts too: numpy.savez('${basename(file)}', vectors=X) and json.dump(texts, open('${basename(textsFile)}', 'w')), rows in the same order.`,
    },
  );
}

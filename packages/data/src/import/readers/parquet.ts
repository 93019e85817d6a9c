import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { RouteProfileError, throwIfAborted } from '@routeprofile/schema';
import type { Fields } from '../paths.js';
import { plain } from './plain.js';
import { NO_FIELDS, SAMPLED, type Reader, type TableRecord } from './table.js';

/** What zlib of Node has; Snappy, the usual one, is in hyparquet itself. */
const COMPRESSORS = {
  GZIP: (bytes: Uint8Array): Uint8Array => gunzipSync(bytes),
  BROTLI: (bytes: Uint8Array): Uint8Array => brotliDecompressSync(bytes),
};
/** Rows that are taken apart at once: row groups may be longer than that. */
const ROWS_AT_ONCE = 10_000;

/**
 * Opens a Parquet file; rows are read some thousands at a time.
 * @throws RouteProfileError CORRUPT_FILE for what is not Parquet, BAD_INPUT for a compression that is not known here.
 */
export async function openParquet(path: string, options: { signal?: AbortSignal | undefined }): Promise<Reader> {
  // Few need it: it is loaded when a Parquet file is read.
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const attempt = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (cause) {
      throw parquetError(path, cause);
    }
  };
  const file = await asyncBufferFromFile(path);
  if (file.byteLength === 0)
    throw new RouteProfileError('CORRUPT_FILE', `${path}: is empty, expected a Parquet file`, {
      hint: 'Write the file again: what made it wrote nothing, or was stopped.',
    });
  const metadata = await attempt(() => parquetMetadataAsync(file));
  const total = Number(metadata.num_rows);
  const read = async (rowStart: number, rowEnd: number): Promise<Fields[]> => {
    const rows = await attempt(() =>
      parquetReadObjects({ file, metadata, compressors: COMPRESSORS, rowStart, rowEnd }),
    );
    return rows.map((row) => plain(row) as Fields);
  };
  const [root, ...elements] = metadata.schema;
  return {
    delimiter: undefined,
    isDocument: false,
    sample: await read(0, Math.min(total, SAMPLED)),
    header: () => Promise.resolve(topLevel(elements, root?.num_children ?? 0)),
    records: () => records(),
  };

  async function* records(): AsyncGenerator<TableRecord> {
    for (let start = 0; start < total; start += ROWS_AT_ONCE) {
      throwIfAborted({ signal: options.signal });
      const rows = await read(start, Math.min(total, start + ROWS_AT_ONCE));
      for (const [i, fields] of rows.entries())
        yield { place: `${path}: row ${start + i + 1}`, fields, outer: NO_FIELDS };
    }
  }
}

interface Element {
  name: string;
  num_children?: number | undefined;
}

/** Names of the columns: each element is followed by those within it. */
function topLevel(elements: readonly Element[], count: number): string[] {
  const names: string[] = [];
  let at = 0;
  const skip = (): void => {
    const children = elements[at++]?.num_children ?? 0;
    for (let i = 0; i < children; i++) skip();
  };
  for (let i = 0; i < count && at < elements.length; i++) {
    names.push(elements[at]!.name);
    skip();
  }
  return names;
}

function parquetError(path: string, cause: unknown): RouteProfileError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const codec = /unsupported compression codec:? *(\w+)/i.exec(said)?.[1];
  return codec === undefined
    ? new RouteProfileError('CORRUPT_FILE', `${path}: cannot be read as Parquet (${said})`, {
        hint: 'Write the file again, or export it as JSON lines.',
        cause,
      })
    : new RouteProfileError('BAD_INPUT', `${path}: is packed with ${codec}, which is not read here`, {
        hint: `Have DuckDB read it: --engine duckdb "SELECT * FROM '${path}'". Or write it with Snappy, gzip or Brotli, such as with pandas' to_parquet(compression='snappy').`,
        cause,
      });
}

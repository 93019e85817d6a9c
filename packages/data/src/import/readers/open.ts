import { extname } from 'node:path';
import { RouteProfileError } from '@routeprofile/schema';
import type { Problems } from '../../disk/problems.js';
import { sizeOfRegularFile } from '../../disk/read.js';
import type { CompleteImportOptions } from '../options.js';
import { openDelimited } from './delimited.js';
import { readText } from './encoding.js';
import { openJson, openJsonLines } from './json.js';
import { openParquet } from './parquet.js';
import type { Reader } from './table.js';

export type ReaderOptions = Pick<CompleteImportOptions, 'encoding' | 'delimiter'> & {
  signal?: AbortSignal | undefined;
};

type Opener = (path: string, options: ReaderOptions, problems: Problems) => Promise<Reader>;

const delimited: Opener = (path, options, problems) =>
  openDelimited(() => readText(path, options), path, problems, options.delimiter);
const jsonLines: Opener = (path, options) => openJsonLines(() => readText(path, options), path, options);
const json: Opener = (path, options) => openJson(() => readText(path, options), path, options);

/** How files are read, by the end of their names. A further kind is a line here. */
const OPENERS: Readonly<Record<string, Opener>> = {
  '.csv': delimited,
  '.tsv': delimited,
  '.jsonl': jsonLines,
  '.ndjson': jsonLines,
  '.json': json,
  '.parquet': (path, options) => openParquet(path, options),
};

/** The end of a file's name that tells its kind: `.csv` of `a.csv` and of `a.csv.gz`. */
const kindOf = (path: string): string => extname(/\.gz$/i.test(path) ? path.slice(0, -3) : path).toLowerCase();
export const isReadable = (path: string): boolean => Object.hasOwn(OPENERS, kindOf(path));

const HINTS: Readonly<Record<string, string>> = {
  '.eval': 'Convert the Inspect log first: inspect log convert LOG.eval --to json --output-dir DIR.',
  '.zip': 'Unpack it first.',
};

/**
 * Opens a `.csv`, `.tsv`, `.jsonl`, `.ndjson`, `.json` or `.parquet` file; all but the last may be packed (`.gz`). Records are streamed, and are read
 * twice where the names of all columns are needed, of which any record may have another.
 * @throws RouteProfileError BAD_INPUT, CORRUPT_FILE, MISSING_FILE, LIMIT_EXCEEDED, ABORTED, now or while records are read.
 */
export async function openReader(path: string, options: ReaderOptions, problems: Problems): Promise<Reader> {
  const opener = Object.hasOwn(OPENERS, kindOf(path)) ? OPENERS[kindOf(path)] : undefined;
  if (opener === undefined) {
    const kinds = Object.keys(OPENERS);
    throw new RouteProfileError(
      'BAD_INPUT',
      `${path}: is of an unknown kind, expected ${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}, or one of them with .gz`,
      {
        hint:
          HINTS[kindOf(path)] ??
          "Export the table first, e.g. with pandas' to_csv or to_json(orient='records', lines=True).",
      },
    );
  }
  await sizeOfRegularFile(path);
  return opener(path, options, problems);
}

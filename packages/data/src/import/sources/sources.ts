import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { RouteProfileError } from '@routeprofile/schema';
import { readError } from '../../disk/read.js';
import { isReadable } from '../readers/open.js';
import { baseOf, isGlob, pathPattern } from './glob.js';

/** What to import: a file, a folder (every file below it that can be read), or a pattern such as `runs/*.jsonl`; with an engine, a query. */
export interface ImportSource {
  path: string;
  /** Split of these rows that name none, such as `train`. */
  split?: string;
}

/** A file to read. */
export interface SourceFile {
  /** As the system takes it, for reading and for messages. */
  path: string;
  /** With `/` between its parts. */
  portable: string;
  split: string | undefined;
  /** It was found, not named: it may be something else. */
  found: boolean;
  /** A query in place of a file, for an engine. */
  sql?: string;
}

const portable = (path: string): string => (sep === '/' ? path : path.split(sep).join('/'));

/**
 * The files of all sources, in order, each folder's by name. Hidden files and files of an unknown kind are passed over in
 * folders.
 * @throws RouteProfileError MISSING_FILE when a pattern or folder holds no file, or a file is not there; BAD_OPTION for a query.
 */
export async function filesOf(sources: readonly ImportSource[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const { path, split } of sources)
    for (const one of await pathsOf(path)) files.push({ ...one, portable: portable(one.path), split });
  const seen = new Set<string>();
  return files.filter(({ path }) => !seen.has(path) && seen.add(path));
}

async function pathsOf(path: string): Promise<{ path: string; found: boolean }[]> {
  const info = await stat(path).catch((cause: unknown) => cause);
  if (info instanceof Error) {
    if (/^\s*(?:select|with|from)\s/i.test(path)) throw noEngine();
    if (!isGlob(portable(path))) throw readError(path, info);
    const pattern = pathPattern(portable(path).replace(/^\.\//, ''));
    const base = baseOf(portable(path));
    const found = (await below(base)).filter((file) => pattern.matches(portable(file).replace(/^\.\//, '')));
    if (found.length === 0) throw nothing(path, 'fits no file');
    return found.map((file) => ({ path: file, found: true }));
  }
  if (!(info as Awaited<ReturnType<typeof stat>>).isDirectory()) return [{ path, found: false }];
  const found = (await below(path)).filter(isReadable);
  if (found.length === 0) throw nothing(path, 'is a folder without a file that can be read');
  return found.map((file) => ({ path: file, found: true }));
}

const noEngine = () =>
  new RouteProfileError('BAD_OPTION', 'the source is a query, and no engine is named that runs it', {
    hint: 'Add --engine duckdb for a query over files, --engine postgres for one in a database.',
  });

const nothing = (path: string, what: string) =>
  new RouteProfileError('MISSING_FILE', `${path}: ${what}`, {
    hint: 'Give files, folders, or a pattern in quotes such as "runs/**/*.jsonl".',
  });

/** All files below a folder, by name; hidden ones are left out, and links to folders are not followed. */
async function below(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw readError(folder, cause);
  });
  const files: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = folder === '.' ? entry.name : join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await below(path)));
    else if (entry.isFile() || entry.isSymbolicLink()) files.push(path);
  }
  return files;
}

import { readFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { writeFileAtomic } from '@routeprofile/data';
import { z } from '@routeprofile/schema';
import { getFile, putFile, type StoredFile } from './files.js';
import type { QueueDatabase } from './database.js';

/** Files that a cell or a profile consists of, carried from one machine to another: the same bytes at the same places of a run's folder. */

const bytesSchema = z.array(z.instanceof(Uint8Array));

/** @param paths in the order in which they are written elsewhere */
export async function sendFiles(database: QueueDatabase, run: string, paths: readonly string[]): Promise<StoredFile> {
  return putFile(database, run, serialize(await Promise.all(paths.map((path) => readFile(path)))));
}

/** @param paths of this machine, in the order in which they were sent */
export async function receiveFiles(database: QueueDatabase, file: StoredFile, paths: readonly string[]): Promise<void> {
  const all = bytesSchema.length(paths.length).parse(deserialize(await getFile(database, file)));
  for (const [i, bytes] of all.entries()) await writeFileAtomic(paths[i]!, bytes);
}

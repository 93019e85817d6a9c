import { randomUUID } from 'node:crypto';
import { hashBytes } from '@routeprofile/data';
import { RouteProfileError, z } from '@routeprofile/schema';
import type { QueueDatabase } from './database.js';

/** Bytes of a row: large values of a statement are held in memory several times over. */
const PART = 4 * 1024 * 1024;

export const storedFileSchema = z.object({
  id: z.uuid(),
  parts: z.number().int().min(1),
  /** Hash of all its bytes. */
  hash: z.string(),
});
/** Bytes that lie in the database until their run is over. */
export type StoredFile = z.infer<typeof storedFileSchema>;

/** Writes bytes for a run. They can be read by whoever is told what is returned. */
export async function putFile({ query, schema }: QueueDatabase, run: string, bytes: Uint8Array): Promise<StoredFile> {
  const id = randomUUID();
  const parts = Math.max(1, Math.ceil(bytes.length / PART));
  for (let part = 0; part < parts; part++) {
    const slice = Buffer.from(bytes.buffer, bytes.byteOffset + part * PART, Math.min(PART, bytes.length - part * PART));
    // A statement whose answer was lost is sent again.
    const sql = `insert into ${schema}.files (run, id, part, bytes) values ($1, $2, $3, $4) on conflict do nothing`;
    await query(sql, [run, id, part, slice]);
  }
  return { id, parts, hash: hashBytes(bytes) };
}

/** @throws RouteProfileError CORRUPT_FILE where it is not there as it was written; NETWORK */
export async function getFile({ query, schema }: QueueDatabase, { id, parts, hash }: StoredFile): Promise<Uint8Array> {
  const found: Buffer[] = [];
  for (let part = 0; part < parts; part++) {
    const sql = `select bytes from ${schema}.files where id = $1 and part = $2`;
    const [row] = await query<{ bytes: Buffer }>(sql, [id, part]);
    if (row) found.push(row.bytes);
  }
  const bytes = Buffer.concat(found);
  if (hashBytes(bytes) === hash) return bytes;
  throw new RouteProfileError('CORRUPT_FILE', `the database does not hold the file ${id} as it was written`, {
    hint: 'Start the run again; what is finished is kept.',
  });
}

export const dropFile = async ({ query, schema }: QueueDatabase, { id }: StoredFile): Promise<void> =>
  void (await query(`delete from ${schema}.files where id = $1`, [id]));

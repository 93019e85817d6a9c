import { access, constants, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, writeError, writeFileAtomic } from '@routeprofile/data';
import { RouteProfileError } from '@routeprofile/schema';
import { indexLength, PACK_HEAD_BYTES, readPackIndex, type PackIndex } from './pack.js';

/** Temporary files of killed processes are removed after a day. */
const STALE_MILLISECONDS = 24 * 3600 * 1000;
/** Tells people whose vectors these are; no program reads it. */
const NOTE = 'encoder.json';
const isTemporary = (name: string): boolean => name.startsWith('.') && name.endsWith('.tmp');

/**
 * Makes the folder of one encoder, with a note for people about whose it is.
 * @throws RouteProfileError OUTPUT_UNWRITABLE.
 */
export async function prepareFolder(folder: string, encoderId: string): Promise<void> {
  await naming(folder, async () => {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.R_OK);
  });
  if ((await readUnlessGone(join(folder, NOTE))) === undefined)
    await writeWhole(folder, NOTE, Buffer.from(`${JSON.stringify({ encoder: encoderId })}\n`));
  for (const name of await readdir(folder)) {
    if (!isTemporary(name)) continue;
    const age = Date.now() - ((await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? Infinity);
    if (age > STALE_MILLISECONDS) await removeFile(join(folder, name));
  }
}

/** Names of the packs in a folder, sorted; none when there is no folder. */
export async function listPacks(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.pack')).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

export const removeFile = (path: string): Promise<void> => rm(path, { force: true });

/** A file's bytes, or undefined when there is none (any more). */
export async function readUnlessGone(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Why a pack cannot be used; a damaged one never can. */
export interface PackProblem {
  problem: string;
  damaged: boolean;
}
const damaged = (problem: string): PackProblem => ({ problem, damaged: true });

/** The index of a pack file, or what is wrong with it; undefined when the file is gone. */
export async function loadPackIndex(path: string, encoderId: string): Promise<PackIndex | PackProblem | undefined> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    return { problem: `it cannot be read (${systemCode(error) ?? 'unknown error'})`, damaged: false };
  }
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(size, PACK_HEAD_BYTES));
    await file.read(head, 0, head.length, 0);
    const length = indexLength(head);
    if (length === undefined || length > size) return damaged('it is cut short or not a pack');
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, 0);
    const index = readPackIndex(encoderId, bytes.subarray(0, bytesRead), size);
    return typeof index === 'string' ? damaged(index) : index;
  } finally {
    await file.close();
  }
}

/**
 * Writes a file that is there whole or not at all.
 * @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED.
 */
export const writeWhole = (folder: string, name: string, bytes: Uint8Array): Promise<void> =>
  naming(folder, () => writeFileAtomic(join(folder, name), bytes));

/** Says that it is the cache which cannot be written, and how to choose another. */
async function naming(folder: string, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (cause) {
    const { code, message, hint } = RouteProfileError.isInstance(cause) ? cause : writeError(folder, cause);
    throw new RouteProfileError(code, `embedding cache: ${message}`, {
      hint: code === 'OUTPUT_UNWRITABLE' ? 'Give another folder with --cache or ROUTEPROFILE_CACHE.' : hint,
      cause,
    });
  }
}

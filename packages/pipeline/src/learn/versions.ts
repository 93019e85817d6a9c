import { mkdir, readdir, readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  hashBytes,
  hashJson,
  lockFile,
  readJsonFile,
  readRouterArtifact,
  systemCode,
  writeError,
  writeJsonFile,
  writeRouterArtifact,
} from '@routeprofile/data';
import { RouteProfileError, z, type RouterArtifact } from '@routeprofile/schema';

/** A folder of routers that followed each other: `versions/0001` …, `current` → one of them, and `learn.json`. */
const STATE = 'learn.json';
const CURRENT = 'current';
const VERSIONS = 'versions';

const lookSchema = z.object({
  incumbent: z.number().int().min(1),
  /** Hash of what was tested on which decisions. */
  tested: z.string(),
  alpha: z.number().gt(0).lt(1),
  candidate: z.number().int().min(1).nullable(),
  /** Newest decision that judged: milliseconds since 1970; null where the log does not say. */
  at: z.number().nullable(),
  judged: z.number().int().min(0),
  difference: z.object({ value: z.number(), low: z.number() }),
  promoted: z.boolean(),
});
const stateSchema = z.object({
  version: z.literal(1),
  /** Versions that were served, one after the other; the last is served now. */
  served: z.array(z.number().int().min(1)).min(1),
  /** Hash of each version, from 1 on; empty for a folder that nobody recorded. */
  hashes: z.array(z.string()).min(1),
  looks: z.array(lookSchema),
});
/** What is known of the routers in a folder. */
export type VersionState = z.infer<typeof stateSchema>;
/** A test of a candidate, as `learn.json` keeps it. */
export type RecordedLook = z.infer<typeof lookSchema>;

const nameOf = (version: number): string => String(version).padStart(4, '0');
export const versionFolder = (out: string, version: number): string => join(out, VERSIONS, nameOf(version));
export const currentFolder = (out: string): string => join(out, CURRENT);

/** Names a saved router by what it holds, however its files are laid out. */
export async function routerHash(folder: string): Promise<string> {
  const { manifest, weights } = await readRouterArtifact(folder);
  const arrays = Object.entries(weights).map(([name, { shape, data }]) => [
    name,
    shape,
    hashBytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);
  return hashJson({ manifest, arrays });
}

/** The version that `current` leads to; undefined where there is none. @throws RouteProfileError CORRUPT_FILE */
async function linked(out: string): Promise<number | undefined> {
  let target: string;
  try {
    target = await readlink(currentFolder(out));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new RouteProfileError('CORRUPT_FILE', `${currentFolder(out)} is not a link to one of ${VERSIONS}/`, {
      cause,
      hint: 'Name another --out folder.',
    });
  }
  return Number(target.split(/[\\/]/).at(-1));
}

/**
 * What a folder holds; null for one that nothing was promoted into yet. Where a process ended between its record and its link, the link
 * counts: it is what was served.
 * @throws RouteProfileError CORRUPT_FILE
 */
export async function readVersions(out: string): Promise<VersionState | null> {
  const version = await linked(out);
  if (version === undefined) return null;
  const state = await readJsonFile(join(out, STATE), stateSchema);
  const at = state.served.lastIndexOf(version);
  return { ...state, served: at >= 0 ? state.served.slice(0, at + 1) : [...state.served, version] };
}

/** Puts a version in the place of what is served, in one step. @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED */
async function link(out: string, version: number): Promise<void> {
  const temporary = join(out, `.${CURRENT}.${process.pid}.tmp`);
  try {
    await symlink(join(VERSIONS, nameOf(version)), temporary, 'dir');
    await rename(temporary, currentFolder(out));
  } catch (cause) {
    throw writeError(currentFolder(out), cause);
  }
}

/** The number of the next version: folders of candidates that nobody recorded are not written over. */
async function nextVersion(out: string, { hashes }: Pick<VersionState, 'hashes'>): Promise<number> {
  const names = await readdir(join(out, VERSIONS)).catch(() => []);
  return Math.max(hashes.length, ...names.map(Number).filter(Number.isInteger)) + 1;
}

/** Begins a folder with the router that is served so far. */
export async function startVersions(out: string, artifact: RouterArtifact): Promise<VersionState> {
  await mkdir(join(out, VERSIONS), { recursive: true }).catch((cause: unknown) => {
    throw writeError(out, cause);
  });
  const folder = versionFolder(out, 1);
  await writeRouterArtifact(folder, artifact);
  const state: VersionState = { version: 1, served: [1], hashes: [await routerHash(folder)], looks: [] };
  await writeJsonFile(join(out, STATE), state);
  await link(out, 1);
  return state;
}

/** Writes a candidate beside the versions that there are, with where it comes from. @returns its version */
export async function writeCandidate(
  out: string,
  state: VersionState,
  artifact: RouterArtifact,
  provenance: object,
): Promise<{ state: VersionState; version: number }> {
  const version = await nextVersion(out, state);
  const folder = versionFolder(out, version);
  await writeRouterArtifact(folder, artifact);
  await writeJsonFile(join(folder, 'learned.json'), provenance);
  const hashes = [...state.hashes];
  // Folders that nobody recorded have no hash.
  while (hashes.length < version - 1) hashes.push('');
  hashes.push(await routerHash(folder));
  return { state: { ...state, hashes }, version };
}

/** Records a test. The record is on disk before anything is served, so that no chance of error is ever spent twice. */
export async function recordLook(out: string, state: VersionState, look: RecordedLook): Promise<VersionState> {
  const served = look.promoted && look.candidate !== null ? [...state.served, look.candidate] : state.served;
  const next = { ...state, served, looks: [...state.looks, look] };
  await writeJsonFile(join(out, STATE), next);
  if (served !== state.served) await link(out, served.at(-1)!);
  return next;
}

/** Keeps what is known of candidates that were not tested. */
export const recordVersions = (out: string, state: VersionState): Promise<void> =>
  writeJsonFile(join(out, STATE), state);

/** Runs what changes a folder of versions, while no other process does. @throws RouteProfileError OUTPUT_UNWRITABLE */
export async function alone<T>(out: string, work: () => Promise<T>): Promise<T> {
  const unlock = await lockFile(join(out, 'learn.lock'), 'learns into this folder');
  try {
    return await work();
  } finally {
    await unlock();
  }
}

/** The version that is served, and the one before it. @throws RouteProfileError BAD_INPUT where there is none */
async function lastTwo(out: string): Promise<{ state: VersionState; from: number; to: number }> {
  const state = await readVersions(out);
  const from = state?.served.at(-1);
  const to = state?.served.at(-2);
  if (state === null || from === undefined || to === undefined)
    throw new RouteProfileError('BAD_INPUT', `${out} holds no earlier router to go back to`, {
      hint: 'Nothing was promoted into it. To serve another router, name it in the configuration of the gateway.',
    });
  return { state, from, to };
}

/**
 * Puts the version back that was served before.
 * @throws RouteProfileError BAD_INPUT where there is none; OUTPUT_UNWRITABLE also while another process learns into the folder, which
 *   would put what it found in its place
 */
export async function rollBack(out: string): Promise<{ from: number; to: number }> {
  // A folder that is not there cannot be locked.
  await lastTwo(out);
  return alone(out, async () => {
    const { state, from, to } = await lastTwo(out);
    await link(out, to);
    await writeJsonFile(join(out, STATE), { ...state, served: state.served.slice(0, -1) });
    return { from, to };
  });
}

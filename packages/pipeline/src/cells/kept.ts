import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  hashBytes,
  readProfileSet,
  systemCode,
  writeError,
  writeProfileSet,
  writeRouterArtifact,
} from '@routeprofile/data';
import type { ProfileSet, RouterArtifact } from '@routeprofile/schema';

/**
 * Profile sets and routers of finished cells, in `FOLDER/kept` by the keys of what they depend on. A report's own lie beside it
 * under readable names; they are the same files (links where the disk has them), so that another run in the same place can take
 * the names without anything being lost or trained twice.
 */

/** A file of JSON and the arrays whose hash stands in it. */
interface Pair {
  json: string;
  arrays: string;
}

const profilePair = (folder: string, name: string): Pair => ({
  json: join(folder, `${name}.json`),
  arrays: join(folder, `${name}.npz`),
});
const routerPair = (folder: string, name: string): Pair => ({
  json: join(folder, name, 'router.json'),
  arrays: join(folder, name, 'weights.npz'),
});

const filesOf = ({ json, arrays }: Pair) => [arrays, json] as const;

/** What a cell made: the hash of its router's JSON, the key of its profile set and the hash of that one's JSON. */
export interface CellFiles {
  router: string;
  profiles: { key: string; hash: string };
}

export interface KeptFiles {
  /** @returns hash of the JSON file, which holds the hash of the arrays */
  writeProfiles(key: string, set: ProfileSet): Promise<string>;
  /** A profile set as it was written. @throws RouteProfileError MISSING_FILE, CORRUPT_FILE */
  readProfiles(key: string): Promise<{ set: ProfileSet; file: CellFiles['profiles'] }>;
  /** The hash of a profile set's JSON; undefined where the set is not there, or not whole. */
  hashOfProfiles(key: string): Promise<string | undefined>;
  writeRouter(key: string, artifact: RouterArtifact): Promise<string>;
  /** Both files of a profile set, or of a router; the arrays come first, as the JSON speaks of them. */
  profileFiles(key: string): readonly [arrays: string, json: string];
  routerFiles(key: string): readonly [arrays: string, json: string];
  /** Whether the files of a cell are there as they were written. */
  holds(key: string, files: CellFiles): Promise<boolean>;
  /** Gives profile sets names in a folder; others there that are kept here lose theirs. @param names key by name */
  publishProfiles(folder: string, names: ReadonlyMap<string, string>): Promise<void>;
  /** As `publishProfiles`, with a folder for each router. */
  publishRouters(folder: string, names: ReadonlyMap<string, string>): Promise<void>;
}

const absent = (error: unknown): undefined => {
  if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
  throw error;
};
const bytesOf = (path: string): Promise<Buffer | undefined> => readFile(path).catch(absent);
const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(absent)) ?? [];

/** Whether the arrays are those that the JSON speaks of, and the JSON is the one with this hash. */
async function isWhole({ json, arrays }: Pair, hash: string): Promise<boolean> {
  const [text, bytes] = [await bytesOf(json), await bytesOf(arrays)];
  if (text === undefined || bytes === undefined || hashBytes(text) !== hash) return false;
  return text.includes(hashBytes(bytes));
}

/** The same file under another name, replacing what has it in one step; a copy where the disk knows no links. */
async function linkFile(from: string, to: string): Promise<void> {
  const temporary = join(dirname(to), `.${basename(to)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await link(from, temporary).catch(() => copyFile(from, temporary, constants.COPYFILE_FICLONE));
    await rename(temporary, to);
  } catch (cause) {
    throw writeError(to, cause);
  } finally {
    // A rename onto the same file leaves both names.
    await rm(temporary, { force: true });
  }
}

async function removePair({ json, arrays }: Pair): Promise<void> {
  await rm(json, { force: true });
  await rm(arrays, { force: true });
}

async function linkPair(from: Pair, to: Pair, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => Promise.reject(writeError(folder, cause)));
  await linkFile(from.arrays, to.arrays);
  await linkFile(from.json, to.json);
}

export function keptFiles(folder: string): KeptFiles {
  const profiles = join(folder, 'kept', 'profiles');
  const routers = join(folder, 'kept', 'routers');
  const hashOf = async (path: string) => hashBytes(await readFile(path));

  /** Hashes of the JSON of all that is kept: what has such a hash is a second name for it, and can be given up. */
  const hashes = async (pairs: readonly Pair[]): Promise<Set<string>> => {
    const texts = await Promise.all(pairs.map(({ json }) => bytesOf(json)));
    return new Set(texts.flatMap((text) => (text === undefined ? [] : [hashBytes(text)])));
  };
  const withoutEnd = (names: readonly string[]) =>
    names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));

  return {
    async writeProfiles(key, set) {
      await writeProfileSet(profiles, key, set);
      return hashOf(profilePair(profiles, key).json);
    },
    async readProfiles(key) {
      const { arrays, json } = profilePair(profiles, key);
      return { set: await readProfileSet(arrays), file: { key, hash: await hashOf(json) } };
    },
    async hashOfProfiles(key) {
      const pair = profilePair(profiles, key);
      const text = await bytesOf(pair.json);
      const hash = text && hashBytes(text);
      return hash !== undefined && (await isWhole(pair, hash)) ? hash : undefined;
    },
    async writeRouter(key, artifact) {
      await writeRouterArtifact(join(routers, key), artifact);
      return hashOf(routerPair(routers, key).json);
    },
    profileFiles: (key) => filesOf(profilePair(profiles, key)),
    routerFiles: (key) => filesOf(routerPair(routers, key)),
    holds: async (key, files) =>
      (await isWhole(routerPair(routers, key), files.router)) &&
      isWhole(profilePair(profiles, files.profiles.key), files.profiles.hash),

    async publishProfiles(target, names) {
      for (const [name, key] of names) await linkPair(profilePair(profiles, key), profilePair(target, name), target);
      const others = withoutEnd(await namesIn(target)).filter((name) => !names.has(name));
      if (others.length === 0) return;
      const known = await hashes(withoutEnd(await namesIn(profiles)).map((key) => profilePair(profiles, key)));
      for (const name of others) {
        const pair = profilePair(target, name);
        if (known.has(await hashOf(pair.json))) await removePair(pair);
      }
    },
    async publishRouters(target, names) {
      for (const [name, key] of names)
        await linkPair(routerPair(routers, key), routerPair(target, name), join(target, name));
      const others = (await namesIn(target)).filter((name) => !names.has(name));
      if (others.length === 0) return;
      const known = await hashes((await namesIn(routers)).map((key) => routerPair(routers, key)));
      for (const name of others) {
        const pair = routerPair(target, name);
        const text = await bytesOf(pair.json);
        if (text === undefined || !known.has(hashBytes(text))) continue;
        await removePair(pair);
        // Whatever else lies in it stays, and the folder with it.
        await rmdir(join(target, name)).catch(() => undefined);
      }
    },
  };
}

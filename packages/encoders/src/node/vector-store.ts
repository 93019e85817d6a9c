import { join } from 'node:path';
import { hashBytes, hashText } from '@routeprofile/data';
import { RouteProfileError, type Logger } from '@routeprofile/schema';
import { keyText, readPackIndex, readPackVectors, writePack, type PackIndex } from './pack.js';
import {
  listPacks,
  loadPackIndex,
  prepareFolder,
  readUnlessGone,
  removeFile,
  writeWhole,
  type PackProblem,
} from './store-files.js';

export interface VectorStoreOptions {
  /** The cache folder; each encoder has a folder of its own in it. */
  dir: string;
  encoderId: string;
  dimensions: number;
  logger?: Logger;
}

/**
 * Vectors of one encoder on disk. Files are immutable and appear whole, so any number of processes may read and write
 * at once; the worst that can happen is that two of them compute the same vector.
 */
export interface VectorStore {
  /** Vectors by key, undefined where unknown. A damaged pack is reported, removed, and counts as not there. */
  get(keys: readonly Uint8Array[]): Promise<(Float32Array | undefined)[]>;
  /** Remembers a vector; on disk at the next flush, which comes by itself every 512 vectors or 2 seconds of work. */
  put(key: Uint8Array, vector: Float32Array): Promise<void>;
  /** Puts everything remembered on disk. */
  flush(): Promise<void>;
}

interface Pack {
  file: string;
  index: PackIndex;
  vectors?: Float32Array;
}

const FLUSH_ENTRIES = 512;
const FLUSH_MILLISECONDS = 2_000;
/** Above this number of packs, small ones are joined when the store is opened. */
const MANY_PACKS = 64;
const SMALL_PACK = 512;

/** Folder of one encoder within the cache. */
export const storeFolder = (dir: string, encoderId: string): string => join(dir, hashText(encoderId).slice(0, 24));

/** The dimensions of the vectors kept for an encoder; undefined when none are kept or packs disagree. */
export async function storedDimensions(dir: string, encoderId: string): Promise<number | undefined> {
  const folder = storeFolder(dir, encoderId);
  const found = new Set<number>();
  for (const file of await listPacks(folder)) {
    const index = await loadPackIndex(join(folder, file), encoderId);
    if (index && 'dimensions' in index) found.add(index.dimensions);
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/**
 * Opens, and if need be creates, an encoder's part of the cache.
 * @throws RouteProfileError OUTPUT_UNWRITABLE naming the folder.
 */
export async function openVectorStore(options: VectorStoreOptions): Promise<VectorStore> {
  const { dimensions, encoderId, logger } = options;
  const folder = storeFolder(options.dir, encoderId);
  await prepareFolder(folder, encoderId);
  const where = new Map<string, { pack: Pack; row: number }>();
  const pending = new Map<string, Float32Array>();
  const seen = new Set<string>();
  let lastFlush = Date.now();
  let writing: Promise<void> = Promise.resolve();

  /** A damaged pack is removed, lest it hides a sound one with the same keys or is found damaged again. */
  const reject = async (file: string, { problem, damaged }: PackProblem) => {
    const path = join(folder, file);
    logger?.warn(
      `embedding cache: ${path} is ${damaged ? 'removed' : 'left out'}: ${problem}; its texts are encoded again`,
    );
    if (damaged) await removeFile(path);
  };
  const forget = (pack: Pack) => pack.index.keys.forEach((key) => where.get(key)?.pack === pack && where.delete(key));

  /** Takes in packs that were not there before; those of other dimensions belong to someone else. */
  async function scan(): Promise<Pack[]> {
    const added: Pack[] = [];
    for (const file of await listPacks(folder)) {
      if (seen.has(file)) continue;
      const index = await loadPackIndex(join(folder, file), encoderId);
      if (index === undefined) continue;
      seen.add(file);
      if ('problem' in index) {
        await reject(file, index);
        continue;
      }
      if (index.dimensions !== dimensions) continue;
      const pack = { file, index };
      added.push(pack);
      index.keys.forEach((key, row) => where.set(key, { pack, row }));
    }
    return added;
  }

  async function vectorsOf(pack: Pack): Promise<Float32Array | undefined> {
    if (pack.vectors) return pack.vectors;
    const bytes = await readUnlessGone(join(folder, pack.file));
    if (bytes === undefined) {
      // Another process has joined this pack into a larger one since.
      forget(pack);
      return undefined;
    }
    pack.vectors = readPackVectors(pack.index, bytes.subarray(pack.index.offset));
    if (!pack.vectors) {
      forget(pack);
      await reject(pack.file, { problem: 'its vectors do not match their checksum', damaged: true });
    }
    return pack.vectors;
  }

  async function lookUp(key: string): Promise<Float32Array | undefined> {
    const remembered = pending.get(key);
    if (remembered) return remembered;
    const place = where.get(key);
    if (!place) return undefined;
    return (await vectorsOf(place.pack))?.subarray(place.row * dimensions, (place.row + 1) * dimensions);
  }

  async function writeOut(entries: ReadonlyMap<string, Float32Array>): Promise<string> {
    const bytes = writePack(encoderId, dimensions, entries);
    const file = `${hashBytes(bytes).slice(0, 32)}.pack`;
    await writeWhole(folder, file, bytes);
    seen.add(file);
    const index = readPackIndex(encoderId, bytes, bytes.length);
    if (typeof index === 'string')
      throw new RouteProfileError('INTERNAL', `embedding cache: own pack refused: ${index}`);
    const pack: Pack = { file, index };
    index.keys.forEach((key, row) => where.set(key, { pack, row }));
    return file;
  }

  /** Joins small packs, as many short runs leave them. Two processes doing so at once only make duplicates. */
  async function joinSmall(packs: readonly Pack[]): Promise<void> {
    const small = packs.filter((pack) => pack.index.entries < SMALL_PACK);
    if (packs.length < MANY_PACKS || small.length < 2) return;
    const entries = new Map<string, Float32Array>();
    for (const pack of small) {
      const vectors = await vectorsOf(pack);
      if (vectors)
        pack.index.keys.forEach((key, row) =>
          entries.set(key, vectors.subarray(row * dimensions, (row + 1) * dimensions)),
        );
    }
    if (entries.size === 0) return;
    const joined = await writeOut(entries);
    for (const pack of small) if (pack.vectors && pack.file !== joined) await removeFile(join(folder, pack.file));
  }

  const store: VectorStore = {
    async get(keys) {
      const texts = keys.map(keyText);
      if (texts.some((key) => !where.has(key) && !pending.has(key))) await scan();
      const out: (Float32Array | undefined)[] = [];
      for (const key of texts) out.push(await lookUp(key));
      const lost = texts.flatMap((key, i) => (out[i] === undefined && !where.has(key) ? [i] : []));
      if (lost.length > 0 && (await scan()).length > 0) for (const i of lost) out[i] = await lookUp(texts[i]!);
      return out;
    },
    async put(key, vector) {
      pending.set(keyText(key), vector.slice());
      if (pending.size >= FLUSH_ENTRIES || Date.now() - lastFlush >= FLUSH_MILLISECONDS) await store.flush();
    },
    async flush() {
      const entries = new Map(pending);
      writing = writing
        .catch(() => undefined) // its own caller has been told
        .then(async () => {
          lastFlush = Date.now();
          if (entries.size === 0) return;
          await writeOut(entries);
          for (const [key, vector] of entries) if (pending.get(key) === vector) pending.delete(key);
        });
      await writing;
    },
  };
  await joinSmall(await scan());
  return store;
}

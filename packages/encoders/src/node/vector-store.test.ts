import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVectorStore, storedDimensions, storeFolder } from './vector-store.js';

const key = (n: number) => createHash('sha256').update(String(n)).digest();
const vector = (n: number, d = 4) => Float32Array.from({ length: d }, (_, i) => n + i / 8);

let dir: string;
const warnings: string[] = [];
const logger = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
const openStore = (dimensions = 4, encoderId = 'toy@1') => openVectorStore({ dir, encoderId, dimensions, logger });
const packsOf = async (encoderId = 'toy@1') =>
  (await readdir(storeFolder(dir, encoderId))).filter((name) => name.endsWith('.pack'));

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rp-store-'));
  warnings.length = 0;
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function fill(from: number, to: number, dimensions = 4, encoderId = 'toy@1') {
  const store = await openStore(dimensions, encoderId);
  for (let n = from; n < to; n++) await store.put(key(n), vector(n, dimensions));
  await store.flush();
  return store;
}

describe('vector store', () => {
  it('gives back what another opening kept, and nothing else', async () => {
    await fill(0, 20);
    const store = await openStore();
    expect(await store.get([key(3), key(99), key(19)])).toEqual([vector(3), undefined, vector(19)]);
  });

  it('knows a vector before it is on disk', async () => {
    const store = await openStore();
    await store.put(key(1), vector(1));
    expect(await store.get([key(1)])).toEqual([vector(1)]);
    expect(await packsOf()).toEqual([]);
  });

  it('writes by itself every 512 vectors', async () => {
    const store = await openStore();
    for (let n = 0; n < 513; n++) await store.put(key(n), vector(n));
    expect(await packsOf()).toHaveLength(1);
    expect(await (await openStore()).get([key(511)])).toEqual([vector(511)]);
  });

  it('keeps encoders and dimensions apart', async () => {
    await fill(0, 5);
    await fill(0, 5, 3);
    await fill(0, 5, 4, 'toy@2');
    expect(await (await openStore(3)).get([key(1)])).toEqual([vector(1, 3)]);
    expect(await (await openStore()).get([key(1)])).toEqual([vector(1)]);
    expect(await (await openStore(4, 'toy@3')).get([key(1)])).toEqual([undefined]);
    expect(await storedDimensions(dir, 'toy@2')).toBe(4);
    expect(await storedDimensions(dir, 'toy@1')).toBeUndefined();
    expect(await storedDimensions(dir, 'toy@9')).toBeUndefined();
  });

  it('sees what another opening adds meanwhile', async () => {
    const store = await openStore();
    expect(await store.get([key(1)])).toEqual([undefined]);
    await fill(0, 5);
    expect(await store.get([key(1)])).toEqual([vector(1)]);
  });

  it.each([
    ['cut short', async (file: string) => truncate(file, (await stat(file)).size - 3)],
    ['empty', (file: string) => truncate(file, 0)],
    [
      'changed in a vector',
      async (file: string) => {
        const bytes = await readFile(file);
        bytes[bytes.length - 2]! ^= 1;
        await writeFile(file, bytes);
      },
    ],
    ['something else', (file: string) => writeFile(file, 'not a pack at all, but long enough to be looked at as one')],
  ])('ignores a pack that is %s, says so once, and goes on', async (_, damage) => {
    await fill(0, 5);
    await fill(5, 9);
    const [file] = await packsOf();
    const path = join(storeFolder(dir, 'toy@1'), file!);
    await damage(path);
    const store = await openStore();
    const found = await store.get(Array.from({ length: 9 }, (_, n) => key(n)));
    expect(found.filter((v) => v !== undefined).length).toBeOneOf([4, 5]);
    found.forEach((v, n) => expect(v ?? vector(n)).toEqual(vector(n)));
    await store.get([key(0), key(8)]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(path);
    // Encoding again heals it.
    for (let n = 0; n < 9; n++) await store.put(key(n), vector(n));
    await store.flush();
    expect(await (await openStore()).get([key(0), key(8)])).toEqual([vector(0), vector(8)]);
  });

  it('joins the packs of many short runs, also under a reader that knows the old ones', async () => {
    for (let n = 0; n < 63; n++) await fill(n, n + 1);
    const reader = await openStore();
    expect(await packsOf()).toHaveLength(63);
    await fill(63, 64);
    await openStore();
    expect(await packsOf()).toHaveLength(1);
    const all = Array.from({ length: 64 }, (_, n) => key(n));
    expect(await reader.get(all)).toEqual(all.map((_, n) => vector(n)));
    expect(warnings).toEqual([]);
  });

  it('removes what killed processes left behind, once it is old', async () => {
    await fill(0, 1);
    const [fresh, old] = ['.x.pack.0123.tmp', '.y.pack.4567.tmp'].map((name) => join(storeFolder(dir, 'toy@1'), name));
    await writeFile(fresh!, '');
    await writeFile(old!, '');
    await utimes(old!, new Date(0), new Date(0));
    await openStore();
    expect((await readdir(storeFolder(dir, 'toy@1'))).filter((name) => name.endsWith('.tmp'))).toEqual([
      '.x.pack.0123.tmp',
    ]);
  });

  it('names a folder that takes no files', async () => {
    const file = join(dir, 'taken');
    await writeFile(file, '');
    await expect(openVectorStore({ dir: file, encoderId: 'toy@1', dimensions: 4 })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining(file) as string,
    });
  });

  it('opens and gives back 10,000 vectors of 512 numbers', async () => {
    await fill(0, 10_000, 512);
    const store = await openStore(512);
    const found = await store.get(Array.from({ length: 10_000 }, (_, n) => key(n)));
    expect(found[9_999]).toEqual(vector(9_999, 512));
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashText, writeNpzFile } from '@routeprofile/data';
import { rowOf, type NamedArray } from '@routeprofile/schema';
import { describeEncoderContract } from '@routeprofile/schema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHashEncoder } from '../hash/hash-encoder.js';
import { openNpzEncoder } from './npz-encoder.js';

const texts = ['What is 2 + 2?', '', 'Grüße 👋', 'line one\nline two', 'last '.repeat(100)];
let dir: string;
let file: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rp-npz-'));
  file = await write('vectors', texts);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function write(
  name: string,
  listed: unknown,
  change: (array: NamedArray) => NamedArray = (array) => array,
  key = 'vectors',
) {
  const { rows, cols, data } = await createHashEncoder({ dimensions: 16 }).encode(texts);
  await writeNpzFile(join(dir, `${name}.npz`), new Map([[key, change({ shape: [rows, cols], data })]]));
  await writeFile(join(dir, `${name}.json`), JSON.stringify(listed));
  return join(dir, `${name}.npz`);
}

describeEncoderContract({ describe, it, expect }, 'npz', () => openNpzEncoder(file), { texts });

describe('npz encoder', () => {
  it('finds vectors by text or by hash of the text', async () => {
    const expected = rowOf(await createHashEncoder({ dimensions: 16 }).encode(['Grüße 👋']), 0);
    const hashed = await write('hashed', { sha256: texts.map(hashText) });
    for (const path of [file, hashed])
      expect([...(await (await openNpzEncoder(path)).encode(['Grüße 👋'])).data]).toEqual([...expected]);
  });

  it('names its contents in its id, which finds it again and refuses others', async () => {
    const { id } = await openNpzEncoder(file);
    expect(id).toMatch(/^npz:vectors\.npz:contents=sha256-[0-9a-f]{16}$/);
    const other = await write('other', [...texts.slice(0, 4), 'another']);
    expect((await openNpzEncoder(other)).id.split('=')[1]).not.toBe(id.split('=')[1]);
    await expect(openNpzEncoder(other, { contents: id.split('=')[1] })).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });

  it('says which text has no vector, in 60 characters, and how to make one', async () => {
    const unknown = 'An unknown question, '.repeat(10);
    const work = (await openNpzEncoder(file)).encode(['What is 2 + 2?', unknown, 'another']);
    await expect(work).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringContaining(`"${unknown.slice(0, 60)}…" and 1 more`) as string,
      hint: expect.stringContaining('numpy.savez') as string,
    });
  });

  it.each<[string, string, () => Promise<string>]>([
    ['no such file', 'MISSING_FILE', async () => join(dir, 'absent.npz')],
    ['no array named vectors', 'BAD_INPUT', () => write('unnamed', texts, undefined, 'arr_0')],
    [
      'a vector instead of a matrix',
      'BAD_INPUT',
      () => write('flat', texts, ({ data }) => ({ shape: [data.length], data })),
    ],
    ['a text too few', 'SHAPE_MISMATCH', () => write('few', texts.slice(1))],
    ['texts that are no texts', 'BAD_INPUT', () => write('numbers', [1, 2, 3, 4, 5])],
    ['hashes that are no hashes', 'BAD_INPUT', () => write('hashes', { sha256: texts })],
    [
      'NaN',
      'NOT_FINITE',
      () => write('nan', texts, ({ shape, data }) => ({ shape, data: data.map((x, i) => (i === 20 ? NaN : x)) })),
    ],
  ])('refuses %s', async (_, code, make) => {
    await expect(openNpzEncoder(await make())).rejects.toMatchObject({ code });
  });

  it('refuses a file without its texts', async () => {
    const path = await write('alone', texts);
    await rm(join(dir, 'alone.json'));
    await expect(openNpzEncoder(path)).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });
});

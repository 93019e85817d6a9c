import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStaticEncoder, packStaticFile, readStaticFile } from '@routeprofile/encoder-static';
import { staticFiles } from '@routeprofile/encoder-static/node';
import { rowOf, type Matrix } from '@routeprofile/schema';
import { describeEncoderContract } from '@routeprofile/schema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEncoder } from '../node/create-encoder.js';
import { openStaticHashEncoder } from './static-hash.js';

describeEncoderContract({ describe, it, expect }, 'static', () => createEncoder('static'));
describeEncoderContract({ describe, it, expect }, 'static-hash', () => createEncoder('static-hash'));

const cosine = (m: Matrix, i: number, j: number): number => {
  const [a, b] = [rowOf(m, i), rowOf(m, j)];
  return a.reduce((sum, x, d) => sum + x * b[d]!, 0);
};

describe('static-hash', () => {
  it('is static with a block that tells apart what the vocabulary cannot spell', async () => {
    const texts = ['What is the capital of France?', '你好，世界', '今天天气很好', '你好，朋友'];
    const plain = await (await openStaticEncoder(staticFiles())).encode(texts);
    const hashed = await (await openStaticHashEncoder({ files: staticFiles() })).encode(texts);
    expect(hashed.cols).toBe(512 + 256);
    // What is spelled keeps its numbers.
    expect([...rowOf(hashed, 0)]).toEqual([...rowOf(plain, 0), ...new Array<number>(256).fill(0)]);
    expect(cosine(plain, 1, 2)).toBeGreaterThan(0.95);
    expect(cosine(hashed, 1, 2)).toBeLessThan(0.3);
    expect(cosine(hashed, 1, 3)).toBeGreaterThan(0.3);
  });

  it('says how much of a text it cannot see, as use-lite does', async () => {
    const texts = ['Plain words.', '你好，世界', 'half 你好世界好', ''];
    const [ours, useLite] = await Promise.all(['static-hash', 'use-lite'].map((name) => createEncoder(name)));
    expect(await ours!.unseen!(texts)).toEqual(await useLite!.unseen!(texts));
    await useLite!.dispose?.();
  });
});

describe('static:FILE', () => {
  let dir: string;
  let file: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rp-static-'));
    file = join(dir, 'own.safetensors');
    const { vectors, ...others } = readStaticFile(await staticFiles().read().then(asBytes), 'shipped');
    await writeFile(file, packStaticFile({ ...others, vectors: vectors.map((x) => -x) }));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('has an id with the checksum, which opens the same file only', async () => {
    for (const name of ['static', 'static-hash']) {
      const encoder = await createEncoder(`${name}:${file}`);
      expect(encoder.id).toMatch(new RegExp(`^${name}:own\\.safetensors(:hashed=256)?:contents=murmur3-[0-9a-f]{16}$`));
      const pinned = encoder.id.replace('own.safetensors', file);
      expect((await createEncoder(pinned)).id).toBe(encoder.id);
      await expect(createEncoder(pinned.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).rejects.toMatchObject({
        code: 'CORRUPT_FILE',
      });
    }
  });

  it('is named by the version where it holds what comes with the package', async () => {
    const copy = join(dir, 'copy.safetensors');
    await writeFile(copy, asBytes(await staticFiles().read()));
    expect((await createEncoder(`static:${copy}`)).id).toBe((await createEncoder('static')).id);
  });

  it('refuses a damaged file', async () => {
    const damaged = join(dir, 'damaged.safetensors');
    await writeFile(damaged, (await readFile(file)).subarray(0, 1_000_000));
    await expect(createEncoder(`static:${damaged}`)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });
});

function asBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
}

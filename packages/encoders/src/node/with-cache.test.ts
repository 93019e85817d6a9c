import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMatrix, type Encoder } from '@routeprofile/schema';
import { describeEncoderContract } from '@routeprofile/schema/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHashEncoder } from '../hash/hash-encoder.js';
import { textKey, tokensKey } from './keys.js';
import { withCache } from './with-cache.js';

let root: string;
let dir: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rp-cache-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(() => {
  dir = join(root, String(count++));
});

/** hash, counting what it is asked. */
function counting(encoder: Encoder = createHashEncoder()) {
  const asked: string[] = [];
  const wrapped: Encoder = {
    ...encoder,
    encode: (texts, ctx) => {
      asked.push(...texts);
      return encoder.encode(texts, ctx);
    },
  };
  return { encoder: wrapped, asked };
}

describeEncoderContract({ describe, it, expect }, 'hash with a cache', () => withCache(createHashEncoder(), dir));

describe('withCache', () => {
  const texts = ['one', 'two', '', 'one', 'Grüße 👋', 'two'];

  it('asks for each distinct text once, and never again', async () => {
    const first = counting();
    const plain = await createHashEncoder().encode(texts);
    expect(await withCache(first.encoder, dir).encode(texts)).toEqual(plain);
    expect(first.asked).toEqual(['one', 'two', '', 'Grüße 👋']);
    const second = counting();
    expect(await withCache(second.encoder, dir).encode([...texts].reverse())).toEqual(
      await createHashEncoder().encode([...texts].reverse()),
    );
    expect(second.asked).toEqual([]);
  });

  it('hands on what the encoder cannot see', async () => {
    const encoder: Encoder = {
      ...createHashEncoder(),
      unseen: async (list) => new Float64Array(list.length).fill(0.5),
    };
    expect(await withCache(encoder, dir).unseen?.(['one'])).toEqual(Float64Array.of(0.5));
    expect(withCache(createHashEncoder(), dir)).not.toHaveProperty('unseen');
  });

  it('does not mix encoders', async () => {
    await withCache(createHashEncoder(), dir).encode(texts);
    const other = counting(createHashEncoder({ dimensions: 64 }));
    expect((await withCache(other.encoder, dir).encode(texts)).cols).toBe(64);
    expect(other.asked).toHaveLength(4);
  });

  it('keeps each lot, so that a failure loses one lot only', async () => {
    const inner = counting();
    let calls = 0;
    const failing: Encoder = {
      ...inner.encoder,
      encode: (list, ctx) => (++calls === 3 ? Promise.reject(new Error('down')) : inner.encoder.encode(list, ctx)),
    };
    const many = Array.from({ length: 40 }, (_, i) => `text ${i}`);
    await expect(withCache(failing, dir, { lot: 10 }).encode(many)).rejects.toThrow('down');
    const again = counting();
    await withCache(again.encoder, dir, { lot: 10 }).encode(many);
    expect(again.asked).toEqual(many.slice(20));
  });

  it('stores no text', async () => {
    await withCache(createHashEncoder(), dir).encode(['a very secret question']);
    for (const folder of await readdir(dir))
      for (const file of await readdir(join(dir, folder)))
        expect((await readFile(join(dir, folder, file))).toString('latin1')).not.toContain('secret');
  });

  it.each([
    ['NaN', () => createMatrix(1, 512, new Float32Array(512).fill(NaN))],
    ['a row too many', () => createMatrix(2, 512)],
    ['other dimensions', () => createMatrix(1, 8)],
  ])('keeps nothing of an encoder that returns %s', async (_, answer) => {
    const broken: Encoder = { ...createHashEncoder(), encode: async () => answer() };
    await expect(withCache(broken, dir).encode(['text'])).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
    const sound = counting();
    await withCache(sound.encoder, dir).encode(['text']);
    expect(sound.asked).toEqual(['text']);
  });
});

describe('keys', () => {
  it('are SHA-256 of UTF-8, and differ for lone surrogates', () => {
    expect(textKey('hello').toString('hex')).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    const keys = ['\ud800', '\ud801', '\udc00', '\ufffd', '😀'].map((text) => textKey(text).toString('hex'));
    expect(new Set(keys).size).toBe(5);
  });

  it('differ for every list of tokens', () => {
    const keys = [[], [0], [1], [0, 0], [256], [1, 0]].map((ids) => tokensKey(Int32Array.from(ids)).toString('hex'));
    expect(new Set(keys).size).toBe(6);
  });
});

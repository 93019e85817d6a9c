import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyText, packBytes, readPackIndex, readPackVectors, writePack } from './pack.js';

const key = (text: string) => keyText(createHash('sha256').update(text).digest());
const entries = new Map([
  [key('a'), Float32Array.of(1, -2.5, 3)],
  [key('b'), Float32Array.of(0.1, 1e-30, -0)],
]);
const bytes = writePack('toy@1', 3, entries);

const open = (file: Buffer, id = 'toy@1') => {
  const index = readPackIndex(id, file, file.length);
  return typeof index === 'string'
    ? undefined
    : { index, vectors: readPackVectors(index, file.subarray(index.offset)) };
};

describe('pack', () => {
  it('gives back keys and vectors bit for bit', () => {
    const pack = open(bytes);
    expect(bytes.length).toBe(packBytes(2, 3));
    expect(pack?.index.keys).toEqual([...entries.keys()]);
    expect(pack?.vectors).toEqual(Float32Array.of(1, -2.5, 3, 0.1, 1e-30, -0));
  });

  it('is refused by another encoder', () => {
    expect(open(bytes, 'toy@2')).toBeUndefined();
  });

  it('holds no vector that was not written, whatever byte is changed or cut off', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        expect(open(damaged)?.vectors).toBeUndefined();
        expect(open(bytes.subarray(0, at))).toBeUndefined();
        expect(open(Buffer.concat([bytes, Buffer.alloc(flip)]))).toBeUndefined();
      }),
    );
  });

  it('does not throw at any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (any) => {
        expect(open(Buffer.from(any))).toBeUndefined();
      }),
    );
  });
});

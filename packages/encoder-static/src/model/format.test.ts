import { describe, expect, it } from 'vitest';
import { toyVectors } from '../testing/toy.js';
import { checksumOf } from './checksum.js';
import { packStaticFile, readStaticFile } from './format.js';
import { squash } from './squash.js';

const packed = packStaticFile(toyVectors(), { teacher: 'none' });

describe('a static encoder as a file', () => {
  it('comes back as it went, from whatever place in a buffer', () => {
    const shifted = new Uint8Array(packed.length + 3).subarray(3);
    shifted.set(packed);
    const buffers = [Buffer.from(packed), Buffer.concat([Buffer.alloc(1), packed]).subarray(1)];
    for (const bytes of [packed, shifted, ...buffers])
      expect(readStaticFile(bytes, 'toy')).toEqual({ ...toyVectors(), checksum: checksumOf(packed) });
  });

  it('has a header that others can read: its length, JSON, places that are multiples of 8', () => {
    const length = Number(new DataView(packed.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(packed.subarray(8, 8 + length))) as Record<string, unknown>;
    expect(length % 8).toBe(0);
    expect(header).toMatchObject({ __metadata__: { teacher: 'none' }, vectors: { dtype: 'I8', shape: [21, 128] } });
  });

  it.each([
    ['an empty file', new Uint8Array(0), /safetensors/],
    ['a text', new TextEncoder().encode('{"not": "vectors"}'), /safetensors/],
    ['a file cut short', packed.subarray(0, packed.length - 1), /vectors is/],
    [
      'another safetensors file',
      packStaticFileOf({ other: { dtype: 'F32', shape: [0], data_offsets: [0, 0] } }),
      /not a static/,
    ],
    ['a scale that is no number', packStaticFile({ ...toyVectors(), scale: new Float32Array(128).fill(NaN) }), /scale/],
  ])('refuses %s', (_, bytes, said) => {
    expect(() => readStaticFile(bytes, 'FILE')).toThrow(said);
    expect(() => readStaticFile(bytes, 'FILE')).toThrow(expect.objectContaining({ code: 'CORRUPT_FILE' }));
  });
});

describe('checksumOf', () => {
  it('changes with every byte, and with the length', () => {
    const bytes = packed.slice(0, 1_003);
    const seen = new Set([checksumOf(bytes), checksumOf(bytes.subarray(1)), checksumOf(bytes.subarray(0, 1_002))]);
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice();
      changed[i]! ^= 1 << (i % 8);
      seen.add(checksumOf(changed));
    }
    expect(seen.size).toBe(3 + bytes.length);
    expect(checksumOf(bytes)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is the same from any place in a buffer', () => {
    const shifted = new Uint8Array(packed.length + 1).subarray(1);
    shifted.set(packed);
    expect(checksumOf(shifted)).toBe(checksumOf(packed));
  });
});

describe('squash', () => {
  it('is tanh to four places, odd, and never past 1', () => {
    for (let x = -8; x <= 8; x += 1 / 64) {
      expect(Math.abs(squash(x) - Math.tanh(x))).toBeLessThan(1e-4);
      expect(squash(-x)).toBe(-squash(x));
      expect(Math.abs(squash(x))).toBeLessThanOrEqual(1);
    }
  });
});

/** A safetensors file of this header and no data. */
function packStaticFileOf(header: unknown): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

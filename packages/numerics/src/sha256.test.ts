import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from './sha256.js';

describe('sha256Hex', () => {
  it('is SHA-256 of any parts, one after the other', () => {
    const part = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const hash = createHash('sha256');
        for (const each of parts) hash.update(each);
        expect(sha256Hex(...parts)).toBe(hash.digest('hex'));
      }),
    );
    for (const length of [0, 55, 56, 63, 64, 65, 100_000])
      expect(sha256Hex('x'.repeat(length))).toBe(createHash('sha256').update('x'.repeat(length)).digest('hex'));
  });

  it('reads a view by its own bytes', () => {
    const view = Float32Array.of(1, 2, 3).subarray(1, 2);
    expect(sha256Hex(view)).toBe(sha256Hex(Float32Array.of(2)));
    expect(sha256Hex(view)).not.toBe(sha256Hex(Float32Array.of(1)));
  });
});

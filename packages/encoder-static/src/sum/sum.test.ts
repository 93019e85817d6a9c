import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { wasmModule } from '@routeprofile/schema';
import { sumKernel } from './kernel.js';
import { plainSum, simdSum } from './sum.js';

/** A table of numbers that are mostly at the ends of their range. */
const table = (rows: number, dimensions: number) => ({
  data: Int8Array.from({ length: rows * dimensions }, (_, i) => [127, -128, 3, -77, 126][(i * 31 + (i >> 9)) % 5]!),
  dimensions,
});

describe('the sum of rows', () => {
  it('is the same with SIMD instructions as without, for any ids', () => {
    const given = table(40, 256);
    const simd = simdSum(given)!;
    const plain = plainSum(given);
    expect([simd.kind, plain.kind]).toEqual(['simd', 'plain']);
    fc.assert(
      fc.property(fc.array(fc.nat(39), { maxLength: 1_200 }), (ids) => {
        expect([...simd.sum(Int32Array.from(ids))]).toEqual([...plain.sum(Int32Array.from(ids))]);
      }),
    );
  });

  it('does not overflow 16 bits, however often a row of −128 or 127 comes', () => {
    for (const value of [-128, 127]) {
      const { sum } = simdSum({ data: new Int8Array(128).fill(value), dimensions: 128 })!;
      for (const count of [254, 255, 256, 511, 65_536])
        expect([...sum(new Int32Array(count))]).toEqual(new Array(128).fill(value * count));
    }
  });

  it('is made in JavaScript where dimensions, engine or host leave no choice', () => {
    expect(simdSum(table(2, 64))).toBeUndefined();
    vi.stubGlobal('WebAssembly', undefined);
    expect(simdSum(table(2, 128))).toBeUndefined();
    vi.unstubAllGlobals();
    vi.stubGlobal('WebAssembly', { ...WebAssembly, validate: () => false });
    expect(simdSum(table(2, 128))).toBeUndefined();
    vi.unstubAllGlobals();
    const forbids = class {
      constructor() {
        throw new WebAssembly.CompileError('code generation disallowed by embedder');
      }
    };
    const { validate, Memory, Instance } = WebAssembly;
    vi.stubGlobal('WebAssembly', { validate, Memory, Instance, Module: forbids });
    expect(simdSum(table(2, 128))).toBeUndefined();
    vi.unstubAllGlobals();
    expect(simdSum(table(2, 128))?.kind).toBe('simd');
  });

  it('needs few bytes', () => {
    expect(wasmModule(sumKernel()).length).toBeLessThan(2_000);
  });
});

import { createRandom, linkWasm, wasmModule } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { int8DotsKernel } from './int8-dots-kernel.js';
import { int8Rows, plainInt8Rows, simdInt8Rows, toInt16, type Int8Rows } from './int8-rows.js';

const filled = (table: Int8Rows, rows: number, at: (row: number, column: number) => number): Int8Rows => {
  table.reserve(rows);
  for (let i = 0; i < rows; i++) table.row(i).forEach((_, j, row) => (row[j] = at(i, j)));
  return table;
};

describe('rows of int8', () => {
  it('have the same products with SIMD instructions as without, whatever the width and the rows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.nat(39), { maxLength: 60 }),
        fc.integer(),
        (width, rows, seed) => {
          const random = createRandom(Math.abs(seed), 'rows');
          const numbers = Array.from({ length: 40 * width }, () => random.int(255) - 127);
          const { codes } = toInt16(Array.from({ length: width }, () => random.normal()));
          const of = (table: Int8Rows) =>
            filled(table, 40, (i, j) => numbers[i * width + j]!).dots(Int32Array.from(rows), codes);
          expect([...of(simdInt8Rows(width)!)]).toEqual([...of(plainInt8Rows(width))]);
        },
      ),
    );
  });

  it('do not overflow, however long the row', () => {
    for (const width of [32, 1_000, 4_096])
      for (const table of [simdInt8Rows(width)!, plainInt8Rows(width)]) {
        const { codes, scale } = toInt16(new Float64Array(width).fill(0.5));
        const [sum] = filled(table, 1, () => 127).dots(Int32Array.of(0), codes);
        expect(sum! * scale).toBeCloseTo(width * 127 * 0.5, -Math.log10(width) - 1);
        expect(sum! * scale).toBeGreaterThan(width * 63);
      }
  });

  it('stay as they are when there is room for more', () => {
    for (const table of [simdInt8Rows(3)!, plainInt8Rows(3)]) {
      filled(table, 2, (i, j) => 10 * i + j);
      table.reserve(100_000);
      expect([...table.row(1), ...table.row(99_999)]).toEqual([10, 11, 12, 0, 0, 0]);
      expect(() => table.reserve(2 ** 28)).toThrow(/more than the 4 GiB/);
    }
  });

  it('are multiplied in JavaScript where the engine leaves no choice', () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(int8Rows(4).kind).toBe('plain');
    vi.unstubAllGlobals();
    expect(int8Rows(4).kind).toBe('simd');
    expect(linkWasm(int8DotsKernel(), { initial: 1 })).toBeDefined();
    expect(wasmModule(int8DotsKernel()).length).toBeLessThan(500);
  });
});

describe('a vector in 16 bits', () => {
  it('is off by half a unit at most, and nothing where it is zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (numbers) => {
          const { codes, scale } = toInt16(numbers);
          const largest = Math.max(...numbers.map(Math.abs));
          numbers.forEach((x, j) =>
            expect(Math.abs(codes[j]! * scale - x)).toBeLessThanOrEqual(0.5001 * scale + 1e-30),
          );
          expect(scale).toBeLessThanOrEqual(largest / 300 + 1e-30);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from './arena.js';
import { normals } from './testing.js';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});

/** Runs `compute` on copies of the inputs; returns the `count` numbers it leaves where its last argument says. */
function computed(
  inputs: readonly (Float32Array | Int16Array)[],
  count: number,
  compute: (at: readonly number[], out: number) => void,
): Float32Array {
  const places = inputs.map((input) => arena.place(input));
  const out = arena.reserve(count);
  compute(places, out);
  return arena.floats(out, count).slice();
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)));
};

describe('an arena', () => {
  it('gives room that nobody else has, and keeps what is there while it grows', () => {
    const first = arena.place(Float32Array.of(1, 2, 3));
    const places = Array.from({ length: 40 }, (_, i) => arena.reserve(10_000 + i, i % 2 === 0 ? 4 : 2));
    expect(places.every((at, i) => at % 16 === 0 && at > (places[i - 1] ?? first))).toBe(true);
    arena.floats(places[0]!, 10_000).fill(7);
    expect([...arena.floats(first, 3)]).toEqual([1, 2, 3]);
    expect(arena.floats(places[0]!, 10_000).every((x) => x === 7)).toBe(true);
  });
});

describe('quantizeRows', () => {
  it('keeps every number within half a step, and none above the limit', () => {
    const size = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.float({ min: Math.fround(1e-20), max: Math.fround(1e20), noNaN: true }),
        (rows, eights, factor) => {
          const n = 8 * eights;
          const x = normals(`quantize ${rows} ${n}`, rows * n).map((v) => v * factor);
          const [from, q, scales] = [arena.place(x), arena.place(new Int16Array(rows * n)), arena.reserve(rows)];
          arena.routines.quantizeRows(from, q, scales, rows, n, 4095);
          const integers = new Int16Array(arena.floats(q, (rows * n) / 2).slice().buffer);
          const steps = arena.floats(scales, rows);
          x.forEach((value, i) => {
            const step = steps[Math.floor(i / n)]!;
            expect(Math.abs(integers[i]!)).toBeLessThanOrEqual(4095);
            expect(Math.abs(value - integers[i]! * step)).toBeLessThanOrEqual(step * 0.501);
          });
        },
      ),
    );
  });

  it('takes a row next to nothing for zeros, and hands a NaN on', () => {
    const x = Float32Array.from({ length: 24 }, (_, i) => (i === 11 ? NaN : i < 8 ? 0 : 1e-37));
    const [from, q, scales] = [arena.place(x), arena.place(new Int16Array(24).fill(9)), arena.reserve(3)];
    arena.routines.quantizeRows(from, q, scales, 3, 8, 4095);
    const [zeros, broken, tiny] = arena.floats(scales, 3);
    expect([zeros, broken]).toEqual([0, NaN]);
    expect(tiny).toBeLessThan(1e-37);
    expect(arena.floats(q, 12).every((bits) => bits === 0)).toBe(true);
  });
});

/** Weights [k × n] in panels of eight columns, pairs of rows below each other. */
function panelsOf(weights: readonly number[], k: number, n: number): Int16Array {
  const panels = new Int16Array(k * n);
  weights.forEach((weight, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    panels[(column - (column % 8)) * k + (row - (row % 2)) * 8 + (column % 8) * 2 + (row % 2)] = weight;
  });
  return panels;
}

describe('multiplyQuantized', () => {
  const shapes: [number, number, number][] = [
    [1, 8, 2],
    [4, 16, 6],
    [7, 24, 32],
    [9, 8, 130],
  ];
  const integer = (label: string, count: number, most: number) =>
    Array.from(normals(label, count), (x) => Math.round(Math.max(-1, Math.min(1, x / 2)) * most));

  it.each(shapes)('is the product of integers, scaled: %i × %i of %i', (m, n, k) => {
    const q = integer(`q ${m}`, m * k, 4095);
    const w = integer(`w ${n}`, k * n, 4000);
    const [rows, columns, bias, before] = [m, n, n, m * n].map((count, i) => normals(`${i} ${count}`, count));
    const expected = (mode: number) =>
      Array.from({ length: m * n }, (_, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        let sum = 0;
        for (let p = 0; p < k; p++) sum += q[i * k + p]! * w[p * n + j]!;
        const y = Math.fround(Math.fround(Math.fround(Math.fround(sum) * rows![i]!) * columns![j]!) + bias![j]!);
        return mode === 0 ? y : mode === 1 ? Math.max(y, 0) : Math.fround(before![at]! + y);
      });
    const inputs = [Int16Array.from(q), rows!, panelsOf(w, k, n), columns!, bias!];
    for (const mode of [0, 1, 2]) {
      const product = computed(inputs, m * n, ([x, scales, panels, steps, shift], out) => {
        arena.floats(out, m * n).set(before!);
        arena.routines.multiplyQuantized(x!, scales!, panels!, steps!, shift!, out, m, n, k, mode);
      });
      expect([...product]).toEqual(expected(mode));
    }
  });

  it('is exact up to the largest sum that 32 bits hold', () => {
    const [m, n, k] = [5, 8, 16];
    const w = Array.from({ length: k * n }, (_, i) => (i % 2 === 0 ? 1 : -1) * 32_767);
    const inputs = [
      new Int16Array(m * k).fill(4095),
      new Float32Array(m).fill(1),
      panelsOf(w, k, n),
      new Float32Array(n).fill(1),
      new Float32Array(n),
    ];
    const product = computed(inputs, m * n, ([x, scales, panels, steps, shift], out) =>
      arena.routines.multiplyQuantized(x!, scales!, panels!, steps!, shift!, out, m, n, k, 0),
    );
    expect(4095 * 32_767 * 16).toBeLessThan(2 ** 31);
    expect([...product]).toEqual(
      Array.from({ length: m * n }, (_, i) => Math.fround((i % 2 === 0 ? 1 : -1) * 4095 * 32_767 * 16)),
    );
  });
});

/** Attention as the definition has it, in double precision. */
function attention(qkv: Float32Array, n: number, width: number, heads: number, scale: number): number[] {
  const size = width / heads;
  const out = Array.from({ length: n * width }, () => 0);
  const at = (row: number, part: number, column: number) => qkv[row * 3 * width + part * width + column]!;
  for (let h = 0; h < heads; h++)
    for (let i = 0; i < n; i++) {
      const weights = Array.from({ length: n }, (_, j) => {
        let sum = 0;
        for (let d = 0; d < size; d++) sum += at(i, 0, h * size + d) * at(j, 1, h * size + d);
        return Math.exp(sum * scale);
      });
      const total = weights.reduce((a, b) => a + b);
      for (let d = 0; d < size; d++)
        out[i * width + h * size + d] = weights.reduce((sum, w, j) => sum + (w / total) * at(j, 2, h * size + d), 0);
    }
  return out;
}

describe('attendWindow', () => {
  it.each([
    [1, 8, 1],
    [5, 32, 4],
    [8, 16, 2],
    [43, 64, 4],
    [128, 32, 2],
  ])('is attention among %i rows of %i numbers in %i heads', (n, width, heads) => {
    const qkv = normals(`attention ${n}`, n * 3 * width);
    const padded = Math.ceil(n / 8) * 8;
    const [turned, weights] = [arena.reserve((width / heads) * padded), arena.reserve(n * padded)];
    const out = computed([qkv], n * width, ([x], to) => {
      arena.floats(turned, (width / heads) * padded).fill(NaN);
      arena.floats(weights, n * padded).fill(NaN);
      arena.routines.attendWindow(x!, to, n, width, heads, 0.5, turned, weights);
    });
    expect(largestDifference(out, attention(qkv, n, width, heads, 0.5))).toBeLessThan(3e-6);
  });
});

describe('rows of numbers', () => {
  it('are normalised', () => {
    const [x, gamma, beta] = [normals('x', 24), normals('gamma', 8), normals('beta', 8)];
    const out = computed([x, gamma, beta], 24, ([from, g, b], to) =>
      arena.routines.normRows(from!, g!, b!, to, 3, 8, 1e-6),
    );
    const expected = Array.from(x, (value, i) => {
      const row = [...x.subarray(i - (i % 8), i - (i % 8) + 8)];
      const mean = row.reduce((a, b) => a + b) / 8;
      const variance = row.reduce((sum, y) => sum + (y - mean) ** 2, 0) / 8;
      return ((value - mean) / Math.sqrt(variance + 1e-6)) * gamma[i % 8]! + beta[i % 8]!;
    });
    expect(largestDifference(out, expected)).toBeLessThan(2e-6);
  });

  it('have means', () => {
    const x = normals('means', 7 * 12);
    const out = computed([x], 12, ([from], to) => arena.routines.columnMeans(from!, to, 7, 12));
    const expected = Array.from({ length: 12 }, (_, j) =>
      Array.from({ length: 7 }, (_, i) => x[i * 12 + j]!).reduce((a, b) => a + b / 7, 0),
    );
    expect(largestDifference(out, expected)).toBeLessThan(1e-6);
  });

  it('have hyperbolic tangents', () => {
    const x = Float32Array.from({ length: 4004 }, (_, i) => (i - 2002) / 100);
    x.set([0, -0, 1e-8, 100], 0);
    const out = computed([], x.length, (_, to) => {
      arena.floats(to, x.length).set(x);
      arena.routines.tanhRows(to, x.length);
    });
    expect(largestDifference(out, x.map(Math.tanh))).toBeLessThan(3e-7);
    expect(Object.is(out[1], -0)).toBe(true);
  });
});

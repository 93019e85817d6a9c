import { twisterFromWords } from './mersenne-twister.js';

/** The parts of Python's `random.Random` that the published code uses, draw for draw. */
export interface PythonRandom {
  /** `getrandbits(bits)`, 1 to 32 bits. */
  bits(bits: number): number;
  /** `_randbelow(n)`: uniform in [0, n), n at least 1. */
  below(n: number): number;
  /** `sample(range(n), k)`: k distinct positions; k is at most n. */
  sampleIndices(n: number, k: number): number[];
  /** `shuffle` of a copy. */
  shuffle<T>(items: readonly T[]): T[];
}

/** `random.Random(seed)` for a non-negative safe integer. */
export function pythonRandom(seed: number): PythonRandom {
  const high = Math.floor(seed / 0x1_0000_0000);
  const generator = twisterFromWords(high === 0 ? [seed >>> 0] : [seed >>> 0, high]);

  const bits = (count: number) => generator.next() >>> (32 - count);
  const below = (n: number) => {
    const length = 32 - Math.clz32(n);
    for (;;) {
      const r = bits(length);
      if (r < n) return r;
    }
  };
  const sampleIndices = (n: number, k: number): number[] => {
    // Python draws from a pool when that is smaller than the set it would need to remember what it drew.
    const setSize = k > 5 ? 21 + 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 21;
    if (n > setSize) {
      const drawn = new Set<number>();
      while (drawn.size < k) drawn.add(below(n));
      return [...drawn];
    }
    const pool = Array.from({ length: n }, (_, i) => i);
    return Array.from({ length: k }, (_, i) => {
      const j = below(n - i);
      const taken = pool[j]!;
      pool[j] = pool[n - i - 1]!;
      return taken;
    });
  };
  const shuffle = <T>(items: readonly T[]): T[] => {
    const out = items.slice();
    for (let i = out.length - 1; i >= 1; i--) {
      const j = below(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  };
  return { bits, below, sampleIndices, shuffle };
}

import { describe, expect, it } from 'vitest';
import { pythonRandom } from './python-random.js';
import { torchRandn } from './torch-randn.js';

describe("Python's random.Random(42)", () => {
  it('gives the known 32-bit outputs', () => {
    const random = pythonRandom(42);
    expect([1, 2, 3, 4].map(() => random.bits(32))).toEqual([2746317213, 478163327, 107420369, 3184935163]);
  });

  it('samples as Python does, from a pool and from a set', () => {
    const random = pythonRandom(42);
    expect(random.sampleIndices(6, 5)).toEqual([5, 0, 4, 2, 1]);
    expect(random.sampleIndices(2100, 5)).toEqual([1003, 914, 571, 419, 356]);
  });

  it('samples for two models one after the other as the published profile does', () => {
    const random = pythonRandom(42);
    const model = () => [random.sampleIndices(5, 5), random.sampleIndices(29, 5)];
    expect(model()).toEqual([
      [0, 4, 2, 1, 3],
      [7, 4, 23, 3, 21],
    ]);
    expect(model()).toEqual([
      [4, 0, 2, 1, 3],
      [0, 2, 6, 7, 16],
    ]);
  });

  it('shuffles as Python does', () => {
    const range = (n: number) => Array.from({ length: n }, (_, i) => i);
    expect(pythonRandom(42).shuffle(range(10))).toEqual([7, 3, 2, 8, 5, 6, 9, 4, 0, 1]);
    const long = pythonRandom(42).shuffle(range(4200));
    expect(long.slice(0, 8)).toEqual([1136, 832, 235, 2457, 289, 361, 557, 352]);
    expect(long.slice(-5)).toEqual([1828, 2006, 2253, 204, 912]);
  });

  // python3 -c "import random; r = random.Random(2**40 + 5); print(r.getrandbits(32), r.sample(range(100), 7))"
  it('takes seeds of more than 32 bits', () => {
    const random = pythonRandom(2 ** 40 + 5);
    expect([random.bits(32), random.sampleIndices(100, 7)]).toEqual([2166296868, [66, 34, 84, 3, 67, 97, 5]]);
  });
});

describe("PyTorch's randn with seed 56", () => {
  it('gives the known vectors and norms, one after the other', () => {
    const randn = torchRandn(56);
    const models = Array.from({ length: 8 }, () => randn(768));
    const known: [number, number[], number][] = [
      [0, [-0.18177, -1.26264, 0.1653, 0.37045], 27.65617],
      [1, [-0.02519, -1.27121, 1.22386, -1.4105], 26.96103],
      [7, [0.22018, -1.34198, 0.25167, -0.19387], 26.73823],
    ];
    for (const [m, head, norm] of known) {
      head.forEach((x, d) => expect(Math.abs(models[m]![d]! - x)).toBeLessThan(1e-5));
      expect(Math.abs(Math.hypot(...models[m]!) - norm)).toBeLessThan(1e-5);
    }
  });

  it('fills sizes that are no multiple of 16 to the end, and refuses those below', () => {
    const odd = torchRandn(1)(21);
    expect(odd).toHaveLength(21);
    expect(odd.every((x) => Number.isFinite(x) && x !== 0)).toBe(true);
    expect(() => torchRandn(1)(15)).toThrow(/fewer than 16/);
  });
});

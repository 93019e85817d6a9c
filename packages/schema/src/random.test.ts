import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.js';

describe('createRandom', () => {
  it('gives these numbers on every machine', () => {
    const random = createRandom(42, 'golden');
    expect(Array.from({ length: 4 }, () => random.bits())).toEqual([2437936187, 716302973, 27174712, 3989849167]);
  });

  it('keeps streams apart by seed and by label', () => {
    const first = (seed: number, ...labels: string[]) => createRandom(seed, ...labels).bits();
    expect(
      new Set([first(1), first(2), first(1, 'a'), first(1, 'b'), first(2 ** 40 + 1), first(2 ** 41 + 1)]).size,
    ).toBe(6);
  });

  it('has the moments of its laws', () => {
    const random = createRandom(7);
    const n = 50_000;
    let mean = 0;
    let normal = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      mean += random.float() / n;
      const z = random.normal();
      normal += z / n;
      square += (z * z) / n;
    }
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(normal)).toBeLessThan(0.02);
    expect(Math.abs(square - 1)).toBeLessThan(0.03);
  });

  it('samples distinct items and shuffles all of them', () => {
    fc.assert(
      fc.property(fc.nat(), fc.uniqueArray(fc.integer()), fc.nat(30), (seed, items, k) => {
        const before = [...items];
        const sample = createRandom(seed).sample(items, k);
        expect(sample.length).toBe(Math.min(k, items.length));
        expect(new Set(sample).size).toBe(sample.length);
        expect(sample.every((x) => items.includes(x))).toBe(true);
        expect(items).toEqual(before);
        expect([...createRandom(seed).shuffle(items)].sort()).toEqual([...items].sort());
      }),
    );
  });
});

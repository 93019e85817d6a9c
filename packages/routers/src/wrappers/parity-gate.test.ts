import { createRandom } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitParityGate, lowerBound } from './parity-gate.js';

describe('binomial bound', () => {
  it('is that of Clopper and Pearson', () => {
    // All right: p with pⁿ = δ. R: binom.test(8, 10, alternative = "greater")$conf.int[1] = 0.4930987
    expect(lowerBound(20, 20, 0.05)).toBeCloseTo(0.05 ** (1 / 20), 9);
    expect(lowerBound(8, 10, 0.05)).toBeCloseTo(0.4930987, 6);
    expect(lowerBound(0, 10, 0.05)).toBe(0);
    expect(lowerBound(9600, 10_000, 0.05)).toBeCloseTo(0.9566, 3);
  });
});

describe('parity gate', () => {
  it('covers what it can guarantee', () => {
    // Right wherever confidence is above ½, wrong below: 500 rows each.
    const confidences = Float64Array.from({ length: 1000 }, (_, i) => i / 1000);
    const agrees = Array.from(confidences, (c) => c >= 0.5);
    const gate = fitParityGate(confidences, agrees, { alpha: 0.95, delta: 0.05 });
    expect(gate.coverage).toBeCloseTo(0.5, 2);
    expect(gate.bound).toBeGreaterThanOrEqual(0.95);
    expect(gate.threshold).toBe(0.5);
  });

  it('has no coverage where the target is missed, or rows are too few', () => {
    const half = Array.from({ length: 1000 }, (_, i) => i % 2 === 0);
    expect(fitParityGate(Float64Array.from(half.keys()), half, { alpha: 0.9, delta: 0.05 })).toEqual({
      threshold: null,
      coverage: 0,
      agreement: 0,
      bound: 0,
    });
    expect(fitParityGate([1, 2, 3], [true, true, true], { alpha: 0.95, delta: 0.05 }).threshold).toBeNull();
    expect(fitParityGate([], [], { alpha: 0.5, delta: 0.05 }).threshold).toBeNull();
  });

  it('keeps its promise: agreement beyond the target misses in at most δ of samples', () => {
    const random = createRandom(3, 'parity test');
    let missed = 0;
    for (let sample = 0; sample < 300; sample++) {
      // Agreement just below the target everywhere: any coverage breaks the promise.
      const agrees = Array.from({ length: 400 }, () => random.float() < 0.895);
      const confidences = agrees.map(() => random.float());
      if (fitParityGate(confidences, agrees, { alpha: 0.9, delta: 0.1 }).threshold !== null) missed++;
    }
    expect(missed / 300).toBeLessThanOrEqual(0.1);
  });

  it('never covers rows on which agreement is below the target', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(rows, fc.double({ min: 0.05, max: 0.99, noNaN: true }), (list, alpha) => {
        const [confidences, agrees] = [list.map(([c]) => c), list.map(([, a]) => a)];
        const gate = fitParityGate(confidences, agrees, { alpha, delta: 0.05 });
        if (gate.threshold === null) return;
        const covered = agrees.filter((_, i) => confidences[i]! >= gate.threshold!);
        expect(covered.length / agrees.length).toBeCloseTo(gate.coverage, 12);
        expect(covered.filter(Boolean).length / covered.length).toBeGreaterThanOrEqual(alpha);
      }),
    );
  });
});

import { createRandom } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimize } from './minimize.js';
import { sigmoid, softplus } from './softmax.js';

describe('minimize', () => {
  it('finds the bottom of Rosenbrock’s valley', () => {
    const found = minimize(
      ([x = 0, y = 0], gradient) => {
        gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
        gradient[1] = 200 * (y - x * x);
        return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
      },
      Float64Array.of(-1.2, 1),
      { tolerance: 0 },
    );
    expect(found[0]).toBeCloseTo(1, 5);
    expect(found[1]).toBeCloseTo(1, 5);
  });

  it('profits from knowing the curvature', () => {
    const scales = Float64Array.from({ length: 20 }, (_, i) => 10 ** (i % 7));
    let calls = 0;
    const bowl = (x: Float64Array, gradient: Float64Array) => {
      calls++;
      x.forEach((v, i) => (gradient[i] = scales[i]! * (v - i)));
      return x.reduce((sum, v, i) => sum + 0.5 * scales[i]! * (v - i) ** 2, 0);
    };
    expect(minimize(bowl, new Float64Array(20), { curvature: scales })[19]).toBeCloseTo(19, 9);
    expect(calls).toBeLessThan(5);
    expect(() => minimize(() => NaN, new Float64Array(1))).toThrow(/not finite/);
  });

  it('finds the minimum of a badly scaled quadratic', () => {
    const scale = [1, 100, 1e4];
    const found = minimize(
      (x, gradient) => {
        let value = 0;
        x.forEach((xi, i) => {
          gradient[i] = scale[i]! * (xi - i);
          value += 0.5 * scale[i]! * (xi - i) ** 2;
        });
        return value;
      },
      Float64Array.of(5, 5, 5),
    );
    found.forEach((x, i) => expect(x).toBeCloseTo(i, 5));
  });

  it('reaches the minimum of any convex function of this kind, to the gradient asked for', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 12 }), (seed, n, terms) => {
        const random = createRandom(seed);
        const directions = Array.from({ length: terms }, () =>
          Float64Array.from({ length: n }, () => 3 * random.normal()),
        );
        // Σ log(1 + exp(direction · x)) + ½ ‖x‖²: strictly convex.
        const f = (x: Float64Array, gradient: Float64Array) => {
          gradient.set(x);
          let value = x.reduce((sum, v) => sum + 0.5 * v * v, 0);
          for (const a of directions) {
            const lead = a.reduce((sum, v, i) => sum + v * x[i]!, 0);
            value += softplus(lead);
            a.forEach((v, i) => (gradient[i]! += sigmoid(lead) * v));
          }
          return value;
        };
        const start = Float64Array.from({ length: n }, () => 5 * random.normal());
        const before = start.slice();
        const found = minimize(f, start, { tolerance: 0, gradientTolerance: 1e-6, steps: 1000 });
        const gradient = new Float64Array(n);
        f(found, gradient);
        // Strictly convex with curvature at least 1: the minimum is no further than the gradient is long.
        gradient.forEach((g) => expect(Math.abs(g)).toBeLessThan(1e-5));
        expect(start).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });
});

import { createMatrix, createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { minimize } from './minimize.js';
import { fitQuerySpace, queryCoordinates } from './query-space.js';

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
});

describe('the query space', () => {
  const random = createRandom(2, 'space');
  const spreads = [5, 3, 1, 0.1, 0, 0];
  const rows = (count: number) =>
    createMatrix(
      count,
      6,
      Float32Array.from({ length: count * 6 }, (_, k) => 7 + spreads[k % 6]! * random.normal()),
    );

  it.each([400, 4])('has the directions of most spread, orthogonal and of one length (%i rows)', (count) => {
    const { directions, mean } = fitQuerySpace(rows(count), 3, 1);
    const at = (i: number, j: number) => {
      let dot = 0;
      for (let d = 0; d < 6; d++) dot += directions.data[i * 6 + d]! * directions.data[j * 6 + d]!;
      return dot;
    };
    expect(directions.rows).toBe(3);
    expect(at(0, 1) / at(0, 0)).toBeCloseTo(0, 5);
    expect(at(1, 1) / at(0, 0)).toBeCloseTo(1, 5);
    if (count > 4) {
      expect(Math.abs(directions.data[0]!) / Math.sqrt(at(0, 0))).toBeGreaterThan(0.99);
      expect(Math.abs(directions.data[7]!) / Math.sqrt(at(0, 0))).toBeGreaterThan(0.99);
    }
    expect(mean[5]).toBeCloseTo(7, 5);
  });

  it('leaves out directions without spread, and gives coordinates of mean square length 1', () => {
    const data = rows(300);
    const space = fitQuerySpace(data, 6, 1);
    expect(space.directions.rows).toBe(4);
    const x = queryCoordinates(space, data);
    let square = 0;
    x.forEach((value, k) => (square += k % 5 === 0 ? 0 : value * value));
    expect(square / 300).toBeCloseTo(1, 4);
    expect(x.filter((_, k) => k % 5 === 0).every((one) => one === 1)).toBe(true);
    const alike = createMatrix(5, 6, new Float32Array(30).fill(1));
    expect(fitQuerySpace(alike, 3, 1).directions.rows).toBe(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageQuality, costToReach, upperHull, type Point } from './hull.js';

const at = (cost: number, quality: number): Point => ({ cost, quality });
const corners = (points: readonly Point[]) => upperHull(points).map((i) => points[i]!);
const clouds = fc.array(
  fc.record({ cost: fc.integer({ min: 1, max: 50 }), quality: fc.integer({ min: 0, max: 20 }) }),
  { minLength: 1, maxLength: 12 },
);

describe('the upper hull', () => {
  it('keeps the corners, by rising cost', () => {
    // (2, 0.5) lies below the line from (1, 0.4) to (3, 0.8); (4, 0.8) and (5, 0.7) cost more and give no more.
    expect(upperHull([at(3, 0.8), at(2, 0.5), at(1, 0.4), at(4, 0.8), at(5, 0.7)])).toEqual([2, 0]);
    expect(upperHull([at(1, 0.2), at(1, 0.4), at(1, 0.4)])).toEqual([1]);
    expect(upperHull([at(1, 0), at(2, 1), at(3, 2)])).toEqual([0, 2]);
  });

  it('gives quality at one cost: on lines between corners, level beyond, towards nothing below', () => {
    const points = [at(1, 0.4), at(3, 0.8)];
    expect([0, 0.5, 1, 2, 3, 9].map((cost) => averageQuality(points, cost, cost))).toEqual([
      0,
      0.2,
      0.4,
      expect.closeTo(0.6),
      0.8,
      0.8,
    ]);
    // A cheap point that is worse than not answering half of the time changes nothing.
    expect(averageQuality([...points, at(0.5, 0.1)], 0.5, 0.5)).toBe(0.2);
  });

  it('averages quality over a range of costs', () => {
    const hull = [at(1, 0.4), at(3, 0.8)];
    // Trapezoid of (0.4 + 0.8) / 2 × 2, then a level stretch of 2 × 0.8, over 4.
    expect(averageQuality(hull, 1, 5)).toBeCloseTo((1.2 + 1.6) / 4, 12);
    // Triangle from nothing to the first corner.
    expect(averageQuality(hull, 0, 1)).toBeCloseTo(0.2, 12);
    expect(averageQuality(hull, 2, 2)).toBeCloseTo(0.6, 12);
  });

  it('finds the lowest cost of a quality', () => {
    const hull = [at(1, 0.4), at(3, 0.8)];
    expect([0.1, 0.4, 0.6, 0.8].map((quality) => costToReach(hull, quality))).toEqual([1, 1, expect.closeTo(2), 3]);
    expect(costToReach(hull, 0.81)).toBeNull();
  });

  it('lies on or above every point, and averages no less than any of them', () => {
    fc.assert(
      fc.property(clouds, (points) => {
        const costs = points.map(({ cost }) => cost);
        const [from, to] = [Math.min(...costs), Math.max(...costs)];
        for (const { cost, quality } of points) {
          expect(averageQuality(points, cost, cost)).toBeGreaterThanOrEqual(quality - 1e-9);
          const alone = averageQuality([at(cost, quality)], from, to);
          expect(averageQuality(points, from, to)).toBeGreaterThanOrEqual(alone - 1e-9);
        }
      }),
    );
  });

  it('is concave and rises', () => {
    fc.assert(
      fc.property(clouds, (points) => {
        const hull = corners(points);
        const slopes = hull.slice(1).map((p, i) => (p.quality - hull[i]!.quality) / (p.cost - hull[i]!.cost));
        for (const slope of slopes) expect(slope).toBeGreaterThan(0);
        for (let i = 1; i < slopes.length; i++) expect(slopes[i]!).toBeLessThan(slopes[i - 1]!);
      }),
    );
  });
});

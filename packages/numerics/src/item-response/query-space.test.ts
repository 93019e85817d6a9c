import { createMatrix, createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { fitQuerySpace, queryCoordinates } from './query-space.js';

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

import { createMatrix, createRandom, normalizeRows, rowOf, takeRows, type Matrix } from '@routeprofile/schema';
import { principalAxes, principalCoordinates } from '@routeprofile/numerics';
import { describe, expect, it } from 'vitest';
import { queryAxes } from './query-axes.js';
import { shareWork, unitWork, workOn, workOnPart } from './shared-work.js';

/** Unit rows about a common direction, as encoders give them; along few dimensions they differ most. */
function vectors(rows: number, cols: number): Matrix {
  const random = createRandom(4, 'vectors', `${rows} ${cols}`);
  const at = (k: number) => (k % cols === 0 ? 2 : random.normal() / (1 + (k % cols) / 4));
  return normalizeRows(
    createMatrix(
      rows,
      cols,
      Float32Array.from({ length: rows * cols }, (_, k) => at(k)),
    ),
  );
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>, digits = 5) => {
  expect(a.length).toBe(b.length);
  for (let k = 0; k < a.length; k++) expect(a[k]).toBeCloseTo(b[k]!, digits);
};

describe('axes of query vectors', () => {
  it('of a part are those of its rows alone, though the whole was projected once', async () => {
    const all = vectors(300, 12);
    const rows = Int32Array.from(all.data.keys()).filter((q) => q < 300 && q % 5 !== 2);
    const part = takeRows(all, rows);
    const exact = principalAxes(part);
    const shared = await queryAxes(workOnPart(shareWork(all), part, rows), 1);
    close(shared.spread, exact.spread, 4);
    close(shared.mean, exact.mean);
    close(shared.axes.data, exact.axes.data, 3);
    close(shared.coordinates().data, principalCoordinates(part, exact).data, 3);
    close(shared.coordinates(Int32Array.of(7), 2).data, rowOf(principalCoordinates(part, exact), 7).slice(0, 2), 3);
  });

  it('sum coordinates by target without making them', async () => {
    const all = vectors(80, 6);
    const axes = await queryAxes(shareWork(all), 1);
    const random = createRandom(2, 'targets');
    const targets = Float64Array.from({ length: 80 * 2 }, () => random.normal());
    const points = axes.coordinates();
    const expected = [0, 1].flatMap((t) =>
      Array.from({ length: points.cols }, (_, j) =>
        Array.from({ length: 80 }, (__, q) => targets[q * 2 + t]! * rowOf(points, q)[j]!).reduce((a, b) => a + b),
      ),
    );
    close(axes.moments(targets), expected, 4);
  });

  it('of alike rows are none', async () => {
    const alike = createMatrix(20, 5, new Float32Array(100).fill(Math.sqrt(0.2)));
    expect((await queryAxes(shareWork(alike), 1)).axes.rows).toBe(0);
  });

  it('span what 512 drawn rows do, and more rows than that are seen from there', async () => {
    const wide = vectors(40, 600);
    const axes = await queryAxes(shareWork(wide), 1);
    expect(axes.axes.rows).toBe(39);
    const exact = principalAxes(wide);
    close(axes.spread, exact.spread, 4);
  });
});

describe('shared work', () => {
  it('is computed once, by the whole for its parts', () => {
    let computed = 0;
    const work = shareWork(vectors(10, 3));
    const count = () => work.once('one', () => ++computed);
    expect([count(), count()]).toEqual([1, 1]);
    const rows = Int32Array.of(8, 2);
    const part = workOnPart(work, takeRows(work.vectors, rows), rows);
    const inner = workOnPart(part, takeRows(part.vectors, [1]), Int32Array.of(1));
    expect(inner.whole).toBe(work);
    expect([...inner.rows!]).toEqual([2]);
    expect(part.once('one', () => 'own')).toBe('own');
  });

  it('says nothing of other vectors than it was computed of', () => {
    const work = shareWork(vectors(4, 3));
    const others = vectors(4, 5);
    expect(workOn({ texts: [], vectors: work.vectors, work }, work.vectors)).toBe(work);
    expect(workOn({ texts: [], vectors: others, work }, others).vectors).toBe(others);
  });

  it('is the same for rows that have length 1 already, and of their parts', () => {
    const unit = shareWork(vectors(6, 4));
    expect(unitWork(unit)).toBe(unit);
    const long = shareWork(createMatrix(2, 2, Float32Array.of(3, 4, 0, 2)));
    expect([...unitWork(long).vectors.data]).toEqual([Math.fround(0.6), Math.fround(0.8), 0, 1]);
    const part = workOnPart(long, takeRows(long.vectors, [1]), Int32Array.of(1));
    expect(unitWork(part).whole).toBe(unitWork(long));
    expect([...unitWork(part).vectors.data]).toEqual([0, 1]);
  });
});

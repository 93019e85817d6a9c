import { describe, expect, it } from 'vitest';
import {
  assertFinite,
  assertShape,
  createMatrix,
  fromRows,
  normalizeRows,
  normalizeRowsInPlace,
  rowOf,
  takeRows,
  viewRows,
} from './matrix.js';

describe('Matrix', () => {
  const m = fromRows([
    [3, 4],
    [0, 0],
    [1, 0],
  ]);

  it('is row-major', () => {
    expect([...m.data]).toEqual([3, 4, 0, 0, 1, 0]);
    expect([...rowOf(m, 2)]).toEqual([1, 0]);
  });

  it('takes rows in the order given, repeats included', () => {
    expect([...takeRows(m, [2, 0, 2]).data]).toEqual([1, 0, 3, 4, 1, 0]);
  });

  it('views rows that lie one after another, and copies others', () => {
    const two = viewRows(m, [1, 2]);
    expect([two.rows, two.cols, ...two.data]).toEqual([2, 2, 0, 0, 1, 0]);
    expect(two.data.buffer).toBe(m.data.buffer);
    for (const rows of [
      [2, 1],
      [0, 0],
      [0, 2],
    ]) {
      const copy = viewRows(m, rows);
      expect([...copy.data]).toEqual([...takeRows(m, rows).data]);
      expect(copy.data.buffer).not.toBe(m.data.buffer);
    }
    expect(viewRows(m, [])).toMatchObject({ rows: 0, cols: 2 });
  });

  it('normalises in place what is asked for', () => {
    const own = takeRows(m, [0, 1]);
    expect(normalizeRowsInPlace(own)).toBe(own);
    expect([...own.data]).toEqual([...normalizeRows(takeRows(m, [0, 1])).data]);
  });

  it('normalises rows, leaves zero rows and the argument alone', () => {
    const unit = normalizeRows(m);
    expect(unit.data[0]).toBeCloseTo(0.6, 6);
    expect([...rowOf(unit, 1)]).toEqual([0, 0]);
    expect(m.data[0]).toBe(3);
  });

  it('refuses what does not fit', () => {
    expect(() => createMatrix(2, 2, new Float32Array(3))).toThrow('3 numbers do not make a 2 × 2 matrix');
    expect(() => fromRows([[1], [1, 2]])).toThrow('row 1 has 2 numbers');
    expect(() => assertShape(m, 3, 5, 'vectors')).toThrow('vectors is 3 × 2');
    expect(() => assertShape(m, undefined, 2, 'vectors')).not.toThrow();
  });

  it('names the place of a number that is not finite', () => {
    expect(() => assertFinite(createMatrix(1, 2, Float32Array.of(1, NaN)), 'scores')).toThrow(
      'scores: row 0, column 1 is NaN',
    );
    // Vectors of an index, or of an encoder, were trained by nobody here.
    expect(() => assertFinite(createMatrix(1, 2, Float32Array.of(1, NaN)), 'vectors')).toThrow(
      expect.objectContaining({ hint: 'Look for NaN, infinity or very large numbers in what went in.' }),
    );
  });
});

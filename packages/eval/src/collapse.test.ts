import { describe, expect, it } from 'vitest';
import { collapseOf } from './collapse.js';
import { tableOf } from './testing/test-data.js';

const models = ['a', 'b', 'c'];
const rows = (n: number, row: number[]) => Array.from({ length: n }, () => row);

describe('collapseOf', () => {
  it('flags a constant and names it', () => {
    const table = tableOf(models, rows(10, [0.2, 0.7, 0.4]));
    expect(collapseOf(table, new Int32Array(10).fill(1))).toEqual({
      flag: true,
      topShare: 1,
      effectiveModels: 1,
      equals: 'b',
    });
  });

  it('does not call a router a constant on fewer than 10 rows, where any router may choose one model', () => {
    for (const n of [1, 9]) {
      const table = tableOf(models, rows(n, [0.2, 0.7, 0.4]));
      expect(collapseOf(table, new Int32Array(n).fill(1))).toMatchObject({ flag: false, topShare: 1, equals: 'b' });
    }
  });

  it('flags a top share of 95 %, whatever the rest brings', () => {
    const table = tableOf(models, rows(20, [0.2, 0.7, 0.4]));
    const collapse = collapseOf(
      table,
      Int32Array.from({ length: 20 }, (_, q) => (q === 0 ? 0 : 1)),
    );
    expect(collapse).toMatchObject({ flag: true, topShare: 0.95, equals: null });
  });

  it('flags a router that leaves its favourite only where that changes nothing', () => {
    const table = tableOf(models, [...rows(6, [1, 0, 0]), ...rows(4, [0, 0, 0])]);
    const choices = Int32Array.of(0, 0, 0, 0, 0, 0, 1, 2, 1, 2);
    expect(collapseOf(table, choices)).toMatchObject({ flag: true, topShare: 0.6, equals: 'a' });
  });

  it('does not flag a router that routes, even when its average meets a constant’s by chance', () => {
    const table = tableOf(models, [...rows(5, [1, 0, 0]), ...rows(5, [0, 0, 1])]);
    const choices = Int32Array.of(0, 0, 0, 1, 1, 1, 1, 1, 2, 2);
    // Five of ten, as always choosing a or c.
    expect(collapseOf(table, choices)).toMatchObject({ flag: false, topShare: 0.5, equals: 'a' });
    expect(collapseOf(table, Int32Array.of(0, 0, 0, 0, 0, 2, 2, 2, 2, 2))).toMatchObject({ flag: false, equals: null });
  });

  it('does not flag a router that ties with its own favourite by winning elsewhere as often as it loses', () => {
    const table = tableOf(models, [...rows(6, [1, 0, 0]), ...rows(2, [0, 1, 0]), ...rows(2, [1, 0, 0])]);
    const choices = Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
    expect(collapseOf(table, choices)).toMatchObject({ flag: false, topShare: 0.6, equals: 'a' });
  });

  it('says nothing of no rows', () => {
    expect(collapseOf(tableOf(models, []), new Int32Array(0))).toEqual({
      flag: false,
      topShare: 0,
      effectiveModels: 0,
      equals: null,
    });
  });
});

import { createMatrix, createRandom, normalizeRows, rowOf, takeRows, type Matrix } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactRows } from './exact-rows.js';
import { invertedLists, invertedListsOf, invertedListsOfRows } from './inverted-lists.js';
import { listCentres, listsOf as listsOfRows } from './list-centres.js';
import type { NearestRows } from './nearest-rows.js';

const WIDTH = 20;
/** Rows around a few directions, near-duplicates in part, of unequal lengths. */
function someRows(count: number, seed: number, furthest = 1): Matrix {
  const random = createRandom(seed, 'rows');
  const out = createMatrix(count, WIDTH);
  const bases = Array.from({ length: 4 }, () => Array.from({ length: WIDTH }, () => random.normal()));
  for (let i = 0; i < count; i++) {
    const [base, length, far] = [bases[i % 4]!, 0.5 + random.float(), i % 3 === 0 ? furthest : 0.01];
    rowOf(out, i).forEach((_, d, row) => (row[d] = length * (base[d]! + far * random.normal())));
  }
  return out;
}
const filled = <T extends NearestRows>(index: T, rows: Matrix): T => {
  for (let i = 0; i < rows.rows; i++) index.add(rowOf(rows, i));
  return index;
};
const listsOf = (rows: Matrix, lists: number, scanned?: number) =>
  filled(
    invertedLists(listCentres(normalizeRows(rows), lists, { seed: 1 }), scanned === undefined ? {} : { scanned }),
    rows,
  );
const seeds = fc.integer({ min: 0, max: 1e6 });

describe('inverted lists', () => {
  it('find what reading all rows finds, but for rounding, where they look at all', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 20 }), (seed, count, n) => {
        const rows = someRows(count, seed);
        const [query] = [rowOf(someRows(1, seed + 1), 0)];
        const [exact, lists] = [filled(exactRows(WIDTH), rows), listsOf(rows, 9)];
        const [wanted, found] = [exact.search(query, n), lists.search(query, n)];
        expect(found.places.length).toBe(wanted.places.length);
        expect(found.complete).toBe(true);
        // At most half a scale times Σ |query| on each side.
        found.products.forEach((product, i) => expect(Math.abs(product - wanted.products[i]!)).toBeLessThan(0.5));
        found.places.forEach((place, i) => {
          const own = lists.row(place).reduce((sum, x, d) => sum + x * query[d]!, 0);
          expect(found.products[i]!).toBeCloseTo(own, 2);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('say that a search is complete only where nothing better was passed over', () => {
    let [complete, partial] = [0, 0];
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 80 }), (seed, scanned) => {
        const rows = normalizeRows(someRows(160, seed, 0.02));
        const query = rowOf(someRows(2, seed + 1), 1);
        const [some, all] = [listsOf(rows, 16, scanned), listsOf(rows, 16)];
        const found = some.search(query, 5);
        if (found.complete) {
          complete++;
          expect([...found.products]).toEqual([...all.search(query, 5).products]);
        } else partial++;
        expect(found.places.length).toBe(5);
      }),
      { numRuns: 30 },
    );
    expect(complete).toBeGreaterThan(0);
    expect(partial).toBeGreaterThan(0);
  });

  it('keep near-duplicates apart by far less than they differ from others', () => {
    const random = createRandom(2, 'near');
    const base = Array.from({ length: WIDTH }, () => random.normal());
    const rows = createMatrix(400, WIDTH);
    for (let i = 0; i < 400; i++) rowOf(rows, i).forEach((_, d, row) => (row[d] = base[d]! + 0.001 * random.normal()));
    const lists = listsOf(normalizeRows(rows), 4);
    for (let i = 0; i < 400; i++)
      lists
        .row(i)
        .forEach((x, d) => expect(Math.abs(x - rowOf(normalizeRows(takeRows(rows, [i])), 0)[d]!)).toBeLessThan(1e-5));
  });

  it('are the same after saving, places of removed rows included', () => {
    const rows = someRows(60, 5);
    const lists = listsOf(rows, 6);
    for (const place of [3, 40, 59]) lists.remove(place);
    const loaded = invertedListsOf(structuredClone(lists.save()));
    const query = rowOf(rows, 7);
    expect(loaded.search(query, 60)).toEqual(lists.search(query, 60));
    expect([loaded.size, loaded.places, lists.search(query, 60).places.includes(40)]).toEqual([57, 60, false]);
    expect([40, 59, 3]).toContain(loaded.add(query));
    expect(loaded.search(query, 60).places.length).toBe(58);
  });

  it('find the same after rows were moved so that lists lie together', () => {
    const rows = someRows(90, 8);
    const [lists, still] = [listsOf(rows, 7), listsOf(rows, 7)];
    for (const index of [lists, still]) for (const place of [2, 50, 89]) index.remove(place);
    const to = lists.settle();
    expect([...to].sort((a, b) => a - b)).toEqual([...Array(90).keys()]);
    const query = rowOf(rows, 11);
    const found = still.search(query, 87);
    expect(lists.search(query, 87)).toEqual({ ...found, places: found.places.map((place) => to[place]!) });
    expect(lists.row(to[11]!)).toEqual(still.row(11));
    expect([2, 50, 89].map((place) => to[place])).toContain(lists.add(query));
  });

  it('find rows of the admitted kinds alone, wherever rows of a kind lie', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 200 }), (seed, count, scanned) => {
        const random = createRandom(seed, 'kinds');
        const rows = someRows(count, seed);
        const kinds = Int32Array.from({ length: count }, () => random.int(3));
        const admits = Uint8Array.of(1, 0, random.int(2));
        const query = rowOf(someRows(1, seed + 1), 0);
        const [lists, still] = [listsOf(rows, 7, scanned), listsOf(rows, 7, scanned)];
        const exact = filled(exactRows(WIDTH), rows).search(query, 9, { admitted: { kinds, admits } });
        const to = lists.settle(kinds);
        const moved = new Int32Array(count);
        to.forEach((place, before) => (moved[place] = kinds[before]!));
        const found = still.search(query, 9, { admitted: { kinds, admits } });
        expect(lists.search(query, 9, { admitted: { kinds: moved, admits } })).toEqual({
          ...found,
          places: found.places.map((place) => to[place]!),
        });
        expect(found.places.every((place) => admits[kinds[place]!] === 1)).toBe(true);
        expect(found.places.length).toBe(exact.places.length);
        expect(exact.places.every((place) => admits[kinds[place]!] === 1)).toBe(true);
        // Within a list each kind is one run.
        const held = lists.save().lists;
        const runs = new Set(moved.map((kind, place) => 3 * held[place]! + kind));
        const changes = moved.filter((kind, p) => p > 0 && (kind !== moved[p - 1] || held[p] !== held[p - 1])).length;
        expect(runs.size).toBe(changes + 1);
      }),
      { numRuns: 25 },
    );
  });

  it('of rows at hand are those to which the rows were added one by one', () => {
    const rows = someRows(90, 3);
    const centres = listCentres(normalizeRows(rows), 7, { seed: 1 });
    const added = filled(invertedLists(centres), rows);
    const to = added.settle();
    const lists = listsOfRows(normalizeRows(rows), centres);
    const made = invertedListsOfRows(rows, centres, lists);
    const query = rowOf(rows, 11);
    expect(made.search(query, 90)).toEqual(added.search(query, 90));
    expect([...made.search(query, 90).places].map((place) => made.order(place)).sort((a, b) => a - b)).toEqual([
      ...Array(90).keys(),
    ]);
    expect(made.row(to[11]!)).toEqual(added.row(to[11]!));
  });

  it('hold zero rows, one row, and none', () => {
    const zero = createMatrix(5, WIDTH);
    const lists = listsOf(zero, 3);
    expect([...lists.search(new Float32Array(WIDTH).fill(1), 9).products]).toEqual([0, 0, 0, 0, 0]);
    const none = listsOf(createMatrix(0, WIDTH), 3);
    expect(none.search(new Float32Array(WIDTH).fill(1), 9).places.length).toBe(0);
    none.add(rowOf(someRows(1, 1), 0));
    expect(none.search(new Float32Array(WIDTH).fill(1), 9).places.length).toBe(1);
  });
});

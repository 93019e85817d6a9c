import { rowOf, type Matrix } from '@routeprofile/schema';
import { rowDots } from '../products.js';
import { keepBest } from './best.js';
import { int8Rows, type Int8Rows } from './int8-rows.js';
import { centreOf, listFinder, type ListCentres } from './list-centres.js';
import type { FoundRows, NearestRows } from './nearest-rows.js';
import { numbers } from './numbers.js';
import { readLists, type List } from './read-lists.js';
import { lengthOf, residualCoder } from './residual-codes.js';
import { scanRows } from './scan-rows.js';

/** Rows that a search looks at, at least; see `invertedLists`. */
export const SCANNED = 32_768;
const GONE = -1;

/** All that inverted lists hold, as files keep it: one entry per place. */
export interface SavedLists {
  centres: ListCentres;
  /** −1 where nothing is held. */
  lists: Int32Array;
  /** Of the codes. */
  scales: Float32Array;
  /** Lengths of the rows. */
  lengths: Float32Array;
  /** The number under which the row came. */
  orders: Float64Array;
  /** [places × stride], codes padded with zeros. */
  codes: Uint8Array;
}

/** `NearestRows` that can be saved. */
export interface InvertedLists extends NearestRows {
  readonly centres: ListCentres;
  /**
   * Moves the rows so that those of a list lie together, which searches read several times faster: once, after the bulk of them was added.
   * @param kinds by place: rows of one kind lie together within their list, for searches that admit some kinds. Default: all are of one
   * @returns by old place, the new one
   */
  settle(kinds?: Int32Array): Int32Array;
  /** `codes` is a view of what is held, valid until a row is added; the rest are copies. */
  save(): SavedLists;
}

/**
 * Approximate search: an inverted file (Sivic and Zisserman 2003; Jégou et al. 2011, section 4) with residuals in one byte per number. A row is its
 * length times (centre of its list + scale · codes); |code| ≤ 127, and the scale is the residual's own, so that near-duplicates, which differ
 * from each other by much less than from anything else, stay as far apart as they are.
 *
 * A search reads lists in the order of their centres' products until `scanned` rows were looked at and enough found, or until no list left could
 * hold a better row (`complete`). So up to `scanned` rows it looks at every row. The error of a product is that of rounding: at most half a scale times Σ |query|.
 *
 * @param scanned rows to look at, at least. Default 32,768
 */
export function invertedLists(centres: ListCentres, { scanned = SCANNED }: { scanned?: number } = {}): InvertedLists {
  return over(centres, scanned, int8Rows(centres.centres.cols));
}

/**
 * Lists of rows that are all at hand: those of a list lie together, as after `settle`, and `order` of a place is the number of its row.
 * @param rows [rows × width]
 * @param lists shape [rows]: the list of each, see `listsOf`
 */
export function invertedListsOfRows(
  rows: Matrix,
  centres: ListCentres,
  lists: Int32Array,
  { scanned = SCANNED }: { scanned?: number } = {},
): InvertedLists {
  const next = new Int32Array(centres.centres.rows + 1);
  lists.forEach((list) => next[list + 1]!++);
  for (let list = 0; list < centres.centres.rows; list++) next[list + 1]! += next[list]!;
  const held = {
    lists: new Int32Array(rows.rows),
    scales: new Float32Array(rows.rows),
    lengths: new Float32Array(rows.rows),
    orders: new Float64Array(rows.rows),
  };
  const table = int8Rows(rows.cols);
  table.reserve(rows.rows);
  const code = residualCoder(rows.cols);
  lists.forEach((list, row) => {
    const place = next[list]!++;
    const { scale, length } = code(rowOf(rows, row), centreOf(centres, list), table.row(place));
    held.lists[place] = list;
    held.scales[place] = scale;
    held.lengths[place] = length;
    held.orders[place] = row;
  });
  return over(centres, scanned, table, held);
}

/** The reverse of `save`. The arrays are copied. */
export function invertedListsOf(saved: SavedLists, { scanned = SCANNED }: { scanned?: number } = {}): InvertedLists {
  const { lists, scales, lengths, orders, codes } = saved;
  const centres = ownCentres(saved.centres);
  const table = int8Rows(centres.centres.cols);
  table.reserve(lists.length);
  table.bytes(lists.length).set(codes);
  return over(centres, scanned, table, { lists, scales, lengths, orders });
}

function over(
  centres: ListCentres,
  scanned: number,
  table: Int8Rows,
  held?: Pick<SavedLists, 'lists' | 'scales' | 'lengths' | 'orders'>,
): InvertedLists {
  const width = centres.centres.cols;
  const find = listFinder(centres);
  const lists = Array.from({ length: centres.centres.rows }, (): List => ({
    places: new Int32Array(0),
    count: 0,
    radius: 0,
    longest: 0,
    shortest: Infinity,
  }));
  const listOf = numbers(Int32Array, held?.lists);
  const scales = numbers(Float32Array, held?.scales);
  const lengths = numbers(Float32Array, held?.lengths);
  const orders = numbers(Float64Array, held?.orders);
  const free: number[] = [];
  let size = 0;
  let arrivals = 0;
  const unit = new Float64Array(width);
  const code = residualCoder(width);

  const enter = (place: number, radius: number) => {
    const list = lists[listOf.data[place]!]!;
    if (list.count === list.places.length) {
      const grown = new Int32Array(Math.max(4, Math.ceil(1.5 * list.count)));
      grown.set(list.places);
      list.places = grown;
    }
    list.places[list.count++] = place;
    list.radius = Math.max(list.radius, radius);
    list.longest = Math.max(list.longest, lengths.data[place]!);
    list.shortest = Math.min(list.shortest, lengths.data[place]!);
    arrivals = Math.max(arrivals, orders.data[place]! + 1);
    size++;
  };
  /** Length of what the codes of a place stand for. */
  const radiusOf = (place: number) => {
    const codes = table.row(place);
    let square = 0;
    for (let j = 0; j < width; j++) square += codes[j]! * codes[j]!;
    return Math.sqrt(square) * scales.data[place]!;
  };
  for (let place = 0; place < listOf.count; place++)
    if (listOf.data[place] === GONE) free.push(place);
    else enter(place, radiusOf(place));

  return {
    width,
    centres,
    scanned,
    get size() {
      return size;
    },
    get places() {
      return listOf.count;
    },
    get bytes() {
      const entries = lists.reduce((sum, { places }) => sum + places.length, 0);
      return listOf.count * (table.stride + 20) + 4 * entries + 4 * centres.centres.data.length;
    },
    add(row) {
      const size = lengthOf(row, width);
      for (let j = 0; j < width; j++) unit[j] = size > 0 ? row[j]! / size : 0;
      const list = find(unit);
      const place = free.pop() ?? listOf.count;
      for (const part of [listOf, scales, lengths, orders]) part.reserve(place + 1);
      table.reserve(place + 1);
      const { scale, length } = code(row, centreOf(centres, list), table.row(place));
      listOf.data[place] = list;
      scales.data[place] = scale;
      lengths.data[place] = length;
      orders.data[place] = arrivals;
      enter(place, radiusOf(place));
      return place;
    },
    remove(place) {
      const list = lists[listOf.data[place]!]!;
      const at = list.places.indexOf(place);
      list.places[at] = list.places[--list.count]!;
      listOf.data[place] = GONE;
      free.push(place);
      size--;
    },
    settle(kinds) {
      const to = placesByList(lists, listOf.count, free, kinds);
      const move = (part: { data: Int32Array | Float32Array | Float64Array }) => {
        const before = part.data.slice(0, listOf.count);
        before.forEach((x, place) => (part.data[to[place]!] = x));
      };
      for (const part of [listOf, scales, lengths, orders]) move(part);
      moveRows(table, to);
      let next = 0;
      for (const list of lists) {
        list.places = Int32Array.from({ length: list.count }, () => next++);
      }
      free.forEach((place, i) => (free[i] = to[place]!));
      return to;
    },
    order: (place) => (listOf.data[place] === GONE ? NaN : orders.data[place]!),
    row(place) {
      const centre = centreOf(centres, listOf.data[place]!);
      const [scale, length] = [scales.data[place]!, lengths.data[place]!];
      return Float32Array.from(table.row(place), (code, j) => length * (centre[j]! + scale * code));
    },
    search(query, count, { among, admitted } = {}): FoundRows {
      const best = keepBest(Math.min(count, size));
      const vector = Float64Array.from(query);
      const towards = new Float64Array(lists.length);
      rowDots(centres.centres, vector, towards);
      const held = { lists: listOf.data, scales: scales.data, lengths: lengths.data, orders: orders.data };
      const scan = scanRows(table, held, { vector, towards }, best, admitted);
      let complete = true;
      if (among) scan.look(among, among.length);
      else complete = readLists(lists, towards, lengthOf(vector, width), best, scan, scanned);
      const { items, scores } = best.take();
      return { places: items, products: scores, complete };
    },
    save: () => ({
      centres,
      lists: listOf.copy(),
      scales: scales.copy(),
      lengths: lengths.copy(),
      orders: orders.copy(),
      codes: table.bytes(listOf.count),
    }),
  };
}

const ownMatrix = ({ rows, cols, data }: Matrix): Matrix => ({ rows, cols, data: data.slice() });
/** What was given may be a view of a file as large as the index. */
const ownCentres = ({ groups, centres, starts }: ListCentres): ListCentres => ({
  groups: ownMatrix(groups),
  centres: ownMatrix(centres),
  starts: starts.slice(),
});

/** By place: where its row goes when lists lie one after the other, the kinds of each too, free places last. */
function placesByList(lists: readonly List[], places: number, free: readonly number[], kinds?: Int32Array): Int32Array {
  const to = new Int32Array(places);
  let next = 0;
  for (const list of lists) {
    const sorted = list.places.subarray(0, list.count).sort();
    if (kinds) sorted.sort((a, b) => kinds[a]! - kinds[b]! || a - b);
    for (const place of sorted) to[place] = next++;
  }
  for (const place of free) to[place] = next++;
  return to;
}

/** Moves each row to its place, in place: along the cycles of the permutation. */
function moveRows(table: Int8Rows, to: Int32Array): void {
  const moved = new Uint8Array(to.length);
  for (let start = 0; start < to.length; start++) {
    let carried = table.row(start).slice();
    for (let at = to[start]!; moved[at] === 0; at = to[at]!) {
      const row = table.row(at);
      const next = row.slice();
      row.set(carried);
      carried = next;
      moved[at] = 1;
    }
  }
}

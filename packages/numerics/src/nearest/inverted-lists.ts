import type { Matrix } from '@routeprofile/schema';
import { rowDots } from '../products.js';
import { keepBest, type Best } from './best.js';
import { int8Rows, MOST_ROWS, toInt16, type Int8Rows } from './int8-rows.js';
import { centreOf, listFinder, type ListCentres } from './list-centres.js';
import type { FoundRows, NearestRows } from './nearest-rows.js';
import { numbers } from './numbers.js';

/** Rows that a search looks at, at least; see `invertedLists`. */
export const SCANNED = 32_768;
const LARGEST_CODE = 127;
const GONE = -1;

/** Places of a list's rows, and what bounds their products. */
interface List {
  places: Int32Array;
  count: number;
  /** Largest distance of a row's direction from the centre. */
  radius: number;
  longest: number;
  shortest: number;
}

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
   * @returns by old place, the new one
   */
  settle(): Int32Array;
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
  const residual = new Float64Array(width);

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
      let square = 0;
      for (let j = 0; j < width; j++) square += row[j]! * row[j]!;
      const length = Math.sqrt(square);
      for (let j = 0; j < width; j++) unit[j] = length > 0 ? row[j]! / length : 0;
      const list = find(unit);
      const centre = centreOf(centres, list);
      let largest = 0;
      for (let j = 0; j < width; j++) {
        residual[j] = unit[j]! - centre[j]!;
        largest = Math.max(largest, Math.abs(residual[j]!));
      }
      const scale = Math.fround(largest / LARGEST_CODE);
      const place = free.pop() ?? listOf.count;
      for (const part of [listOf, scales, lengths, orders]) part.reserve(place + 1);
      table.reserve(place + 1);
      const codes = table.row(place);
      for (let j = 0; j < width; j++)
        codes[j] = scale > 0 ? Math.max(-127, Math.min(127, Math.round(residual[j]! / scale))) : 0;
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
    settle() {
      const to = placesByList(lists, listOf.count, free);
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
    search(query, count, { among, admits } = {}): FoundRows {
      const best = keepBest(Math.min(count, size));
      const vector = Float64Array.from(query);
      const { codes, scale: unitOfQuery } = toInt16(vector);
      const towards = new Float64Array(lists.length);
      rowDots(centres.centres, vector, towards);
      const chunk = new Int32Array(MOST_ROWS);
      let filled = 0;
      let looked = 0;
      const flush = () => {
        const dots = table.dots(chunk.subarray(0, filled), codes);
        for (let i = 0; i < filled; i++) {
          const place = chunk[i]!;
          const product =
            lengths.data[place]! * (towards[listOf.data[place]!]! + scales.data[place]! * unitOfQuery * dots[i]!);
          if (product >= best.threshold()) best.offer(place, product, orders.data[place]!);
        }
        looked += filled;
        filled = 0;
      };
      const look = (place: number) => {
        if (admits && !admits(place)) return;
        chunk[filled++] = place;
        if (filled === MOST_ROWS) flush();
      };
      let complete = true;
      if (among) for (const place of among) look(place);
      else
        complete = readLists(lists, towards, norm(vector), {
          best,
          look,
          flush,
          done: () => looked + filled >= scanned,
        });
      flush();
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

/** By place: where its row goes when lists lie one after the other, free places last. */
function placesByList(lists: readonly List[], places: number, free: readonly number[]): Int32Array {
  const to = new Int32Array(places);
  let next = 0;
  for (const list of lists) for (const place of list.places.subarray(0, list.count).sort()) to[place] = next++;
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

interface Reading {
  best: Best;
  look: (place: number) => void;
  flush: () => void;
  done: () => boolean;
}

/** Lists, the most promising first, until enough was looked at. @returns whether none that was left out could hold a better row */
function readLists(
  lists: readonly List[],
  towards: Float64Array,
  queryLength: number,
  { best, look, flush, done }: Reading,
): boolean {
  const most = (product: number, { longest, shortest }: List) => product * (product > 0 ? longest : shortest);
  const order = [...lists.keys()]
    .filter((l) => lists[l]!.count > 0)
    .sort((a, b) => most(towards[b]!, lists[b]!) - most(towards[a]!, lists[a]!) || a - b);
  // The highest product that the lists from each on could hold (Cauchy–Schwarz).
  const bounds = new Float64Array(order.length + 1).fill(-Infinity);
  for (let i = order.length - 1; i >= 0; i--) {
    const list = lists[order[i]!]!;
    bounds[i] = Math.max(bounds[i + 1]!, most(towards[order[i]!]! + queryLength * list.radius, list));
  }
  for (const [i, l] of order.entries()) {
    if (best.threshold() > bounds[i]!) return true;
    if (done() && best.threshold() > -Infinity) return false;
    const { places, count } = lists[l]!;
    for (let at = 0; at < count; at++) look(places[at]!);
    flush();
  }
  return true;
}

const norm = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));

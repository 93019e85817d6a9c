import { rowDots } from '../products.js';
import { keepBest } from './best.js';
import type { NearestRows } from './nearest-rows.js';
import { numbers } from './numbers.js';

/** Rows of one call of `rowDots`. */
const BLOCK = 1_024;

/** All that exact rows hold, as files keep it. */
export interface SavedRows {
  /** [places × width]; what a place without a row holds is not read. */
  rows: Float32Array;
  /** Shape [places]: the number under which each row came; NaN where nothing is held. */
  orders: Float64Array;
}

/** `NearestRows` that can be saved. */
export interface ExactRows extends NearestRows {
  save(): SavedRows;
}

/**
 * `NearestRows` in float32, all of which every search reads: the referee of what is faster.
 * @param saved what `save` gave, copied. Default: no rows
 */
export function exactRows(width: number, saved?: SavedRows): ExactRows {
  const data = numbers(Float32Array, saved?.rows);
  const orders = numbers(Float64Array, saved?.orders);
  const free: number[] = [];
  let [size, arrivals] = [0, 0];
  orders.data.forEach((order, place) => {
    if (Number.isNaN(order)) free.push(place);
    else [size, arrivals] = [size + 1, Math.max(arrivals, order + 1)];
  });
  const dots = new Float64Array(BLOCK);

  return {
    width,
    scanned: Infinity,
    get size() {
      return size;
    },
    get places() {
      return orders.count;
    },
    get bytes() {
      return orders.count * (4 * width + 8);
    },
    add(row) {
      const place = free.pop() ?? orders.count;
      orders.reserve(place + 1);
      data.reserve((place + 1) * width);
      data.data.set(row, place * width);
      orders.data[place] = arrivals++;
      size++;
      return place;
    },
    remove(place) {
      orders.data[place] = NaN;
      free.push(place);
      size--;
    },
    order: (place) => orders.data[place]!,
    row: (place) => data.data.slice(place * width, (place + 1) * width),
    search(query, count, { among, admitted } = {}) {
      const best = keepBest(Math.min(count, size));
      const vector = Float64Array.from(query);
      const offer = (place: number, product: number) => {
        const order = orders.data[place]!;
        if (Number.isNaN(order) || product < best.threshold()) return;
        if (!admitted || admitted.admits[admitted.kinds[place]!] === 1) best.offer(place, product, order);
      };
      const multiply = (from: number, rows: number) =>
        rowDots({ rows, cols: width, data: data.data.subarray(from * width, (from + rows) * width) }, vector, dots);
      if (among)
        for (const place of among) {
          multiply(place, 1);
          offer(place, dots[0]!);
        }
      else
        for (let from = 0; from < orders.count; from += BLOCK) {
          const rows = Math.min(BLOCK, orders.count - from);
          multiply(from, rows);
          for (let i = 0; i < rows; i++) offer(from + i, dots[i]!);
        }
      const { items, scores } = best.take();
      return { places: items, products: scores, complete: true };
    },
    save: () => ({ rows: data.copy(), orders: orders.copy() }),
  };
}

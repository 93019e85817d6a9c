import type { Best } from './best.js';
import { MOST_ROWS, toInt16, type Int8Rows } from './int8-rows.js';
import type { AdmittedKinds } from './nearest-rows.js';

/** What is held beside the codes, by place; see `SavedLists`. */
export interface HeldRows {
  lists: Int32Array;
  scales: Float32Array;
  lengths: Float32Array;
  orders: Float64Array;
}

/** Compares a query with rows, and offers the best of what it has seen. */
export interface RowScan {
  /** At the first `count` of these places, but for what is not admitted. */
  look(places: Int32Array, count: number): void;
  /** How many rows the query was compared with. */
  looked(): number;
}

/**
 * @param query its numbers, and its products with the centres of the lists
 * @param admitted only these kinds; default all
 */
export function scanRows(
  table: Int8Rows,
  { lists, scales, lengths, orders }: HeldRows,
  { vector, towards }: { vector: Float64Array; towards: Float64Array },
  best: Best,
  admitted?: AdmittedKinds,
): RowScan {
  const { codes, scale: unit } = toInt16(vector);
  const chunk = new Int32Array(MOST_ROWS);
  let looked = 0;

  const compare = (count: number) => {
    const dots = table.dots(chunk.subarray(0, count), codes);
    let threshold = best.threshold();
    for (let i = 0; i < count; i++) {
      const place = chunk[i]!;
      const product = lengths[place]! * (towards[lists[place]!]! + scales[place]! * unit * dots[i]!);
      if (product < threshold) continue;
      best.offer(place, product, orders[place]!);
      threshold = best.threshold();
    }
    looked += count;
  };
  return {
    looked: () => looked,
    look(places, count) {
      let filled = 0;
      for (let at = 0; at < count; at++) {
        const place = places[at]!;
        if (admitted && admitted.admits[admitted.kinds[place]!] === 0) continue;
        chunk[filled++] = place;
        if (filled < MOST_ROWS) continue;
        compare(filled);
        filled = 0;
      }
      if (filled > 0) compare(filled);
    },
  };
}

import type { Best } from './best.js';
import type { RowScan } from './scan-rows.js';

/** Places of a list's rows, and what bounds their products. */
export interface List {
  places: Int32Array;
  count: number;
  /** Largest distance of a row's direction from the centre. */
  radius: number;
  longest: number;
  shortest: number;
}

/**
 * Reads lists, the most promising first, until enough was looked at.
 * @param towards shape [lists]: products of the query with the centres
 * @param scanned rows to look at, at least
 * @returns whether no list that was left out could hold a better row
 */
export function readLists(
  lists: readonly List[],
  towards: Float64Array,
  queryLength: number,
  best: Best,
  scan: RowScan,
  scanned: number,
): boolean {
  const most = (product: number, { longest, shortest }: List) => product * (product > 0 ? longest : shortest);
  const promise = Float64Array.from(towards, (product, l) => most(product, lists[l]!));
  const order = [...lists.keys()].filter((l) => lists[l]!.count > 0).sort((a, b) => promise[b]! - promise[a]! || a - b);
  // The highest product that the lists from each on could hold (Cauchy–Schwarz).
  const bounds = new Float64Array(order.length + 1).fill(-Infinity);
  for (let i = order.length - 1; i >= 0; i--) {
    const list = lists[order[i]!]!;
    bounds[i] = Math.max(bounds[i + 1]!, most(towards[order[i]!]! + queryLength * list.radius, list));
  }
  for (const [i, l] of order.entries()) {
    if (best.threshold() > bounds[i]!) return true;
    if (scan.looked() >= scanned && best.threshold() > -Infinity) return false;
    const { places, count } = lists[l]!;
    scan.look(places, count);
  }
  return true;
}

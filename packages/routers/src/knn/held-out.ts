import { rowOf, takeRows, type Matrix } from '@routeprofile/schema';
import type { InvertedLists } from '@routeprofile/numerics';
import { closestFirst, createSearch, highest, type Neighbours } from './neighbours.js';
import { neighboursInLists } from './search.js';

/** The `count` nearest of each of some held-out queries among those of other folds, the closest first. */
export type HeldOutNeighbours = (queries: readonly number[], count: number) => Promise<Neighbours[]>;

/**
 * Compares with every query of the other folds.
 * @param space [queries × dimensions], unit rows
 * @param foldOf fold of each query
 */
export const comparedNeighbours =
  (space: Matrix, foldOf: Int32Array): HeldOutNeighbours =>
  async (queries, count) => {
    // The few are laid out, the many pass by: [queries × held-out].
    const { data } = (await createSearch(takeRows(space, queries)))(space);
    const [others, among] = [new Int32Array(space.rows), new Float32Array(space.rows)];
    return queries.map((query, i) => {
      let size = 0;
      for (let row = 0, k = i; row < space.rows; row++, k += queries.length)
        if (foldOf[row] !== foldOf[query]) {
          others[size] = row;
          among[size++] = data[k]!;
        }
      const { rows, similarities } = closestFirst(highest(among.subarray(0, size), count));
      return { rows: rows.map((at) => others[at]!), similarities };
    });
  };

/** Compares with the most promising lists, as the router will. Other parameters as of `comparedNeighbours`. */
export function listedNeighbours(lists: InvertedLists, space: Matrix, foldOf: Int32Array): HeldOutNeighbours {
  const kinds = Int32Array.from({ length: lists.places }, (_, place) => foldOf[lists.order(place)]!);
  const folds = foldOf.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  const without = Array.from({ length: folds }, (_, fold) =>
    Uint8Array.from({ length: folds }, (__, other) => (other === fold ? 0 : 1)),
  );
  return (queries, count) =>
    Promise.resolve(
      queries.map((query) =>
        neighboursInLists(lists, rowOf(space, query), count, { kinds, admits: without[foldOf[query]!]! }),
      ),
    );
}

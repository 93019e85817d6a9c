import { rowOf, type Matrix } from '@routeprofile/schema';
import type { AdmittedKinds, InvertedLists } from '@routeprofile/numerics';
import { createSearch, highest, searchEach, type Neighbours } from './neighbours.js';

/**
 * Shows the `count` nearest training queries of each vector, vector after vector.
 * @param vectors unit rows, as the training queries are held
 */
export type NeighbourSearch = (
  vectors: Matrix,
  count: number,
  see: (found: Neighbours, vector: number) => void,
) => void;

/** Compares with every training query: n × d multiplications per vector, on a second copy of the training queries. */
export async function exactNeighbours(queries: Matrix): Promise<NeighbourSearch> {
  const search = await createSearch(queries);
  return (vectors, count, see) =>
    searchEach(search, vectors, (similarities, vector) => see(highest(similarities, count), vector));
}

/** Compares with the most promising lists, in a copy of one byte per number. */
export const approximateNeighbours =
  (lists: InvertedLists): NeighbourSearch =>
  (vectors, count, see) => {
    for (let vector = 0; vector < vectors.rows; vector++)
      see(neighboursInLists(lists, rowOf(vectors, vector), count), vector);
  };

/** @returns the closest first */
export function neighboursInLists(
  lists: InvertedLists,
  vector: Float32Array,
  count: number,
  admitted?: AdmittedKinds,
): Neighbours {
  const { places, products } = lists.search(vector, count, admitted && { admitted });
  return { rows: places.map((place) => lists.order(place)), similarities: Float32Array.from(products) };
}

import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';
import { transpose } from '@routeprofile/numerics';
import { createLinearMaps } from '@routeprofile/tensor';

/** Rows of a space that are near, each with how near. */
export interface Neighbours {
  rows: Int32Array;
  /** One per row, such as a cosine. */
  similarities: Float32Array;
}

/**
 * The `count` highest similarities, by selection: the time is that of reading them a few times, whatever the count. Of equal
 * ones the earlier are taken.
 * @param similarities one a row
 * @returns in row order
 */
export function highest(similarities: Float32Array, count: number): Neighbours {
  const size = Math.min(count, similarities.length);
  const threshold = size === 0 ? Infinity : nthHighest(similarities.slice(), size - 1);
  let above = 0;
  for (const s of similarities) if (s > threshold) above++;
  let ties = size - above;
  const rows = new Int32Array(size);
  for (let row = 0, found = 0; found < size; row++) {
    const s = similarities[row]!;
    if (s > threshold || (s === threshold && ties-- > 0)) rows[found++] = row;
  }
  return { rows, similarities: Float32Array.from(rows, (row) => similarities[row]!) };
}

/** The value at place n of the descending order (Hoare's quickselect, middle pivot). Reorders `values`. */
function nthHighest(values: Float32Array, n: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[(left + right) >> 1]!;
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! > pivot) i++;
      while (values[j]! < pivot) j--;
      if (i > j) break;
      [values[i], values[j]] = [values[j]!, values[i]!];
      i++;
      j--;
    }
    if (n <= j) right = j;
    else if (n >= i) left = i;
    else break;
  }
  return values[n]!;
}

/** [vectors × rows of the space] cosines; a vector's do not depend on the others asked with it. */
export type Search = (vectors: Matrix) => Matrix;

/** Vectors compared at a time: the cosines of a large batch with a large space would not fit into memory. */
const BLOCK = 64;

/**
 * Shows each vector's cosines, one a row of the space, vector after vector.
 * @param see keeps nothing of what it is shown, but may overwrite it
 */
export function searchEach(
  search: Search,
  vectors: Matrix,
  see: (cosines: Float32Array, vector: number) => void,
): void {
  for (let start = 0; start < vectors.rows; start += BLOCK) {
    const rows = Math.min(BLOCK, vectors.rows - start);
    const block = createMatrix(
      rows,
      vectors.cols,
      vectors.data.subarray(start * vectors.cols, (start + rows) * vectors.cols),
    );
    const cosines = search(block);
    for (let i = 0; i < rows; i++) see(rowOf(cosines, i), start + i);
  }
}

/**
 * Exact search on the kernels: the space is laid out anew, in memory of its own, so that a vector is compared with all rows at
 * once, about 0.2 ms per 1,000 rows of 512 numbers.
 * @param space unit rows, like the vectors to come
 */
export async function createSearch(space: Matrix): Promise<Search> {
  const columns = transpose(space);
  const maps = await createLinearMaps({
    space: { weight: { shape: [columns.rows, columns.cols], data: columns.data } },
  });
  return (vectors) => maps.apply('space', vectors);
}

/** Most similar first, equal ones in row order. */
export function closestFirst({ rows, similarities }: Neighbours): Neighbours {
  const order = Array.from(rows.keys()).sort((a, b) => similarities[b]! - similarities[a]! || rows[a]! - rows[b]!);
  return {
    rows: Int32Array.from(order, (i) => rows[i]!),
    similarities: Float32Array.from(order, (i) => similarities[i]!),
  };
}

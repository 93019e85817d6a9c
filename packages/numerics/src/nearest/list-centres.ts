import { createRandom, createMatrix, rowOf, takeRows, type Matrix, type RunContext } from '@routeprofile/schema';
import { kMeans, nearestCentre } from '../k-means.js';
import { rowDots, rowProducts } from '../products.js';

/** Rows copied at a time. */
const TAKEN = 8_192;

/** Directions that rows are sorted by, in two levels: few groups, each with few lists, so that a row's list is found with few products. */
export interface ListCentres {
  /** [groups × width], unit rows. */
  groups: Matrix;
  /** [lists × width], unit rows; those of a group lie together. */
  centres: Matrix;
  /** [groups + 1]: the lists of group g are starts[g] up to starts[g + 1]. */
  starts: Int32Array;
}

/**
 * Groups and lists of a sample, by k-means (`kMeans`) of the sample and then of each group.
 * @param sample unit rows; zero rows belong to any list
 * @param lists wanted; fewer where fewer rows differ
 * @param products how rows are multiplied with centres; default in double precision
 * @throws RouteProfileError ABORTED
 */
export function listCentres(
  sample: Matrix,
  lists: number,
  ctx: Pick<RunContext, 'seed' | 'signal'>,
  products = rowProducts,
): ListCentres {
  if (sample.rows === 0)
    return { groups: createMatrix(1, sample.cols), centres: createMatrix(1, sample.cols), starts: Int32Array.of(0, 1) };
  const random = createRandom(ctx.seed, 'nearest', 'lists');
  const wanted = Math.max(1, Math.round(Math.sqrt(lists)));
  const { centres: groups, assignment } = kMeans(sample, wanted, random, ctx, products);
  const members = Array.from({ length: groups.rows }, (): number[] => []);
  assignment.forEach((group, i) => members[group]!.push(i));
  const parts = members.map((rows, group) => {
    const share = Math.max(1, Math.round((lists * rows.length) / sample.rows));
    // A group may be left without rows in the last round.
    return rows.length === 0
      ? takeRows(groups, [group])
      : kMeans(takeRows(sample, rows), share, random, ctx, products).centres;
  });
  const starts = new Int32Array(groups.rows + 1);
  parts.forEach((part, group) => (starts[group + 1] = starts[group]! + part.rows));
  const centres = createMatrix(starts[groups.rows]!, sample.cols);
  parts.forEach((part, group) => centres.data.set(part.data, starts[group]! * sample.cols));
  return { groups, centres, starts };
}

/** Finds the list of a unit row: the nearest centre in the nearest group. */
export function listFinder({ groups, centres, starts }: ListCentres): (row: Float64Array) => number {
  const products = new Float64Array(Math.max(groups.rows, centres.rows));
  const nearest = (matrix: Matrix, row: Float64Array) => {
    rowDots(matrix, row, products);
    let best = 0;
    for (let i = 1; i < matrix.rows; i++) if (products[i]! > products[best]!) best = i;
    return best;
  };
  const parts = Array.from({ length: groups.rows }, (_, group): Matrix => {
    const [from, to] = [starts[group]!, starts[group + 1]!];
    return { rows: to - from, cols: centres.cols, data: centres.data.subarray(from * centres.cols, to * centres.cols) };
  });
  return (row) => {
    const group = nearest(groups, row);
    return starts[group]! + nearest(parts[group]!, row);
  };
}

/** A centre's numbers, as a view. */
export const centreOf = ({ centres }: ListCentres, list: number): Float32Array => rowOf(centres, list);

/**
 * The list of each row, as `listFinder` finds it: of many rows at once, group after group.
 * @param rows [rows × width], unit rows
 * @param products how rows are multiplied with centres; default in double precision
 * @returns shape [rows]
 */
export function listsOf(rows: Matrix, { groups, centres, starts }: ListCentres, products = rowProducts): Int32Array {
  const groupOf = nearestCentre(rows, groups, products);
  const members = Array.from({ length: groups.rows }, (): number[] => []);
  groupOf.forEach((group, i) => members[group]!.push(i));
  const out = new Int32Array(rows.rows);
  for (const [group, all] of members.entries()) {
    const [from, to] = [starts[group]!, starts[group + 1]!];
    const own = createMatrix(to - from, centres.cols, centres.data.subarray(from * centres.cols, to * centres.cols));
    for (let at = 0; at < all.length; at += TAKEN) {
      const part = all.slice(at, at + TAKEN);
      nearestCentre(takeRows(rows, part), own, products).forEach((list, i) => (out[part[i]!] = from + list));
    }
  }
  return out;
}

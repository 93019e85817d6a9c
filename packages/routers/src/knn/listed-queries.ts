import { corruptFile, createMatrix, takeRows, type Matrix, type RunContext } from '@routeprofile/schema';
import { invertedListsOfRows, listCentres, listsOf, type InvertedLists } from '@routeprofile/numerics';
import { createProducts } from '../common/products.js';

const MOST_EXACT = 100_000;
/** Training queries that an approximate search compares a query with, at least. */
const COMPARED = 65_536;
/** Lists, at most; and what they are made from, at most and per list. */
const MOST_LISTS = 1_024;
const MOST_SAMPLED = 16_384;
const SAMPLED_PER_LIST = 16;

/** How the nearest of as many training queries are found unless an option says so. */
export const searchAmong = (queries: number): 'exact' | 'approximate' =>
  queries > MOST_EXACT ? 'approximate' : 'exact';

/** Which list each training query is in, as files keep it. */
export type ListWeights = Record<'lists' | 'listCentres', Matrix>;

/** For a router that compares a query with all training queries. */
export const noLists = (): ListWeights => ({ lists: createMatrix(0, 0), listCentres: createMatrix(0, 0) });

/**
 * Sorts training queries into lists of like ones, for `invertedLists` of numerics: as many as the square root of their number, at most
 * 1,024, from an evenly spaced sample.
 * @param queries unit rows
 */
export async function listQueries(queries: Matrix, ctx: RunContext): Promise<ListWeights> {
  const wanted = Math.min(MOST_LISTS, Math.ceil(Math.sqrt(queries.rows)));
  const sampled = Math.min(MOST_SAMPLED, SAMPLED_PER_LIST * wanted, queries.rows);
  const sample = takeRows(
    queries,
    Int32Array.from({ length: sampled }, (_, i) => Math.floor((i * queries.rows) / sampled)),
  );
  const { rows: products } = await createProducts();
  const centres = listCentres(sample, wanted, ctx, products);
  const lists = listsOf(queries, centres, products);
  return { lists: createMatrix(queries.rows, 1, new Float32Array(lists)), listCentres: centres.centres };
}

/**
 * The lists, ready to be searched: `order` of a place is the number of its training query.
 * @throws RouteProfileError CORRUPT_FILE
 */
export function openLists(
  router: string,
  queries: Matrix,
  { lists, listCentres: centres }: ListWeights,
): InvertedLists {
  if (!lists.data.every((list) => Number.isInteger(list) && list >= 0 && list < centres.rows))
    throw corruptFile(router, "weights.npz: 'lists' names a list that does not exist");
  // Nothing is added later, so that no groups are needed to find a list by.
  const starts = Int32Array.from({ length: centres.rows + 1 }, (_, list) => list);
  const held = { groups: centres, centres, starts };
  return invertedListsOfRows(queries, held, new Int32Array(lists.data), { scanned: COMPARED });
}

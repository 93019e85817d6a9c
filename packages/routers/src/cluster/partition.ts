import { createRandom, takeRows, type Matrix, type RunContext, type SharedWork } from '@routeprofile/schema';
import { kMeans, nearestCentre } from '@routeprofile/numerics';
import { sharedProducts } from '../common/products.js';

/** Centres are found on at most this many queries. */
const MOST_CLUSTERED = 2000;

/** Queries in clusters. */
export interface Partition {
  /** [clusters × dimensions], unit rows. */
  centres: Matrix;
  /** The cluster of each query. */
  assignment: Int32Array;
}

/**
 * Spherical k-means of queries, computed once for all who share the work. No outcome takes part in it, so that the parts of a larger batch,
 * such as the folds of a cross-validation, have the centres of the whole.
 * @param work on unit rows
 */
export async function partition(work: SharedWork, count: number, ctx: RunContext): Promise<Partition> {
  const whole = work.whole ?? work;
  const { centres, assignment } = await whole.once(`clusters ${ctx.seed} ${count}`, async (): Promise<Partition> => {
    const { vectors } = whole;
    const products = await sharedProducts(whole);
    const drawn = createRandom(ctx.seed, 'cluster', 'sample').sample([...Array(vectors.rows).keys()], MOST_CLUSTERED);
    const sample = takeRows(
      vectors,
      drawn.sort((a, b) => a - b),
    );
    const found = kMeans(sample, count, createRandom(ctx.seed, 'cluster', String(count)), ctx, products.rows);
    return { centres: found.centres, assignment: nearestCentre(vectors, found.centres, products.rows) };
  });
  return { centres, assignment: work.rows ? work.rows.map((row) => assignment[row]!) : assignment };
}

import { normalizeRows, rowOf, takeRows, type Matrix, type QueryBatch, type SharedWork } from '@routeprofile/schema';

/** Keeps what is computed of these vectors, which must not change while it is held. Nothing is computed yet. */
export const shareWork = (vectors: Matrix): SharedWork => workOf(vectors, null, null);

function workOf(vectors: Matrix, whole: SharedWork | null, rows: Int32Array | null): SharedWork {
  const known = new Map<string, unknown>();
  return {
    vectors,
    whole,
    rows,
    once<T>(name: string, compute: () => T): T {
      if (!known.has(name)) known.set(name, compute());
      // A name is used by one module, which always computes the same type under it.
      return known.get(name) as T;
    },
  };
}

/** What fits on these vectors share: that of the batch where it is theirs, else none but their own. */
export const workOn = ({ work }: QueryBatch, vectors: Matrix): SharedWork =>
  work?.vectors === vectors ? work : shareWork(vectors);

/** What the work on all queries is to some of them. @param vectors theirs */
export function workOnPart(work: SharedWork, vectors: Matrix, rows: Int32Array): SharedWork {
  const { rows: own } = work;
  return workOf(vectors, work.whole ?? work, own === null ? rows : rows.map((row) => own[row]!));
}

/** Lengths that differ from 1 by less are a matter of rounding. */
const UNIT = 1e-6;

function areUnit(vectors: Matrix): boolean {
  for (let i = 0; i < vectors.rows; i++) {
    let square = 0;
    for (const x of rowOf(vectors, i)) square += x * x;
    if (Math.abs(square - 1) > UNIT) return false;
  }
  return true;
}

/** Work on the same queries at length 1: the same work where they have it already. */
export const unitWork = (work: SharedWork): SharedWork =>
  work.once('unit rows', () => {
    const { whole, rows, vectors } = work;
    if (!whole || !rows) return areUnit(vectors) ? work : shareWork(normalizeRows(vectors));
    const unit = unitWork(whole);
    return unit === whole ? work : workOnPart(unit, takeRows(unit.vectors, rows), rows);
  });

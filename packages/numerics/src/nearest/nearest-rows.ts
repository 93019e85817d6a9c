/** Rows found, the highest product first; equal products by the order in which the rows came. */
export interface FoundRows {
  /** Places of the rows, see `NearestRows.add`. */
  places: Int32Array;
  /** Dot products of the query with each. */
  products: Float64Array;
  /** Whether it is certain that no row that was not looked at has a higher product, but for rounding of what the rows are held in. */
  complete: boolean;
}

/** Rows of some kinds. */
export interface AdmittedKinds {
  /** By place: the kind of its row. */
  kinds: Int32Array;
  /** Shape [kinds]: 1 where rows of the kind are admitted, else 0. */
  admits: Uint8Array;
}

/** What a search is limited to. Without any of it: all rows. */
export interface SearchLimits {
  /** Only these places, whatever else is held; each once. */
  among?: Int32Array;
  /** Only rows of these kinds. */
  admitted?: AdmittedKinds;
}

/** Rows of numbers of which those with the highest dot product with a query are found: nearest by cosine, when rows have length 1. */
export interface NearestRows {
  /** Numbers per row. */
  readonly width: number;
  /** Rows held. */
  readonly size: number;
  /** Places ever used: all places are below. */
  readonly places: number;
  /** Rows that a search looks at before it may stop; up to as many, it looks at all. */
  readonly scanned: number;
  /** Bytes held for rows and for finding them. */
  readonly bytes: number;
  /** @returns the row's place; places of removed rows are used again */
  add(row: ArrayLike<number>): number;
  /** @param place of a row that is held */
  remove(place: number): void;
  /** Rows that came earlier have a lower one. NaN for a place that holds nothing. */
  order(place: number): number;
  /** The row at a place, as it is held. */
  row(place: number): Float32Array;
  search(query: ArrayLike<number>, count: number, limits?: SearchLimits): FoundRows;
}

/** One row of a table, by column name. */
export interface TableRecord {
  /** `file: line 12`, `file: [3]`. */
  place: string;
  fields: ReadonlyMap<string, unknown>;
}

/** A table that is about to be read. */
export interface Table {
  /** Every column that some row has, in order of first appearance. */
  header: string[];
  /** What divides the cells of a CSV; undefined for JSON. */
  delimiter: string | undefined;
  rows: AsyncIterable<TableRecord> | Iterable<TableRecord>;
}

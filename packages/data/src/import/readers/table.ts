import type { Fields, Path } from '../paths.js';

/** One record of a source. */
export interface TableRecord {
  /** `file: line 12`, `file: [3]`. */
  place: string;
  fields: Fields;
  /** The document that the record lies in, without its records. */
  outer: Fields;
}

/** A source whose records can be read, more than once. */
export interface Reader {
  /** What divides the cells of a CSV; undefined for anything else. */
  delimiter: string | undefined;
  /** The file is JSON, and no JSON lines: its records may lie anywhere in it. */
  isDocument: boolean;
  /** Its first values: rows of a table, lines, or the one document of a JSON file, cut after its first records. */
  sample: readonly unknown[];
  /** Every field that some record at the path has, in order of first appearance. Reads the source to its end. */
  header(records: Path): Promise<string[]>;
  records(records: Path): AsyncIterable<TableRecord>;
}

/** How many first records a sample has at most: enough to look beyond a run of failed ones. */
export const SAMPLED = 200;

export const NO_FIELDS: Fields = {};

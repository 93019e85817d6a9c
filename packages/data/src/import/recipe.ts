import type { Asked } from './calls.js';
import type { Choices } from './choices.js';
import { fieldAt, type Fields, type Path } from './paths.js';
import type { Plan } from './plan.js';
import type { Preset } from './presets/preset.js';
import type { TableRecord } from './readers/table.js';
import type { NamedScores } from './score-names.js';

/** How the records of a file become calls. */
export interface Recipe {
  plan: Plan;
  preset: Preset | undefined;
  /** Where its records are. */
  records: Path;
  /** Each call that a record tells of. */
  calls(record: TableRecord): readonly RecordCall[];
  /** Takes down what a record says of the call of another; called for all records before anything else. */
  gather?: (record: TableRecord) => void;
  /** The named scores of its calls, where one name is chosen for the whole import: counted before anything is read. */
  scoresOf?: (record: TableRecord) => readonly NamedScores[];
}

interface RecordCall {
  /** Under the plan's column names. */
  fields: Fields;
  /** Of a preset. */
  asked?: Asked;
}

/** A second file has several scores of which none was asked for. */
export const countsJoined = ({ joins, score }: Choices): boolean =>
  score === undefined && joins.score !== undefined && joins.score.names.size > 1;

/** Of joined values the first of a name: the file has one query for each id. */
export function firstOf(values: Fields | undefined, name: string): unknown {
  const value = values?.[name];
  return Array.isArray(value) ? (value as unknown[])[0] : value;
}

export const deepIn = (fields: Fields, outer: Fields, name: string, path: Path | null): unknown =>
  fieldAt(fields, name, path) ?? fieldAt(outer, name, path);

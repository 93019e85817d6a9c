import { nameSchema, type ReadQuery } from '@routeprofile/schema';
import { describeValue, type Problems } from '../disk/problems.js';
import type { DecimalReader } from './decimals.js';
import type { Fields } from './paths.js';
import { readQueryCell } from './query-cell.js';
import { scoreOfWord, type OwnWords } from './scale.js';
import { parseTime } from './times.js';
import { Measured } from './units.js';

/** What pandas, Python and JSON write for "nothing here". */
const ABSENT = new Set(['', 'nan', 'none', 'null', 'na', 'n/a']);

/** NaN and the infinities, which Python writes into JSON, and which Parquet has. */
const isNotNumber = (value: unknown): boolean => typeof value === 'number' && !Number.isFinite(value);

export const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && ABSENT.has(value.trim().toLowerCase()));

/** Whether nothing was measured: there is no value, or one that is not a number in place of it. */
export const isUnmeasured = (value: unknown): boolean => isAbsent(value) || isNotNumber(value);

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value.slice(0, 40))
    : typeof value === 'number'
      ? String(value)
      : describeValue(value);

/** A score as a table has it. */
export interface CellScore {
  value: number;
  /** The cell says itself what it means, 0 to 1, whatever the scale of the column: a word, or a number with `%`. */
  onUnit: boolean;
  /** `up`, `pass`, `C` …, as written. */
  word?: string;
}

/** Reads cells; what is wrong becomes a problem and counts as absent. */
export class Cells {
  /** Columns that were read, and hold NaN or an infinity: it counts as absent. */
  readonly notNumbers = new Set<string>();

  constructor(
    private readonly problems: Problems,
    private readonly place: string,
    private readonly fields: Fields,
    private readonly decimals: DecimalReader,
  ) {}

  problem(column: string, message: string): null {
    this.problems.add(this.place, column, message);
    return null;
  }

  private value(column: string | undefined): unknown {
    if (column === undefined || !Object.hasOwn(this.fields, column)) return undefined;
    const cell = this.fields[column];
    const value = cell instanceof Measured ? cell.value : cell;
    if (!isNotNumber(value)) return value;
    this.notNumbers.add(column);
    return null;
  }

  /**
   * A number of at least 0, a dollar sign before it being left out, in dollars, seconds or tokens; null when absent.
   * @param per how many of the column's units make one, unless the cell has a unit of its own
   */
  measure(column: string | undefined, per = 1): number | null {
    const value = this.value(column);
    if (isAbsent(value)) return null;
    const number = this.asNumber(typeof value === 'string' ? value.trim().replace(/^\$\s*/, '') : value);
    const cell = this.fields[column!];
    const unit = cell instanceof Measured && typeof cell.unit === 'number' ? cell.unit : per;
    if (number !== null && number >= 0) return number / unit;
    return this.problem(column!, `is ${shown(value)}, expected a number of at least 0${commaHint(value)}`);
  }

  /** A number, whose range is for others to check; null when absent. A percentage is refused: nothing says that it is one. */
  chance(column: string | undefined): number | null {
    const value = this.value(column);
    if (isAbsent(value)) return null;
    return (
      this.asNumber(value) ??
      this.problem(column!, `is ${shown(value)}, expected a chance above 0 and up to 1${commaHint(value)}`)
    );
  }

  /**
   * A number, a percentage, true or false, or a word such as `pass`; null when absent. Several, in a list, are averaged.
   * @param own words with a meaning of their own, before all others
   */
  score(column: string | undefined, own: OwnWords = new Map()): CellScore | null {
    const value = this.value(column);
    if (!Array.isArray(value)) return this.scoreOf(column, value, own);
    const scores = (value as unknown[])
      .map((item) => this.scoreOf(column, item, own))
      .filter((score) => score !== null);
    const [first, ...others] = scores;
    if (first === undefined || others.length === 0) return first ?? null;
    const total = scores.reduce((sum, score) => sum + score.value, 0);
    return { value: total / scores.length, onUnit: scores.every(({ onUnit }) => onUnit) };
  }

  private scoreOf(column: string | undefined, value: unknown, own: OwnWords): CellScore | null {
    if (isNotNumber(value) && column !== undefined) this.notNumbers.add(column);
    if (isUnmeasured(value)) return null;
    const word = typeof value === 'boolean' ? String(value) : value;
    const meant = own.get(String(word).trim().toLowerCase());
    if (meant !== undefined) return { value: meant, onUnit: true, word: String(word).trim() };
    const said = typeof word === 'string' ? scoreOfWord(word) : undefined;
    if (said !== undefined) return { value: said, onUnit: true, word: (word as string).trim() };
    const percent = typeof value === 'string' && value.trim().endsWith('%');
    const number = this.asNumber(percent ? value.trim().slice(0, -1) : value);
    if (number !== null && !percent) return { value: number, onUnit: false };
    if (number !== null && number >= 0 && number <= 100) return { value: number / 100, onUnit: true };
    const hint =
      typeof value === 'string' && commaHint(value) === ''
        ? ' (--good and --bad say what other words mean)'
        : commaHint(value);
    return this.problem(column!, `is ${shown(value)}, expected a number, or a word such as pass or fail${hint}`);
  }

  private asNumber(value: unknown): number | null {
    const number =
      typeof value === 'number' ? value : typeof value === 'string' ? this.decimals.read(value.trim()) : null;
    return number !== null && Number.isFinite(number) ? number : null;
  }

  /** Text, or a number as text; null when absent. Empty text is absent. */
  text(column: string | undefined): string | null {
    const value = this.value(column);
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.problem(column!, `is ${describeValue(value)}, expected text`);
  }

  /** The text of a query, which may be written as messages. */
  query(column: string): ReadQuery | null {
    const value = this.value(column);
    if (value === undefined || value === null || (typeof value === 'string' && value.trim() === ''))
      return this.problem(column, 'is empty, expected a value');
    return (
      readQueryCell(value) ??
      this.problem(column, `is ${describeValue(value)} without text of a user, expected a text or a list of messages`)
    );
  }

  /** A model's or task's name. */
  name(column: string | undefined, required = false): string | null {
    const text = this.text(column);
    const name = text?.trim() ?? '';
    if (name === '') {
      const value = this.value(column);
      // Text of another kind has its problem already.
      const unreadable = text === null && typeof value === 'object' && value !== null;
      return required && !unreadable ? this.problem(column!, 'is empty, expected a value') : null;
    }
    const parsed = nameSchema.safeParse(name);
    return parsed.success
      ? parsed.data
      : this.problem(column!, `is ${shown(name)}: ${parsed.error.issues[0]!.message}`);
  }

  /** Milliseconds since 1970; null when absent, undefined when there is something that is not a time. */
  time(column: string | undefined): number | null | undefined {
    const value = this.value(column);
    return isAbsent(value) ? null : (parseTime(value) ?? undefined);
  }

  shown(column: string): string {
    return shown(this.value(column));
  }
}

const commaHint = (value: unknown): string =>
  typeof value === 'string' && /^[+-]?[\d.]*,\d+\s*%?$/.test(value.trim())
    ? '; if its comma is a decimal mark, give --decimal comma'
    : '';

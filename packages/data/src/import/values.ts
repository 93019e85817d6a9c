import { nameSchema } from '@routeprofile/schema';
import { describeValue, type Problems } from '../disk/problems.js';

/** What pandas, Python and JSON write for "nothing here". */
const ABSENT = new Set(['', 'nan', 'none', 'null', 'na', 'n/a']);

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && ABSENT.has(value.trim().toLowerCase()));

function asNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  const text =
    typeof value === 'boolean'
      ? String(value)
      : typeof value === 'string'
        ? value.trim().toLowerCase()
        : 'not a number';
  return text === 'true' ? 1 : text === 'false' ? 0 : Number(text);
}

/** Reads cells; what is wrong becomes a problem and counts as absent. */
export class Cells {
  constructor(
    private readonly problems: Problems,
    private readonly place: string,
    private readonly fields: ReadonlyMap<string, unknown>,
  ) {}

  /** A number, `true`/`false` as 1/0; null when absent. */
  number(column: string | undefined, least = -Infinity): number | null {
    const value = column === undefined ? undefined : this.fields.get(column);
    if (isAbsent(value)) return null;
    const number = asNumber(value);
    if (Number.isFinite(number) && number >= least) return number;
    const found =
      typeof value === 'string'
        ? JSON.stringify(value.slice(0, 40))
        : typeof value === 'number'
          ? value
          : describeValue(value);
    this.problems.add(this.place, column!, `is ${found}, expected a number${least === 0 ? ' of at least 0' : ''}`);
    return null;
  }

  /** Text, or a number as text; null when absent. Empty text is absent. */
  text(column: string | undefined): string | null {
    const value = column === undefined ? undefined : this.fields.get(column);
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    this.problems.add(this.place, column!, `is ${describeValue(value)}, expected text`);
    return null;
  }

  /** A model's or task's name. */
  name(column: string | undefined): string | null {
    const name = this.text(column)?.trim() ?? null;
    if (name === null || name === '') return null;
    const parsed = nameSchema.safeParse(name);
    if (parsed.success) return parsed.data;
    this.problems.add(
      this.place,
      column!,
      `is ${JSON.stringify(name.slice(0, 40))}: ${parsed.error.issues[0]!.message}`,
    );
    return null;
  }

  missing(column: string): void {
    this.problems.add(this.place, column, 'is empty, expected a value');
  }
}

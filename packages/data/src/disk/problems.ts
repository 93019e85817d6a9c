import { RouteProfileError, type ErrorCode, type z } from '@routeprofile/schema';

/** `a.b[3]`, and keys that are not plain words in quotes. */
export const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part) =>
      typeof part === 'number'
        ? `[${part}]`
        : /^[\w-]+$/.test(String(part))
          ? `.${String(part)}`
          : `[${JSON.stringify(String(part).slice(0, 120))}]`,
    )
    .join('')
    .replace(/^\./, '');

const article = (word: string): string => (/^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`);

/** What was found, in a word: `null`, `a string`, `an array`. */
export const describeValue = (value: unknown): string =>
  value === null
    ? 'null'
    : value === undefined
      ? 'missing'
      : Array.isArray(value)
        ? 'an array'
        : typeof value === 'number' && !Number.isFinite(value)
          ? String(value)
          : article(typeof value);

const leaf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type'
    ? `is ${describeValue(issue.input)}, expected ${article(issue.expected === 'record' ? 'object' : issue.expected)}`
    : issue.message;

/**
 * Every line of a zod issue as `path.to.field: what is wrong, what was expected`.
 * Of a union the branch that got furthest is shown, for it is the one that was meant; several that got nowhere are joined.
 */
function issueLines(issue: z.core.$ZodIssue, parent: readonly PropertyKey[] = []): string[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const depth = (branch: readonly z.core.$ZodIssue[]) => Math.max(0, ...branch.map((inner) => inner.path.length));
    const deepest = Math.max(...issue.errors.map(depth));
    if (deepest > 0)
      return issue.errors.find((branch) => depth(branch) === deepest)!.flatMap((inner) => issueLines(inner, path));
    const expected = issue.errors
      .flat()
      .map((inner) => (inner.code === 'invalid_type' ? article(inner.expected) : inner.message));
    return [`${formatPath(path)}: is ${describeValue(issue.input)}, expected ${[...new Set(expected)].join(' or ')}`];
  }
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => `${formatPath(path)}: ${leaf(inner)}`);
  const text = leaf(issue);
  return [path.length === 0 ? text : `${formatPath(path)}: ${text}`];
}

/** Collects every problem of several files; keeps the first `limit` and counts the rest. */
export class Problems {
  readonly list: string[] = [];
  count = 0;
  /** The one error behind the one problem, so that its code and hint survive. */
  private sole: RouteProfileError | undefined;

  constructor(readonly limit = 50) {}

  /** @param path where in the file, '' for the file as a whole */
  add(file: string, path: string, message: string): void {
    this.count++;
    if (this.list.length < this.limit) this.list.push(`${file}: ${path === '' ? '' : `${path}: `}${message}`);
  }

  addLine(line: string): void {
    this.count++;
    if (this.list.length < this.limit) this.list.push(line);
  }

  addIssues(file: string, issues: readonly z.core.$ZodIssue[], parent: readonly PropertyKey[] = []): void {
    for (const issue of issues) for (const line of issueLines(issue, parent)) this.addLine(`${file}: ${line}`);
  }

  /** Takes over a thrown error; anything but a RouteProfileError about input is thrown on. */
  addError(error: unknown): void {
    if (!RouteProfileError.isInstance(error) || error.code === 'ABORTED') throw error;
    if (this.count === 0 && error.details.length === 0) this.sole = error;
    for (const line of error.details.length > 0 ? error.details : [error.message]) this.addLine(line);
    this.count += error.unlisted;
  }

  /** The problems with, at the end, how many more there are. */
  lines(): string[] {
    const more = this.count - this.list.length;
    return more > 0 ? [...this.list, `… and ${more} more`] : [...this.list];
  }

  /** @throws RouteProfileError when there are problems; a single one keeps its own code. */
  throwIfAny(what: string, code: ErrorCode = 'BAD_INPUT', hint = 'Correct the data, then run again.'): void {
    if (this.count === 0) return;
    if (this.count === 1 && this.sole !== undefined) throw this.sole;
    const message = this.count === 1 ? this.list[0]! : `${what}: ${this.count} problems; the first: ${this.list[0]!}`;
    throw new RouteProfileError(code, message, { hint, details: this.list, unlisted: this.count - this.list.length });
  }
}

import { RouteProfileError, type z } from '@routeprofile/schema';
import { writeFileAtomic } from './files.js';
import { findJsonFault, positionOf } from './json-scan.js';
import { formatPath, Problems } from './problems.js';
import { decodeText, MAX_JSON_BYTES, readBytes } from './read.js';

/**
 * JSON text → value. Stricter than `JSON.parse`: a key twice in an object, or `__proto__`, is an error too.
 * @param label how messages name the text
 * @param firstLine line number of the text's first line
 * @param onRepeatedKey takes a key given twice in an object, whose last value counts then; without it that is an error
 * @throws RouteProfileError CORRUPT_FILE when the text ends too early, BAD_INPUT otherwise; both name line and column.
 */
export function parseJson(text: string, label: string, firstLine = 1, onRepeatedKey?: (key: string) => void): unknown {
  const fault = findJsonFault(text, onRepeatedKey);
  if (fault === null) return JSON.parse(text) as unknown;
  const { line, column } = positionOf(text, fault.offset);
  const field = formatPath(fault.path);
  throw new RouteProfileError(
    fault.truncated ? 'CORRUPT_FILE' : 'BAD_INPUT',
    `${label}: line ${line + firstLine - 1}, column ${column}: ${field === '' ? '' : `${field}: `}${fault.message}`,
    { hint: fault.truncated ? 'The file is cut short: make or fetch it again.' : 'Correct the file at this place.' },
  );
}

/**
 * A value checked by a schema.
 * @throws RouteProfileError BAD_INPUT listing every problem as `label: path.to.field: what is wrong, what was expected`.
 */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, label: string): T {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = new Problems();
  problems.addIssues(label, parsed.error.issues);
  problems.throwIfAny(label);
  throw new RouteProfileError('INTERNAL', `${label}: refused without a reason`);
}

/** Limits of `readJsonFile`. */
export interface ReadJsonOptions {
  /** How messages name the file; default its path. */
  label?: string;
  /** Default 512 MiB. */
  maxBytes?: number;
}

/**
 * Reads and checks a JSON file.
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE (cut short), BAD_INPUT (syntax or contents), LIMIT_EXCEEDED.
 */
export async function readJsonFile<T>(path: string, schema: z.ZodType<T>, options: ReadJsonOptions = {}): Promise<T> {
  const label = options.label ?? path;
  const bytes = await readBytes(path, label, options.maxBytes ?? MAX_JSON_BYTES);
  return parseWith(schema, parseJson(decodeText(bytes, label), label), label);
}

/**
 * A value as JSON text.
 * @throws RouteProfileError NOT_FINITE for NaN or an infinity, which `JSON.stringify` would turn into null.
 */
export function formatJson(value: unknown, what: string, indent?: number): string {
  const text = JSON.stringify(
    value,
    (key, member: unknown) => {
      if (typeof member === 'number' && !Number.isFinite(member))
        throw new RouteProfileError('NOT_FINITE', `${what}: ${key} is ${member}, which JSON cannot hold`);
      return member;
    },
    indent,
  );
  if (text === undefined) throw new RouteProfileError('INTERNAL', `${what}: is not a JSON value`);
  return text;
}

/** Writes a value as indented JSON with a final newline, atomically. Throws as `writeFileAtomic` and NOT_FINITE. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${formatJson(value, path, 2)}\n`);
}

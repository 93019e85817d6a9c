import { join } from 'node:path';
import { RouteProfileError, type z } from '@routeprofile/schema';
import { hashBytes, hashJson, openSha256 } from '../disk/hash.js';
import { parseJson } from '../disk/json.js';
import { readTextLines } from '../disk/jsonl.js';
import { Problems } from '../disk/problems.js';
import { decodeText, exists, readBytes } from '../disk/read.js';

/**
 * The files of one dataset as they are read: contents are checked, problems collected instead of thrown, and every byte
 * counts towards the dataset's hash.
 */
export class Sources {
  private readonly hashes = new Map<string, string>();

  constructor(
    readonly dir: string,
    readonly problems: Problems,
    private readonly signal?: AbortSignal,
  ) {}

  has(file: string): Promise<boolean> {
    return exists(join(this.dir, file));
  }

  /** A file's value; undefined when there is no such file, or when it has problems (which are then collected). */
  async json<T>(file: string, schema: z.ZodType<T>, path = join(this.dir, file)): Promise<T | undefined> {
    if (!(await exists(path))) return undefined;
    try {
      const bytes = await readBytes(path, file);
      this.hashes.set(this.hashKey(file, path), hashBytes(bytes));
      const parsed = schema.safeParse(parseJson(decodeText(bytes, file), file), { reportInput: true });
      if (parsed.success) return parsed.data;
      this.problems.addIssues(file, parsed.error.issues);
    } catch (error) {
      this.problems.addError(error);
    }
    return undefined;
  }

  /** Like `json`, for a file that must be there. */
  async requiredJson<T>(file: string, schema: z.ZodType<T>, what: string): Promise<T | undefined> {
    if (!(await this.has(file)))
      this.problems.addError(
        new RouteProfileError('MISSING_FILE', `${file}: is missing, expected ${what}`, {
          hint: 'Add the file to the dataset folder.',
        }),
      );
    return this.json(file, schema);
  }

  /** Rows of a JSON-lines file that keep to the schema; the others become problems. */
  async *rows<T>(
    file: string,
    schema: z.ZodType<T>,
    path = join(this.dir, file),
  ): AsyncGenerator<{ line: number; row: T }> {
    const hash = openSha256();
    try {
      for await (const { line, text } of readTextLines(path, {
        label: file,
        signal: this.signal,
        onBytes: (chunk) => void hash.update(chunk),
      })) {
        const row = this.parseRow(file, line, text, schema);
        if (row !== undefined) yield { line, row };
      }
    } catch (error) {
      this.problems.addError(error);
    }
    this.hashes.set(this.hashKey(file, path), hash.digest('hex'));
  }

  private parseRow<T>(file: string, line: number, text: string, schema: z.ZodType<T>): T | undefined {
    try {
      const value = parseJson(text, file, line);
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      // Only a row that fails is parsed with its inputs reported: that costs time.
      const { error } = schema.safeParse(value, { reportInput: true });
      this.problems.addIssues(`${file}: line ${line}`, error?.issues ?? []);
    } catch (error) {
      this.problems.addError(error);
    }
    return undefined;
  }

  /** A file from outside the folder is known by what it is for: where it lies changes nothing. */
  private hashKey(file: string, path: string): string {
    return path === join(this.dir, file) ? file : 'test';
  }

  /** Hash of all that was read and of the options that shape the dataset. */
  hash(options: Record<string, unknown>): string {
    return hashJson({ files: Object.fromEntries(this.hashes), options });
  }
}

/** The files of a folder, with no problem found yet. */
export const openSources = (dir: string, signal?: AbortSignal): Sources => new Sources(dir, new Problems(), signal);

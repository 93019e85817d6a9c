import { RouteProfileError } from '@routeprofile/schema';
import { MAX_DEPTH } from '../../disk/json-scan.js';
import { MAX_JSON_BYTES } from '../../disk/read.js';
import type { Path } from '../paths.js';

/** A record cut out of a JSON document, still text. */
export interface JsonPiece {
  text: string;
  /** 1-based: where it begins. */
  line: number;
}

interface Level {
  list: boolean;
  /** The key whose value is read, of an object. */
  key: string | undefined;
}

const QUOTE = 34;
const BACKSLASH = 92;
/** What a string may go on with in one stride. */
const PLAIN = /[^"\\\n]*/y;
const isSpace = (c: number): boolean => c === 32 || c === 10 || c === 13 || c === 9;
/** Characters of numbers, true, false and null. */
const endsScalar = (c: number): boolean => isSpace(c) || c === 44 || c === 93 || c === 125;

/**
 * Cuts a JSON document into its records while it streams, so that a document of any length can be read. A record is what
 * lies at the path and is not a list; lists at the path and on the way to it are taken apart, as `recordsAt` does. Syntax is
 * looked at no more than cutting needs: what is cut out, and the rest, have to be parsed.
 */
export class JsonSplitter {
  /** The document with 0 in the place of each record: what stands around the records. Its lines are those of the file. */
  rest = '';
  /** Documents that began: more than one when the file is JSON lines. */
  documents = 0;
  private readonly levels: Level[] = [];
  private line = 1;
  /** Of the string that is read: it is a key. */
  private state: 'between' | 'key' | 'string' | 'scalar' = 'between';
  private escaped = false;
  private key = '';
  private record: string[] | undefined;
  private recordLine = 0;
  /** How many levels were open where the record began. */
  private recordDepth = 0;

  constructor(
    private readonly path: Path,
    private readonly file: string,
  ) {}

  /** @returns the records that end in this piece of the text */
  push(text: string): JsonPiece[] {
    const found: JsonPiece[] = [];
    /** From where on the text has not been given to the record or the rest. */
    let from = 0;
    const give = (to: number) => {
      if (this.record !== undefined) this.record.push(text.slice(from, to));
      else this.keep(text.slice(from, to));
      from = to;
    };
    const begin = (at: number) => {
      if (this.levels.length === 0) this.documents++;
      if (this.record !== undefined || text.charCodeAt(at) === 91 || !this.isAtRecord()) return;
      give(at);
      this.record = [];
      this.recordLine = this.line;
      this.recordDepth = this.levels.length;
    };
    const end = (to: number) => {
      if (this.record === undefined || this.levels.length > this.recordDepth) return;
      give(to);
      const whole = this.record.join('');
      this.record = undefined;
      found.push({ text: whole, line: this.recordLine });
      this.keep(`0${'\n'.repeat(this.line - this.recordLine)}`);
    };
    let at = 0;
    while (at < text.length) {
      const c = text.charCodeAt(at);
      if (this.state === 'string' || this.state === 'key') {
        const start = at;
        if (this.escaped) {
          this.escaped = false;
          at++;
        }
        PLAIN.lastIndex = at;
        PLAIN.test(text);
        at = PLAIN.lastIndex;
        const stop = text.charCodeAt(at);
        if (stop === BACKSLASH) {
          this.escaped = true;
          at++;
        } else if (stop === 10) {
          this.line++;
          at++;
        }
        if (this.state === 'key' && this.record === undefined) this.key += text.slice(start, at);
        if (stop === QUOTE) {
          const isValue = this.state === 'string';
          this.state = 'between';
          at++;
          if (isValue) end(at);
        }
        continue;
      }
      if (this.state === 'scalar') {
        if (!endsScalar(c)) {
          at++;
          continue;
        }
        this.state = 'between';
        end(at);
        continue;
      }
      if (c === 10) this.line++;
      if (isSpace(c)) {
        at++;
        continue;
      }
      const level = this.levels.at(-1);
      if (c === QUOTE) {
        if (level !== undefined && !level.list && level.key === undefined) {
          this.state = 'key';
          this.key = '';
        } else {
          begin(at);
          this.state = 'string';
        }
      } else if (c === 58) {
        if (level !== undefined) level.key = unescapedKey(this.key);
      } else if (c === 44) {
        if (level !== undefined) level.key = undefined;
      } else if (c === 123 || c === 91) {
        begin(at);
        this.levels.push({ list: c === 91, key: undefined });
      } else if (c === 125 || c === 93) {
        this.levels.pop();
        end(at + 1);
      } else {
        begin(at);
        this.state = 'scalar';
      }
      at++;
    }
    give(text.length);
    return found;
  }

  /** The last record, where it ends with the text. @throws RouteProfileError CORRUPT_FILE when the text ends within one. */
  finish(): JsonPiece[] {
    if (this.record === undefined) return [];
    if (this.state !== 'scalar' || this.levels.length > this.recordDepth)
      throw new RouteProfileError(
        'CORRUPT_FILE',
        `${this.file}: line ${this.line}: the text ends inside a record that began in line ${this.recordLine}`,
        { hint: 'The file is cut short: make or fetch it again.' },
      );
    const text = this.record.join('');
    this.record = undefined;
    this.keep('0');
    return [{ text, line: this.recordLine }];
  }

  private keep(text: string): void {
    this.rest += text;
    if (this.rest.length > MAX_JSON_BYTES)
      throw new RouteProfileError(
        'LIMIT_EXCEEDED',
        `${this.file}: has more than ${MAX_JSON_BYTES} characters outside records`,
        {
          hint: 'Say where the records are with --records PATH, or use JSON lines, which are read one by one.',
        },
      );
  }

  /** The keys that lead here are those of the path; lists do not count, items by number do. */
  private isAtRecord(): boolean {
    const keys = this.levels.filter(({ list }) => !list);
    return (
      keys.length === this.path.length &&
      this.path.every((step, i) => keys[i]!.key !== undefined && (step === null || step === keys[i]!.key))
    );
  }
}

/** A key as JSON means it; as it is written where it cannot be read, which the parser tells of later. */
function unescapedKey(written: string): string {
  if (!written.includes('\\')) return written;
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return written;
  }
}

/**
 * The values that the beginning of a JSON text holds, the last being closed where the text breaks off: what is needed to
 * see which shape a file has. Empty when nothing can be read; a value that is nested deeper than JSON may be here is not looked at.
 */
export function beginningOf(text: string): unknown[] {
  const closers: string[] = [];
  const values: unknown[] = [];
  let start = 0;
  /** The last place up to which the open value is whole, once `closers` are set behind it: each bracket makes a new one. */
  let safe: number | undefined;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at]!;
    if (quoted) {
      if (c === '\\') at++;
      else if (c === '"') quoted = false;
      continue;
    }
    if (c === '"') quoted = true;
    else if (c === '{' || c === '[') {
      if (closers.length === MAX_DEPTH) return values;
      closers.push(c === '{' ? '}' : ']');
      safe = at + 1;
    } else if (c === '}' || c === ']') {
      closers.pop();
      safe = at + 1;
      if (closers.length === 0 && !put(text.slice(start, at + 1))) return values;
      if (closers.length === 0) {
        start = at + 1;
        safe = undefined;
      }
    } else if (c === ',' && closers.length > 0) safe = at;
  }
  if (safe !== undefined) put(text.slice(start, safe) + closers.toReversed().join(''));
  return values;

  function put(json: string): boolean {
    try {
      values.push(JSON.parse(json));
      return true;
    } catch {
      // What is wrong with it is told when the file is read.
      return false;
    }
  }
}

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouteProfileError } from '@routeprofile/schema';
import { failureOf } from '../disk/testing.js';
import { importOutcomes, type ImportedOutcomes, type ImportOptions } from './import.js';

/** A row of an imported `outcomes.jsonl`. */
export interface WrittenRow {
  id: string;
  query: string;
  split?: string;
  models: Record<string, object>;
}

/** Lines of a table. */
export const csv = (...lines: string[]): string => `${lines.join('\n')}\n`;
export const jsonl = (...rows: object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

/** A place to import tables in: the file beside the folder `out` that it becomes. */
export class Workbench {
  private readonly root = mkdtempSync(join(tmpdir(), 'rp-import-'));
  private count = 0;
  dir = '';

  /** An empty folder for the next test. */
  next(): void {
    this.dir = join(this.root, String(this.count++));
    mkdirSync(this.dir);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  get out(): string {
    return join(this.dir, 'out');
  }

  async import(name: string, content: string | Uint8Array, options: ImportOptions = {}): Promise<ImportedOutcomes> {
    writeFileSync(join(this.dir, name), content);
    return importOutcomes(join(this.dir, name), this.out, options);
  }

  /** The error of an import that must fail, and write nothing. */
  async refused(name: string, content: string | Uint8Array, options: ImportOptions = {}): Promise<RouteProfileError> {
    const error = await failureOf(() => this.import(name, content, options));
    const left = readdirSync(this.dir);
    if (left.join() !== name) throw new Error(`left behind: ${left.join()}`);
    return error;
  }

  rows(): WrittenRow[] {
    return readFileSync(join(this.out, 'outcomes.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WrittenRow);
  }
}

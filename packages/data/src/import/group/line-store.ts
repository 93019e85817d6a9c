import { createReadStream } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeError } from '../../disk/files.js';
import { linesOf } from '../../disk/lines.js';
import { readError } from '../../disk/read.js';

/** A folder for what does not fit into memory: made when it is first needed, removed at the end. */
export class ScratchFolder {
  private path: string | undefined;

  async get(): Promise<string> {
    this.path ??= await mkdtemp(join(tmpdir(), 'routeprofile-import-')).catch((cause: unknown) => {
      throw writeError(tmpdir(), cause);
    });
    return this.path;
  }

  async remove(): Promise<void> {
    if (this.path !== undefined) await rm(this.path, { recursive: true, force: true });
  }
}

/** Characters that are held before they go to disk. */
const HELD_CHARACTERS = 1 << 23;
/** Bytes that are read at once: all parts may be read side by side. */
const READ_BYTES = 1 << 14;

/** Lines of text in several parts, each part in order: in memory as long as they are few, then on disk. */
export class LineStore {
  private readonly held: string[][];
  private readonly onDisk = new Set<number>();
  private characters = 0;

  /** @param limit characters that may be held */
  constructor(
    private readonly folder: ScratchFolder,
    private readonly name: string,
    readonly parts: number,
    private readonly limit = HELD_CHARACTERS,
  ) {
    this.held = Array.from({ length: parts }, () => []);
  }

  /** @param line without a line break */
  async add(part: number, line: string): Promise<void> {
    this.held[part]!.push(line);
    this.characters += line.length;
    if (this.characters > this.limit) await this.flush();
  }

  private async flush(): Promise<void> {
    const folder = await this.folder.get();
    for (const [part, lines] of this.held.entries()) {
      if (lines.length === 0) continue;
      const path = this.pathOf(folder, part);
      await appendFile(path, `${lines.join('\n')}\n`).catch((cause: unknown) => {
        throw writeError(path, cause);
      });
      this.onDisk.add(part);
      this.held[part] = [];
    }
    this.characters = 0;
  }

  private pathOf(folder: string, part: number): string {
    return join(folder, `${this.name}-${part}.jsonl`);
  }

  async *lines(part: number): AsyncGenerator<string> {
    if (this.onDisk.has(part)) {
      const path = this.pathOf(await this.folder.get(), part);
      const pieces = createReadStream(path, { encoding: 'utf8', highWaterMark: READ_BYTES });
      try {
        yield* linesOf(pieces as AsyncIterable<string>);
      } catch (cause) {
        throw readError(path, cause);
      }
    }
    yield* this.held[part]!;
  }

  /** What is held is let go; what is on disk stays until the folder is removed. */
  clear(): void {
    for (const part of this.held.keys()) this.held[part] = [];
    this.characters = 0;
  }
}

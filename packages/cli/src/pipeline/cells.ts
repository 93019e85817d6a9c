import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { hashJson, readJsonFile, writeJsonFile } from '@routeprofile/data';
import { nameSchema, RouteProfileError, z } from '@routeprofile/schema';

import type { Choices } from './decide.js';

/** What one cell of a run found out: a profile and a router under a seed. Small, so that a run is resumed from many of them. */
const cellSchema = z.object({
  version: z.literal(1),
  key: z.string(),
  models: z.array(nameSchema),
  /** Index into `models`, one a test row. */
  choices: z.array(z.number().int().min(0)),
  choicesWithoutNew: z.array(z.number().int().min(0)).optional(),
  profileDiagnostics: z.record(z.string(), z.number()).optional(),
});

export interface CellResult extends Choices {
  profileDiagnostics?: Record<string, number>;
}

/** Everything that a cell's result depends on. */
type CellKey = Record<string, unknown>;

export interface CellStore {
  folder: string;
  keyOf(parts: CellKey): string;
  read(key: string, models: readonly string[], rows: number): Promise<CellResult | undefined>;
  write(key: string, models: readonly string[], result: CellResult): Promise<void>;
}

/**
 * Finished cells in `FOLDER/cells`, by the hash of all they depend on: other flags with the same OUT reuse what matches.
 * A damaged cell is told of and computed again.
 */
export function cellStore(folder: string, warn: (message: string) => void): CellStore {
  const path = (key: string) => join(folder, 'cells', `${key}.json`);
  return {
    folder,
    keyOf: (parts) => hashJson(parts).slice(0, 32),
    async read(key, models, rows) {
      if (!existsSync(path(key))) return undefined;
      try {
        const cell = await readJsonFile(path(key), cellSchema);
        const fits = cell.key === key && cell.models.join('\n') === models.join('\n') && cell.choices.length === rows;
        if (!fits || cell.choices.some((choice) => choice >= models.length))
          throw new RouteProfileError('CORRUPT_FILE', 'it belongs to another run');
        return {
          choices: Int32Array.from(cell.choices),
          ...(cell.choicesWithoutNew && { choicesWithoutNew: Int32Array.from(cell.choicesWithoutNew) }),
          ...(cell.profileDiagnostics && { profileDiagnostics: cell.profileDiagnostics }),
        };
      } catch (error) {
        warn(
          `${path(key)} is damaged and will be made again (${error instanceof Error ? error.message : String(error)})`,
        );
        return undefined;
      }
    },
    write: (key, models, { choices, choicesWithoutNew, profileDiagnostics }) =>
      writeJsonFile(path(key), {
        version: 1,
        key,
        models,
        choices: [...choices],
        ...(choicesWithoutNew && { choicesWithoutNew: [...choicesWithoutNew] }),
        ...(profileDiagnostics && { profileDiagnostics }),
      }),
  };
}

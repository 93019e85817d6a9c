import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { hashJson, readJsonFile, writeJsonFile } from '@routeprofile/data';
import type { OutOfFold } from '@routeprofile/eval';
import { nameSchema, promiseSchema, RouteProfileError, z, messageOf } from '@routeprofile/schema';

import type { Choices } from './choices.js';
import type { DecisionLatency } from './latency.js';

/** What one cell of a run found out: a profile and a router under a seed. Small, so that a run is resumed from many of them. */
const cellSchema = z.object({
  version: z.literal(3),
  key: z.string(),
  models: z.array(nameSchema),
  files: z.object({ router: z.string(), profiles: z.object({ key: z.string(), hash: z.string() }) }),
  /** Index into `models`, one a test row. */
  choices: z.array(z.number().int().min(0)),
  choicesWithoutNew: z.array(z.number().int().min(0)).optional(),
  confidence: z.array(z.number()),
  probability: z.array(z.number()).optional(),
  profileDiagnostics: z.record(z.string(), z.number()).optional(),
  quantization: z
    .object({
      spec: z.string(),
      bytesPerModel: z.number(),
      bytesBefore: z.number(),
      reconstructionError: z.number(),
    })
    .optional(),
  frontier: z
    .object({
      lambdas: z.array(z.number()),
      choices: z.array(z.array(z.number().int().min(0))),
      operatingPoint: z
        .object({
          target: z.string(),
          lambda: z.number(),
          outOfFold: z.object({ quality: z.number(), costShare: z.number().nullable() }),
        })
        .nullable(),
    })
    .optional(),
  robustness: z
    .array(
      z.object({
        perturbation: z.string(),
        unchanged: z.number(),
        queries: z.number().int(),
        seed: z.number().int(),
      }),
    )
    .optional(),
  /** Decisions on training queries by fits without them: what can be judged of each, `null` where nothing can. */
  outOfFold: z
    .union([
      z.object({ choices: z.array(z.number().int().min(-1)) }),
      z.object({ pairsRight: z.array(z.number().nullable()) }),
    ])
    .optional(),
  promises: z.array(promiseSchema).optional(),
});
type StoredCell = z.infer<typeof cellSchema>;

export interface CellResult
  extends Choices, Pick<StoredCell, 'files' | 'profileDiagnostics' | 'quantization' | 'robustness' | 'promises'> {
  outOfFold?: OutOfFold;
  frontier?: Omit<NonNullable<StoredCell['frontier']>, 'choices'> & { choices: Int32Array[] };
  /** Not kept with the cell: a time is not a result. */
  latency?: DecisionLatency;
}

/** Everything that a cell's result depends on. */
type CellKey = Record<string, unknown>;

export interface CellStore {
  folder: string;
  keyOf(parts: CellKey): string;
  /** The file of a cell. */
  path(key: string): string;
  read(key: string, models: readonly string[], rows: number): Promise<CellResult | undefined>;
  write(key: string, models: readonly string[], result: CellResult): Promise<void>;
}

/**
 * Finished cells in `FOLDER/cells`, by the hash of all they depend on: other flags with the same OUT reuse what matches.
 * A damaged cell is reported and computed again.
 */
export function cellStore(folder: string, warn: (message: string) => void): CellStore {
  const path = (key: string) => join(folder, 'cells', `${key}.json`);
  return {
    folder,
    path,
    keyOf: (parts) => hashJson(parts).slice(0, 32),
    async read(key, models, rows) {
      if (!existsSync(path(key))) return undefined;
      try {
        const cell = await readJsonFile(path(key), cellSchema);
        const fits = cell.key === key && cell.models.join('\n') === models.join('\n') && cell.choices.length === rows;
        if (!fits || cell.choices.some((choice) => choice >= models.length))
          throw new RouteProfileError('CORRUPT_FILE', 'it belongs to another run');
        const { files, choices, choicesWithoutNew, confidence, probability, frontier } = cell;
        const { profileDiagnostics, quantization, robustness, outOfFold, promises } = cell;
        return {
          files,
          choices: Int32Array.from(choices),
          ...(profileDiagnostics && { profileDiagnostics }),
          ...(quantization && { quantization }),
          ...(robustness && { robustness }),
          ...(promises && { promises }),
          ...(outOfFold && { outOfFold: readOutOfFold(outOfFold) }),
          confidence: Float64Array.from(confidence),
          ...(choicesWithoutNew && { choicesWithoutNew: Int32Array.from(choicesWithoutNew) }),
          ...(probability && { probability: Float64Array.from(probability) }),
          ...(frontier && {
            frontier: { ...frontier, choices: frontier.choices.map((swept) => Int32Array.from(swept)) },
          }),
        };
      } catch (error) {
        warn(`${path(key)} is damaged and will be computed again (${messageOf(error)})`);
        return undefined;
      }
    },
    write: (
      key,
      models,
      { choices, choicesWithoutNew, confidence, probability, frontier, outOfFold, latency: _time, ...rest },
    ) =>
      writeJsonFile(path(key), {
        ...rest,
        ...(outOfFold && { outOfFold: writtenOutOfFold(outOfFold) }),
        version: 3,
        key,
        models: [...models],
        choices: [...choices],
        confidence: [...confidence],
        ...(choicesWithoutNew && { choicesWithoutNew: [...choicesWithoutNew] }),
        ...(probability && { probability: [...probability] }),
        ...(frontier && { frontier: { ...frontier, choices: frontier.choices.map((swept) => [...swept]) } }),
      } satisfies StoredCell),
  };
}

const readOutOfFold = (stored: NonNullable<StoredCell['outOfFold']>): OutOfFold =>
  'choices' in stored
    ? { choices: Int32Array.from(stored.choices) }
    : { pairsRight: Float64Array.from(stored.pairsRight, (share) => share ?? NaN) };

/** JSON knows no NaN. */
const writtenOutOfFold = (found: OutOfFold): NonNullable<StoredCell['outOfFold']> =>
  'choices' in found
    ? { choices: [...found.choices] }
    : { pairsRight: Array.from(found.pairsRight, (share) => (Number.isNaN(share) ? null : share)) };

import { basename, join } from 'node:path';
import { outcomesMetaSchema, RouteProfileError, type ModelCardFile } from '@routeprofile/schema';
import { plural } from '../dataset/text.js';
import { readJsonFile } from '../disk/json.js';
import { exists } from '../disk/read.js';
import type { CompleteImportOptions } from './options.js';
import type { Preset } from './presets/preset.js';
import type { SourceFile } from './sources/sources.js';

/** Files of the dataset folder that an import writes. */
export const OUTCOMES = 'outcomes.jsonl';
export const CARDS = 'models.json';
export const META = 'meta.json';
const SOURCES_NAMED = 20;

/** The cards that presets state of their models; undefined where none does. */
export function cardsOfPresets(presets: readonly Preset[]): Record<string, Partial<ModelCardFile>> | undefined {
  const stated = presets.flatMap(({ cards = {} }) => Object.entries(cards));
  return stated.length === 0 ? undefined : Object.fromEntries(stated);
}

/** The text of a query is not repeated: it may hold a password. */
export const sourceSaid = (files: readonly SourceFile[], engine: CompleteImportOptions['engine']): string => {
  if (engine !== undefined) return `${plural(files.length, 'query', 'queries')} by ${engine}`;
  const names = files.slice(0, SOURCES_NAMED).map(({ path }) => basename(path));
  return files.length > names.length ? `${names.join(', ')} and ${files.length - names.length} more` : names.join(', ');
};

/** A dataset may have been written by hand: it is replaced only when that is asked for. */
export async function assertFree(
  target: string,
  withCards: boolean,
  { replace, append }: CompleteImportOptions,
): Promise<void> {
  if (replace) return;
  for (const file of [...(append ? [] : [OUTCOMES, META]), ...(withCards ? [CARDS] : [])])
    if (await exists(join(target, file)))
      throw new RouteProfileError('OUTPUT_UNWRITABLE', `${join(target, file)}: exists already, nothing was written`, {
        hint: append
          ? 'Omit --cards: the cards that are there stay.'
          : 'Name another folder, or give --append to add to the dataset that is there, or --replace to replace it.',
      });
}

/** @throws RouteProfileError BAD_INPUT where the rows that are there are a sample: who was not drawn is not known any more. */
export async function assertWhole(path: string): Promise<void> {
  if (!(await exists(path))) return;
  const { sampled } = await readJsonFile(path, outcomesMetaSchema);
  if (sampled !== undefined)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${path}: says that the rows are a sample, to which nothing can be added`,
      {
        hint: 'Import everything at once with --sample and --replace.',
      },
    );
}

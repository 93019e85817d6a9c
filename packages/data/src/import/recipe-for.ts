import type { Choices } from './choices.js';
import { byColumns } from './column-recipe.js';
import type { CompleteImportOptions } from './options.js';
import { byPreset } from './preset-recipe.js';
import { presetNamed, recognise, type Recognised } from './presets/index.js';
import type { Reader } from './readers/table.js';
import type { Recipe } from './recipe.js';
import type { Columns, Role } from './roles.js';
import type { SourceFile } from './sources/sources.js';

/** How to read a file: as a preset when one knows its shape or was asked for, else by its columns. */
export async function recipeFor(
  file: SourceFile,
  reader: Reader,
  options: CompleteImportOptions,
  choices: Choices,
  fromPath: Partial<Record<Role, string>>,
): Promise<Recipe> {
  const found = presetOf(file, reader, options);
  return found === undefined
    ? byColumns(file, reader, options, choices, fromPath)
    : byPreset(found, options, choices, file, fromPath);
}

/** Records and formats that the user describes are read as described. */
export function presetOf(
  { portable }: SourceFile,
  { sample }: Reader,
  options: CompleteImportOptions,
): Recognised | undefined {
  if (options.preset === 'none') return undefined;
  if (options.preset !== undefined) return presetNamed(options.preset, sample, portable);
  if (options.records !== undefined || options.format !== 'auto' || options.models !== undefined) return undefined;
  return recognise(sample, portable);
}

/** Columns for messages: those of the table, or what a preset reads, with what was given and what the path says. */
export function columnsSaid(
  { plan, preset }: Recipe,
  given: Columns,
  fromPath: Partial<Record<Role, string>>,
): Columns {
  const said = preset === undefined ? plan.columns : { ...preset.reads, ...given };
  const named = Object.fromEntries(Object.keys(fromPath).map((role) => [role, 'the path']));
  return {
    ...said,
    ...Object.fromEntries(Object.entries(named).filter(([role]) => given[role as Role] === undefined)),
  };
}

import { RouteProfileError } from '@routeprofile/schema';
import type { CallReader } from './calls.js';
import type { Choices } from './choices.js';
import { cutsByTime, type CompleteImportOptions } from './options.js';
import type { Plan } from './plan.js';
import type { Preset } from './presets/preset.js';
import type { Recipe } from './recipe.js';
import type { Role } from './roles.js';
import type { SourceFile } from './sources/sources.js';

/** @throws RouteProfileError BAD_OPTION for a field or a unit that was asked for, and that no record of a preset has a use for. */
export function assertHonoured(
  recipes: readonly { recipe: Recipe }[],
  { columns, latencyUnit }: CompleteImportOptions,
  { joins, reached, units }: Choices,
): void {
  const preset = recipes.find(({ recipe }) => recipe.preset !== undefined)?.recipe.preset;
  const named = Object.entries(columns).filter(([role]) => role !== 'score' && !(role in joins)) as [Role, string][];
  const missing = preset === undefined ? undefined : named.find(([role]) => !reached.has(role));
  if (missing !== undefined && recipes.every(({ recipe }) => recipe.preset !== undefined))
    throw new RouteProfileError(
      'BAD_OPTION',
      `${missing[0]}: no record has ${JSON.stringify(missing[1])}; the files were read as ${preset!.title}`,
      {
        hint: `Give a field of the records, or a path into them; or omit it, to read ${missing[0]} as the preset does.`,
      },
    );
  if (latencyUnit === undefined || units.used) return;
  throw new RouteProfileError(
    'BAD_OPTION',
    preset === undefined
      ? 'latencyUnit: there is no column of latencies that it could be the unit of'
      : `latencyUnit: ${preset.title} have no latency without a unit of its own`,
    { hint: 'Omit --latency-unit, or name what it belongs to with --latency COLUMN.' },
  );
}

/** @throws RouteProfileError BAD_INPUT where times split the queries and there are none */
export function assertTimes({ plan }: Recipe, { path }: SourceFile, options: CompleteImportOptions): void {
  if (!cutsByTime(options) || plan.columns.time !== undefined) return;
  throw new RouteProfileError('BAD_INPUT', `${path}: has no column of times`, {
    hint: `Its columns are ${[...Object.values(plan.columns), ...plan.unused].slice(0, 30).join(', ')}. A split by time needs one: name it with --time COLUMN, or omit the split.`,
  });
}

/** @throws RouteProfileError BAD_INPUT where no call has a score */
export function assertScored(
  { scored }: CallReader,
  files: string,
  { plan, presets, choices }: { plan: Plan; presets: ReadonlyMap<Preset, number>; choices: Choices },
): void {
  const [preset] = presets.keys();
  if (scored === 0) {
    const column = preset === undefined ? plan.columns.score : undefined;
    throw new RouteProfileError(
      'BAD_INPUT',
      `${files}: ${preset === undefined ? 'has' : `read as ${preset.title}, has`} no score at all${column === undefined ? '' : `: the column ${JSON.stringify(column)} is empty in every row`}`,
      {
        hint:
          choices.hint() ??
          preset?.hints?.score ??
          'Say which column holds the scores: --score COLUMN, or which file: --scores FILE. Without scores nothing can be learned: grade the answers first.',
      },
    );
  }
}

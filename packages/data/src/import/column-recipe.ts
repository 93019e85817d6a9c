import { RouteProfileError } from '@routeprofile/schema';
import type { Choices } from './choices.js';
import { JOINED, type JoinedRole } from './join.js';
import type { CompleteImportOptions } from './options.js';
import { isFields, parsePath, type Path } from './paths.js';
import { planImport } from './plan.js';
import { assertNoPromptfooTable } from './presets/promptfoo.js';
import type { Reader } from './readers/table.js';
import { countsJoined, deepIn, firstOf, type Recipe } from './recipe.js';
import { placeOfRecords, recordsPath } from './records-place.js';
import type { Role } from './roles.js';
import type { SourceFile } from './sources/sources.js';

const PATH_PREFIX = 'path:';
/** The name under which a value from the path stands among the fields. */
const pathColumn = (role: string): string => `${PATH_PREFIX}${role}`;

/** How to read a table: by the names of its columns. */
export async function byColumns(
  file: SourceFile,
  reader: Reader,
  options: CompleteImportOptions,
  choices: Choices,
  fromPath: Partial<Record<Role, string>>,
): Promise<Recipe> {
  const [document] = reader.sample;
  if (options.records === undefined && reader.isDocument && isFields(document))
    assertNoPromptfooTable(document, file.path);
  const records = options.records === undefined ? placeOfRecords(file.path, reader) : recordsPath(options.records);
  const roles = Object.keys(fromPath) as Role[];
  const joined = Object.keys(JOINED).filter(
    (role): role is JoinedRole => choices.joins[role as JoinedRole] !== undefined,
  );
  // A column of what a second file gives is one of that file.
  const own = Object.fromEntries(Object.entries(options.columns).filter(([role]) => !(role in choices.joins)));
  const added = [
    ...roles.map((role) => [role, pathColumn(role)] as const),
    ...joined.map((role) => [role, `join:${role}`] as const),
  ];
  const plain = await reader.header(records);
  if (plain.length === 0)
    throw new RouteProfileError('BAD_INPUT', `${file.path}: holds no rows, or rows without any field`, {
      hint: records.length > 0 ? 'Look whether --records names the place of the records.' : 'Look into the file.',
    });
  // Values that lie deeper, around the records, in the path or in another file, are put among the fields.
  const deeper = Object.values(own)
    .filter((name) => !plain.includes(name))
    .map((name) => ({ name, path: parsePath(name) }));
  const reached = await reachedBy(reader, records, deeper);
  const put = Object.fromEntries(roles.map((role) => [pathColumn(role), fromPath[role]]));
  const columns = { ...own, ...Object.fromEntries(added) };
  const plan = planImport(
    [...plain, ...reached, ...added.map(([, name]) => name)],
    { ...options, columns },
    file.path,
    choices.units,
  );
  if (joined.includes('score') && plan.models.length > 0)
    throw new RouteProfileError(
      'BAD_OPTION',
      `${file.path}: has a row per query, to which a file of scores cannot be joined`,
      {
        hint: 'Scores of another file belong to calls: name the column of the model with --model.',
      },
    );
  return {
    plan,
    preset: undefined,
    records,
    ...(countsJoined(choices) && {
      scoresOf: (record) => [{ scores: choices.joins.score?.find(record, undefined) ?? {} }],
    }),
    calls(record) {
      const { fields, outer } = record;
      if (deeper.length + added.length === 0) return [{ fields }];
      const found = Object.fromEntries(
        joined.map((role) => {
          const values = choices.joins[role]!.of(record, undefined);
          return [`join:${role}`, role === 'score' ? choices.scoreOf({ scores: values ?? {} }) : firstOf(values, role)];
        }),
      );
      return [
        {
          fields: {
            ...fields,
            ...Object.fromEntries(deeper.map(({ name, path }) => [name, deepIn(fields, outer, name, path)])),
            ...put,
            ...found,
          },
        },
      ];
    },
  };
}

/** The names that lead somewhere in a record, or around them. */
async function reachedBy(
  reader: Reader,
  records: Path,
  names: readonly { name: string; path: Path | null }[],
): Promise<string[]> {
  const left = new Map(names.map(({ name, path }) => [name, path]));
  if (left.size > 0)
    for await (const { fields, outer } of reader.records(records)) {
      for (const [name, path] of left) if (deepIn(fields, outer, name, path) !== undefined) left.delete(name);
      if (left.size === 0) break;
    }
  return names.map(({ name }) => name).filter((name) => !left.has(name));
}

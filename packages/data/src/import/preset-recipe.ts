import type { Choices } from './choices.js';
import { cutsByTime, type CompleteImportOptions } from './options.js';
import { parsePath, type Fields } from './paths.js';
import type { Plan } from './plan.js';
import { answering } from './presets/answering.js';
import type { Recognised } from './presets/index.js';
import type { TableRecord } from './readers/table.js';
import { countsJoined, deepIn, firstOf, type Recipe } from './recipe.js';
import { recordsPath } from './records-place.js';
import { ROLES, type Role } from './roles.js';
import type { SourceFile } from './sources/sources.js';
import { Measured, type Units } from './units.js';
import { isUnmeasured } from './values.js';

/** How to read the records of what a tool exports: a preset makes calls of them. */
export function byPreset(
  { preset, records: place }: Recognised,
  options: CompleteImportOptions,
  choices: Choices,
  { portable }: SourceFile,
  fromPath: Partial<Record<Role, string>>,
): Recipe {
  const { joins } = choices;
  // A column of what a second file gives is one of that file.
  const given = Object.entries(options.columns)
    .filter(([role]) => !(role in joins))
    .map(([role, name]) => ({ role: role as Role, name, path: parsePath(name) }));
  const overridden = (record: TableRecord): Fields =>
    Object.fromEntries(
      given.map(({ role, name, path }) => {
        const value = deepIn(record.fields, record.outer, name, path);
        if (value !== undefined) choices.reached.add(role);
        return [role, role in UNIT_ROLES ? new Measured(value, name) : value];
      }),
    );
  const plan: Plan = {
    ...{ format: 'long', suffixes: {}, models: [], units: {}, unused: [], otherScores: [] },
    columns: Object.fromEntries(
      ROLES.filter((role) => role !== 'split' || !cutsByTime(options)).map((role) => [role, role]),
    ),
  };
  const callsOf = ({ fields, outer }: TableRecord) =>
    preset.calls(fields, { path: portable, outer, said: choices.said });
  return {
    plan,
    preset,
    records: options.records === undefined ? place : recordsPath(options.records),
    ...(preset.says && {
      gather: ({ fields }) => {
        for (const one of preset.says?.(fields) ?? []) choices.said.add(one);
      },
    }),
    ...(countsJoined(choices) && {
      scoresOf: (record) => ('skipped' in callsOf(record) ? [] : [{ scores: joins.score?.find(record, preset) ?? {} }]),
    }),
    ...(joins.score === undefined &&
      choices.score === undefined &&
      preset.ownScores === true && {
        scoresOf: (record) => {
          const said = callsOf(record);
          return 'skipped' in said ? [] : said;
        },
      }),
    calls(record) {
      const said = callsOf(record);
      if ('skipped' in said) {
        choices.skip(said.skipped);
        return [];
      }
      if (said.length === 0) {
        // It has no call that could lack a score, yet what was said of it fits a record.
        joins.score?.find(record, preset);
        joins.query?.find(record, preset);
        return [];
      }
      const { score: ownScore, ...own } = overridden(record);
      const scored = joins.score?.of(record, preset);
      const asked = joins.query?.of(record, preset);
      const [query, model] = [firstOf(asked, 'query'), firstOf(asked, 'model')];
      const taken = said
        .filter((call) => choices.takes(call))
        .map((call) => (model === undefined ? call : { ...call, ...answering(model, call.model) }));
      // What was said of a role by the user needs no note.
      for (const { notes = {} } of taken)
        for (const [role, note] of Object.entries(notes))
          if (!(role in own || role in fromPath)) for (const one of [note].flat()) choices.note(one);
      return taken.map(({ scores, flags, variant: _, notes: __, whole, system, label, step, ...call }) => {
        const fields = {
          ...call,
          ...(query !== undefined && { query }),
          // What was asked for is a path, or the name of a score.
          score:
            ownScore !== undefined
              ? ownScore
              : choices.scoreOf(
                  joins.score === undefined ? { ...call, scores, flags } : { ...call, scores: scored ?? {} },
                ),
          ...fromPath,
          ...own,
        };
        const isNamed = model !== undefined || 'model' in own || 'model' in fromPath;
        return {
          fields: inOurUnits(fields, choices.units),
          asked: {
            ...(query === undefined && !('query' in own) && { whole }),
            ...(system !== undefined && { system }),
            ...(step !== undefined && { step }),
            ...(label !== undefined && !isNamed && { label }),
            isQuestionId: preset.questionIds === true && !('id' in own),
          },
        };
      });
    },
  };
}

const UNIT_ROLES = { latency: true, cost: true } as const;

/** Numbers whose unit their names may tell, with that unit. */
const inOurUnits = (fields: Fields, units: Units): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([role, field]) => {
      if (!(field instanceof Measured) || typeof field.unit === 'number' || isUnmeasured(field.value))
        return [role, field];
      return [role, new Measured(field.value, units.of(role === 'cost' ? 'cost' : 'latency', field.unit))];
    }),
  );

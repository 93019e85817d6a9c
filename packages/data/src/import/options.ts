import { z } from '@routeprofile/schema';
import { COMPANIONS, ROLES, PATH_ROLES } from './roles.js';
import { parseScales } from './scale.js';
import { DELIMITERS } from './readers/delimited.js';
import { parseTime } from './times.js';
import { LATENCY_UNITS, type LatencyUnit } from './units.js';

/** How a table may be laid out: a row per query and model (`long`), a row per query (`wide`), or told by the columns (`auto`). */
export const FORMATS = ['auto', 'long', 'wide'] as const;
export type TableFormat = Exclude<(typeof FORMATS)[number], 'auto'>;

/** What runs queries in place of reading files. */
const ENGINES = ['duckdb', 'postgres'] as const;

const SHARE = 'expected a share between 0 and 1, such as 0.7';

/** Splits are made of times. */
export const cutsByTime = (options: { splitByTime?: number | undefined; splitTime?: unknown }): boolean =>
  options.splitByTime !== undefined || options.splitTime !== undefined;

const isEncoding = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
};

export const importOptionsSchema = z
  .strictObject({
    /**
     * Sources are queries, one SELECT each, whose rows are the records: `duckdb` runs them over files that they name, `postgres` in a
     * database. Default: sources are files.
     */
    engine: z.enum(ENGINES).optional(),
    /** DuckDB's extensions to load, which have to be installed; with one such as `httpfs` a query may reach the network. Default none. */
    extensions: z
      .array(z.string().regex(/^[a-z][a-z0-9_]*$/, { error: 'expected names of extensions, such as httpfs' }))
      .default([]),
    /** URL of the Postgres database, `postgres://…`. Default: what PGHOST, PGUSER, PGPASSWORD and PGDATABASE say. */
    database: z
      .string()
      .regex(/^postgres(ql)?:\/\//, { error: 'expected a URL that begins with postgres://' })
      .optional(),
    /**
     * At most this many queries of each task (and split), drawn by the seed, become rows; what all others sum up to is kept beside them, and
     * task scores come from all. Default: every query becomes a row.
     */
    sample: z.number().int().min(1).optional(),
    /** For the sample. */
    seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(42),
    /**
     * What the files are: the name of a preset, such as `promptfoo`; `none` to read columns. Default: recognised by the shape of
     * each file, unless `records`, `format` or `models` describe it.
     */
    preset: z.string().min(1).optional(),
    /** Where the records lie in JSON: keys with points between, `*` for any one, such as `results.results`. Lists are taken apart. */
    records: z.string().optional(),
    /**
     * Values from the paths of files: a pattern of their ends, such as `{model}/samples_{task}_*.jsonl`, or `path` for the part in
     * which they differ.
     */
    fromPath: z.partialRecord(z.enum(PATH_ROLES), z.string().min(1)).default({}),
    /** A file with scores, and one with queries, where the records have none: joined by `join`. */
    scores: z.string().min(1).optional(),
    queries: z.string().min(1).optional(),
    /** The id by which they are joined: a column of both, or `RECORD_COLUMN=FILE_COLUMN`. Default: the ids that both have. */
    join: z
      .string()
      .regex(/^[^=]+(?:=[^=]+)?$/, { error: 'expected a column, or two with = between' })
      .optional(),
    /** Words, or numbers, that are scores of 1 and of 0. Without them `pass`, `up`, `C` and their contraries are understood. */
    good: z.array(z.string().min(1)).default([]),
    bad: z.array(z.string().min(1)).default([]),
    /**
     * Which of several readings of the same answers to import, such as a filter of lm-evaluation-harness (default: a task's first), or
     * which of several ways of running a model, such as a prompt of promptfoo or a solver of Inspect (default: all, averaged).
     */
    variant: z.string().min(1).optional(),
    /** `long`: a row per query and model. `wide`: a row per query, a score column per model. `auto` tells by the columns. */
    format: z.enum(FORMATS).default('auto'),
    /**
     * Which column holds what; the others are found by their usual names. A path leads deeper into a record, or to what stands
     * around the records: `vars.question`, `choices[0].message`, `scores.*.value` (`*`: any one key).
     */
    columns: z.partialRecord(z.enum(ROLES), z.string().min(1)).default({}),
    /** Wide: the score columns. Default: every column that is nothing else. */
    models: z.array(z.string().min(1)).optional(),
    /** Wide: what follows a model's name in the columns of its cost, tokens, latency, propensity and source. */
    suffixes: z.partialRecord(z.enum(COMPANIONS), z.string().min(1)).default({}),
    /** Split of rows that name none. */
    split: z.string().min(1).optional(),
    /**
     * The scale of the scores: `percent`, `LOW-HIGH` such as `0-10` or `1-5` (LOW becomes 0, HIGH becomes 1), or `as-is`. With
     * `TASK=` in front it is that of one task; several have commas between: `bleu=percent,judge=1-10`. Scores of a task without
     * one have to lie in 0 to 1, or be percentages beyond doubt.
     */
    scale: z
      .string()
      .refine((text) => parseScales(text) !== null, {
        error: 'expected percent, as-is, or the two ends of the scale such as 0-10; TASK=percent for one task',
      })
      .optional(),
    /** The same as `scale: '0-N'`: 100 for percentages. */
    scoreScale: z.number().gt(0).optional(),
    /** Unit of the latency column. Default: the one its name ends with, such as `_ms`; else seconds. */
    latencyUnit: z.enum(Object.keys(LATENCY_UNITS) as [LatencyUnit, ...LatencyUnit[]]).optional(),
    /** Decimal mark. `auto`: a point; where the cells are not divided by commas, a comma as well. */
    decimal: z.enum(['auto', 'comma', 'point']).default('auto'),
    /** What divides the cells of a CSV: `comma`, `semicolon`, `tab`, `pipe` or a character. Default: told by the header. */
    delimiter: z
      .string()
      .transform((text) => DELIMITERS[text] ?? text)
      .refine((text) => [...text].length === 1 && !/["\r\n]/.test(text), {
        error: 'expected comma, semicolon, tab, pipe or a single character',
      })
      .optional(),
    /** Encoding of the text, such as `windows-1252`. Default UTF-8, or what a byte order mark says. */
    encoding: z
      .string()
      .refine(isEncoding, { error: 'is not an encoding known here; expected one such as windows-1252 or utf-16le' })
      .optional(),
    /** Queries before this time are for training, the others for testing: ISO 8601, or a number of seconds since 1970. Needs times. */
    splitTime: z
      .union([z.string(), z.number()])
      .refine((time) => parseTime(time) !== null, {
        error: 'expected a time such as 2026-03-01 or 2026-03-01T10:00:00Z',
      })
      .optional(),
    /** The older rows, this share of the queries, are for training, the newer ones for testing. Needs times. */
    splitByTime: z.number({ error: SHARE }).gt(0, { error: SHARE }).lt(1, { error: SHARE }).optional(),
    /** File of model cards, as in `candidate_models.json`, to go along as `models.json`. */
    cards: z.string().min(1).optional(),
    /** Name of the dataset; default the target folder's. */
    name: z.string().min(1).optional(),
    /** Adds to the dataset that is in the target folder; outcomes that are there already have to be the same. */
    append: z.boolean().default(false),
    /** Replaces a dataset that is already in the target folder. */
    replace: z.boolean().default(false),
  })
  .refine(({ scale, scoreScale }) => scale === undefined || scoreScale === undefined, {
    error: 'scale and scoreScale say the same: give one of them',
    path: ['scoreScale'],
  })
  .refine(({ append, replace }) => !append || !replace, {
    error: 'append keeps what is there, replace does not: give one of them',
    path: ['append'],
  })
  .refine(({ append, splitByTime }) => !append || splitByTime === undefined, {
    error: 'a share of the queries cannot be cut off when others are there already: give splitTime',
    path: ['splitByTime'],
  })
  .refine(({ engine, extensions }) => engine === 'duckdb' || extensions.length === 0, {
    error: 'are those of DuckDB: give engine duckdb with them',
    path: ['extensions'],
  })
  .refine(({ engine, database }) => engine === 'postgres' || database === undefined, {
    error: 'is read by the engine postgres: give it as well',
    path: ['database'],
  })
  .refine(({ append, sample }) => !append || sample === undefined, {
    error: 'a sample is drawn from all there is: import everything at once, without append',
    path: ['sample'],
  })
  .refine(({ splitByTime, sample }) => splitByTime === undefined || sample === undefined, {
    error: 'a share of the queries by time is known when all are read, a sample is drawn before: give splitTime',
    path: ['splitByTime'],
  })
  .refine(({ good, bad }) => !good.some((word) => bad.includes(word)), {
    error: 'a word cannot be good and bad',
    path: ['bad'],
  })
  .refine(({ splitByTime, splitTime }) => splitByTime === undefined || splitTime === undefined, {
    error: 'splitTime and splitByTime both cut by time: give one of them',
    path: ['splitTime'],
  })
  .refine(
    (options) =>
      !cutsByTime(options) || (options.split ?? options.columns.split ?? options.fromPath.split) === undefined,
    {
      error: 'a split by time makes the splits: give no split besides',
      path: ['splitByTime'],
    },
  );
export type CompleteImportOptions = z.output<typeof importOptionsSchema>;

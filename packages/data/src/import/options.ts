import { nameSchema, RouteProfileError, z } from '@routeprofile/schema';

/** What a column may be. Names are those of `outcomes.jsonl`; `tokens` is a total that cannot be told apart. */
export const ROLES = [
  'id',
  'query',
  'task',
  'split',
  'answer',
  'model',
  'score',
  'cost',
  'inputTokens',
  'outputTokens',
  'tokens',
  'latency',
] as const;
/** What a column of an imported table holds. */
export type Role = (typeof ROLES)[number];
/**
 * The table formats `importOutcomes` reads: a row per query and model (`long`), a row per query (`wide`), LLMRouter's
 * and RouterBench's tables, or told by the columns (`auto`).
 */
export const FORMATS = ['auto', 'long', 'wide', 'llmrouter', 'routerbench'] as const;
export type TableFormat = Exclude<(typeof FORMATS)[number], 'auto'>;
export type Columns = Partial<Record<Role, string>>;

const MEASURES = ['cost', 'inputTokens', 'outputTokens', 'tokens', 'latency'] as const;
export type Measure = (typeof MEASURES)[number];

export const importOptionsSchema = z.strictObject({
  /**
   * `long`: a row per query and model. `wide`: a row per query, a score column per model. `llmrouter`, `routerbench`:
   * the tables of those projects. `auto` tells by the columns.
   */
  format: z.enum(FORMATS).default('auto'),
  /** Which column holds what; overrides the format's own names. */
  columns: z.partialRecord(z.enum(ROLES), z.string().min(1)).default({}),
  /** Wide: the score columns. Default: every column that is nothing else. */
  models: z.array(z.string().min(1)).optional(),
  /** Wide: what follows a model's name in the columns of its cost, tokens and latency. */
  suffixes: z.partialRecord(z.enum(MEASURES), z.string().min(1)).default({}),
  /** Split of rows that name none. */
  split: z.string().min(1).optional(),
  /** Scores are divided by this: 100 for percentages. */
  scoreScale: z.number().gt(0).default(1),
  /** File of model cards, as in `candidate_models.json`, to go along as `models.json`. */
  cards: z.string().min(1).optional(),
  /** Name of the dataset; default the target folder's. */
  name: z.string().min(1).optional(),
});
export type CompleteImportOptions = z.infer<typeof importOptionsSchema>;

interface Preset {
  columns: Columns;
  suffixes: Partial<Record<Measure, string>>;
}

const OWN: Preset = {
  columns: {
    id: 'id',
    query: 'query',
    task: 'task',
    split: 'split',
    answer: 'answer',
    model: 'model',
    score: 'score',
    cost: 'cost',
    inputTokens: 'inputTokens',
    outputTokens: 'outputTokens',
    tokens: 'tokens',
    latency: 'latency',
  },
  suffixes: {
    cost: '.cost',
    inputTokens: '.inputTokens',
    outputTokens: '.outputTokens',
    tokens: '.tokens',
    latency: '.latency',
  },
};

const PRESETS: Readonly<Record<TableFormat, Preset>> = {
  long: OWN,
  wide: OWN,
  // One line per query and model, as LLMRouter's data pipeline writes default_routing_{train,test}_data.jsonl.
  llmrouter: {
    columns: {
      query: 'query',
      task: 'task_name',
      answer: 'ground_truth',
      model: 'model_name',
      score: 'performance',
      inputTokens: 'input_tokens',
      outputTokens: 'output_tokens',
      tokens: 'token_num',
      latency: 'response_time',
      split: 'split',
    },
    suffixes: {},
  },
  // RouterBench's wide table (arXiv 2403.12031), exported from its pickle to CSV or JSON lines.
  routerbench: {
    columns: { id: 'sample_id', query: 'prompt', task: 'eval_name', split: 'split' },
    suffixes: { cost: '|total_cost' },
  },
};

/** Columns of RouterBench that are no models, and endings of those that say more of a model. */
const ROUTERBENCH_OTHER = ['oracle_model_to_route_to'];
const ROUTERBENCH_RESPONSE = '|model_response';

/** The format that the column names speak of. */
function detectFormat(header: readonly string[], columns: Columns): TableFormat {
  const has = (name: string) => header.includes(name);
  if (has('eval_name') && header.some((name) => name.endsWith('|total_cost'))) return 'routerbench';
  if (has('model_name') && has('performance')) return 'llmrouter';
  return has(columns.model ?? 'model') && has(columns.score ?? 'score') ? 'long' : 'wide';
}

/** How to read a table: settled by the options and the first row's columns. */
export interface Plan {
  format: TableFormat;
  columns: Columns;
  suffixes: Partial<Record<Measure, string>>;
  /** Wide tables: the score columns. */
  models: string[];
}

/** @throws RouteProfileError BAD_INPUT naming a column that is not there. */
export function planImport(header: readonly string[], options: CompleteImportOptions, file: string): Plan {
  const format = options.format === 'auto' ? detectFormat(header, options.columns) : options.format;
  const preset = PRESETS[format];
  const columns = { ...preset.columns, ...options.columns };
  const suffixes = { ...preset.suffixes, ...options.suffixes };
  const missing = (name: string, what: string): never => {
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: has no column ${JSON.stringify(name)} (${what}); its columns are ${header.slice(0, 30).join(', ')}`,
      {
        hint: `Say which column it is: --${what.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} COLUMN.`,
      },
    );
  };
  const required: Role[] = format === 'long' || format === 'llmrouter' ? ['query', 'model', 'score'] : ['query'];
  for (const role of new Set([...required, ...(Object.keys(options.columns) as Role[])]))
    if (!header.includes(columns[role]!)) missing(columns[role]!, role);
  if (required.length > 1) return { format, columns, suffixes, models: [] };

  for (const model of options.models ?? []) if (!header.includes(model)) missing(model, 'models');
  const taken = new Set([...Object.values(columns), ...ROUTERBENCH_OTHER]);
  const isCompanion = (name: string) =>
    [...Object.values(suffixes), ROUTERBENCH_RESPONSE].some(
      (suffix) => name.endsWith(suffix) && header.includes(name.slice(0, -suffix.length)),
    );
  const free = header.filter((name) => !taken.has(name) && !isCompanion(name));
  const priced = free.filter((name) => header.includes(`${name}${suffixes.cost}`));
  const models = options.models ?? (format === 'routerbench' ? priced : free);
  if (models.length === 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: has no column that could be a model's scores; its columns are ${header.slice(0, 30).join(', ')}`,
      {
        hint: 'Name the score columns with --models A,B, or use --format long.',
      },
    );
  for (const model of models) {
    const named = nameSchema.safeParse(model);
    if (!named.success)
      throw new RouteProfileError(
        'BAD_INPUT',
        `${file}: the column ${JSON.stringify(model.slice(0, 40))} cannot be a model: ${named.error.issues[0]!.message}`,
        {
          hint: 'Rename the column, or name the score columns with --models A,B.',
        },
      );
  }
  return { format, columns, suffixes, models };
}

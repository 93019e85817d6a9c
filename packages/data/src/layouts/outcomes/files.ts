import {
  descriptionsFileSchema,
  outcomesMetaSchema,
  RouteProfileError,
  type ModelCardFile,
  type z,
  type DatasetOptions,
  type RowCoverage,
} from '@routeprofile/schema';
import { joinCalls } from '../../dataset/calls.js';
import { rowCoverage } from '../../dataset/coverage.js';
import { cardsSchema, FieldLog } from '../../dataset/fields.js';
import { readOutcomeRows, readTestFile, type ReadRows } from '../../dataset/read-rows.js';
import type { Sources } from '../../dataset/sources.js';

export const OUTCOMES_FILE = 'outcomes.jsonl';
const CARDS_FILE = 'models.json';
const META_FILE = 'meta.json';
/** Ours, optional: texts of tasks and families, by name. */
const metaSchema = outcomesMetaSchema.extend({
  taskDescriptions: descriptionsFileSchema.optional(),
  familyDescriptions: descriptionsFileSchema.optional(),
});

/** Everything an outcomes folder holds, checked, with calls of the same query put together. */
export interface OutcomesFiles {
  meta: z.infer<typeof metaSchema>;
  cards: Map<string, ModelCardFile>;
  main: ReadRows;
  /** Test rows from a file of their own. */
  separate: ReadRows | undefined;
  coverage: RowCoverage;
  warnings: string[];
}

/**
 * Reads every file of the outcomes layout: `outcomes.jsonl` and, if there, `models.json` and `meta.json`.
 * @throws RouteProfileError with every problem of every file.
 */
export async function readOutcomes(sources: Sources, options: DatasetOptions): Promise<OutcomesFiles> {
  const meta = (await sources.json(META_FILE, metaSchema)) ?? {};
  const cardFields = new FieldLog();
  const cards = new Map(Object.entries((await sources.json(CARDS_FILE, cardsSchema(cardFields))) ?? {}));
  const main = await readOutcomeRows(sources, OUTCOMES_FILE, options.queryText);
  const separate =
    options.test === undefined ? undefined : await readTestFile(sources, options.test, options.queryText);
  if (main.rows.length === 0 && sources.problems.count === 0)
    sources.problems.addError(
      new RouteProfileError('BAD_INPUT', `${OUTCOMES_FILE}: holds no rows`, { hint: 'Give one JSON object per line.' }),
    );
  sources.problems.throwIfAny(sources.dir);
  const joined = joinCalls(main.rows, OUTCOMES_FILE);
  const joinedTest = separate && joinCalls(separate.rows, options.test!);
  return {
    meta,
    cards,
    main: { ...main, rows: joined.rows },
    separate: separate && { ...separate, rows: joinedTest!.rows },
    coverage: rowCoverage(joined.rows),
    warnings: [
      ...cardFields.warnings(CARDS_FILE),
      ...(main.warnings ?? []),
      ...(separate?.warnings ?? []),
      ...joined.warnings,
      ...(joinedTest?.warnings ?? []),
    ],
  };
}

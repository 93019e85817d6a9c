import { descriptionsFileSchema, outcomesMetaSchema, RouteProfileError } from '@routeprofile/schema';
import { rowsLayout } from '../../assemble/rows-layout.js';
import { joinCalls } from '../../dataset/calls.js';
import { cardsSchema, FieldLog } from '../../dataset/fields.js';
import { readOutcomeRows, readTestFile } from '../../dataset/read-rows.js';

const OUTCOMES_FILE = 'outcomes.jsonl';
const CARDS_FILE = 'models.json';
const META_FILE = 'meta.json';
/** Ours, optional: texts of tasks and families, by name. */
const metaSchema = outcomesMetaSchema.extend({
  taskDescriptions: descriptionsFileSchema.optional(),
  familyDescriptions: descriptionsFileSchema.optional(),
});

/** `outcomes.jsonl`, a query per line with what each model scored; beside it `models.json` and `meta.json`, both optional. */
export const outcomesLayout = rowsLayout({
  name: 'outcomes',
  file: OUTCOMES_FILE,
  async read(sources, options) {
    const meta = (await sources.json(META_FILE, metaSchema)) ?? {};
    const cardFields = new FieldLog();
    const cards = new Map(Object.entries((await sources.json(CARDS_FILE, cardsSchema(cardFields))) ?? {}));
    const main = await readOutcomeRows(sources, OUTCOMES_FILE, options.queryText);
    const separate =
      options.test === undefined ? undefined : await readTestFile(sources, options.test, options.queryText);
    if (main.rows.length === 0 && sources.problems.count === 0)
      sources.problems.addError(
        new RouteProfileError('BAD_INPUT', `${OUTCOMES_FILE}: holds no rows`, {
          hint: 'Give one JSON object per line.',
        }),
      );
    sources.problems.throwIfAny(sources.dir);
    // Calls of the same query are put together.
    const joined = joinCalls(main.rows, OUTCOMES_FILE);
    const joinedTest = separate && joinCalls(separate.rows, options.test!);
    return {
      meta,
      cards,
      main: { ...main, rows: joined.rows },
      separate: separate && { ...separate, rows: joinedTest!.rows },
      warnings: [
        ...cardFields.warnings(CARDS_FILE),
        ...(main.warnings ?? []),
        ...(separate?.warnings ?? []),
        ...joined.warnings,
        ...(joinedTest?.warnings ?? []),
      ],
    };
  },
});

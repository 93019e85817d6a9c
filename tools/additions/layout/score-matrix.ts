import { z } from '@routeprofile/schema';
import { rowsLayout } from '../../assemble/rows-layout.js';
import { readTestFile } from '../../dataset/read-rows.js';
import { OutcomeRows, type OutcomeNumbers } from '../../dataset/rows.js';

const FILE = 'scores.json';
const rowSchema = z.object({
  query: z.string().trim().min(1, 'is empty, expected text'),
  task: z.string().nullish(),
  split: z.string().nullish(),
  /** In the order of the models; null = not measured. */
  scores: z.array(z.number().nullable()),
});
const fileSchema = z.object({ models: z.array(z.string().min(1)), rows: z.array(rowSchema) });

/** `scores.json`: the models once, then a list of scores per query. */
export const scoreMatrixLayout = rowsLayout({
  name: 'score-matrix',
  file: FILE,
  async read(sources, { queryText, test }) {
    const table = await sources.requiredJson(FILE, fileSchema, 'models and rows');
    const rows = new OutcomeRows();
    table?.rows.forEach(({ query, task = null, split = null, scores }, i) => {
      if (scores.length !== table.models.length)
        sources.problems.add(
          FILE,
          `rows[${i}].scores`,
          `has ${scores.length} numbers, expected ${table.models.length}, one per model`,
        );
      const outcomes = table.models.map((model, m): [string, OutcomeNumbers] => [model, { score: scores[m] }]);
      rows.add({ id: `row:${i}`, text: query, raw: query, task, split }, outcomes);
    });
    const separate = test === undefined ? undefined : await readTestFile(sources, test, queryText);
    return { main: { rows, unformatted: 0 }, separate, cards: new Map(), warnings: [] };
  },
});

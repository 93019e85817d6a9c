import { z } from 'zod';
import { figureSchema } from './formats/numbers.js';

/** What one policy did on each row of the file. */
const policyRowsSchema = z.object({
  label: z.string(),
  /** Index of the chosen model, one a row. */
  choices: z.array(z.number().int().nonnegative()),
  scores: z.array(figureSchema),
  /** Dollars of each call; null when the cost of one is unknown. */
  costs: z.array(figureSchema).nullable(),
});
/** What one policy did on each row: the model chosen, its score, and the dollars of the call. */
export type PolicyRows = z.infer<typeof policyRowsSchema>;

const seededRowsSchema = policyRowsSchema.extend({ seed: z.number() });
/** What a cell of the run did on each row, under its seed. */
export type SeededRows = z.infer<typeof seededRowsSchema>;

/** `OUT/rows.json`: what lies behind the report's means, row by row, so that two runs can be compared on the rows they share. */
export const rowsFileSchema = z
  .object({
    version: z.literal(1),
    dataset: z.object({
      name: z.string(),
      test: z.string(),
      /** Of ids, texts and outcomes of the test rows: equal hashes mean equal rows and labels. */
      testHash: z.string(),
    }),
    simulated: z.boolean(),
    models: z.array(z.string()).min(1),
    newModels: z.array(z.string()),
    /** The test rows where every candidate has an outcome. */
    ids: z.array(z.string()),
    /** A fingerprint of each row's text: ids such as `test:0` occur in many files. */
    texts: z.array(z.string()),
    tasks: z.array(z.string().nullable()),
    /** Rows where some candidate scored exactly 0 and some exactly 1. */
    discriminative: z.array(z.boolean()),
    /** Highest score of any candidate. */
    oracle: z.array(figureSchema),
    rows: z.array(seededRowsSchema),
    /** `best-single`, `best-in-hindsight`, `cheapest`, `oracle` and the lookups, where there are such. */
    baselines: z.array(policyRowsSchema),
  })
  .superRefine((file, context) => {
    const rows = file.ids.length;
    const fail = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const name of ['texts', 'tasks', 'discriminative', 'oracle'] as const)
      if (file[name].length !== rows) fail([name], `${file[name].length} entries for ${rows} ids`);
    if (new Set(file.ids).size !== rows) fail(['ids'], 'an id occurs twice');
    if (new Set(file.models).size !== file.models.length) fail(['models'], 'a model occurs twice');
    for (const list of ['rows', 'baselines'] as const)
      file[list].forEach(({ choices, scores, costs }, i) => {
        for (const [name, values] of Object.entries({ choices, scores, costs }))
          if (values !== null && values.length !== rows)
            fail([list, i, name], `${values.length} entries for ${rows} ids`);
        if (choices.some((choice) => choice >= file.models.length))
          fail([list, i, 'choices'], `expected 0 to ${file.models.length - 1}`);
      });
  });
/**
 * Contents of `OUT/rows.json`: every policy's choices row by row, so that two runs can be compared on the rows they
 * share.
 */
export type RowsFile = z.infer<typeof rowsFileSchema>;

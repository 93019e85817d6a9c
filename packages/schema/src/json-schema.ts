import { z } from 'zod';
import { graphFileSchema, profileManifestSchema, routerFileSchema } from './artifacts.js';
import { runConfigSchema } from './config.js';
import { outcomeRowSchema, outcomesMetaSchema } from './formats/outcomes.js';
import {
  defaultQuerySchema,
  descriptionsFileSchema,
  domainTaskMapFileSchema,
  modelCardsFileSchema,
  pairwiseFileSchema,
  routingRowSchema,
  taskQueriesFileSchema,
} from './formats/published.js';
import { constantLineSchema, rowsFileSchema, runReportSchema } from './report.js';

/** Every file format by name. */
export const fileSchemas = {
  'model-cards': modelCardsFileSchema,
  descriptions: descriptionsFileSchema,
  'domain-task-map': domainTaskMapFileSchema,
  'task-queries': taskQueriesFileSchema,
  'default-query-row': defaultQuerySchema,
  'routing-row': routingRowSchema,
  'pairwise-training': pairwiseFileSchema,
  'outcome-row': outcomeRowSchema,
  'outcomes-meta': outcomesMetaSchema,
  graph: graphFileSchema,
  profile: profileManifestSchema,
  router: routerFileSchema,
  report: runReportSchema,
  rows: rowsFileSchema,
  constants: constantLineSchema,
  config: runConfigSchema,
} as const;

/** The name of a file format: a key of `fileSchemas`. */
export type FileFormat = keyof typeof fileSchemas;

/** The JSON Schema (draft 2020-12) of a file format, as a writer of such files needs it. */
export function jsonSchema(format: FileFormat): Record<string, unknown> {
  return { title: format, ...z.toJSONSchema(fileSchemas[format], { io: 'input', unrepresentable: 'any' }) };
}

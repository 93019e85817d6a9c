import {
  descriptionsFileSchema,
  domainTaskMapFileSchema,
  modelCardsFileSchema,
  pairwiseRowsSchema,
  taskQueriesFileSchema,
  z,
  type ModelCardFile,
  type PairwiseRow,
  type DatasetOptions,
} from '@routeprofile/schema';
import { readRoutingRows, readTestFile, type ReadRows } from '../../dataset/read-rows.js';
import type { Sources } from '../../dataset/sources.js';

type Mode = DatasetOptions['mode'];

/** The folders that every published dataset has. */
export const FOLDERS = ['profile_data', 'route_data'] as const;

/** Where everything lies; the names are the published ones. */
export const FILES = {
  cards: (mode: Mode) => `profile_data/model_feature_${mode}.json`,
  families: 'profile_data/model_family_feature.json',
  tasks: 'profile_data/task_feature.json',
  domains: 'profile_data/domain_feature.json',
  domainTasks: 'profile_data/domain_task_map.json',
  taskQueries: (mode: Mode) => `profile_data/task_queries_${mode}.json`,
  candidates: 'profile_data/candidate_models.json',
  pairs: (mode: Mode) => `route_data/pairwise_training_data_${mode}.json`,
  train: 'route_data/routing_train_data.json',
  test: 'route_data/routing_test_data.json',
} as const;

/** The files of newllm hide models of their own choice; whoever names the new models starts from the standard ones. */
export const fileMode = ({ mode, newModels }: Pick<DatasetOptions, 'mode' | 'newModels'>): Mode =>
  newModels.length > 0 ? 'standard' : mode;

/** Everything a published folder holds, checked file by file; what is missing or broken is undefined. */
export interface PublishedFiles {
  cards: Map<string, ModelCardFile>;
  families: Map<string, string>;
  tasks: Map<string, string>;
  domains: Map<string, string>;
  domainTasks: Map<string, string[]>;
  taskQueries: Map<string, string[]> | undefined;
  candidates: Map<string, ModelCardFile> | undefined;
  pairs: PairwiseRow[] | undefined;
  train: ReadRows | undefined;
  test: ReadRows | undefined;
  /** How messages name the file of the test rows. */
  testFile: string;
}

/** The object, or its array alone. Not a union: the path of a problem is then the path in the file. */
const pairsObjectSchema = z.looseObject({ pairwise_data: pairwiseRowsSchema });
const pairsFileSchema = z
  .unknown()
  .transform((value) => (Array.isArray(value) ? { pairwise_data: value as unknown } : value))
  .pipe(pairsObjectSchema);

const asMap = <T>(record: Record<string, T> | undefined): Map<string, T> => new Map(Object.entries(record ?? {}));

/** Reads every file; problems are collected in `sources`. Throws MISSING_FILE only for a test file that was asked for. */
export async function readPublishedFiles(sources: Sources, options: DatasetOptions): Promise<PublishedFiles> {
  const { queryText } = options;
  const mode = fileMode(options);
  const taskQueries = await sources.json(FILES.taskQueries(mode), taskQueriesFileSchema);
  const candidates = await sources.json(FILES.candidates, modelCardsFileSchema);
  return {
    cards: asMap(await sources.requiredJson(FILES.cards(mode), modelCardsFileSchema, 'the models by name')),
    families: asMap(await sources.json(FILES.families, descriptionsFileSchema)),
    tasks: asMap(await sources.requiredJson(FILES.tasks, descriptionsFileSchema, 'the tasks by name')),
    domains: asMap(await sources.json(FILES.domains, descriptionsFileSchema)),
    domainTasks: asMap(await sources.json(FILES.domainTasks, domainTaskMapFileSchema)),
    taskQueries: taskQueries && asMap(taskQueries),
    candidates: candidates && asMap(candidates),
    pairs: (await sources.json(FILES.pairs(mode), pairsFileSchema))?.pairwise_data,
    train: await readRoutingRows(sources, FILES.train, queryText, 'train'),
    test:
      options.test === undefined
        ? await readRoutingRows(sources, FILES.test, queryText, 'test')
        : await readTestFile(sources, options.test, queryText),
    testFile: options.test ?? FILES.test,
  };
}

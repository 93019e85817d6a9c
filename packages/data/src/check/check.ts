import type { Dataset } from '@routeprofile/schema';
import type { RowCoverage } from '../dataset/coverage.js';
import { isEvaluable } from '../dataset/evaluable.js';
import { detectLayout, type Layout } from '../dataset/load.js';
import { datasetOptions, type DatasetOptions, type LoadOptions } from '../dataset/options.js';
import { Sources } from '../dataset/sources.js';
import { plural } from '../dataset/text.js';
import { Problems } from '../disk/problems.js';
import { readOutcomes, type OutcomesFiles } from '../outcomes/files.js';
import { assembleOutcomes } from '../outcomes/load.js';
import { readPublishedFiles } from '../published/files.js';
import { assemblePublished, NO_TEST_ROWS } from '../published/load.js';
import { checkReferences } from '../published/references.js';
import { scoreOddities } from './cards.js';
import { oddity, type Oddity } from './oddity.js';
import { missingPrices, outcomeOddities } from './outcomes.js';
import { publishedOddities } from './published.js';
import { summaryOf, type DatasetSummary } from './summary.js';
import { duplicateQueries, overlapOddity, sharedPrefixes } from './texts.js';

/** What `checkDataset` found in a folder. */
export interface DatasetCheck {
  layout: Layout;
  /** null when problems kept the dataset from being put together. */
  summary: DatasetSummary | null;
  /** Which models have outcomes on which rows; null for the published layout, and when the rows cannot be read. */
  coverage: RowCoverage | null;
  /** What makes the dataset unusable: `file: path.to.field: what is wrong, what was expected`. */
  problems: string[];
  /** How many problems there are; `problems` lists the first of them, and at its end how many more. */
  problemCount: number;
  /** What the loader did that one should know of. */
  warnings: string[];
  /** Valid, and yet not as one would expect. */
  oddities: Oddity[];
}

/**
 * Reads a dataset folder and tells what it holds, what is wrong and what is odd. A published folder without test rows is
 * checked as far as it goes.
 * @param inspect looks for further oddities, such as those of an encoder; what it throws is thrown on
 * @throws RouteProfileError MISSING_FILE when the folder is not a dataset, BAD_OPTION, ABORTED; problems are returned.
 */
export async function checkDataset(
  dir: string,
  options: LoadOptions = {},
  inspect: (dataset: Dataset) => Promise<readonly Oddity[]> = async () => [],
): Promise<DatasetCheck> {
  const completed = datasetOptions(options);
  const layout = await detectLayout(dir);
  const problems = new Problems();
  const sources = new Sources(dir, problems, options.signal);
  let coverage: RowCoverage | null = null;
  let dataset: Dataset;
  let check: DatasetCheck;
  try {
    const files = layout === 'outcomes' ? await readOutcomes(sources, completed) : null;
    coverage = files && files.coverage;
    const checked =
      files === null ? await checkPublished(sources, completed) : checkOutcomes(files, sources, completed);
    dataset = checked.dataset;
    check = {
      layout,
      summary: summaryOf(dataset),
      coverage,
      problems: [],
      problemCount: 0,
      warnings: [...dataset.warnings],
      oddities: [...checked.oddities, ...commonOddities(dataset)],
    };
  } catch (error) {
    // What the files themselves showed is already collected; what putting them together showed is not.
    if (problems.count === 0) problems.addError(error);
    return {
      layout,
      summary: null,
      coverage,
      problems: problems.lines(),
      problemCount: problems.count,
      warnings: [],
      oddities: [],
    };
  }
  return { ...check, oddities: [...check.oddities, ...(await inspect(dataset))] };
}

interface Checked {
  dataset: Dataset;
  oddities: Oddity[];
}

async function checkPublished(sources: Sources, options: DatasetOptions): Promise<Checked> {
  const files = await readPublishedFiles(sources, options);
  checkReferences(files, options, sources.problems);
  sources.problems.throwIfAny(sources.dir);
  const dataset = assemblePublished(files, files.test ?? NO_TEST_ROWS, sources, options);
  const noTest = files.test === undefined ? [files.testFile] : [];
  return {
    dataset,
    oddities: [
      ...oddity('no-test-rows', noTest, () => 'there are no test rows: evaluation needs --test FILE'),
      ...publishedOddities(files),
    ],
  };
}

function checkOutcomes(files: OutcomesFiles, sources: Sources, options: DatasetOptions): Checked {
  const dataset = assembleOutcomes(files, sources, options);
  const left = dataset.leftOut.map(({ model, coverage }) => `${model}: ${(coverage * 100).toFixed(1)} %`);
  return {
    dataset,
    oddities: oddity(
      'left-out-models',
      left,
      (count) => `${plural(count, 'model')} with too few training outcomes to be a candidate`,
    ),
  };
}

const commonOddities = (dataset: Dataset): Oddity[] => [
  ...scoreOddities(dataset),
  ...missingPrices(dataset),
  ...outcomeOddities(dataset),
  ...duplicateQueries('training queries', dataset.train.queries),
  ...duplicateQueries('test rows', dataset.test.queries),
  ...overlapOddity(
    'train-test-overlap',
    dataset.train.queries.map(({ text }) => text),
    dataset.test.queries,
    (count) =>
      `${count.toLocaleString('en-US')} of ${plural(dataset.test.queries.length, 'test query', 'test queries')} ${count === 1 ? 'occurs' : 'occur'} among the training queries: a router may know their answers by heart`,
  ),
  ...oddity(
    'nothing-to-evaluate',
    dataset.test.queries.length === 0 || isEvaluable(dataset) ? [] : [dataset.name],
    () => 'no test row has an outcome of every candidate: a run has nothing to compare models on',
  ),
  ...sharedPrefixes([...dataset.train.queries, ...dataset.test.queries]),
];

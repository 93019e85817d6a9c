import type { Dataset, LayoutCheck, Oddity } from '@routeprofile/schema';
import { summaryOf, type DatasetSummary } from '../check/summary.js';
import { datasetOptions, type LoadOptions } from '../dataset/options.js';
import { layoutOf } from './detect.js';

/** What `checkDataset` found in a folder. */
export interface DatasetCheck extends Omit<LayoutCheck, 'dataset'> {
  /** The layout's name, such as `outcomes`. */
  layout: string;
  /** null when problems kept the dataset from being put together. */
  summary: DatasetSummary | null;
  /** What the loader did that one should know of. */
  warnings: string[];
}

/**
 * Reads a dataset folder and tells what it holds, what is wrong and what is odd. A folder without test rows is checked as far as
 * it goes.
 * @param inspect looks for further oddities, such as those of an encoder; what it throws is thrown on
 * @throws RouteProfileError MISSING_FILE when the folder is not a dataset, BAD_OPTION, ABORTED; problems are returned.
 */
export async function checkDataset(
  dir: string,
  options: LoadOptions = {},
  inspect: (dataset: Dataset) => Promise<readonly Oddity[]> = async () => [],
): Promise<DatasetCheck> {
  const completed = datasetOptions(options);
  const layout = await layoutOf(dir);
  const found = await layout.check(dir, { ...completed, signal: options.signal });
  const { dataset, coverage, problems, problemCount } = found;
  return {
    layout: layout.name,
    summary: dataset && summaryOf(dataset),
    coverage,
    problems,
    problemCount,
    warnings: dataset === null ? [] : [...dataset.warnings],
    oddities: dataset === null ? [] : [...found.oddities, ...(await inspect(dataset))],
  };
}

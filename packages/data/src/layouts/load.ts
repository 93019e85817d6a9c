import type { Dataset } from '@routeprofile/schema';
import { datasetOptions, type LoadOptions } from '../dataset/options.js';
import { layoutOf } from './detect.js';

/**
 * Loads a dataset folder, whatever its layout.
 *
 * @param options defaults: mode standard, test split `test`, raw query text, seed 42, 70 % training where a set with a
 * single split has to be cut, candidates with outcomes on 95 % of the training rows
 * @returns candidates, cards, training data and test rows; units as in `OutcomeValues`; warnings for people
 * @throws RouteProfileError with every problem in `details`, as `file: path.to.field: what is wrong, what was expected`:
 * BAD_INPUT, CORRUPT_FILE, MISSING_FILE (also when there are no test rows), BAD_OPTION, ABORTED.
 */
export async function loadDataset(dir: string, options: LoadOptions = {}): Promise<Dataset> {
  const completed = datasetOptions(options);
  const layout = await layoutOf(dir);
  const dataset = await layout.load(dir, { ...completed, signal: options.signal });
  for (const warning of dataset.warnings) options.logger?.warn(warning);
  return dataset;
}

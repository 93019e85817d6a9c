import { datasetOptionsSchema, parseOptions, type DatasetOptions, type Logger, type z } from '@routeprofile/schema';

/**
 * How `loadDataset` and `checkDataset` read a folder; all of it is optional.
 * Defaults: mode standard, test split `test`, raw query text, shared prefixes stripped, unreliable scores distrusted,
 * seed 42, a 70 % training share, 95 % coverage.
 */
export interface LoadOptions extends z.input<typeof datasetOptionsSchema> {
  signal?: AbortSignal;
  logger?: Logger;
}

/** Options completed by their defaults. Throws BAD_OPTION naming every wrong one. */
export function datasetOptions({ signal: _signal, logger: _logger, ...given }: LoadOptions): DatasetOptions {
  const options = parseOptions<DatasetOptions>({ name: 'loadDataset', options: datasetOptionsSchema }, given);
  return options.newModels.length === 0 ? options : { ...options, mode: 'newllm' };
}

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RouteProfileError, type Dataset } from '@routeprofile/schema';
import { Problems } from '../disk/problems.js';
import { exists } from '../disk/read.js';
import { OUTCOMES_FILE } from '../outcomes/files.js';
import { loadOutcomes } from '../outcomes/load.js';
import { loadPublished } from '../published/load.js';
import { datasetOptions, type LoadOptions } from './options.js';
import { Sources } from './sources.js';

/** How a dataset folder is laid out: `outcomes.jsonl`, or the files of the published RouteProfile data. */
export type Layout = Dataset['layout'];

/**
 * Tells a dataset folder's layout by what is in it.
 * @throws RouteProfileError MISSING_FILE when the folder is absent or of neither layout, saying what was expected; BAD_INPUT for a
 * file in its place.
 */
export async function detectLayout(dir: string): Promise<Layout> {
  const isFolder = await stat(dir).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  if (isFolder !== true)
    throw new RouteProfileError(
      isFolder === false ? 'BAD_INPUT' : 'MISSING_FILE',
      `${dir}: ${isFolder === false ? 'is a file, expected a dataset folder' : 'there is no such folder'}`,
      {
        hint: 'Give the path of a dataset folder.',
      },
    );
  if (await exists(join(dir, OUTCOMES_FILE))) return 'outcomes';
  if ((await exists(join(dir, 'profile_data'))) && (await exists(join(dir, 'route_data')))) return 'published';
  throw new RouteProfileError(
    'MISSING_FILE',
    `${dir}: is not a dataset folder, expected ${OUTCOMES_FILE}, or profile_data/ and route_data/`,
    {
      hint: 'Make one with `npx @routeprofile/cli sample DIR` or `npx @routeprofile/cli data import`.',
    },
  );
}

/**
 * Loads a dataset folder of either layout.
 *
 * @param options defaults: mode standard, test split `test`, raw query text, seed 42, 70 % training where a set with a
 * single split has to be cut, candidates with outcomes on 95 % of the training rows
 * @returns candidates, cards, training data and test rows; units as in `OutcomeValues`; warnings for people
 * @throws RouteProfileError with every problem in `details`, as `file: path.to.field: what is wrong, what was expected`:
 * BAD_INPUT, CORRUPT_FILE, MISSING_FILE (also when there are no test rows), BAD_OPTION, ABORTED.
 */
export async function loadDataset(dir: string, options: LoadOptions = {}): Promise<Dataset> {
  const completed = datasetOptions(options);
  const layout = await detectLayout(dir);
  const sources = new Sources(dir, new Problems(), options.signal);
  const dataset = await (layout === 'outcomes' ? loadOutcomes(sources, completed) : loadPublished(sources, completed));
  for (const warning of dataset.warnings) options.logger?.warn(warning);
  return dataset;
}

import { stat } from 'node:fs/promises';
import { RouteProfileError, type DatasetLayout } from '@routeprofile/schema';
import { builtInLayouts } from './built-in.js';

/**
 * The layout of a dataset folder, told by what is in it.
 * @throws RouteProfileError MISSING_FILE when the folder is absent or of no layout, saying what was expected; BAD_INPUT for a
 * file in its place.
 */
export async function layoutOf(dir: string): Promise<DatasetLayout> {
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
  for (const layout of builtInLayouts) if (await layout.detect(dir)) return layout;
  throw new RouteProfileError(
    'MISSING_FILE',
    `${dir}: is not a dataset folder, expected ${builtInLayouts.map(({ holds }) => holds).join(', or ')}`,
    {
      hint: 'Make one with `npx @routeprofile/cli sample DIR` or `npx @routeprofile/cli data import`.',
    },
  );
}

/**
 * The name of a dataset folder's layout, such as `outcomes`.
 * @throws RouteProfileError MISSING_FILE when the folder is absent or of no layout, saying what was expected; BAD_INPUT for a
 * file in its place.
 */
export const detectLayout = async (dir: string): Promise<string> => (await layoutOf(dir)).name;

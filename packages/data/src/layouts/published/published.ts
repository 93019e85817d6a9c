import { join } from 'node:path';
import type { DatasetLayout } from '@routeprofile/schema';
import { collectProblems } from '../../check/collect.js';
import { datasetOddities } from '../../check/dataset.js';
import { oddity } from '../../check/oddity.js';
import { openSources } from '../../dataset/sources.js';
import { exists } from '../../disk/read.js';
import { FOLDERS, readPublishedFiles } from './files.js';
import { assemblePublished, NO_TEST_ROWS, requireTest } from './load.js';
import { publishedOddities } from './oddities.js';
import { checkReferences } from './references.js';

/** `profile_data/` and `route_data/`, with the files of the published RouteProfile data. */
export const publishedLayout: DatasetLayout = {
  name: 'published',
  holds: FOLDERS.map((folder) => `${folder}/`).join(' and '),
  async detect(folder) {
    for (const part of FOLDERS) if (!(await exists(join(folder, part)))) return false;
    return true;
  },
  async load(folder, { signal, ...options }) {
    const sources = openSources(folder, signal);
    const files = await readPublishedFiles(sources, options);
    checkReferences(files, options, sources.problems);
    sources.problems.throwIfAny(folder);
    return assemblePublished(files, requireTest(files, options), sources, options);
  },
  async check(folder, { signal, ...options }) {
    const found = await collectProblems(openSources(folder, signal), async (sources) => {
      const files = await readPublishedFiles(sources, options);
      checkReferences(files, options, sources.problems);
      sources.problems.throwIfAny(folder);
      const dataset = assemblePublished(files, files.test ?? NO_TEST_ROWS, sources, options);
      const noTest = files.test === undefined ? [files.testFile] : [];
      return {
        dataset,
        oddities: [
          ...oddity('no-test-rows', noTest, () => 'there are no test rows: evaluation needs --test FILE'),
          ...publishedOddities(files),
          ...datasetOddities(dataset, { auxiliary: true }),
        ],
      };
    });
    return { ...found, coverage: null };
  },
};

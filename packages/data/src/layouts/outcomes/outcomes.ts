import { join } from 'node:path';
import type { DatasetLayout, RowCoverage } from '@routeprofile/schema';
import { collectProblems } from '../../check/collect.js';
import { datasetOddities } from '../../check/dataset.js';
import { oddity } from '../../check/oddity.js';
import { openSources } from '../../dataset/sources.js';
import { plural } from '../../dataset/text.js';
import { exists } from '../../disk/read.js';
import { OUTCOMES_FILE, readOutcomes } from './files.js';
import { assembleOutcomes } from './load.js';

/** `outcomes.jsonl`, a query per line with what each model scored; beside it `models.json` and `meta.json`, both optional. */
export const outcomesLayout: DatasetLayout = {
  name: 'outcomes',
  holds: OUTCOMES_FILE,
  detect: (folder) => exists(join(folder, OUTCOMES_FILE)),
  async load(folder, { signal, ...options }) {
    const sources = openSources(folder, signal);
    return assembleOutcomes(await readOutcomes(sources, options), sources, options);
  },
  async check(folder, { signal, ...options }) {
    let coverage: RowCoverage | null = null;
    const found = await collectProblems(openSources(folder, signal), async (sources) => {
      const files = await readOutcomes(sources, options);
      // Rows that can be read say who has outcomes where, even if no dataset can be made of them.
      coverage = files.coverage;
      const dataset = assembleOutcomes(files, sources, options);
      const left = dataset.leftOut.map((model) => `${model.model}: ${(model.coverage * 100).toFixed(1)} %`);
      return {
        dataset,
        oddities: [
          ...oddity(
            'left-out-models',
            left,
            (count) => `${plural(count, 'model')} with too few training outcomes to be a candidate`,
          ),
          ...datasetOddities(dataset),
        ],
      };
    });
    return { ...found, coverage };
  },
};

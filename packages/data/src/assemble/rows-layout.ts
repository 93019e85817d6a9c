import { join } from 'node:path';
import type { DatasetLayout, DatasetOptions, RowCoverage } from '@routeprofile/schema';
import { collectProblems } from '../check/collect.js';
import { datasetOddities } from '../check/dataset.js';
import { oddity } from '../check/oddity.js';
import { rowCoverage } from '../dataset/coverage.js';
import { openSources, type Sources } from '../dataset/sources.js';
import { plural } from '../dataset/text.js';
import { exists } from '../disk/read.js';
import { assembleRows, type ReadFiles } from './assemble.js';

/** A layout whose folders hold outcomes by query, as far as it differs from others of this kind. */
interface RowsReader {
  name: string;
  /** The file of the rows, by which a folder is told. */
  file: string;
  /** Reads every file. What is wrong is collected in `sources.problems`, or thrown. */
  read: (sources: Sources, options: DatasetOptions) => Promise<Omit<ReadFiles, 'layout' | 'file' | 'coverage'>>;
}

/** Makes a layout of what reads its files: splits, candidates, cards, pairs and oddities are as in any other. */
export function rowsLayout({ name, file, read }: RowsReader): DatasetLayout {
  const readAll = async (sources: Sources, options: DatasetOptions): Promise<ReadFiles> => {
    const files = await read(sources, options);
    sources.problems.throwIfAny(sources.dir);
    return { ...files, layout: name, file, coverage: rowCoverage(files.main.rows, options.minOutcomes) };
  };
  return {
    name,
    holds: file,
    detect: (folder) => exists(join(folder, file)),
    async load(folder, { signal, ...options }) {
      const sources = openSources(folder, signal);
      return assembleRows(await readAll(sources, options), sources, options);
    },
    async check(folder, { signal, ...options }) {
      let coverage: RowCoverage | null = null;
      const found = await collectProblems(openSources(folder, signal), async (sources) => {
        const files = await readAll(sources, options);
        // Rows that can be read say who has outcomes where, even if no dataset can be made of them.
        coverage = files.coverage;
        const dataset = assembleRows(files, sources, options);
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
}

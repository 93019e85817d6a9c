import { designSpaceData, type DesignSpaceData } from './design-space-table';
import { frontierData, type FrontierData } from './frontier-data';
import { readReport, type Trust } from './reports';
import { routersTable, type RoutersTable } from './routers-table';

/** Everything the results page says in figures, from the reports that lie in `examples/NAME/reports`. */
export interface ResultsData {
  rowsUsed: number;
  models: number;
  tasks: number;
  overlap: number;
  encoder: string;
  bestSingle: string;
  newModel: string;
  routers: Record<Trust, RoutersTable>;
  frontier: FrontierData;
  space: DesignSpaceData;
}

declare const data: ResultsData;
export { data };

export default {
  watch: ['../../../../../examples/*/reports/*.json'],
  load(): ResultsData {
    const report = readReport('better-routing', 'standard-published-distrust');
    const cold = readReport('better-routing', 'newllm-published-distrust');
    return {
      rowsUsed: report.rowsUsed,
      models: report.candidates.length,
      tasks: Object.keys(report.tasks).length,
      overlap: report.overlap,
      encoder: report.encoder.split('@')[0] ?? report.encoder,
      bestSingle: report.baselines['best-single']?.model ?? '',
      newModel: cold.newModels.join(', '),
      routers: { distrust: routersTable('distrust'), trust: routersTable('trust') },
      frontier: frontierData(),
      space: designSpaceData(),
    };
  },
};

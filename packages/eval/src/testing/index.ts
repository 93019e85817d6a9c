export { asInThePaper, designSpaceFixture, type DesignSpaceFixtureOptions } from './design-space.js';
export { richReport } from './rich-report.js';
export { cellOf, datasetOf, tableOf } from './test-data.js';
export { rowsFileOf, SIX_SCORES, THIRDS, THIRDS_ORACLE, thirdsReport } from './two-models.js';

/** Types of the calls above, so that a test needs no second import to name them. */
export type { Dataset, Metric, OutcomeTable, RowsFile, RunReport } from '@routeprofile/schema';
export type { DesignSpace, DesignSpaceScenario } from '../design-space/schema.js';
export type { EvaluatedCell } from '../report/cell.js';

export { designSpaceFixture, type DesignSpaceFixtureOptions } from './design-space.js';
export { richReport } from './rich-report.js';
export { cellOf, datasetOf, tableOf } from './test-data.js';

/** Types of the calls above, so that a test needs no second import to name them. */
export type { Dataset, OutcomeTable, RunReport } from '@routeprofile/schema';
export type { DesignSpace } from '../design-space/schema.js';
export type { EvaluatedCell } from '../report/cell.js';

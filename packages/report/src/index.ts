export { renderDesignSpaceText, type DesignSpaceTextOptions } from './design-space/text.js';
export { headline, type Headline } from './headline.js';
export { renderComparison, type CompareTextOptions } from './text/comparison.js';
export { renderTextTable, type TextTableOptions } from './text/text-table.js';
export { tryAnyway } from './view.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { ReportRow, RunReport } from '@routeprofile/schema';
export type { DesignSpace, RunComparison } from '@routeprofile/eval';

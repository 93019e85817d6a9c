export { renderDesignSpaceHtml } from './html/design-space/render.js';
export { renderHtmlReport, type HtmlReportOptions } from './html/render.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { RunReport } from '@routeprofile/schema';
export type { DesignSpace } from '@routeprofile/eval';

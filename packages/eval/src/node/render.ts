import type { RunReport } from '@routeprofile/schema';
import { html } from './markup.js';
import { page } from './page.js';
import { costQualityPlot } from './plots/cost-quality.js';
import { intervalPlot } from './plots/intervals.js';
import { selectionPlot } from './plots/selection.js';
import { taskHeatmap } from './plots/task-heatmap.js';
import { evidence } from './sections/evidence.js';
import { newModelSection } from './sections/new-models.js';
import { notes } from './sections/notes.js';
import { summary } from './sections/summary.js';
import { constantsTable, mainTable } from './sections/tables.js';

/** How the page is headed. */
export interface HtmlReportOptions {
  /** Heading of the page. Default: the dataset's name. */
  title?: string;
}

/**
 * The report as one HTML page: no scripts, nothing loaded from anywhere, light or dark as the reader prefers. Everything that
 * comes from data is escaped. The same report gives the same page.
 */
export function renderHtmlReport(
  report: RunReport,
  { title = `Routing report: ${report.dataset.name}` }: HtmlReportOptions = {},
): string {
  return page(
    title,
    html`${summary(report, title)} ${mainTable(report)} ${newModelSection(report)} ${intervalPlot(report)}
    ${costQualityPlot(report)} ${evidence(report)} ${taskHeatmap(report)} ${selectionPlot(report)}
    ${constantsTable(report)} ${notes(report)}`,
  );
}

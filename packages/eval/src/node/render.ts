import type { RunReport } from '@routeprofile/schema';
import { html, trusted } from './markup.js';
import { costQualityPlot } from './plots/cost-quality.js';
import { intervalPlot } from './plots/intervals.js';
import { selectionPlot } from './plots/selection.js';
import { taskHeatmap } from './plots/task-heatmap.js';
import { notes } from './sections/notes.js';
import { summary } from './sections/summary.js';
import { constantsTable, mainTable } from './sections/tables.js';
import { style } from './style.js';

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
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        <main>
          ${summary(report, title)} ${mainTable(report)} ${intervalPlot(report)} ${costQualityPlot(report)}
          ${taskHeatmap(report)} ${selectionPlot(report)} ${constantsTable(report)} ${notes(report)}
        </main>
      </body>
    </html> `;
  return text;
}

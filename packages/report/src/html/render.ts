import { assertReportLike } from '../assert-report.js';
import type { RunReport } from '@routeprofile/schema';
import { elsewhereNote } from './elsewhere.js';
import { html, type Markup } from './markup.js';
import { page } from './page.js';
import { costQualityPlot } from './plots/cost-quality.js';
import { intervalPlot } from './plots/intervals.js';
import { selectionPlot } from './plots/selection.js';
import { taskHeatmap } from './plots/task-heatmap.js';
import { evidence } from './sections/evidence.js';
import { newModelSection } from './sections/new-models.js';
import { notes } from './sections/notes.js';
import { offPolicySection } from './sections/off-policy.js';
import { summary } from './sections/summary.js';
import { constantsTable, mainTable } from './sections/tables.js';

/** How the page is headed, and who hears of parts that could not be made. */
export interface HtmlReportOptions {
  /** Heading of the page. Default: the dataset's name. */
  title?: string;
  /** Where report.json and its files lie, seen from the page, as links need it. Default `.`: beside it. */
  folder?: string;
  /** Called for each part that failed; the page says so in its place, and holds all others. */
  onFailure?: (part: string, error: unknown) => void;
}

/**
 * The report as one HTML page: no scripts, nothing loaded from anywhere, light or dark as the reader prefers. Everything that
 * comes from data is escaped. The same report gives the same page.
 * @throws RouteProfileError BAD_INPUT for what is not a report, with what was expected
 */
export function renderHtmlReport(
  report: RunReport,
  { title: given, folder = '.', onFailure }: HtmlReportOptions = {},
): string {
  assertReportLike('renderHtmlReport', report);
  const title = given ?? `Routing report: ${report.dataset.name}`;
  const part = (name: string, make: (report: RunReport) => Markup | null): Markup | null => {
    try {
      return make(report);
    } catch (error) {
      onFailure?.(name, error);
      const text = error instanceof Error ? error.message : String(error);
      return html`<section>
        <p class="failed">This part could not be made: ${name} (${text}). The figures are in report.json.</p>
      </section>`;
    }
  };
  return page(
    title,
    html`${part('summary', (all) => summary(all, title))}
    ${part('results', (all) => (all.offPolicy ? offPolicySection(all, all.offPolicy) : mainTable(all)))}
    ${part('new models', (all) => newModelSection(all))} ${part('intervals', intervalPlot)}
    ${part('cost and quality', costQualityPlot)} ${part('evidence', evidence)} ${part('tasks', taskHeatmap)}
    ${part('selection', selectionPlot)}
    ${part('constants', (all) => (all.offPolicy ? elsewhereNote(all, folder) : constantsTable(all, folder)))}
    ${part('notes', (all) => notes(all, folder))}`,
  );
}

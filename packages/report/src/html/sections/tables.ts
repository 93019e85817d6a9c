import { constantBaselines, MOST_CONSTANTS, VERSUS_HINDSIGHT } from '@routeprofile/eval';
import { fixed, interval } from '@routeprofile/eval/format';
import { plural, type Metrics, type RunReport } from '@routeprofile/schema';
import { collapseText } from '../../headline.js';
import { capital, columnOf, figure, figureWithUnit, isKnown, ownMetrics, shownMetrics } from '../../metrics.js';
import {
  average,
  constantsTotal,
  effectiveModels,
  isRecommended,
  isRecommendedBaseline,
  onUnitScale,
  ROW_ORDER,
} from '../../view.js';
import { baselineEntries, rowEntries, type Entry } from '../entries.js';
import { elsewhereNote } from '../elsewhere.js';
import { html, type Markup } from '../markup.js';

interface Column {
  title: string;
  /** What the heading means, as a tooltip. */
  help: string;
  cell: (entry: Pick<Entry, 'metrics' | 'intervals'>) => string;
}

function columnsOf(report: RunReport): Column[] {
  const scale = onUnitScale(report) ? ', 0\u00a0to\u00a01' : '';
  const [main, ...others] = shownMetrics(report, 'page').map(({ name, title, help, format, saysScale }): Column => ({
    title: `${title}${saysScale ? scale : ''}`,
    help: capital(help),
    cell: ({ metrics }) => figure(metrics[name], format, columnOf(report, name)),
  }));
  const own = ownMetrics(report)
    .filter(({ name }) => isKnown(report, name))
    .map(({ name, title, summary, format }): Column => ({
      title,
      help: capital(summary),
      cell: ({ metrics }) => figureWithUnit(metrics[name], format, columnOf(report, name)),
    }));
  return [
    ...(main ? [main] : []),
    {
      title: 'To best-single [95\u00a0%]',
      help: 'Difference from always using the best single model on training data, with its 95 % interval',
      cell: ({ intervals }) => interval(intervals['avg_performance']),
    },
    ...versusHindsight(report),
    ...others,
    ...own,
    {
      title: 'Models',
      help: 'Over how many models the choices are spread: 2 to the power of the entropy of their shares',
      cell: ({ metrics }) => fixed(effectiveModels(metrics), 1),
    },
  ];
}

/** Where the rows themselves single out another model than training data do. */
function versusHindsight({ rows, baselines }: RunReport): Column[] {
  const hindsight = baselines['best-in-hindsight']?.model;
  if (hindsight === baselines['best-single']?.model || !rows.some(({ intervals }) => intervals[VERSUS_HINDSIGHT]))
    return [];
  return [
    {
      title: 'To best-in-hindsight [95\u00a0%]',
      help: 'Difference from the best single model on these very test rows',
      cell: ({ intervals }) => interval(intervals[VERSUS_HINDSIGHT]),
    },
  ];
}

const head = (columns: readonly Column[], first: string): Markup =>
  html`<thead>
    <tr>
      <th scope="col">${first}</th>
      ${columns.map(({ title, help }) => html`<th scope="col" title="${help}">${title}</th>`)}
    </tr>
  </thead>`;

const cells = (columns: readonly Column[], entry: Pick<Entry, 'metrics' | 'intervals'>): Markup[] =>
  columns.map(({ cell }) => html`<td>${cell(entry)}</td>`);

/** Rows first, named baselines below, all with the same columns. */
export function mainTable(report: RunReport): Markup {
  const columns = columnsOf(report);
  const rows = rowEntries(report).map((entry) => {
    const found = entry.intervals['avg_performance'];
    const side = !found ? '' : found.low > 0 ? 'above' : found.high < 0 ? 'below' : '';
    const { row } = entry;
    const recommended = row !== null && isRecommended(report, row);
    const flag =
      row?.collapse.flag === true
        ? html` <span class="flag" title="${collapseText(row)}">constant in disguise</span>`
        : recommended
          ? html` <span class="recommended">recommended</span>`
          : null;
    return html`<tr class="${side}${recommended ? ' recommended' : ''}">
      <th scope="row"><span class="number">${entry.number}</span> ${entry.name}${flag}</th>
      ${cells(columns, entry)}
    </tr>`;
  });
  const baselines = baselineEntries(report).map(
    (entry) =>
      html`<tr class="${isRecommendedBaseline(report, entry.name) ? 'recommended' : ''}">
        <th scope="row">
          ${entry.name}${entry.model === null ? null : html` <span class="model">${entry.model}</span>`}${isRecommendedBaseline(report, entry.name) ? html` <span class="recommended">recommended</span>` : null}
        </th>
        ${cells(columns, entry)}
      </tr>`,
  );
  return html`<section>
    <h2 id="results">Results</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="results">
      <table>
        ${head(columns, 'Profile × router')}
        <tbody>
          ${rows}
        </tbody>
        <tbody class="baselines">
          <tr class="divider">
            <th scope="rowgroup" colspan="${columns.length + 1}">Baselines</th>
          </tr>
          ${baselines}
        </tbody>
      </table>
    </div>
    <p class="facts">${ROW_ORDER}</p>
    <ul class="facts columns">
      ${columns.map(({ title, help }) => html`<li><strong>${title}</strong>: ${help}.</li>`)}
      <li>
        <strong>95 % interval</strong>: in 95 of 100 samples of test queries like these it holds the true difference.
      </li>
    </ul>
  </section>`;
}

/** Always one model, a row per candidate, best first: as many as there is room for. */
export function constantsTable(report: RunReport, folder: string): Markup | null {
  const columns = columnsOf(report).filter(({ title }) => !title.startsWith('To ') && title !== 'Models');
  const total = constantsTotal(report);
  const shown = [...constantBaselines(report)]
    .sort((a, b) => average(b.baseline) - average(a.baseline) || 0)
    .slice(0, MOST_CONSTANTS);
  const rows = shown.map(
    ({ model, baseline: { metrics } }: { model: string; baseline: { metrics: Metrics } }) =>
      html`<tr>
        <th scope="row">${model}</th>
        ${cells(columns, { metrics, intervals: {} })}
      </tr>`,
  );
  if (rows.length === 0) return null;
  return html`<details>
    <summary>
      Always one model: ${plural(total, 'model')}${total > rows.length ? `, the ${rows.length} best of them` : ''}
    </summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Constants">
      <table>
        ${head(columns, 'Model')}
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${elsewhereNote(report, folder)}
  </details>`;
}

import type { RunReport } from '@routeprofile/schema';
import {
  NEW_MODEL_COLUMNS,
  NEW_MODEL_NOTE,
  newModelBaselines,
  newModelNames,
  newModelRows,
  newModelsShown,
  type NewModelLine,
} from '../../new-models.js';
import { capital } from '../../metrics.js';
import { html, type Markup } from '../markup.js';

/** New models with a line of their own. */
const MOST_LINES = 100;

/** What becomes of the new models; nothing when there are none. `id` is unique in the page. */
export function newModelSection(report: RunReport, id = 'new-models'): Markup | null {
  const { newModels } = report;
  if (newModels.length === 0) return null;
  const row = ({ name, metrics }: NewModelLine) =>
    html`<tr>
      <th scope="row">${name}</th>
      ${NEW_MODEL_COLUMNS.map(({ cell }) => html`<td>${cell(metrics)}</td>`)}
    </tr>`;
  return html`<section>
    <h2 id="${id}">New models</h2>
    <p>
      Without training outcomes: <strong>${newModelNames(report)}</strong>.
      ${NEW_MODEL_NOTE}${newModelsShown(report, MOST_LINES)}
    </p>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="${id}">
      <table>
        <thead>
          <tr>
            <th scope="col">Profile × router</th>
            ${NEW_MODEL_COLUMNS.map(({ title, help }) => html`<th scope="col" title="${help}">${capital(title)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${newModelRows(report).map(row)}
        </tbody>
        <tbody class="baselines">
          <tr class="divider">
            <th scope="rowgroup" colspan="${NEW_MODEL_COLUMNS.length + 1}">Baselines</th>
          </tr>
          ${newModelBaselines(report, MOST_LINES).map(row)}
        </tbody>
      </table>
    </div>
  </section>`;
}

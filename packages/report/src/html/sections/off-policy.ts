import type { OffPolicy, RunReport } from '@routeprofile/schema';
import { capital } from '../../metrics.js';
import {
  OFF_POLICY_COLUMNS,
  OFF_POLICY_ORDER,
  policyLines,
  suggestionLines,
  type PolicyLine,
} from '../../off-policy.js';
import { html, type Markup } from '../markup.js';

/** What a log says of each router, in the place of the table of results. */
export function offPolicySection(report: RunReport, offPolicy: OffPolicy): Markup {
  const lines = policyLines(report, offPolicy);
  const markOf = ({ recommended, constant }: PolicyLine) =>
    recommended
      ? html` <span class="recommended">recommended</span>`
      : constant
        ? html` <span class="flag">constant in disguise</span>`
        : null;
  const rowOf = (line: PolicyLine) =>
    html`<tr class="${line.wins ? 'above' : ''}${line.recommended ? ' recommended' : ''}">
      <th scope="row">${line.name}${markOf(line)}</th>
      ${line.cells.map((cell) => html`<td>${cell}</td>`)}
    </tr>`;
  return html`<section>
    <h2 id="results">Estimates from the log</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="results">
      <table>
        <thead>
          <tr>
            <th scope="col">Profile × router</th>
            ${OFF_POLICY_COLUMNS.map(({ title, help }) => html`<th scope="col" title="${capital(help)}">${capital(title)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${lines.filter(({ isRow }) => isRow).map(rowOf)}
        </tbody>
        <tbody class="baselines">
          <tr class="divider">
            <th scope="rowgroup" colspan="${OFF_POLICY_COLUMNS.length + 1}">Baselines</th>
          </tr>
          ${lines.filter(({ isRow }) => !isRow).map(rowOf)}
        </tbody>
      </table>
    </div>
    <p class="facts">${OFF_POLICY_ORDER}</p>
    <ul class="facts columns">
      ${OFF_POLICY_COLUMNS.map(({ title, help }) => html`<li><strong>${capital(title)}</strong>: ${capital(help)}.</li>`)}
    </ul>
    ${suggestionLines(report, offPolicy).map((line) => html`<p class="facts">${line}</p>`)}
  </section>`;
}

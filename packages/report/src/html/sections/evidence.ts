import type { RunReport } from '@routeprofile/schema';
import { evidenceTables, type EvidenceTable } from '../../evidence.js';
import { capital } from '../../metrics.js';
import { html, type Markup } from '../markup.js';
import { frontierPlot } from '../plots/frontier.js';
import { reliabilityPlot } from '../plots/reliability.js';
import { riskCoveragePlot } from '../plots/risk-coverage.js';

/** What rows show beyond their metrics: plots and the tables below them; nothing when they show nothing. */
export function evidence(report: RunReport): Markup {
  const tables = new Map(evidenceTables(report).map((table) => [table.id, table]));
  const table = (id: string) => {
    const found = tables.get(id);
    return found ? section(found) : null;
  };
  return html`${frontierPlot(report)} ${table('frontiers')} ${table('operating-points')} ${riskCoveragePlot(report)}
  ${reliabilityPlot(report)} ${table('confidence')} ${table('regret')} ${table('robustness')} ${table('quantization')}`;
}

const section = ({ id, title, note, columns, lines }: EvidenceTable): Markup =>
  html`<section>
    <h2 id="${id}">${title}</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="${id}">
      <table>
        <thead>
          <tr>
            <th scope="col">Profile × router</th>
            ${columns.map((column) => html`<th scope="col" title="${column.help}">${capital(column.title)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${lines.map(
            ({ name, cells }) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${cells.map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="facts">${note}</p>
  </section>`;

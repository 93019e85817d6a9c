import type { RunReport } from '@routeprofile/schema';
import { plural } from '../../report/format.js';
import { headline } from '../../report/headline.js';
import { html, type Markup } from '../markup.js';

/** Title, what was evaluated, and what it comes to, in words. */
export function summary(report: RunReport, title: string): Markup {
  const { verdict, outcome, remarks } = headline(report);
  return html`<header>
      <h1>${title}</h1>
      <p class="facts">${facts(report)}</p>
    </header>
    ${
      report.simulated
        ? html`<p class="simulated">
            <strong>Simulated outcomes.</strong> No model was asked: these figures show how the tool works and say
            nothing about real models.
          </p>`
        : null
    }
    <section class="verdict ${outcome}" aria-label="Result">
      <p>${verdict}</p>
      ${
        remarks.length > 0
          ? html`<ul>
              ${remarks.map((remark) => html`<li>${remark}</li>`)}
            </ul>`
          : null
      }
    </section>`;
}

function facts(report: RunReport): string {
  return [
    `${report.dataset.name}, ${report.mode}`,
    `test rows from ${report.dataset.test}: ${report.rowsUsed} used${report.rowsIncomplete > 0 ? `, ${report.rowsIncomplete} incomplete` : ''}`,
    plural(report.candidates.length, 'candidate'),
    `encoder ${report.encoder}`,
    `graph ${report.graph}`,
    ...(report.newModels.length > 0 ? [`new: ${report.newModels.join(', ')}`] : []),
    ...(report.overlap > 0
      ? [`${plural(report.overlap, 'test query', 'test queries')} also among the training queries`]
      : []),
  ].join(' · ');
}

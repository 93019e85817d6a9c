import { PAPER_ROUTERS, type ComparedRow, type LabelComparison } from '@routeprofile/eval';
import { fixed } from '@routeprofile/eval/format';
import { hopsText, title } from '../../design-space/words.js';
import { html, type Markup } from '../markup.js';
import { averageOf, scrolled } from './tables.js';

/** The same cells under several labels: who is best, then place by place. */
export function comparisonSection(comparison: LabelComparison, id: string): Markup {
  const heading = comparison.scenarios.map(({ name }) => name).join(' and ');
  return html`${scrolled(`${id}-best`, `Side by side: ${heading}`, bestTable(comparison))}
    <details>
      <summary>All cells of both tables side by side</summary>
      <div class="scroll" tabindex="0" role="group" aria-label="${heading}">${cellTable(comparison)}</div>
      <p class="key">
        Average performance under each scenario's rows and labels, a frame around the best of a scenario; “constant”: as
        good as always choosing one model.
      </p>
    </details>`;
}

function bestTable({ scenarios, baselines, best }: LabelComparison): Markup {
  const value = (average: number | null, name: string | null) =>
    html`<td class="ours">
      <span class="value">${fixed(average)}</span>${name === null ? null : html`<span class="small">${name}</span>`}
    </td>`;
  return html`<table class="grid">
    <thead>
      <tr>
        <th scope="col"></th>
        ${scenarios.map(({ name, test }) => html`<th scope="col">${name}<span class="model">${test}</span></th>`)}
      </tr>
    </thead>
    <tbody>
      <tr>
        <th scope="row">best cell</th>
        ${best.map((cell) => value(cell?.average ?? null, cell?.label ?? null))}
      </tr>
      ${baselines.map(
        ({ name, averages, models }) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${averages.map((average, i) => value(average, models[i] ?? null))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function cellTable({ scenarios, rows, best }: LabelComparison): Markup {
  const bestLabels = best.map((cell) => cell && `${cell.label} ${cell.graph}`);
  return html`<table class="grid plain">
    <thead>
      <tr>
        <th scope="col" rowspan="2">Profile</th>
        ${PAPER_ROUTERS.map((router) => html`<th scope="colgroup" colspan="${scenarios.length}">${title(router)}</th>`)}
      </tr>
      <tr>
        ${PAPER_ROUTERS.map(() => scenarios.map(({ name }) => html`<th scope="col">${name}</th>`))}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            <th scope="row">${name(row)}</th>
            ${PAPER_ROUTERS.map((router) =>
              row.cells[router].map((cell, i) =>
                cell === null
                  ? html`<td class="${i === 0 ? 'ours ' : ''}missing">–</td>`
                  : html`<td
                      class="${i === 0 ? 'ours' : ''}${`${cell.label} ${cell.graph}` === bestLabels[i] ? ' best' : ''}"
                    >
                      ${averageOf(cell)}
                    </td>`,
              ),
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

const name = ({ profile, hops, graph, variant }: ComparedRow): Markup =>
  html`${title(profile)} <span class="hops">${hopsText(hops)} ${variant}</span>${
      graph === null ? null : html`<span class="model hops">${graph}</span>`
    }`;

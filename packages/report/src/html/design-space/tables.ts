import {
  isConstant,
  PAPER_ROUTERS,
  type OurCell,
  type PaperCell,
  type ScenarioTables,
  type SpaceCell,
  type TableCell,
  type TableRow,
} from '@routeprofile/eval';
import { fixed, interval } from '@routeprofile/eval/format';
import { plural } from '@routeprofile/schema';
import { hopsText, title } from '../../design-space/words.js';
import { html, type Markup } from '../markup.js';

/** A table that scrolls inside itself. `id` is unique in the page. */
export const scrolled = (id: string, heading: string, table: Markup, key: string | null = null): Markup =>
  html`<section>
    <h2 id="${id}">${heading}</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="${id}">${table}</div>
    ${key === null ? null : html`<p class="key">${key}</p>`}
  </section>`;

const head = (first: string): Markup =>
  html`<thead>
    <tr>
      <th scope="col" rowspan="2">${first}</th>
      ${PAPER_ROUTERS.map((router) => html`<th scope="colgroup" colspan="2">${title(router)}</th>`)}
    </tr>
    <tr>
      ${PAPER_ROUTERS.map(
        () =>
          html`<th scope="col">ours</th>
            <th scope="col">paper</th>`,
      )}
    </tr>
  </thead>`;

const KEY =
  "Average performance. Under ours: its difference from best-single with the paired 95 % interval; blue lies wholly above 0, orange wholly below. “constant”: as good as always choosing one model; for the paper's figures, equal to such a constant to rounding.";

/** The paper's main table, ours beside it. */
export function mainTable({ main }: ScenarioTables, id: string): Markup {
  return scrolled(
    `${id}-main`,
    `Profiles and hops, on the graph ${main.graph}`,
    html`<table class="grid">
      ${head('Profile')}
      <tbody>
        ${main.rows.map((row) => tableRow(row, html`${title(row.profile)} <span class="hops">${hopsText(row.hops)}</span>`))}
      </tbody>
    </table>`,
    KEY,
  );
}

/** The paper's data-source table, ours beside it, a group per profile. */
export function sourcesTable({ sources }: ScenarioTables, id: string): Markup {
  const groups = new Map<string, TableRow[]>();
  for (const row of sources.rows) {
    const name = [title(row.profile), hopsText(row.hops)].filter((part) => part !== '').join(', ');
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return scrolled(
    `${id}-sources`,
    'Data sources: what the graph is made of',
    html`<table class="grid">
      ${head('Graph')}
      ${[...groups].map(
        ([name, rows]) =>
          html`<tbody>
            <tr class="divider">
              <th scope="rowgroup" colspan="${1 + 2 * PAPER_ROUTERS.length}">${name}</th>
            </tr>
            ${rows.map((row) => tableRow(row, html`${row.graph ?? ''}`))}
          </tbody>`,
      )}
    </table>`,
  );
}

const tableRow = (row: TableRow, name: Markup): Markup =>
  html`<tr class="${row.variant === '' ? '' : 'variant'}">
    <th scope="row">${row.variant === '' ? name : row.variant}</th>
    ${PAPER_ROUTERS.map((router) => pair(row.cells[router]))}
  </tr>`;

const pair = ({ ours, paper }: TableCell): Markup => html`${ourCell(ours)}${paperCell(paper)}`;

function ourCell(ours: OurCell): Markup {
  if (ours.state === 'not-run') return html`<td class="ours missing">not run</td>`;
  if (ours.state === 'failed') return html`<td class="ours missing failed" title="${ours.message}">failed</td>`;
  const { cell } = ours;
  return html`<td class="ours ${side(cell)}" title="${cell.label}">${cellValue(cell)}</td>`;
}

const paperCell = ({ value, constant }: PaperCell): Markup =>
  html`<td class="paper">
    ${fixed(value)}${constant === null ? null : html`<span class="small" title="always choosing ${constant}">constant</span>`}
  </td>`;

const side = ({ interval: found }: SpaceCell): string =>
  found === null ? '' : found.low > 0 ? 'win' : found.high < 0 ? 'loss' : '';

/** Average and flag. */
export const averageOf = (cell: SpaceCell): Markup =>
  html`<span class="value">${fixed(cell.average)}</span>${constantFlag(cell)}`;

/** Average, flag, interval, and the range over seeds. */
function cellValue(cell: SpaceCell): Markup {
  const { range, seeds } = cell;
  return html`${averageOf(cell)}${cell.interval ? html`<span class="small">${interval(cell.interval)}</span>` : null}${
    range !== null && seeds.length > 1
      ? html`<span class="small">${plural(seeds.length, 'seed')}: ${fixed(range.low)} to ${fixed(range.high)}</span>`
      : null
  }`;
}

function constantFlag(cell: SpaceCell): Markup | null {
  if (cell.collapsedSeeds === 0) return null;
  const models = `as good as always choosing ${cell.constants.join(' or ')}`;
  return isConstant(cell)
    ? html` <span class="flag" title="${models}">constant</span>`
    : html` <span class="flag partly" title="${models}"
        >constant, ${cell.collapsedSeeds} of ${plural(cell.seeds.length, 'seed')}</span
      >`;
}

/** Cells without a place in the paper's tables, the best first. null where there are none. */
export function othersTable({ others }: ScenarioTables, id: string): Markup | null {
  if (others.length === 0) return null;
  const sorted = [...others].sort((a, b) => (b.average ?? -1) - (a.average ?? -1));
  return html`<details>
    <summary>Outside the paper's tables: ${plural(others.length, 'cell')}</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="${id}: outside the paper's tables">
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">Profile × router</th>
            <th scope="col">Graph</th>
            <th scope="col">ours</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map(
            (cell) =>
              html`<tr>
                <th scope="row">${cell.label}</th>
                <td>${cell.graph}</td>
                <td class="ours ${side(cell)}">${cellValue(cell)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

import {
  labelComparisons,
  paperTables,
  scenarioTables,
  type DesignSpace,
  type DesignSpaceScenario,
} from '@routeprofile/eval';
import { plural } from '@routeprofile/schema';
import { differences } from '../../design-space/differences.js';
import { paperVerdict, scenarioVerdict } from '../../design-space/verdict.js';
import { remarksOf, remarkText } from '../../design-space/words.js';
import { newModelNames } from '../../new-models.js';
import { html, type Markup } from '../markup.js';
import { page } from '../page.js';
import { newModelSection } from '../sections/new-models.js';
import { comparisonSection } from './comparison.js';
import { cosinePlot } from './cosine-plot.js';
import { hopPlot } from './hop-plot.js';
import { sourcePlot } from './source-plot.js';
import { designSpaceStyle } from './style.js';
import { mainTable, othersTable, sourcesTable } from './tables.js';

/**
 * The whole design space as one HTML page: what each scenario comes to, the paper's two tables with ours beside them, plots,
 * labels side by side, and what differs from the paper. No scripts, nothing loaded from anywhere, everything from data
 * escaped. The same design space gives the same page.
 */
export function renderDesignSpaceHtml(space: DesignSpace): string {
  const heading = `Design space: ${space.name}`;
  return page(
    heading,
    html`<header>
        <h1>${heading}</h1>
        <p class="facts">${facts(space)}</p>
      </header>
      ${simulated(space)}
      <div class="verdicts">${space.scenarios.map(verdictBox)}</div>
      ${list("The paper's tables, read the same way", paperVerdict())}
      ${list(
        "What differs from the paper's set-up",
        remarksOf(space, differences).map((remark) => remarkText(space, remark)),
      )}
      ${space.scenarios.map(scenarioSection)}
      ${labelComparisons(space).map((comparison, i) => comparisonSection(comparison, `labels-${i + 1}`))}
      ${list(
        'Warnings',
        remarksOf(space, ({ report }) => report.warnings).map((remark) => remarkText(space, remark)),
      )}
      <footer>
        <p>The paper's figures: ${paperTables.source}.</p>
        <p>${versions(space)}</p>
        <p>
          ${remarksOf(space, ({ report }) => [`dataset ${report.dataset.hash}`]).map((remark) => html`${remarkText(space, remark)}<br />`)}
        </p>
      </footer>`,
    designSpaceStyle,
  );
}

const facts = ({ scenarios }: DesignSpace): string =>
  [
    [...new Set(scenarios.map(({ report }) => report.dataset.name))].join(', '),
    plural(scenarios.length, 'scenario'),
    plural(new Set(scenarios.flatMap(({ report }) => report.candidates)).size, 'candidate'),
    plural(new Set(scenarios.flatMap(({ report }) => report.rows.map(({ seed }) => seed))).size, 'seed'),
    `${plural(
      scenarios.reduce((sum, { report }) => sum + report.rows.length, 0),
      'routing run',
    )}`,
  ].join(' · ');

const simulated = ({ scenarios }: DesignSpace): Markup | null =>
  scenarios.some(({ report }) => report.simulated)
    ? html`<p class="simulated">
        <strong>Simulated outcomes.</strong> No model was asked: these figures show how the tool works and say nothing
        about real models.
      </p>`
    : null;

const scenarioFacts = ({ report }: DesignSpaceScenario): string =>
  [report.mode, `${plural(report.rowsUsed, 'row')} of ${report.dataset.test}`, `encoder ${report.encoder}`].join(' · ');

function verdictBox(scenario: DesignSpaceScenario): Markup {
  const { verdict, outcome, remarks } = scenarioVerdict(scenario);
  return html`<section class="verdict ${outcome}">
    <h2>${scenario.name}</h2>
    <p class="facts">${scenarioFacts(scenario)}</p>
    <p class="says">${verdict}</p>
    <ul>
      ${remarks.map((remark) => html`<li>${remark}</li>`)}
    </ul>
  </section>`;
}

/** The first scenario is open, the others fold away. */
function scenarioSection(scenario: DesignSpaceScenario, i: number): Markup {
  const { name, report } = scenario;
  const id = `scenario-${i + 1}`;
  const tables = scenarioTables(scenario);
  const summary = html`<summary>${name} <span class="facts">${scenarioFacts(scenario)}</span></summary>`;
  const content = html`${mainTable(tables, id)} ${hopPlot(tables, report, id)} ${sourcesTable(tables, id)}
  ${sourcePlot(tables, report, id)} ${cosinePlot(tables, id)} ${othersTable(tables, name)} ${newModels(scenario, id)}
  ${failures(scenario)}`;
  return i === 0
    ? html`<details class="scenario" open>${summary} ${content}</details>`
    : html`<details class="scenario">${summary} ${content}</details>`;
}

const newModels = ({ report }: DesignSpaceScenario, id: string): Markup | null =>
  report.newModels.length === 0
    ? null
    : html`<details>
        <summary>New models: what each row does with ${newModelNames(report)}</summary>
        ${newModelSection(report, `${id}-new`)}
      </details>`;

const failures = ({ report: { failed } }: DesignSpaceScenario): Markup | null =>
  failed.length === 0
    ? null
    : html`<section>
        <h2>Failed</h2>
        <ul>
          ${failed.map(({ label, seed, code, message }) => html`<li><strong>${label}</strong> (seed ${seed}): <code>${code}</code> ${message}</li>`)}
        </ul>
      </section>`;

const list = (heading: string, items: readonly string[]): Markup | null =>
  items.length === 0
    ? null
    : html`<section>
        <h2>${heading}</h2>
        <ul>
          ${items.map((item) => html`<li>${item}</li>`)}
        </ul>
      </section>`;

const versions = ({ scenarios }: DesignSpace): string =>
  [
    ...new Set(
      scenarios.flatMap(({ report }) => Object.entries(report.versions).map(([name, version]) => `${name} ${version}`)),
    ),
  ].join(' · ');

import { builtInMetrics } from '@routeprofile/eval';
import { percent } from '@routeprofile/eval/format';
import { plural, type RunReport } from '@routeprofile/schema';
import { fileLink } from '../link.js';
import { html, type Markup } from '../markup.js';

/** What went wrong, what is odd, what the words mean, and what made the report. */
export function notes(report: RunReport, folder: string): Markup {
  return html`${
      report.failed.length > 0
        ? html`<section>
            <h2>Failed</h2>
            <ul>
              ${report.failed.map(({ label, seed, code, message }) => html`<li><strong>${label}</strong> (seed ${seed}): <code>${code}</code> ${message}</li>`)}
            </ul>
          </section>`
        : null
    }
    ${
      report.warnings.length > 0
        ? html`<section>
            <h2>Warnings</h2>
            <ul>
              ${report.warnings.map((warning) => html`<li>${warning}</li>`)}
            </ul>
          </section>`
        : null
    }
    ${leftOut(report, folder)}
    <details>
      <summary>What the figures mean</summary>
      <dl>
        ${[...builtInMetrics, ...(report.metrics ?? [])].map(
          ({ name, summary }) =>
            html`<dt><code>${name}</code></dt>
              <dd>${summary}</dd>`,
        )}
        <dt>interval</dt>
        <dd>paired bootstrap over test rows, 2,000 resamples, 2.5 to 97.5 percentile; none with fewer than 10 rows</dd>
        <dt>hull of constants</dt>
        <dd>the quality that mixing single models at random reaches at each cost</dd>
        <dt>newllm</dt>
        <dd>the setting in which some candidates have no training outcomes</dd>
        <dt>margin</dt>
        <dd>how much lower a mean score may be and still count as not worse than the best single model</dd>
        <dt>constant in disguise</dt>
        <dd>
          one model gets at least 95 % of the queries, or the effective number of models is at most 1.25, or average and
          95 % of the rows score as always choosing one model does, without costing less
        </dd>
        <dt>best-single</dt>
        <dd>the one model that the training data speak for</dd>
        <dt>best-in-hindsight</dt>
        <dd>the one model that does best on these test rows</dd>
        <dt>oracle</dt>
        <dd>the best model of each row</dd>
      </dl>
    </details>
    <footer>
      <p>
        ${Object.entries(report.versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(' · ')}
      </p>
      <p>dataset ${report.dataset.hash}</p>
    </footer>`;
}

/** Models left out that a page names. */
const MOST_LEFT_OUT = 100;

/** Models with too few training outcomes to be candidates. */
function leftOut({ leftOut: models }: RunReport, folder: string): Markup | null {
  if (models.length === 0) return null;
  const shown = models.slice(0, MOST_LEFT_OUT);
  return html`<details>
    <summary>Left out: ${plural(models.length, 'model')} with too few training outcomes</summary>
    <ul>
      ${shown.map(({ model, coverage }) => html`<li>${model}: outcomes on ${percent(coverage)} of the training rows</li>`)}
    </ul>
    ${
      shown.length < models.length
        ? html`<p class="facts">
            ${shown.length} of ${plural(models.length, 'model')}; all are in
            ${fileLink('report.json', folder, 'report.json')}, under leftOut.
          </p>`
        : null
    }
  </details>`;
}

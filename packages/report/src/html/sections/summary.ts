import { dollars, fixed, percent, signed } from '@routeprofile/eval/format';
import { plural, type RunReport } from '@routeprofile/schema';
import { headline } from '../../headline.js';
import { newModelNames } from '../../new-models.js';
import { PROMISE_STATUS } from '../../view.js';
import { html, type Markup } from '../markup.js';

/** Title, what to use, what that saves or gains and how sure it is, and what to know before believing it. */
export function summary(report: RunReport, title: string): Markup {
  const { verdict, outcome, alerts, remarks } = headline(report);
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
      ${answers(report)} ${saved(report)} ${alerts.map((alert) => html`<p class="alert">${alert}</p>`)}
      ${
        remarks.length > 0
          ? html`<ul>
              ${remarks.map((remark) => html`<li>${remark}</li>`)}
            </ul>`
          : null
      }
    </section>
    ${promises(report)}`;
}

const VERDICTS = {
  better: 'Better: 95 % sure',
  'not-worse': 'Not worse: 95 % sure',
  undecided: 'Not proven either way',
  worse: 'Worse: 95 % sure',
};

/** The three answers, each with its number: quality, cost, and how sure they are. */
function answers({ recommendation, rowsUsed }: RunReport): Markup | null {
  if (!recommendation?.quality || recommendation.bestSingle === null) return null;
  const { quality, costShare, costPer1k, verdict, bestSingle, margin } = recommendation;
  // Where a model is recommended, the figures are those of the router that lost against it.
  const of =
    recommendation.choice.kind === 'model' && recommendation.judged ? ` of ${recommendation.judged.label}` : '';
  return html`<dl class="answers">
    <div>
      <dt>Cost${of}</dt>
      <dd>
        <strong
          >${costShare ? `${percent(costShare.value)} of ${bestSingle}’s` : costPer1k.own === null ? 'not known' : `$${dollars(costPer1k.own)}`}</strong
        >
        ${costPer1k.own === null ? null : html`$${dollars(costPer1k.own)} per 1,000 queries`}${costPer1k.own === null || costPer1k.bestSingle === null ? null : html`, ${bestSingle} $${dollars(costPer1k.bestSingle)}`}${costShare && costShare.low !== null && costShare.high !== null ? `; 95 % interval ${percent(costShare.low)} to ${percent(costShare.high)}` : null}
      </dd>
    </div>
    <div>
      <dt>Quality${of} against ${bestSingle}</dt>
      <dd>
        <strong>${signed(quality.difference)}</strong>
        in mean score;
        ${quality.low === null ? 'too few test queries for an interval' : html`95 % interval ${signed(quality.low)} to ${signed(quality.high)}`}
      </dd>
    </div>
    <div>
      <dt>How sure?</dt>
      <dd>
        <strong>${verdict === null ? '–' : VERDICTS[verdict]}</strong>
        from ${plural(rowsUsed, 'test query', 'test queries')}; a mean score up to ${fixed(margin, 2)} lower counts as
        not worse
      </dd>
    </div>
  </dl>`;
}

/** Where the recommended router lies, and how to ask it. */
function saved({ recommendation }: RunReport): Markup | null {
  const choice = recommendation?.choice;
  if (choice?.kind !== 'router' || choice.folder === undefined) return null;
  const named = choice.mustName ?? [];
  const flags = named.map((what) => ` --${what} NAME`).join('');
  return html`<p class="facts saved">
    Saved beside this report. To ask it, in the folder of this report:
    <code>npx @routeprofile/cli route --router ${choice.folder}${flags} "your question"</code
    >${named.length > 0 ? `, where NAME is the ${named.join(' or the ')} as the run named it` : null}
  </p>`;
}

/** What routers promised in training, beside what test rows showed. */
function promises({ promises: made = [] }: RunReport): Markup | null {
  if (made.length === 0) return null;
  return html`<section class="promises">
    <h2>Promised on training data, and what test queries show</h2>
    <ul>
      ${made.map(({ words, status }) => html`<li class="${status}"><span class="status">${PROMISE_STATUS[status]}</span> ${words}</li>`)}
    </ul>
  </section>`;
}

/** The setting, and what its name means where that is not the usual one. */
const modeText = ({ mode }: RunReport): string =>
  mode === 'newllm' ? 'newllm (some models have no training outcomes)' : mode;

function facts(report: RunReport): string {
  return [
    `${report.dataset.name}, ${modeText(report)}`,
    `test rows from ${report.dataset.test}: ${report.rowsUsed} used${report.rowsIncomplete > 0 ? `, ${report.rowsIncomplete} incomplete` : ''}`,
    plural(report.candidates.length, 'candidate'),
    `encoder ${report.encoder}`,
    `graph ${report.graph}`,
    ...(report.newModels.length > 0 ? [`new: ${newModelNames(report)}`] : []),
    ...(report.overlap > 0
      ? [`${plural(report.overlap, 'test query', 'test queries')} also among the training queries`]
      : []),
  ].join(' · ');
}

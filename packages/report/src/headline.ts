import { favouriteModel, LEAST_ROWS, newModelGain, rowName, VERSUS_HINDSIGHT } from '@routeprofile/eval';
import { fixed, interval, percent, signed } from '@routeprofile/eval/format';
import { plural, type ReportRow, type RunReport } from '@routeprofile/schema';
import { newModelNames } from './new-models.js';
import { average, bestRow } from './view.js';

/** What the report comes to, in sentences. Plain text: escape it where it goes. */
export interface Headline {
  /** Which router or model to use, what that saves and how sure that is. */
  verdict: string;
  /** `win`: a router is better, or not worse; `loss`: a model is recommended; `unclear`: test rows do not decide. */
  outcome: 'win' | 'unclear' | 'loss' | 'nothing';
  /** What to know at once: broken promises, test queries that are training queries, too few rows. */
  alerts: string[];
  /** What the verdict rests on, and what else to know before believing it. */
  remarks: string[];
}

/** What a report comes to: its recommendation, in words, and what else to know. The terminal and the page say the same. */
export function headline(report: RunReport): Headline {
  const row = shownRow(report);
  return {
    ...verdictOf(report),
    alerts: [...promiseAlerts(report), ...overlapAlert(report), ...fewRowsAlert(report)],
    remarks: [
      ...(report.recommendation?.grounds ?? []),
      ...hindsightRemark(report, row),
      ...newModelRemark(report, row),
      ...taskTableRemark(report, row),
      ...collapseRemarks(report),
      ...failureRemark(report),
    ],
  };
}

const OUTCOMES = { better: 'win', 'not-worse': 'win', undecided: 'unclear', worse: 'loss' } as const;

function verdictOf(report: RunReport): Pick<Headline, 'verdict' | 'outcome'> {
  const { recommendation, rows } = report;
  if (recommendation) {
    const { verdict, choice, words } = recommendation;
    const outcome = choice.kind === 'model' ? 'loss' : verdict === null ? 'nothing' : OUTCOMES[verdict];
    return { verdict: words, outcome };
  }
  if (report.notRecommended !== undefined) return { verdict: report.notRecommended, outcome: 'unclear' };
  const best = bestRow(report);
  if (rows.length === 0 || !best) return { verdict: 'No router was evaluated.', outcome: 'nothing' };
  // Reports of earlier versions hold no recommendation, and no training data to make one from.
  const found = best.intervals['avg_performance'];
  const against = found ? `, ${interval(found)} against best-single` : '';
  return {
    verdict: `This report has no recommendation: it was written by an earlier version. Best on its test rows: ${rowName(report, best)} (${fixed(average(best))}${against}).`,
    outcome: 'nothing',
  };
}

/** The row that remarks are about: the one judged, else the best on the test rows. */
function shownRow(report: RunReport): ReportRow | undefined {
  const judged = report.recommendation?.judged;
  return report.rows.find(({ label, seed }) => label === judged?.label && seed === judged.seed) ?? bestRow(report);
}

const promiseAlerts = ({ promises = [] }: RunReport): string[] =>
  promises.filter(({ status }) => status === 'broken').map(({ words }) => `Broken promise: ${words}`);

/** From this share of the test queries on, the scores say nothing of new queries. */
const MOSTLY = 0.5;

function overlapAlert({ overlap, rowsUsed, rowsIncomplete }: RunReport): string[] {
  const all = rowsUsed + rowsIncomplete;
  if (overlap === 0 || all === 0) return [];
  const some = `${overlap} of ${plural(all, 'test query is', 'test queries are')} among the training queries`;
  return [
    overlap >= MOSTLY * all
      ? `${some}: the figures say little about new queries. Test on queries that were not trained on.`
      : `${some}: the figures are better than they would be on new queries.`,
  ];
}

const fewRowsAlert = ({ rowsUsed }: RunReport): string[] =>
  rowsUsed > 0 && rowsUsed < LEAST_ROWS
    ? [
        `Only ${plural(rowsUsed, 'test query', 'test queries')}: too few for a 95 % interval, which takes at least ${LEAST_ROWS}.`,
      ]
    : [];

/** The best constant on these very rows, where that is another than the one training data chose. */
function hindsightRemark(report: RunReport, best: ReportRow | undefined): string[] {
  const { baselines } = report;
  const found = best?.intervals[VERSUS_HINDSIGHT];
  const hindsight = baselines['best-in-hindsight'];
  if (!best || !found || !hindsight?.model || hindsight.model === baselines['best-single']?.model) return [];
  return [
    `${rowName(report, best)} minus always using ${hindsight.model}, the best single model on these test rows only (mean score ${fixed(average(hindsight))}): ${interval(found)}.`,
  ];
}

function taskTableRemark(report: RunReport, best: ReportRow | undefined): string[] {
  const { baselines, recommendation } = report;
  const table = baselines['task-table'];
  // What is recommended: a router, or the best single model.
  const choice = recommendation?.choice;
  const used = choice?.kind === 'model' ? baselines['best-single'] : best;
  if (!table || !used || average(table) === -Infinity || average(table) < average(used)) return [];
  const name = choice?.kind === 'model' ? `always using ${choice.model}` : rowName(report, best!);
  return [
    `Choosing by the task alone (task-table) gives a mean score of ${fixed(average(table))}, at least as much as ${name}.`,
  ];
}

function newModelRemark(report: RunReport, best: ReportRow | undefined): string[] {
  const gain = best && newModelGain(best.metrics);
  if (!best || gain == null) return [];
  const share = percent(best.metrics['new_model_share']);
  const without = fixed(best.metrics['avg_performance_without_new']);
  return [
    `${share} of the queries of ${rowName(report, best)} go to ${newModelNames(report)}, without training outcomes; with the other models only, its mean score would be ${without} (gain ${signed(gain)}).`,
  ];
}

function collapseRemarks(report: RunReport): string[] {
  const collapsed = report.rows.filter(({ collapse }) => collapse.flag);
  if (collapsed.length === 0) return [];
  const described = collapsed.slice(0, 4).map((row) => `${rowName(report, row)} ${collapseText(row)}`);
  const more = collapsed.length > 4 ? `; and ${collapsed.length - 4} more` : '';
  const verb = collapsed.length === 1 ? 'is a constant in disguise' : 'are constants in disguise';
  return [`${collapsed.length} of ${plural(report.rows.length, 'row')} ${verb}: ${described.join('; ')}${more}.`];
}

/** `gives 97 % of the queries to MODEL`, and what else gave it away. */
export function collapseText(row: ReportRow): string {
  const top = favouriteModel(row);
  const equal = row.collapse.equals === top ? ', and scores as always choosing it' : '';
  return `gives ${percent(row.collapse.topShare)} of the queries to ${top}${equal}`;
}

/** Reasons that are written out; further cells are only named. */
const MOST_REASONS = 4;

function failureRemark({ failed }: RunReport): string[] {
  if (failed.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { label, message } of failed) byReason.set(message, [...(byReason.get(message) ?? []), label]);
  const said = [...byReason].map(([message, labels], i) =>
    i < MOST_REASONS ? `${labels.join(', ')} (${message})` : labels.join(', '),
  );
  return [`${plural(failed.length, 'cell')} failed: ${said.join('; ')}.`];
}

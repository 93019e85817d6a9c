import type { ReportRow, RunReport } from '@routeprofile/schema';
import { fixed, interval, percent, plural, signed } from './format.js';
import { VERSUS_HINDSIGHT } from './intervals.js';
import { gainOf } from './new-models.js';
import { average, bestRow, favourite, rowName } from './view.js';

/** What the report comes to, in sentences. Plain text: escape it where it goes. */
export interface Headline {
  /** What won, or that nothing did. */
  verdict: string;
  /** `win`: the interval lies above 0. */
  outcome: 'win' | 'unclear' | 'loss' | 'nothing';
  /** What else to know before believing it. */
  remarks: string[];
}

/** What a report comes to: the best row against `best-single`, by the 95 % interval of their difference, and what else to know. */
export function headline(report: RunReport): Headline {
  const best = bestRow(report);
  const remarks = [
    ...hindsightRemark(report, best),
    ...newModelRemark(report, best),
    ...taskTableRemark(report, best),
    ...collapseRemarks(report),
    ...failureRemark(report),
  ];
  if (!best) return { verdict: 'No router was evaluated.', outcome: 'nothing', remarks };
  return { ...verdictOn(report, best), remarks: [...optimismRemark(report, best), ...remarks] };
}

function verdictOn(report: RunReport, best: ReportRow): Pick<Headline, 'verdict' | 'outcome'> {
  const name = rowName(report, best);
  const single = report.baselines['best-single'];
  const found = best.intervals['avg_performance'];
  const own = fixed(average(best));
  if (!single?.model || !found)
    return { verdict: `${name} does best, ${own}; there is no best-single to compare with.`, outcome: 'nothing' };
  const theirs = `always choosing ${single.model} (${fixed(average(single))})`;
  const range = `95 % interval ${signed(found.low)} to ${signed(found.high)}`;
  if (found.low > 0)
    return { verdict: `${name} (${own}) beats ${theirs} by ${signed(found.difference)}; ${range}.`, outcome: 'win' };
  if (found.difference > 0)
    return {
      verdict: `Nothing clearly beats ${theirs}: ${name} (${own}) is ahead by ${signed(found.difference)}, but its ${range} holds 0.`,
      outcome: 'unclear',
    };
  return {
    verdict: `Nothing beats ${theirs}: the best router, ${name}, reaches ${own} (${signed(found.difference)}; ${range}).`,
    outcome: 'loss',
  };
}

/** The best of many, picked on the rows it is judged by, looks better than it is. */
function optimismRemark({ rows }: RunReport, best: ReportRow): string[] {
  const wins = (best.intervals['avg_performance']?.difference ?? 0) > 0;
  return wins && rows.length > 1
    ? [`It is the best of ${rows.length} on these very rows, so the figure flatters it.`]
    : [];
}

/** The best constant on these very rows, where that is another than the one training data chose. */
function hindsightRemark({ baselines }: RunReport, best: ReportRow | undefined): string[] {
  const found = best?.intervals[VERSUS_HINDSIGHT];
  const hindsight = baselines['best-in-hindsight'];
  if (!found || !hindsight?.model || hindsight.model === baselines['best-single']?.model) return [];
  return [
    `Against always choosing ${hindsight.model} (${fixed(average(hindsight))}), which only these test rows single out: ${interval(found)}.`,
  ];
}

function taskTableRemark({ baselines }: RunReport, best: ReportRow | undefined): string[] {
  const table = baselines['task-table'];
  if (!table || !best || average(table) === -Infinity || average(table) < average(best)) return [];
  return [`Knowing the task alone (task-table) gives ${fixed(average(table))}, as much as any router here or more.`];
}

function newModelRemark(report: RunReport, best: ReportRow | undefined): string[] {
  const gain = best && gainOf(best.metrics);
  if (!best || gain == null) return [];
  const share = percent(best.metrics['new_model_share']);
  const without = fixed(best.metrics['avg_performance_without_new']);
  return [
    `${share} of its queries go to ${report.newModels.join(', ')}, without training outcomes; with old models only it would reach ${without} (gain ${signed(gain)}).`,
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
  const top = favourite(row);
  const equal = row.collapse.equals === top ? ', and scores as always choosing it' : '';
  return `gives ${percent(row.collapse.topShare)} of the queries to ${top}${equal}`;
}

function failureRemark({ failed }: RunReport): string[] {
  return failed.length === 0
    ? []
    : [`${plural(failed.length, 'cell')} failed: ${failed.map(({ label }) => label).join(', ')}.`];
}

import { rowName } from '@routeprofile/eval';
import { fixed, interval } from '@routeprofile/eval/format';
import { plural, type Interval, type Metrics, type RunReport } from '@routeprofile/schema';
import { assertReport } from '../assert-report.js';
import { headline } from '../headline.js';
import { columnOf, figure, figureWithUnit, ownMetrics, shownMetrics } from '../metrics.js';
import {
  PROMISE_STATUS,
  effectiveModels,
  isRecommended,
  isRecommendedBaseline,
  namedBaselines,
  onUnitScale,
  orderedRows,
  ROW_ORDER,
} from '../view.js';
import { evidenceText } from './evidence-text.js';
import { newModelTable } from './new-model-table.js';
import { suggestionLines } from '../off-policy.js';
import { offPolicyLegend, offPolicyTable } from './off-policy-table.js';
import { cut, painter, printable, WIDTH, wrap } from './terminal.js';

const MOST_WARNINGS = 5;

/** How a report is printed. */
export interface TextTableOptions {
  /** ANSI colours. Default false. */
  color?: boolean;
}

interface Line {
  name: string;
  metrics: Metrics;
  /** The model a baseline stands for. */
  model?: string | undefined;
  interval?: Interval | null | undefined;
  collapsed?: boolean;
  recommended?: boolean;
}

interface Column {
  title: string;
  width: number;
  cell: (line: Line) => string;
}

/** The metrics that have a column here, the average first. */
const terminalMetrics = (report: RunReport) =>
  shownMetrics(report, 'terminal').flatMap(({ columns: { terminal }, ...metric }) =>
    terminal ? [{ ...metric, ...terminal }] : [],
  );

function columnsOf(report: RunReport): Column[] {
  const [main, ...others] = terminalMetrics(report).map(
    ({ name, format, title, width = title.length + 2 }): Column => ({
      title,
      width,
      cell: ({ metrics }) => figure(metrics[name], format, columnOf(report, name)),
    }),
  );
  const right: Column[] = [
    main!,
    {
      title: 'vs best-single [95 %]',
      width: 26,
      cell: (line) => (line.interval === undefined ? cut(line.model ?? '', 24) : interval(line.interval)),
    },
    ...others,
    { title: 'models', width: 8, cell: ({ metrics }) => fixed(effectiveModels(metrics), 1) },
  ];
  const left = WIDTH - right.reduce((sum, { width }) => sum + width, 0);
  return [
    {
      title: '',
      width: left,
      cell: ({ name, collapsed, recommended }) => `${cut(name, left - 3)}${recommended ? ' ←' : collapsed ? ' *' : ''}`,
    },
    ...right,
  ];
}

/** A line per metric that is not built in: the rows, then what they are compared with. */
function ownMetricLines(report: RunReport): string[] {
  const lines = [
    ...orderedRows(report).map((row) => ({ name: rowName(report, row), metrics: row.metrics })),
    ...namedBaselines(report).map(({ name, baseline }) => ({ name, metrics: baseline.metrics })),
  ];
  return ownMetrics(report).flatMap((own) => {
    const values = lines.map(
      ({ name, metrics }) => `${name} ${figureWithUnit(metrics[own.name], own.format, columnOf(report, own.name))}`,
    );
    return ['', ...wrap(printable(`${own.title}: ${values.join(' · ')}`), '  ')];
  });
}

/** What the columns and marks mean, for who sees them first. */
function legend(report: RunReport): string[] {
  const single = report.baselines['best-single']?.model;
  const scale = onUnitScale(report) ? ', on the scale from 0 to 1' : '';
  const shown = terminalMetrics(report).map(({ title, help, saysScale, unlessAverage }) => ({
    text: `${title}: ${help}${saysScale ? scale : ''}.`,
    alone: unlessAverage === true,
  }));
  const [main, ...others] = shown;
  // What is often left out has a line of its own; the others share one.
  const together = others.filter(({ alone }) => !alone).map(({ text }) => text);
  return [
    main!.text,
    ...(single === undefined
      ? []
      : [
          `vs best-single: difference from always using ${single}, the best single model on training data; in brackets its 95 % interval.`,
        ]),
    ...others.filter(({ alone }) => alone).map(({ text }) => text),
    [...together, 'models: over how many models the choices are spread.'].join(' '),
    `${ROW_ORDER}${report.recommendation ? ' ← is recommended.' : ''}${report.rows.some(({ collapse }) => collapse.flag) ? ' * a constant in disguise: (almost) all queries go to one model.' : ''}`,
  ];
}

/** What routers promised in training, and what became of it. */
function promiseLines({ promises = [] }: RunReport): string[] {
  if (promises.length === 0) return [];
  return [
    '',
    'Promised on training data, and what test queries show:',
    ...promises.flatMap(({ words, status }) => wrap(printable(`${PROMISE_STATUS[status]}: ${words}`), '  ')),
  ];
}

/**
 * The report for a terminal: verdict, rows, baselines, warnings, in lines of at most 100 columns. `*` marks a constant in
 * disguise; `gap` is the share of the way from the best constant to the oracle; `models` the effective number of models.
 * Further tables tell of new models, and of frontiers, confidence and the like, where there are any.
 * @throws RouteProfileError BAD_INPUT for what is not a report, with what was expected
 */
export function renderTextTable(report: RunReport, { color = false }: TextTableOptions = {}): string {
  assertReport('renderTextTable', report);
  const paint = painter(color);
  const bold = (text: string) => paint(1, text);
  const dim = (text: string) => paint(2, text);
  const columns = columnsOf(report);
  const render = (line: Line) =>
    columns
      .map(({ width, cell }, i) => (i === 0 ? cell(line).padEnd(width) : cell(line).padStart(width)))
      .join('')
      .trimEnd();
  const { verdict, outcome, alerts, remarks } = headline(report);

  const facts = [
    report.dataset.name,
    report.mode,
    plural(report.offPolicy?.rows ?? report.rowsUsed, report.offPolicy ? 'logged test row' : 'test row'),
    `encoder ${report.encoder}`,
    `graph ${report.graph}`,
  ];
  const rows = orderedRows(report).map((row) => ({
    text: render({
      name: printable(rowName(report, row)),
      recommended: isRecommended(report, row),
      metrics: row.metrics,
      interval: row.intervals['avg_performance'],
      collapsed: row.collapse.flag,
    }),
    collapsed: row.collapse.flag,
    wins: (row.intervals['avg_performance']?.low ?? 0) > 0,
  }));
  const base = namedBaselines(report).map(({ name, baseline: { model, metrics } }) =>
    render({
      name: printable(name),
      recommended: isRecommendedBaseline(report, name),
      model: model && printable(model),
      metrics,
    }),
  );
  const warnings = report.warnings.slice(0, MOST_WARNINGS).flatMap((warning) => wrap(`! ${printable(warning)}`));
  const unseen = report.warnings.length - MOST_WARNINGS;

  return [
    ...wrap(printable(facts.join(' · '))).map(bold),
    ...(report.simulated ? [paint(33, 'SIMULATED OUTCOMES: these figures say nothing about real models.')] : []),
    '',
    ...(report.offPolicy
      ? [...offPolicyTable(report, report.offPolicy, paint), ...evidenceText(report, paint)]
      : [
          dim(columns.map(({ title, width }, i) => (i === 0 ? title.padEnd(width) : title.padStart(width))).join('')),
          ...rows.map(({ text, collapsed, wins }) => (collapsed ? paint(33, text) : wins ? paint(32, text) : text)),
          dim('─'.repeat(WIDTH)),
          ...base.map(dim),
          ...ownMetricLines(report),
          ...newModelTable(report, paint),
          ...evidenceText(report, paint),
        ]),
    '',
    ...(report.offPolicy ? offPolicyLegend(report) : legend(report)).flatMap((text) => wrap(printable(text))).map(dim),
    ...promiseLines(report),
    '',
    ...wrap(printable(verdict)).map((line) => (outcome === 'win' ? paint(32, line) : bold(line))),
    ...alerts.flatMap((alert) => wrap(`! ${printable(alert)}`)).map((line) => paint(33, line)),
    ...remarks.flatMap((remark) => wrap(printable(remark), '  ')),
    ...(report.offPolicy ? suggestionLines(report, report.offPolicy) : []).flatMap((line, i) => [
      ...(i === 0 ? [''] : []),
      ...wrap(printable(line), i === 0 ? '' : '  '),
    ]),
    ...(warnings.length > 0 ? ['', ...warnings.map((line) => paint(33, line))] : []),
    ...(unseen > 0 ? [paint(33, `! and ${unseen} more in report.json`)] : []),
    '',
  ].join('\n');
}

import {
  isConstant,
  labelComparisons,
  PAPER_ROUTERS,
  scenarioTables,
  type DesignSpace,
  type DesignSpaceScenario,
  type LabelComparison,
  type PaperCell,
  type ScenarioTables,
  type SpaceCell,
  type TableCell,
  type TableRow,
} from '@routeprofile/eval';
import { fixed } from '@routeprofile/eval/format';
import { plural } from '@routeprofile/schema';
import { cut, painter, printable, WIDTH, wrap, type Paint } from '../text/terminal.js';
import { differences } from './differences.js';
import { paperVerdict, scenarioVerdict } from './verdict.js';
import { hopsText, remarksOf, remarkText, title, type Remark } from './words.js';

/** How a design space is printed. */
export interface DesignSpaceTextOptions {
  /** ANSI colours. Default false. */
  color?: boolean;
}

/** Left column, then one a router. */
const NAME = 22;
const CELL = (WIDTH - NAME) / PAPER_ROUTERS.length;
const MOST_OTHERS = 12;
const MOST_WARNINGS = 8;

/**
 * The whole design space for a terminal: what each scenario comes to, the paper's two tables with ours beside them, labels
 * side by side, and what differs from the paper. Lines of at most 100 columns.
 */
export function renderDesignSpaceText(space: DesignSpace, { color = false }: DesignSpaceTextOptions = {}): string {
  const paint = painter(color);
  const bold = (line: string) => paint(1, line);
  const bullets = (remarks: readonly Remark[]) =>
    remarks.flatMap((remark) => item(`- ${printable(remarkText(space, remark))}`));
  const warnings = remarksOf(space, ({ report }) => report.warnings);
  return [
    bold(printable(space.name)),
    ...(space.scenarios.some(({ report }) => report.simulated)
      ? [paint(33, 'SIMULATED OUTCOMES: these figures say nothing about real models.')]
      : []),
    ...space.scenarios.flatMap((scenario) => ['', ...scenarioLines(scenario, paint)]),
    ...labelComparisons(space).flatMap((comparison) => ['', ...comparisonLines(comparison, paint)]),
    '',
    bold('Reading the tables'),
    ...item('- ours [95 % interval of the difference from best-single] paper; · not run, ! failed'),
    ...item(
      "- * a constant in disguise (~ with some seeds only); = the paper's figure equals a constant's to rounding",
    ),
    ...paperVerdict().flatMap((line) => item(`- ${line}`)),
    '',
    bold('What differs from the paper'),
    ...bullets(remarksOf(space, differences)),
    ...(warnings.length > 0 ? ['', bold('Warnings'), ...bullets(warnings.slice(0, MOST_WARNINGS))] : []),
    ...(warnings.length > MOST_WARNINGS ? [`  and ${warnings.length - MOST_WARNINGS} more`] : []),
    '',
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The lines after the first stand under its text. */
const item = (text: string): string[] => wrap(text, '  ').map((line, i) => (i === 0 ? line.slice(2) : line));

function scenarioLines(scenario: DesignSpaceScenario, paint: Paint): string[] {
  const { name, report } = scenario;
  const { verdict, outcome, remarks } = scenarioVerdict(scenario);
  const tables = scenarioTables(scenario);
  const facts = [name, report.mode, `${plural(report.rowsUsed, 'row')} of ${report.dataset.test}`, report.encoder];
  return [
    paint(1, '─'.repeat(WIDTH)),
    ...wrap(printable(facts.join(' · '))).map((line) => paint(1, line)),
    ...wrap(printable(verdict)).map((line) => (outcome === 'win' ? paint(32, line) : line)),
    ...remarks.flatMap((remark) => wrap(printable(remark), '  ')),
    ...mainLines(tables, paint),
    ...sourceLines(tables, paint),
    ...otherLines(tables, paint),
    ...failureLines(scenario, paint),
  ];
}

const header = (text: string, paint: Paint): string =>
  paint(
    2,
    cut(text, NAME).padEnd(NAME) + PAPER_ROUTERS.map((router) => title(router).padStart(CELL)).join(''),
  ).trimEnd();

function mainLines({ main }: ScenarioTables, paint: Paint): string[] {
  return [
    '',
    ...wrap(printable(`Profiles and hops, on the graph ${main.graph}`)),
    header('', paint),
    ...main.rows.map((row) =>
      tableLine(row, row.variant === '' ? [title(row.profile), hopsText(row.hops)] : [` ${row.variant}`], paint),
    ),
  ];
}

function sourceLines({ sources }: ScenarioTables, paint: Paint): string[] {
  let above = '';
  const lines = sources.rows.flatMap((row) => {
    const group = [title(row.profile), hopsText(row.hops)].join(' ').trim();
    const line = tableLine(row, [row.variant === '' ? ` ${row.graph}` : `   ${row.variant}`], paint);
    if (group === above) return [line];
    above = group;
    return [group, line];
  });
  return ['', 'Data sources', header('', paint), ...lines];
}

function tableLine({ cells }: TableRow, name: readonly string[], paint: Paint): string {
  const text = printable(name.filter((part) => part !== '').join(' '));
  return (
    cut(text, NAME - 1).padEnd(NAME) +
    PAPER_ROUTERS.map((router) => {
      const line = cellText(cells[router]).padStart(CELL);
      const { ours } = cells[router];
      if (ours.state === 'not-run') return paint(2, line);
      if (ours.state === 'failed') return paint(31, line);
      return isConstant(ours.cell) ? paint(33, line) : (ours.cell.interval?.low ?? 0) > 0 ? paint(32, line) : line;
    }).join('')
  );
}

function cellText({ ours, paper }: TableCell): string {
  if (ours.state !== 'measured') return `${ours.state === 'failed' ? '!' : '·'} ${paperText(paper)}`;
  return [`${fixed(ours.cell.average)}${mark(ours.cell)}`, shortInterval(ours.cell), paperText(paper)].join(' ');
}

const mark = (cell: SpaceCell): string => (isConstant(cell) ? '*' : cell.collapsedSeeds > 0 ? '~' : ' ');

const paperText = ({ value, constant }: PaperCell): string => `${bare(value, 3)}${constant === null ? ' ' : '='}`;

/** `[−.03,+.02]` */
function shortInterval({ interval }: SpaceCell): string {
  if (!interval) return '';
  const end = (value: number) => (value < 0 ? '−' : '+') + bare(Math.abs(value), 2);
  return `[${end(interval.low)},${end(interval.high)}]`;
}

/** Without the zero before the point. */
const bare = (value: number, digits: number): string => value.toFixed(digits).replace(/^0\./, '.');

function otherLines({ others }: ScenarioTables, paint: Paint): string[] {
  if (others.length === 0) return [];
  const shown = [...others].sort((a, b) => (b.average ?? -1) - (a.average ?? -1)).slice(0, MOST_OTHERS);
  return [
    '',
    "Outside the paper's tables",
    ...shown.map((cell) => {
      const name = cut(printable(`${cell.label} on ${cell.graph}`), WIDTH - 24);
      const line = `${name.padEnd(WIDTH - 22)}${fixed(cell.average)}${mark(cell)} ${shortInterval(cell)}`;
      return isConstant(cell) ? paint(33, line) : line;
    }),
    ...(others.length > shown.length ? [`  and ${others.length - shown.length} more`] : []),
  ];
}

function failureLines({ report: { failed } }: DesignSpaceScenario, paint: Paint): string[] {
  if (failed.length === 0) return [];
  const text = failed.map(({ label, seed, code, message }) => `${label} (seed ${seed}): ${code} ${message}`);
  return ['', 'Failed', ...text.flatMap((line) => item(`! ${printable(line)}`)).map((line) => paint(31, line))];
}

function comparisonLines({ scenarios, baselines, best }: LabelComparison, paint: Paint): string[] {
  const of = (values: readonly string[]) => values.map((value) => cut(printable(value), 36).padEnd(38)).join('');
  const line = (name: string, values: readonly string[]) => (cut(name, 19).padEnd(20) + of(values)).trimEnd();
  return [
    paint(1, 'The same cells under other labels'),
    paint(
      2,
      line(
        '',
        scenarios.map(({ name }) => name),
      ),
    ),
    line(
      'best cell',
      best.map((cell) => (cell ? `${fixed(cell.average)} ${cell.label}` : '–')),
    ),
    ...baselines.map(({ name, averages, models }) =>
      line(
        name,
        averages.map((value, i) => `${fixed(value)} ${models[i] ?? ''}`),
      ),
    ),
  ];
}

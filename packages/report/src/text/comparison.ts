import { comparedMetrics, type ComparedMetric, type PolicyComparison, type RunComparison } from '@routeprofile/eval';
import { dollars, fixed, interval, percent, signed } from '@routeprofile/eval/format';
import { plural } from '@routeprofile/schema';
import { cut, painter, printable, WIDTH, wrap, type Paint } from './terminal.js';

const MOST_CHANGES = 8;
/** Of a metric that this version does not know, no more than its numbers. */
const UNKNOWN = { format: 'number', higherIsBetter: true } as const;

/** How a comparison is printed. */
export interface CompareTextOptions {
  /** ANSI colours. Default false. */
  color?: boolean;
}

interface Column {
  title: string;
  width: number;
}

/** A comparison for a terminal, in lines of at most 100 columns: everything is a − b. */
export function renderComparison(comparison: RunComparison, { color = false }: CompareTextOptions = {}): string {
  const { a, b, sharedRows, warnings, comparisons } = comparison;
  const paint = painter(color);
  const [only] = comparisons;
  return [
    ...wrap(printable(`a: ${a.name} · ${a.dataset}, ${a.test}`)).map((line) => paint(1, line)),
    ...wrap(printable(`b: ${b.name} · ${b.dataset}, ${b.test}`)).map((line) => paint(1, line)),
    `${plural(sharedRows, 'row')} in both; differences are a − b, with paired bootstrap 95 % intervals (from 10 rows on)`,
    '',
    ...(only && comparisons.length === 1 ? details(only, paint) : overview(comparisons, paint)),
    ...(warnings.length > 0
      ? ['', ...warnings.flatMap((text) => wrap(`! ${printable(text)}`)).map((line) => paint(33, line))]
      : []),
    '',
  ].join('\n');
}

const line = (columns: readonly Column[], cells: readonly string[]): string =>
  columns
    .map(({ width }, i) => (i === 0 ? cut(printable(cells[i]!), width - 1).padEnd(width) : cells[i]!.padStart(width)))
    .join('')
    .trimEnd();

const head = (columns: readonly Column[], paint: Paint): string =>
  paint(
    2,
    line(
      columns,
      columns.map(({ title }) => title),
    ),
  );

/** Blue-green where a is clearly better, yellow where it is clearly worse. */
const judged = (paint: Paint, text: string, { low, high }: ComparedMetric, lessIsBetter = false): string => {
  if (low === null || high === null) return text;
  const [better, worse] = lessIsBetter ? [high < 0, low > 0] : [low > 0, high < 0];
  return better ? paint(32, text) : worse ? paint(33, text) : text;
};

const pValue = (p: number): string => (p < 0.001 ? '< 0.001' : fixed(p));
const tally = ({ wins, ties, losses }: { wins: number; ties: number; losses: number }): string =>
  `${wins} / ${ties} / ${losses}`;

const MEASURES = 9 + 9 + 27;

/** A line per pair of labels. */
function overview(comparisons: readonly PolicyComparison[], paint: Paint): string[] {
  const columns: Column[] = [
    { title: 'average performance', width: WIDTH - MEASURES - 18 - 9 },
    { title: 'a', width: 9 },
    { title: 'b', width: 9 },
    { title: 'a − b [95 %]', width: 27 },
    { title: 'win/tie/loss', width: 18 },
    { title: 'p', width: 9 },
  ];
  return [
    head(columns, paint),
    ...comparisons.map(({ a, metrics, rows }) => {
      const quality = metrics['avg_performance']!;
      const cells = [a.label, fixed(quality.a), fixed(quality.b), interval(quality), tally(rows), pValue(rows.p)];
      return judged(paint, line(columns, cells), quality);
    }),
  ];
}

function details({ a, b, metrics, rows, tasks, choices }: PolicyComparison, paint: Paint): string[] {
  const seeds = (list: readonly number[]) => (list.length > 1 ? `, mean of ${list.length} seeds` : '');
  const metricColumns: Column[] = [
    { title: '', width: 30 },
    { title: 'a', width: 11 },
    { title: 'b', width: 11 },
    { title: 'a − b [95 %]', width: 30 },
  ];
  const taskColumns: Column[] = [
    { title: 'by task', width: WIDTH - MEASURES - 18 - 7 },
    { title: 'rows', width: 7 },
    { title: 'a', width: 9 },
    { title: 'b', width: 9 },
    { title: 'a − b [95 %]', width: 27 },
    { title: 'win/tie/loss', width: 18 },
  ];
  const changeColumns: Column[] = [
    { title: 'b chooses → a chooses', width: 64 },
    { title: 'rows', width: 9 },
    { title: 'a', width: 9 },
    { title: 'b', width: 9 },
    { title: 'a − b', width: 9 },
  ];
  return [
    ...wrap(printable(`a is ${a.label}${seeds(a.seeds)}; b is ${b.label}${seeds(b.seeds)}`)),
    '',
    head(metricColumns, paint),
    ...Object.entries(metrics).map(([name, metric]) => {
      const { format, higherIsBetter } = comparedMetrics.find((known) => known.name === name) ?? UNKNOWN;
      // Small differences of shares are told by three digits, not by whole percents.
      const number = format === 'dollars' ? dollars : fixed;
      const digits = format === 'dollars' ? 4 : 3;
      const cells = [name, number(metric.a), number(metric.b), interval(metric, digits)];
      return judged(paint, line(metricColumns, cells), metric, !higherIsBetter);
    }),
    '',
    ...wrap(
      `a scores higher on ${plural(rows.wins, 'row')}, lower on ${rows.losses}, the same on ${rows.ties}; exact sign test (McNemar) p ${rows.p < 0.001 ? '' : '= '}${pValue(rows.p)}`,
    ),
    ...(tasks.length > 0
      ? [
          '',
          head(taskColumns, paint),
          ...tasks.map((task) => {
            const cells = [task.task, String(task.rows), fixed(task.a), fixed(task.b), interval(task), tally(task)];
            return judged(paint, line(taskColumns, cells), task);
          }),
        ]
      : []),
    '',
    `${percent(choices.differ, 1)} of the choices differ`,
    ...(choices.changes.length > 0
      ? [
          head(changeColumns, paint),
          ...choices.changes
            .slice(0, MOST_CHANGES)
            .map((change) =>
              line(changeColumns, [
                `${cut(printable(change.from), 29)} → ${cut(printable(change.to), 29)}`,
                percent(change.share, 1),
                fixed(change.a),
                fixed(change.b),
                signed(change.a - change.b),
              ]),
            ),
        ]
      : []),
    ...(choices.changes.length > MOST_CHANGES
      ? [paint(2, `and ${choices.changes.length - MOST_CHANGES} more pairs`)]
      : []),
  ];
}

import type { OffPolicy, RunReport } from '@routeprofile/schema';
import { OFF_POLICY_COLUMNS, OFF_POLICY_ORDER, policyLines, type PolicyLine } from '../off-policy.js';
import { cut, printable, WIDTH, type painter } from './terminal.js';

const NAME_WIDTH = 34;
const WIDTHS = [24, 26, 8, 8];

const row = (name: string, cells: readonly string[]): string =>
  [name.padEnd(NAME_WIDTH), ...cells.map((cell, i) => cut(printable(cell), WIDTHS[i]! - 2).padStart(WIDTHS[i]!))]
    .join('')
    .trimEnd();

/** What a log says of each router, and what they are compared with. */
export function offPolicyTable(report: RunReport, offPolicy: OffPolicy, paint: ReturnType<typeof painter>): string[] {
  const lines = policyLines(report, offPolicy);
  const textOf = ({ name, recommended, constant, cells }: PolicyLine) =>
    row(`${cut(printable(name), NAME_WIDTH - 3)}${recommended ? ' ←' : constant ? ' *' : ''}`, cells);
  const titles = OFF_POLICY_COLUMNS.map(({ title }) => title);
  return [
    paint(2, row('', titles)),
    ...lines
      .filter(({ isRow }) => isRow)
      .map((line) => (line.constant ? paint(33, textOf(line)) : line.wins ? paint(32, textOf(line)) : textOf(line))),
    paint(2, '─'.repeat(WIDTH)),
    ...lines.filter(({ isRow }) => !isRow).map((line) => paint(2, textOf(line))),
  ];
}

/** What the columns and marks mean. */
export const offPolicyLegend = (report: RunReport): string[] => [
  ...OFF_POLICY_COLUMNS.map(({ title, help }) => `${title}: ${help}.`),
  `${OFF_POLICY_ORDER}${report.recommendation ? ' ← is recommended.' : ''}${report.rows.some(({ collapse }) => collapse.flag) ? ' * a constant in disguise: (almost) all queries go to one model.' : ''}`,
];

import { rowName } from '@routeprofile/eval';
import { dollars, fixed, interval, percent } from '@routeprofile/eval/format';
import type { OffPolicy, OffPolicyPolicy, OffPolicyVerdict, RunReport } from '@routeprofile/schema';
import { isRecommended, isRecommendedBaseline } from '../view.js';
import { cut, printable, WIDTH, type painter } from './terminal.js';

const NAME_WIDTH = 34;

/** Why there is no figure, short enough for a column. */
function obstacleText(verdict: Exclude<OffPolicyVerdict, { known: true }>): string {
  switch (verdict.reason) {
    case 'small effective sample':
      return `too few rows (${verdict.effectiveRows.toFixed(0)})`;
    case 'no overlap':
      return `not in the log (${percent(verdict.share)})`;
    case 'propensities too small':
      return `chances off (${verdict.meanWeight.toFixed(2)})`;
    case 'cost not recorded':
      return 'cost not recorded';
  }
}

const estimate = (verdict: OffPolicyVerdict): string =>
  verdict.known ? `${fixed(verdict.value)} [${fixed(verdict.low)}, ${fixed(verdict.high)}]` : obstacleText(verdict);

const difference = ({ difference: verdict, model }: OffPolicyPolicy): string => {
  if (verdict === null) return cut(model ?? '–', 24);
  return verdict.known
    ? interval({ difference: verdict.value, low: verdict.low, high: verdict.high })
    : obstacleText(verdict);
};

const cost = (verdict: OffPolicyVerdict | null): string => (verdict?.known ? dollars(verdict.value) : '–');

/** What a log says of each router, and what they are compared with. */
export function offPolicyTable(
  report: RunReport,
  { policies }: OffPolicy,
  paint: ReturnType<typeof painter>,
): string[] {
  const line = (name: string, policy: OffPolicyPolicy) =>
    [
      name.padEnd(NAME_WIDTH),
      estimate(policy.score.dr).padStart(24),
      difference(policy).padStart(26),
      cost(policy.costPer1k).padStart(8),
      policy.effectiveRows.toFixed(0).padStart(8),
    ]
      .join('')
      .trimEnd();
  const rows = report.rows.map((row) => {
    const policy = policies.find(({ name, seed }) => name === row.label && seed === row.seed)!;
    const mark = isRecommended(report, row) ? ' ←' : row.collapse.flag ? ' *' : '';
    const wins = policy.difference?.known === true && policy.difference.low > 0;
    const text = line(`${cut(printable(rowName(report, row)), NAME_WIDTH - 3)}${mark}`, policy);
    return { text: row.collapse.flag ? paint(33, text) : wins ? paint(32, text) : text, value: valueOf(policy) };
  });
  const titles = [
    'average [95 %]'.padStart(24),
    'vs best-single [95 %]'.padStart(26),
    '$/1k'.padStart(8),
    'rows'.padStart(8),
  ];
  return [
    paint(2, `${' '.repeat(NAME_WIDTH)}${titles.join('')}`),
    ...rows.toSorted((a, b) => b.value - a.value).map(({ text }) => text),
    paint(2, '─'.repeat(WIDTH)),
    ...policies
      .filter(({ seed }) => seed === null)
      .map((policy) =>
        paint(2, line(`${printable(policy.name)}${isRecommendedBaseline(report, policy.name) ? ' ←' : ''}`, policy)),
      ),
  ];
}

const valueOf = ({ score: { dr } }: OffPolicyPolicy): number => (dr.known ? dr.value : -Infinity);

/** What the columns mean. */
export const offPolicyLegend = (report: RunReport): string[] => [
  'average: estimated mean score of the chosen models (doubly robust), with its 95 % interval. vs best-single: the estimated difference from always using the best single model on training data, paired row by row.',
  '$/1k: estimated dollars per 1,000 queries. rows: the effective sample size, as many rows as would tell as much if the log had always made the same choice. No figure is given below 100, or where the log (almost) never made the choice.',
  `Order: by the estimate; routers without one last.${report.recommendation ? ' ← is recommended.' : ''}${report.rows.some(({ collapse }) => collapse.flag) ? ' * a constant in disguise: (almost) all queries go to one model.' : ''}`,
];

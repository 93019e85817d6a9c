import { rowName } from '@routeprofile/eval';
import { dollars, fixed, interval, percent } from '@routeprofile/eval/format';
import {
  plural,
  type OffPolicy,
  type OffPolicyPolicy,
  type OffPolicyVerdict,
  type RunReport,
} from '@routeprofile/schema';
import { isRecommended, isRecommendedBaseline } from './view.js';

/** One policy judged by a log, as text and page show it. */
export interface PolicyLine {
  name: string;
  /** A row of the report, not something to compare with. */
  isRow: boolean;
  recommended: boolean;
  /** A constant in disguise. */
  constant: boolean;
  /** Its interval lies above best-single. */
  wins: boolean;
  /** In the order of `OFF_POLICY_COLUMNS`. */
  cells: readonly string[];
}

/** The columns beside the name, and what they mean. */
export const OFF_POLICY_COLUMNS = [
  {
    title: 'average [95 %]',
    help: 'estimated mean score of the chosen models (doubly robust), with its 95 % interval',
  },
  {
    title: 'vs best-single [95 %]',
    help: 'the estimated difference from always using the best single model on training data, paired row by row',
  },
  { title: '$/1k', help: 'estimated dollars per 1,000 queries' },
  {
    title: 'rows',
    help: 'the effective sample size, as many rows as would tell as much if the log had always made the same choice. No figure is given below 100, or where the log (almost) never made the choice',
  },
] as const;

/** Queries that are named for a model; there are more in report.json. */
const QUERIES_NAMED = 6;

/** Which answers would tell what the log cannot, in sentences; none where nothing is suggested. */
export function suggestionLines(report: RunReport, { suggestions, rows, policies: judged }: OffPolicy): string[] {
  if (!suggestions || suggestions.ask.length === 0) return [];
  const { policies, needed, ask } = suggestions;
  const nameOf = ({ name, seed }: Pick<OffPolicyPolicy, 'name' | 'seed'>) => {
    const row = report.rows.find((each) => each.label === name && each.seed === seed);
    return row ? rowName(report, row) : name;
  };
  const names = policies.map(nameOf);
  const models = [...new Set(ask.map(({ model }) => model))];
  const asked = models.map((model) => {
    const queries = ask.filter((gap) => gap.model === model).map(({ query }) => query);
    const more = queries.length > QUERIES_NAMED ? ', …' : '';
    return `${model} on ${plural(queries.length, 'query', 'queries')} (${queries.slice(0, QUERIES_NAMED).join(', ')}${more})`;
  });
  return [
    needed === 0
      ? 'The log tells the mean score of every router. Further answers would narrow the intervals.'
      : `The log cannot tell enough of ${someOf(names)}. ${
          needed === null
            ? `Answers to its ${plural(rows, 'test row')} would not do: more test rows are needed.`
            : `About ${plural(needed, 'answer that is', 'answers that are')} asked for on purpose would do.`
        }`,
    ...differencesLeftOpen(judged, nameOf),
    `The ${ask.length} that tell most: ask ${asked.join('; ')}.`,
    '`run --suggest N` writes the N best into a file that `collect --prompts` reads; `data import … --append` adds the answers.',
  ];
}

/** Where a router differs from the best single model on too few rows, no further answers on these rows would tell by how much. */
function differencesLeftOpen(
  judged: readonly OffPolicyPolicy[],
  nameOf: (policy: OffPolicyPolicy) => string,
): string[] {
  const open = judged.filter(
    ({ seed, score, difference }) => seed !== null && score.dr.known && difference?.known === false,
  );
  if (open.length === 0) return [];
  const [differ, choose] = open.length === 1 ? ['differs', 'it chooses'] : ['differ', 'they choose'];
  return [
    `By how much ${someOf(open.map(nameOf))} ${differ} from the best single model stays open: ${choose} otherwise on too few rows. A longer log would tell.`,
  ];
}

/** The first names of a list, and how many more there are. */
const someOf = (names: readonly string[], most = 4): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

/** How the lines are ordered. */
export const OFF_POLICY_ORDER = 'Order: by the estimate; routers without one last.';

/** The rows of a report that a log judged, best first, then what they are compared with. */
export function policyLines(report: RunReport, { policies }: OffPolicy): PolicyLine[] {
  const rows = report.rows.flatMap((row) => {
    const policy = policies.find(({ name, seed }) => name === row.label && seed === row.seed);
    if (!policy) return [];
    const line = {
      name: rowName(report, row),
      isRow: true,
      recommended: isRecommended(report, row),
      constant: row.collapse.flag,
      wins: policy.difference?.known === true && policy.difference.low > 0,
      cells: cellsOf(policy, policies),
    };
    return [{ line, value: policy.score.dr.known ? policy.score.dr.value : -Infinity }];
  });
  const compared = policies
    .filter(({ seed }) => seed === null)
    .map((policy) => ({
      name: policy.name,
      isRow: false,
      recommended: isRecommendedBaseline(report, policy.name),
      constant: false,
      wins: false,
      cells: cellsOf(policy, policies),
    }));
  return [...rows.toSorted((a, b) => b.value - a.value).map(({ line }) => line), ...compared];
}

const costOf = ({ costPer1k }: OffPolicyPolicy): number | undefined => (costPer1k?.known ? costPer1k.value : undefined);

/** @param among all policies of the table: a column of dollars has one notation */
const cellsOf = (policy: OffPolicyPolicy, among: readonly OffPolicyPolicy[]): string[] => [
  estimateText(policy.score.dr),
  differenceText(policy),
  dollars(costOf(policy), among.map(costOf)),
  policy.effectiveRows.toFixed(0),
];

const estimateText = (verdict: OffPolicyVerdict): string =>
  verdict.known ? `${fixed(verdict.value)} [${fixed(verdict.low)}, ${fixed(verdict.high)}]` : obstacleText(verdict);

function differenceText({ difference, model }: OffPolicyPolicy): string {
  if (difference === null) return model ?? '–';
  return difference.known
    ? interval({ difference: difference.value, low: difference.low, high: difference.high })
    : obstacleText(difference);
}

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

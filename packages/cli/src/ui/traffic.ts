import type {
  Learned,
  LeftOut,
  Replay,
  ReplayedRouter,
  RewardChange,
  TrafficSummary,
  Verdict,
} from '@routeprofile/pipeline';
import { plural } from '@routeprofile/schema';
import { formatColumns, formatDollars } from './format.js';

const fixed = (x: number, digits: number): string => `${x < 0 ? '−' : ''}${Math.abs(x).toFixed(digits)}`;
const signed = (x: number, digits: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(digits)}`;
/** A count as `plural` writes it. */
const count = (n: number): string => n.toLocaleString('en-US');
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

type Show = (x: number) => string;
const reward: Show = (x) => fixed(x, 3);
const difference: Show = (x) => signed(x, 3);
const dollars: Show = (x) => formatDollars(x);
const total: Show = (x) => fixed(x, 1);

const estimate = (verdict: Verdict | null, show: Show): string =>
  verdict?.known ? `${show(verdict.value)} (${show(verdict.low)} to ${show(verdict.high)})` : '–';
const value = (verdict: Verdict | null, show: Show): string => (verdict?.known ? show(verdict.value) : '–');

/** What a log holds, in a sentence. */
const summary = ({ decisions, judged, explored, leastPropensity, from, to }: TrafficSummary): string =>
  [
    `${plural(decisions, 'decision')}`,
    ...(from !== null && to !== null ? [`from ${day(from)} to ${day(to)}`] : []),
    `${count(judged)} judged (${percent(judged / decisions)})`,
    explored === 0
      ? 'none explored'
      : `${count(explored)} explored (smallest chance of a choice ${leastPropensity.toFixed(3)})`,
  ].join(', ');

const leftOutLines = (leftOut: readonly LeftOut[]): string[] =>
  leftOut.length === 0 ? [] : ['Not used:', ...leftOut.map(({ reason, rows }) => `  ${count(rows)} ${reason}`)];

function routerRow({
  name,
  reward: own,
  bernstein,
  costPer1k,
  difference: gain,
  regret,
  effectiveRows,
  agreement,
  conclusion,
}: ReplayedRouter) {
  return [
    name,
    estimate(own.dr, reward),
    value(own.snips, reward),
    bernstein ? `${reward(bernstein.low)} to ${reward(bernstein.high)}` : '–',
    value(costPer1k, dollars),
    estimate(gain, difference),
    value(regret, total),
    count(Math.round(effectiveRows)),
    percent(agreement),
    conclusion.verdict,
  ];
}

/** A replay as tables. */
export function describeReplay({ log, leftOut, assumes, logged, routers, best, minEss, level }: Replay): string {
  const models = log.byModel.map(({ model, decisions, judged, meanReward }) => [
    model,
    count(decisions),
    count(judged),
    percent(judged / decisions),
    meanReward === null ? '–' : reward(meanReward),
  ]);
  const missing = routers.flatMap(({ name, conclusion }) =>
    conclusion.missing === undefined ? [] : [`${name}: ${conclusion.missing}`],
  );
  const replaced = routers.flatMap(({ name, replaced: rows }) =>
    rows === 0
      ? []
      : [
          `${name}: on ${plural(rows, 'decision')} its first choice could not have answered, and its next took its place.`,
        ],
  );
  return [
    `${log.path}: ${summary(log)}`,
    ...leftOutLines(leftOut),
    '',
    formatColumns([['model that answered', 'decisions', 'judged', 'share', 'mean reward'], ...models]),
    '',
    `What routers would have got (reward per query as it was judged, 0 to 1 from a gateway; ${percent(level)} intervals):`,
    formatColumns([
      [
        'router',
        'reward',
        'SNIPS',
        'sure interval',
        '$ per 1,000',
        'difference to the log',
        'regret',
        'effective',
        'agrees',
        'verdict',
      ],
      ['as logged', estimate(logged.reward, reward), '', '', value(logged.costPer1k, dollars), '', '', '', '100 %', ''],
      ...routers.map(routerRow),
    ]),
    `reward: doubly robust, with its interval. SNIPS: the self-normalised estimate. sure interval: empirical Bernstein, wide. regret: reward that the ${plural(log.decisions, 'decision')} would have missed against the best estimate (${best === 'logged' ? 'as logged' : best}). effective: judged decisions that speak for a router, as rows of equal weight; no figure below ${minEss}.`,
    ...(missing.length > 0 ? ['', ...missing] : []),
    ...(replaced.length > 0 ? ['', ...replaced] : []),
    '',
    `Assumed: ${assumes.join(' ')}`,
  ].join('\n');
}

/** Models that changed within the log, and what can be done about it. */
const changeLines = (changes: readonly RewardChange[]): string[] =>
  changes.map(({ model, at, before, after, delta }) => {
    const when = at === null ? 'within the log' : `on ${day(at)}`;
    const older = at === null ? '' : ` --since ${day(at)} leaves the older ones out.`;
    return `Answers of ${model} became ${after < before ? 'worse' : 'better'} ${when}: mean reward ${reward(before)} before, ${reward(after)} since (false alarms: ${delta.toPrecision(1)} per look). The candidate learns from both.${older}`;
  });

/** What came of learning, in sentences. */
export function describeLearned({
  promoted,
  serves,
  serving,
  candidate,
  why,
  moreJudged,
  log,
  leftOut,
  changes,
  trainedOn,
  judgedOn,
  result,
}: Learned): string {
  const bound = result?.difference.known
    ? [
        `The candidate differs on ${percent(result.differing)} of the decisions that judged. Its reward minus the incumbent's: ${difference(result.difference.value)}; above ${difference(result.difference.low)} but for a chance of error of ${(100 * result.alpha).toPrecision(2)} % (test ${result.look} against this incumbent, ${count(Math.round(result.effectiveRows))} effective rows).`,
      ]
    : [];
  return [
    `${log.path}: ${plural(log.decisions, 'decision')}, ${count(log.judged)} judged, ${count(log.explored)} explored`,
    ...leftOutLines(leftOut),
    ...changeLines(changes),
    `Trained on the oldest ${count(trainedOn)} judged decisions; judged by the ${plural(judgedOn.decisions, 'decision')} after them (${count(judgedOn.judged)} judged).`,
    ...bound,
    promoted ? `Promoted: version ${serving} is served from now on.` : `Not promoted. ${why}`,
    ...(moreJudged === null
      ? []
      : [`It would take about ${plural(moreJudged, 'more judged decision')}, if the estimate stays as it is.`]),
    ...(candidate !== null && !promoted ? [`The candidate is version ${candidate}, for you to look at.`] : []),
    `Served: ${serves} (version ${serving})`,
  ].join('\n');
}

import { plural, type KeptPromise, type Recommendation, type RouterPromise } from '@routeprofile/schema';
import { dollars, fixed, percent } from '../format.js';

/** The sentences of a recommendation. Scores from 0 to 1 are told in points of 0.01, others as they are. */

export interface Scale {
  /** Whether all scores lie between 0 and 1. */
  unit: boolean;
}

interface Ends {
  difference: number;
  low: number | null;
  high: number | null;
}

const amount = (value: number, { unit }: Scale): string =>
  unit ? `${fixed(Math.abs(100 * value), 1)} points` : fixed(Math.abs(value));

const side = (value: number): string => (value < 0 ? 'lower' : 'higher');

/** `between 2.1 points lower and 8.3 points higher`, or the one figure where there is no interval. */
export function differenceText({ difference, low, high }: Ends, scale: Scale): string {
  if (low === null || high === null || (low === 0 && high === 0))
    return difference === 0 ? 'the same' : `${amount(difference, scale)} ${side(difference)}`;
  const [from, to] = [fixed(Math.abs(low), 3), fixed(Math.abs(high), 3)];
  if (from === to && side(low) === side(high)) return `${amount(low, scale)} ${side(low)}`;
  if (side(low) !== side(high)) return `between ${amount(low, scale)} lower and ${amount(high, scale)} higher`;
  const [near, far] = low < 0 ? [high, low] : [low, high];
  const less = amount(near, scale).replace(' points', '');
  return `between ${less} and ${amount(far, scale)} ${side(far)}`;
}

type Costs = Pick<Recommendation, 'costShare' | 'costPer1k'>;

/** `it saves 57 % of the cost of always using MODEL`. */
function costClause({ costShare, costPer1k }: Costs, model: string): string {
  const { own, bestSingle } = costPer1k;
  if (own === null || bestSingle === null) {
    const unknown =
      own === bestSingle ? 'costs are' : own === null ? 'its own cost is' : `the cost of always using ${model} is`;
    return `what it saves cannot be said, because ${unknown} not known`;
  }
  if (bestSingle === 0)
    return own === 0
      ? `it is free, as ${model} is`
      : `it costs $${dollars(own)} per 1,000 queries, while ${model} is free`;
  // Estimates from a log have no interval for the share.
  const value = costShare?.value ?? own / bestSingle;
  const saved = percent(1 - value);
  if (value < 1 && saved !== '0 %') return `it saves ${saved} of the cost of always using ${model}`;
  if (value > 1 && percent(value) !== '100 %')
    return `it costs ${fixed(value, value < 10 ? 2 : 0)} times as much as always using ${model}`;
  return `it costs as much as always using ${model}`;
}

/** The recommendation of a router. */
export function routerWords(
  name: string,
  model: string | null,
  found: Costs & { quality: Ends | null; testRows: number; asLog?: boolean },
  scale: Scale,
): string {
  const { quality, testRows, asLog = false } = found;
  if (model === null) return `Use ${name}. There is no best single model to compare it with.`;
  if (quality === null) return `Use ${name}. The test rows do not say how it compares with ${model}.`;
  const rows = plural(testRows, 'test query', 'test queries');
  const few = asLog ? `on ${rows}, too few of which show where the two differ` : `on ${rows}, too few`;
  const sure = quality.low === null ? `${few} for an interval` : `95 % interval, ${rows}`;
  return `Use ${name}: ${costClause(found, model)}; its quality is ${differenceText(quality, scale)} (${sure}).`;
}

/** How the verdict follows from the interval. */
export function verdictText(
  verdict: NonNullable<Recommendation['verdict']>,
  { low, high }: Ends,
  model: string,
  margin: number,
  scale: Scale,
): string {
  const allowed = scale.unit ? `${fixed(100 * margin, 1).replace(/\.0$/, '')} points` : fixed(margin);
  if (low === null || high === null)
    return `Undecided: there are too few test queries to say whether it is better or worse than always using ${model}.`;
  return {
    better: `Better than always using ${model}: the whole interval lies above 0.`,
    'not-worse': `Not worse than always using ${model}: at most ${amount(Math.min(low, 0), scale)} lower, and the margin is ${allowed}.`,
    undecided: `Undecided against always using ${model}: its mean score may be lower by more than the margin of ${allowed}. More test queries narrow the interval.`,
    worse: `Worse than always using ${model}: the whole interval lies below 0, and its mean score may be lower by more than the margin of ${allowed}.`,
  }[verdict];
}

export const scaleText = ({ unit }: Scale): string =>
  `${unit ? 'A point is 0.01 on the scale of scores from 0 to 1. ' : ''}A 95 % interval holds the true difference in 95 of 100 such samples of test queries.`;

/** What a promise was. */
export function promiseText({ kind, limit, against }: RouterPromise, single: string | null, scale: Scale): string {
  const model = against ?? single ?? 'the best single model';
  switch (kind) {
    case 'within':
      return `quality at most ${amount(limit, scale)}${scale.unit ? ` (${fixed(limit)} of 1)` : ''} below that of ${model}`;
    case 'budget':
      return `at most $${dollars(1000 * limit)} per 1,000 queries`;
    case 'cost-share':
      return `at most ${percent(limit)} of the cost of ${model}`;
    case 'parity':
      return `as good as ${model} on at least ${percent(limit, 1)} of the queries`;
  }
}

/** What became of it. */
export function keptText(kind: RouterPromise['kind'], found: NonNullable<KeptPromise['found']>, scale: Scale): string {
  const { value, low, high } = found;
  const ends = (format: (x: number) => string) =>
    low === null || high === null ? 'too few rows for an interval' : `95 % interval ${format(low)} to ${format(high)}`;
  switch (kind) {
    case 'within':
      return differenceText({ difference: value, low, high }, scale);
    case 'budget':
      return `$${dollars(1000 * value)} per 1,000 queries (${ends((x) => `$${dollars(1000 * x)}`)})`;
    case 'cost-share':
      return `${percent(value)} (${ends((x) => percent(x))})`;
    case 'parity':
      return `${percent(value, 1)} (${ends((x) => percent(x, 1))})`;
  }
}

import { percentileInterval, resample } from '@routeprofile/numerics';
import type { Grade, GradedComparison } from '@routeprofile/schema';

/** A score that a judge gave. */
export interface JudgedScore extends Pick<Grade, 'comparisons'> {
  id: string;
  model: string;
  score: number;
}

/** What a person says that an answer is worth. */
export interface GoldLabel {
  id: string;
  model: string;
  /** From 0 to 1. */
  score: number;
}

/** A figure with its 95 % interval; null where too little is known. */
export interface Measured {
  value: number;
  low: number;
  high: number;
}

/** How far a judge can be trusted. */
export interface JudgeQuality {
  /** Answers that both the judge and a person scored. */
  labelled: number;
  /** Share of them that both call right (0.5 or more), or both wrong. */
  accuracy: Measured | null;
  /** Cohen's kappa of that: 0 is what chance gives, 1 is full agreement. */
  kappa: Measured | null;
  /** Mean of the judge's score less the person's. */
  leniency: Measured | null;
  /** Pairs of answers that people rank, and the share of them that the judge ranks alike, ties included. */
  pairs: number;
  pairAccuracy: Measured | null;
  /** Pairs that were shown in both orders. */
  shownTwice: number;
  /** Share of them on which the judge said the same in both orders. */
  consistency: Measured | null;
  /** What the answer shown first won, on average, beyond a half: 0 without a position bias, 0.5 when the first always wins. */
  positionBias: Measured | null;
  /** Leniency towards the judge's own answers less that towards the others. Null when the judge is not a candidate, or nothing is labelled. */
  selfPreference: Measured | null;
}

/** Scores this close are a tie. */
const TIE = 1e-9;

/**
 * A judge against people. Intervals are percentile bootstraps that draw queries, as answers to one query are judged alike.
 * @param own the candidates that are the judge itself
 */
export function measureJudge(
  judged: readonly JudgedScore[],
  gold: readonly GoldLabel[],
  own: ReadonlySet<string>,
  seed: number,
): JudgeQuality {
  const labels = new Map(gold.map((label) => [`${label.id}\n${label.model}`, label.score]));
  const byQuery = new Map<string, Labelled[]>();
  for (const { id, model, score, comparisons = [] } of judged) {
    const entry = { model, score, comparisons, gold: labels.get(`${id}\n${model}`) };
    const entries = byQuery.get(id);
    if (entries) entries.push(entry);
    else byQuery.set(id, [entry]);
  }
  const queries = [...byQuery.values()].map((entries) => countsOf(entries, own));
  const total = sumOf(queries, queries.keys());
  const drawn: Counts[] = [];
  resample(queries.length, { seed, resamples: RESAMPLED }, (rows) => drawn.push(sumOf(queries, rows)));
  const measure = (statistic: (counts: Counts) => number): Measured | null => {
    const value = statistic(total);
    if (!Number.isFinite(value)) return null;
    const values = Float64Array.from(drawn, statistic).filter(Number.isFinite);
    return { value, ...percentileInterval(values) };
  };
  return {
    labelled: total.labelled,
    accuracy: measure(({ agree, labelled }) => agree / labelled),
    kappa: measure(kappaOf),
    leniency: measure(({ lenient, labelled }) => lenient / labelled),
    pairs: total.pairs,
    pairAccuracy: measure(({ alike, pairs }) => alike / pairs),
    shownTwice: total.twice,
    consistency: measure(({ same, twice }) => same / twice),
    positionBias: measure(({ firstWon, first }) => firstWon / first - 0.5),
    selfPreference: measure(
      ({ lenient, labelled, ownLenient, ownLabelled }) =>
        ownLenient / ownLabelled - (lenient - ownLenient) / (labelled - ownLabelled),
    ),
  };
}

const RESAMPLED = 1000;

interface Labelled {
  model: string;
  score: number;
  comparisons: readonly GradedComparison[];
  gold: number | undefined;
}

/** Sums over answers and pairs of one or more queries, from which every figure follows. */
const NOTHING = {
  labelled: 0,
  /** Labelled answers that both call right, or both wrong; that the judge calls right; that people do. */
  agree: 0,
  says: 0,
  is: 0,
  /** Sum of the judge's scores less the people's; of the judge's own answers. */
  lenient: 0,
  ownLabelled: 0,
  ownLenient: 0,
  /** Pairs that people rank; ranked alike. */
  pairs: 0,
  alike: 0,
  /** Pairs shown in both orders; with the same verdict. */
  twice: 0,
  same: 0,
  /** Comparisons; what the answer shown first won. */
  first: 0,
  firstWon: 0,
};
type Counts = typeof NOTHING;
const FIGURES = Object.keys(NOTHING) as (keyof Counts)[];

function sumOf(queries: readonly Counts[], rows: Iterable<number>): Counts {
  const sum = { ...NOTHING };
  for (const row of rows) for (const figure of FIGURES) sum[figure] += queries[row]![figure];
  return sum;
}

const order = (a: number, b: number) => (Math.abs(a - b) <= TIE ? 0 : Math.sign(a - b));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function countsOf(entries: readonly Labelled[], own: ReadonlySet<string>): Counts {
  const counts = { ...NOTHING };
  const known = entries.filter((entry): entry is Labelled & { gold: number } => entry.gold !== undefined);
  known.forEach((a, i) => {
    const [says, is] = [a.score >= 0.5, a.gold >= 0.5];
    counts.labelled++;
    counts.agree += Number(says === is);
    counts.says += Number(says);
    counts.is += Number(is);
    counts.lenient += a.score - a.gold;
    if (own.has(a.model)) {
      counts.ownLabelled++;
      counts.ownLenient += a.score - a.gold;
    }
    for (const b of known.slice(i + 1)) {
      const shown = a.comparisons.filter(({ against }) => against === b.model);
      const ranked = shown.length > 0 ? order(mean(shown.map(({ won }) => won)), 0.5) : order(a.score, b.score);
      counts.pairs++;
      counts.alike += Number(ranked === order(a.gold, b.gold));
    }
  });
  for (const { model, comparisons } of entries)
    for (const one of comparisons) {
      if (!one.first) continue;
      counts.first++;
      counts.firstWon += one.won;
      const turned = comparisons.find(({ against, first }) => against === one.against && !first);
      // Each pair once, by the first of its two names.
      if (!turned || model >= one.against) continue;
      counts.twice++;
      counts.same += Number(turned.won === one.won);
    }
  return counts;
}

/** (agreement − agreement by chance) / (1 − agreement by chance), of right and wrong (Cohen 1960). NaN where both say one thing only. */
function kappaOf({ labelled, agree, says, is }: Counts): number {
  const [p, q] = [says / labelled, is / labelled];
  const chance = p * q + (1 - p) * (1 - q);
  return (agree / labelled - chance) / (1 - chance);
}

export interface Interval {
  against: string;
  difference: number;
  low: number;
  high: number;
}

/** One profile with one router, as `design-space.json` holds it. */
export interface Cell {
  label: string;
  profile: string;
  router: string;
  /** In words, as the profile's strategy tells of itself. */
  designPoint: { form: string; representation: string; hops: number; learning: string };
  metrics: Record<string, number | null>;
  intervals: Record<string, Interval>;
}

export interface MetricChoice {
  name: string;
  label: string;
  higherIsBetter: boolean;
  show(value: number): string;
  /** How a difference is shown on the axis of the intervals. */
  showDifference(value: number): string;
}

const share = (value: number) => (100 * value).toFixed(1);
const signed = (text: string, value: number) => (value > 0 ? `+${text}` : text.replace('-', '−'));

const ofShares = (name: string, label: string): MetricChoice => ({
  name,
  label,
  higherIsBetter: true,
  show: share,
  showDifference: (value) => signed(share(value), value),
});

/** Metrics of the explorer: those that the runs have intervals for. */
export const METRICS: readonly MetricChoice[] = [
  ofShares('avg_performance', 'average performance, %'),
  ofShares('avg_hit', 'best model’s score reached, %'),
  ofShares('discriminative_performance', 'average where models disagree, %'),
  {
    name: 'cost_per_1k',
    label: 'dollars per 1,000 queries',
    higherIsBetter: false,
    show: (value) => value.toFixed(2),
    showDifference: (value) => signed(value.toFixed(2), value),
  },
];

/** The four dimensions of a profile, and the router beside it. */
export const DIMENSIONS = ['form', 'representation', 'hops', 'learning', 'router'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** One chosen value per dimension; null = any. */
export type Filter = Record<Dimension, string | null>;

export const NO_FILTER: Filter = { form: null, representation: null, hops: null, learning: null, router: null };

export function valueOf(cell: Cell, dimension: Dimension): string {
  return dimension === 'router' ? cell.router : String(cell.designPoint[dimension]);
}

/** Values of a dimension that occur, in the order of the cells; depths by number. */
export function valuesOf(cells: readonly Cell[], dimension: Dimension): string[] {
  const found = [...new Set(cells.map((cell) => valueOf(cell, dimension)))];
  return dimension === 'hops' ? found.sort((a, b) => Number(a) - Number(b)) : found;
}

export function matching(cells: readonly Cell[], filter: Filter): Cell[] {
  return cells.filter((cell) =>
    DIMENSIONS.every((dimension) => filter[dimension] === null || filter[dimension] === valueOf(cell, dimension)),
  );
}

/** Best first; cells without a value come last, equals keep their order. */
export function ranked(cells: readonly Cell[], { name, higherIsBetter }: MetricChoice): Cell[] {
  const worth = (cell: Cell) => {
    const value = cell.metrics[name] ?? null;
    return value === null ? -Infinity : higherIsBetter ? value : -value;
  };
  return [...cells].sort((a, b) => worth(b) - worth(a) || 0);
}

/** Whether an interval keeps clear of zero, and on which side. */
export function verdict(interval: Interval, { higherIsBetter }: MetricChoice): 'better' | 'worse' | 'open' {
  if (interval.low > 0) return higherIsBetter ? 'better' : 'worse';
  if (interval.high < 0) return higherIsBetter ? 'worse' : 'better';
  return 'open';
}

/** The widest range that intervals of a metric take, zero included: one axis for all cells, whatever is filtered. */
export function axisOf(cells: readonly Cell[], { name }: MetricChoice): { low: number; high: number } {
  const all = cells.flatMap((cell) => cell.intervals[name] ?? []);
  return {
    low: Math.min(0, ...all.map(({ low }) => low)),
    high: Math.max(0, ...all.map(({ high }) => high)),
  };
}

/** Place on the axis, 0 to 100. */
export const placeOn = ({ low, high }: { low: number; high: number }, value: number): number =>
  high === low ? 50 : (100 * (value - low)) / (high - low);

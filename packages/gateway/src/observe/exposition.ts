/** Values of the labels of one series, in the order of their names. */
type Labels = readonly string[];

/** A sum that only grows. */
export interface Sum {
  value: number;
}

/** Sums by their labels. */
interface Counter {
  add(labels: Labels, by?: number): void;
  /** The sum of one series, for whoever adds to it often. */
  of(labels: Labels): Sum;
}

/** How often values were how large. */
export interface Spread {
  observe(value: number): void;
}

/** Spreads by their labels. */
interface Histogram {
  observe(labels: Labels, value: number): void;
  /** The spread of one series, for whoever adds to it often. */
  of(labels: Labels): Spread;
}

/** Families of series, written as Prometheus reads them (text format 0.0.4). */
export interface Registry {
  counter(name: string, help: string, labels: readonly string[]): Counter;
  /** @param buckets upper bounds, ascending; one for all else is added */
  histogram(name: string, help: string, labels: readonly string[], buckets: readonly number[]): Histogram;
  /** @param read called for each text: labels and value of each series */
  gauge(name: string, help: string, labels: readonly string[], read: () => Iterable<[Labels, number]>): void;
  text(): string;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function series(name: string, names: readonly string[], labels: Labels, value: number, more = ''): string {
  const pairs = names.map((label, i) => `${label}="${escaped(labels[i] ?? '')}"`);
  if (more !== '') pairs.push(more);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${numberText(value)}`;
}

const numberText = (value: number): string => (value === Infinity ? '+Inf' : String(value));

interface Distribution extends Spread {
  /** Per bucket, not summed up. */
  counts: number[];
  sum: number;
  count: number;
}

function createDistribution(buckets: readonly number[]): Distribution {
  const distribution: Distribution = {
    counts: new Array<number>(buckets.length + 1).fill(0),
    sum: 0,
    count: 0,
    observe(value) {
      let place = 0;
      while (place < buckets.length && !(value <= buckets[place]!)) place++;
      distribution.counts[place]!++;
      distribution.sum += value;
      distribution.count++;
    },
  };
  return distribution;
}

/** Series of one family; what would be further ones is counted together, so that memory stays bounded whatever labels are given. */
const MOST_SERIES = 2_000;
const OTHER = 'other';

export function createRegistry(): Registry {
  const families: (() => string[])[] = [];
  const head = (name: string, help: string, type: string): string[] => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
  ];
  /** One value per series. */
  const seriesOf = <T>() => {
    const kept = new Map<string, { labels: Labels; value: T }>();
    return {
      kept,
      of(labels: Labels, fresh: () => T): { labels: Labels; value: T } {
        const key = labels.join('\0');
        const known = kept.get(key);
        if (known !== undefined) return known;
        if (kept.size >= MOST_SERIES && labels.some((label) => label !== OTHER))
          return this.of(
            labels.map(() => OTHER),
            fresh,
          );
        const one = { labels, value: fresh() };
        kept.set(key, one);
        return one;
      },
    };
  };
  return {
    counter(name, help, labelNames) {
      const all = seriesOf<number>();
      families.push(() => [
        ...head(name, help, 'counter'),
        ...[...all.kept.values()].map(({ labels, value }) => series(name, labelNames, labels, value)),
      ]);
      const of = (labels: Labels) => all.of(labels, () => 0);
      return { add: (labels, by = 1) => void (of(labels).value += by), of };
    },
    histogram(name, help, labelNames, buckets) {
      const all = seriesOf<Distribution>();
      families.push(() => [
        ...head(name, help, 'histogram'),
        ...[...all.kept.values()].flatMap(({ labels, value: { counts, sum, count } }) => {
          let below = 0;
          return [
            ...[...buckets, Infinity].map((bound, i) =>
              series(`${name}_bucket`, labelNames, labels, (below += counts[i]!), `le="${numberText(bound)}"`),
            ),
            series(`${name}_sum`, labelNames, labels, sum),
            series(`${name}_count`, labelNames, labels, count),
          ];
        }),
      ]);
      const of = (labels: Labels) => all.of(labels, () => createDistribution(buckets)).value;
      return { observe: (labels, value) => of(labels).observe(value), of };
    },
    gauge(name, help, labelNames, read) {
      families.push(() => [
        ...head(name, help, 'gauge'),
        ...[...read()].map(([labels, value]) => series(name, labelNames, labels, value)),
      ]);
    },
    text: () => `${families.flatMap((lines) => lines()).join('\n')}\n`,
  };
}

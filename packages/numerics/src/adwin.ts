import { RouteProfileError, z } from '@routeprofile/schema';

/** Buckets of one size; a further one makes two of them one of the next size. (M of the paper.) */
const BUCKETS = 5;

/** Chance of a false alarm at a look, where nobody says another. Whoever watches several streams shares it out. */
export const ADWIN_DELTA = 0.002;

/** How a stream is watched. */
export interface AdwinOptions {
  /** Chance of a false alarm at a look, above 0 and below 1. Default `ADWIN_DELTA`, 0.002. */
  delta?: number;
  /** The least that a number can be. Default 0. */
  low?: number;
  /** The most that a number can be. Default 1. */
  high?: number;
  /** Numbers from one look to the next. Default 32. */
  every?: number;
}

/** Buckets of one size, the oldest first. */
const rowSchema = z
  .object({
    /** Sum of each bucket, of numbers scaled to [0, 1]. */
    sums: z.array(z.number().min(0)).max(BUCKETS),
    /** Sum of squared deviations from its mean of each. */
    spreads: z.array(z.number().min(0)).max(BUCKETS),
  })
  .refine(({ sums, spreads }) => sums.length === spreads.length, { error: 'sums and spreads differ in length' });

/** The schema of `AdwinState`, for those who read it from a file. */
export const adwinStateSchema = z.object({
  /** Numbers seen, those forgotten included. */
  seen: z.number().int().min(0),
  /** Buckets of 1, 2, 4, 8 … numbers. */
  rows: z.array(rowSchema).max(64),
});
/** What a watch knows, as JSON: a few buckets for each doubling of its window. */
export type AdwinState = z.infer<typeof adwinStateSchema>;

/** Where a stream changed. */
export interface StreamChange {
  /** Numbers seen before the change, as far as can be told. */
  since: number;
  /** Mean before. */
  before: number;
  /** Mean since. */
  after: number;
}

/** A watch over one stream of numbers. */
export interface Adwin {
  /**
   * Takes the next number.
   * @returns where the stream changed, once per change; undefined while it looks the same
   * @throws RouteProfileError BAD_INPUT for a number outside its range
   */
  add(value: number): StreamChange | undefined;
  /** Numbers seen. */
  readonly seen: number;
  /** Numbers since the last change. */
  readonly width: number;
  /** Their mean; NaN of none. */
  readonly mean: number;
  save(): AdwinState;
}

interface Part {
  count: number;
  sum: number;
  /** Sum of squared deviations from the mean. */
  spread: number;
}

/** Two parts as one (Chan, Golub and LeVeque 1983, formula 2.1). */
function joined(a: Part, b: Part): Part {
  const count = a.count + b.count;
  const apart = a.sum / a.count - b.sum / b.count;
  return { count, sum: a.sum + b.sum, spread: a.spread + b.spread + ((a.count * b.count) / count) * apart * apart };
}

const NOTHING: Part = { count: 0, sum: 0, spread: 0 };

/**
 * ADWIN (Bifet and Gavaldà 2007, "Learning from time-changing data with adaptive windowing"): a window over a stream that grows while the
 * stream looks the same, and forgets what was before a change. The window is an exponential histogram, so that memory and the time of a
 * look grow with the logarithm of its length W. It is cut in two parts of n₀ and n₁ numbers where their means differ by more than
 *
 *   √((2/m) σ² ln(2 ln W / δ)) + (2/(3m)) ln(2 ln W / δ),  m = 1/(1/n₀ + 1/n₁),
 *
 * σ² the variance of the window. Where several cuts do, all before the clearest is forgotten, while the paper drops one bucket after the other:
 * so one change is told once.
 * @param state as `save` gave it; default: nothing seen yet
 * @throws RouteProfileError BAD_OPTION
 */
export function createAdwin(options: AdwinOptions = {}, state?: AdwinState): Adwin {
  const { delta = ADWIN_DELTA, low = 0, high = 1, every = 32 } = options;
  if (!(delta > 0 && delta < 1 && low < high && Number.isFinite(high - low) && every >= 1))
    throw new RouteProfileError('BAD_OPTION', 'adwin: delta must lie between 0 and 1, low below high, every above 0', {
      hint: `Given: delta ${delta}, low ${low}, high ${high}, every ${every}.`,
    });
  const range = high - low;
  const rows = (state?.rows ?? []).map(({ sums, spreads }) => ({ sums: [...sums], spreads: [...spreads] }));
  let seen = state?.seen ?? 0;

  /** Buckets, the oldest first. */
  const parts = (): Part[] =>
    rows
      .flatMap(({ sums, spreads }, size) =>
        sums.map((sum, i): Part => ({ count: 2 ** size, sum, spread: spreads[i]! })).reverse(),
      )
      .reverse();
  const whole = (): Part => parts().reduce((all, part) => (all.count === 0 ? part : joined(all, part)), NOTHING);

  const insert = (value: number) => {
    let [sum, spread] = [value, 0];
    for (let size = 0; ; size++) {
      const row = (rows[size] ??= { sums: [], spreads: [] });
      row.sums.push(sum);
      row.spreads.push(spread);
      if (row.sums.length <= BUCKETS) return;
      const count = 2 ** size;
      const [a, b] = [row.sums.shift()!, row.sums.shift()!];
      const apart = (a - b) / count;
      spread = row.spreads.shift()! + row.spreads.shift()! + (count / 2) * apart * apart;
      sum = a + b;
    }
  };
  const forget = (buckets: number) => {
    for (let left = buckets; left > 0;) {
      const oldest = rows[rows.length - 1]!;
      const here = Math.min(left, oldest.sums.length);
      oldest.sums.splice(0, here);
      oldest.spreads.splice(0, here);
      left -= here;
      if (oldest.sums.length === 0) rows.pop();
    }
  };

  /** The clearest cut, as how many buckets lie before it. */
  const clearest = (): { buckets: number; change: StreamChange } | undefined => {
    const all = parts();
    const { count, sum, spread } = whole();
    if (count < 2) return undefined;
    const log = Math.log((2 * Math.log(count)) / delta);
    let found: { buckets: number; change: StreamChange } | undefined;
    let most = 1;
    let [older, olderSum] = [0, 0];
    for (let i = 0; i < all.length - 1; i++) {
      older += all[i]!.count;
      olderSum += all[i]!.sum;
      const [before, after] = [olderSum / older, (sum - olderSum) / (count - older)];
      const m = 1 / (1 / older + 1 / (count - older));
      const bound = Math.sqrt((2 / m) * (spread / count) * log) + (2 / (3 * m)) * log;
      const times = Math.abs(before - after) / bound;
      if (times <= most) continue;
      most = times;
      const since = seen - count + older;
      found = { buckets: i + 1, change: { since, before: low + before * range, after: low + after * range } };
    }
    return found;
  };

  return {
    add(value) {
      if (!(value >= low && value <= high))
        throw new RouteProfileError('BAD_INPUT', `adwin: ${value} is not a number from ${low} to ${high}`, {
          hint: 'Say what the numbers can be with `low` and `high`.',
        });
      insert((value - low) / range);
      seen++;
      if (seen % every !== 0) return undefined;
      const first = clearest();
      for (let cut = first; cut; cut = clearest()) forget(cut.buckets);
      return first?.change;
    },
    get seen() {
      return seen;
    },
    get width() {
      return whole().count;
    },
    get mean() {
      const { count, sum } = whole();
      return low + (sum / count) * range;
    },
    save: () => ({ seen, rows: rows.map(({ sums, spreads }) => ({ sums: [...sums], spreads: [...spreads] })) }),
  };
}

import type { Random } from '@routeprofile/schema';

/** A moving average over time. */
export interface Ewma {
  /** Its value at the last measurement. */
  readonly value: number;
  /** When that was, in milliseconds. */
  readonly at: number;
}

/**
 * The average with one more measurement: e ← e + (x − e)(1 − exp(−Δt/τ)).
 * @param before undefined before the first
 * @param x the measurement
 * @param now milliseconds
 * @param tau milliseconds after which an old value counts for 1/e
 */
export function ewma(before: Ewma | undefined, x: number, now: number, tau: number): Ewma {
  if (before === undefined) return { value: x, at: now };
  const weight = 1 - Math.exp(-Math.max(0, now - before.at) / tau);
  return { value: before.value + (x - before.value) * weight, at: now };
}

/**
 * An average that follows a rise at once and a fall slowly, so that a server which becomes slow is noticed with one answer: e ← x if x > e, else as
 * `ewma`. (Peak EWMA, as in Twitter's Finagle.)
 */
export const peakEwma = (before: Ewma | undefined, x: number, now: number, tau: number): Ewma =>
  before === undefined || x > before.value ? { value: x, at: now } : ewma(before, x, now, tau);

/** The average as it is believed some time after its last measurement: it decays to 0, so that a server that was slow is tried again. */
export const peakEwmaAt = ({ value, at }: Ewma, now: number, tau: number): number =>
  value * Math.exp(-Math.max(0, now - at) / tau);

/** What is known of how fast a model answers now. */
export interface ModelLoad {
  /** Seconds to the first content, when nobody else asks. */
  firstByte: number;
  /** Seconds per token of the answer. */
  perToken: number;
  /** Requests under way. */
  outstanding: number;
  /** Requests that are answered at the same time; Infinity where nobody knows. */
  limit: number;
}

/**
 * Seconds that an answer is expected to take: first content × (1 + outstanding/limit) + tokens × seconds per token.
 * @param tokens of the answer
 */
export const expectedLatency = ({ firstByte, perToken, outstanding, limit }: ModelLoad, tokens: number): number =>
  firstByte * (1 + outstanding / limit) + tokens * perToken;

/**
 * Which of two that are drawn to take: the one that costs less (power of two choices, Mitzenmacher 2001, "The power of two choices in randomized load
 * balancing": the longest queue falls from ln n / ln ln n to ln ln n).
 * @param count how many there are, at least 1
 * @param costOf the load of each
 * @returns the place of the one taken, the first of equals
 */
export function powerOfTwo(count: number, costOf: (place: number) => number, random: Pick<Random, 'int'>): number {
  if (count < 2) return 0;
  const one = random.int(count);
  const other = (one + 1 + random.int(count - 1)) % count;
  const [first, second] = [Math.min(one, other), Math.max(one, other)];
  return costOf(second) < costOf(first) ? second : first;
}

import type { Candidate, ModelCard } from '@routeprofile/schema';
import type { Counted } from './counts.js';

/**
 * How the date of a list is known: from its newest entry, than which it cannot be older; or from when its file was last written, which
 * is when it was fetched.
 */
export type DateKind = 'newest-entry' | 'modified';

/** One model of the catalogue: prices in dollars per million tokens, limits in tokens, latency in seconds. */
export interface CatalogueEntry extends Pick<Candidate, 'id' | 'price' | 'limits' | 'capabilities' | 'latency'> {
  /** What its provider calls it; the same as `id` where the list says no more. */
  model: string;
  /** Who serves it at this price, where the list says so. */
  provider?: string;
  /** Scores by task, 0 to 100, where any are known. */
  scores?: Readonly<Record<string, number>>;
  /** The list it is from, as it was named by the caller. */
  source: string;
  /** Date of that list, `YYYY-MM-DD`; null when nothing says it. */
  date: string | null;
}

/** What is known of a candidate, as an entry. @param scores those of its card, where it has one */
export function candidateEntry(
  { id, model, price, limits, capabilities, latency }: Candidate,
  scores: ModelCard['scores'] | undefined,
  source: string,
  date: string | null,
): CatalogueEntry {
  return {
    id,
    model,
    ...(price && { price }),
    ...(limits && { limits }),
    ...(capabilities && { capabilities }),
    ...(latency && { latency }),
    ...(scores &&
      scores.size > 0 && { scores: Object.fromEntries([...scores].map(([task, { value }]) => [task, value])) }),
    source,
    date,
  };
}

/** A list of models and prices as it was read. */
export interface PriceList {
  source: string;
  /** Whose form it has: `litellm`, `openrouter` or `models.dev`. */
  format: string;
  /** `YYYY-MM-DD`; null when nothing says it. */
  date: string | null;
  dateFrom: DateKind | null;
  entries: readonly CatalogueEntry[];
  /** Entries that are not in `entries`, by why. */
  leftOut: readonly Counted[];
  /** What is to know of those that are: no price, a price in tiers. */
  remarks: readonly Counted[];
}

/** The day of a moment, `YYYY-MM-DD` in UTC. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** Days from a date (`YYYY-MM-DD`) to a moment, counted in UTC; negative for a date to come. */
export function ageInDays(date: string, now: Date): number {
  return Math.round((Date.parse(`${dayOf(now)}T00:00:00Z`) - Date.parse(`${date}T00:00:00Z`)) / 864e5);
}

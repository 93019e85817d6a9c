import type { Limit } from '../contracts/store.js';

/** Characters of an ISO date that name a window. */
const NAMED_BY = { month: 'yyyy-mm'.length, day: 'yyyy-mm-dd'.length, hour: 'yyyy-mm-ddThh'.length };

/** The calendar window, in UTC, that a moment lies in. @param at milliseconds since 1970 */
export const windowOf = (per: Limit['per'], at: number): string => new Date(at).toISOString().slice(0, NAMED_BY[per]);

/** Milliseconds until the next window begins. */
export function windowEnds(per: Limit['per'], at: number): number {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const next =
    per === 'month'
      ? Date.UTC(year, month + 1)
      : per === 'day'
        ? Date.UTC(year, month, day + 1)
        : Date.UTC(year, month, day, date.getUTCHours() + 1);
  return next - at;
}

/** Share of the present window that is left, from 0 to 1. */
export function shareLeft(per: Limit['per'], at: number): number {
  const began = Date.parse(`${windowOf(per, at)}${per === 'hour' ? ':00Z' : ''}`);
  const ends = windowEnds(per, at);
  return ends / (at - began + ends);
}

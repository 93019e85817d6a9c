import { RouteProfileError } from '@routeprofile/schema';

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * A point in time in milliseconds since 1970: ISO 8601, or seconds, milliseconds or microseconds since 1970 as a number.
 * Without a zone UTC is meant. Null when the value is not such a time.
 */
export function parseTime(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    // 1e8 seconds is 1973, and each unit's numbers lie three orders of magnitude apart.
    const unit = [1e8, 1e11, 1e14, 1e17].findIndex((bound) => number < bound);
    return unit < 1 ? null : Math.round(number * [1000, 1, 1e-3][unit - 1]!);
  }
  const parts = ISO.exec(text);
  if (parts === null) return null;
  const [, date, clock = '00:00', zone = 'Z'] = parts;
  const offset = /^(?:z|utc)$/i.test(zone)
    ? 'Z'
    : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, h, m) => `${h}:${m ?? '00'}`);
  const time = Date.parse(`${date}T${clock.replace(',', '.')}${offset}`);
  return Number.isNaN(time) ? null : time;
}

export const formatTime = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

/**
 * The point in time that divides queries: those before it are the older `share`, as nearly as equal times allow.
 * @throws RouteProfileError BAD_INPUT when all have the same time.
 */
export function cutTime(times: readonly number[] | Float64Array, share: number): number {
  const sorted = Float64Array.from(times).sort();
  const wanted = Math.min(sorted.length - 1, Math.max(1, Math.round(sorted.length * share)));
  // Queries of one moment stay together: the cut moves to the nearest change of time.
  const isChange = (at: number) => at > 0 && at < sorted.length && sorted[at] !== sorted[at - 1];
  for (let away = 0; away < sorted.length; away++)
    for (const at of [wanted - away, wanted + away]) if (isChange(at)) return sorted[at]!;
  throw new RouteProfileError('BAD_INPUT', 'all queries have the same time, so that time cannot split them', {
    hint: 'Omit --split-by-time: the queries are then divided by the seed.',
  });
}

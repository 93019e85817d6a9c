import type { Oddity } from '@routeprofile/schema';

const MAX_EXAMPLES = 5;

/** An oddity when anything was found, nothing otherwise. */
export const oddity = (
  kind: string,
  found: readonly string[],
  message: (count: number) => string,
  count = found.length,
): Oddity[] =>
  found.length === 0 ? [] : [{ kind, message: message(count), count, examples: found.slice(0, MAX_EXAMPLES) }];

export const excerpt = (text: string, length = 60): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
};

/** Numbers for people: at most three digits after the point, or three that matter below 1. */
export const short = (value: number): string =>
  String(Math.abs(value) < 1 ? Number(value.toPrecision(3)) : Math.round(value * 1000) / 1000);

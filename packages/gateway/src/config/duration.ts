import { z } from '@routeprofile/schema';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const LONGEST = 24 * UNITS.h;

/** A duration as `durationSchema` takes it, in milliseconds; NaN for any other text. */
export function millisecondsOf(text: string): number {
  const [, digits, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  return Number(digits) * UNITS[(unit ?? 'ms') as keyof typeof UNITS];
}

/** A duration with its unit: `90s`, `10m`. It stays a text, so that a configuration that was read can be read again. */
export const durationSchema = z
  .string()
  .refine(
    (text) => millisecondsOf(text) > 0 && millisecondsOf(text) <= LONGEST,
    'expected a duration with a unit and at most a day, such as 90s, 10m or 1h',
  );

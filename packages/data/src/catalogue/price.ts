import { pricePerMillionSchema, type Price } from '@routeprofile/schema';

/** What a list says of one model's prices, as it says it: numbers, or texts that hold one. */
export interface StatedPrice {
  input?: unknown;
  output?: unknown;
  cachedInput?: unknown;
  cacheWrite?: unknown;
}

/** Powers of ten by which a price is multiplied to be dollars per million tokens. */
export const PER_TOKEN = 6;
export const PER_MILLION = 0;

/** Enough for any price, too few to show what binary fractions add. */
const DIGITS = 12;

/** A number times a power of ten, as decimal fractions: 1.5e-7 × 10⁶ is 0.15, not 0.15000000000000002. */
export function shifted(value: number, power: number): number {
  const [digits, exponent = '0'] = String(value).split('e');
  return Number(Number(`${digits}e${Number(exponent) + power}`).toPrecision(DIGITS));
}

const NUMBER = /^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/;

/** A number, or a text of one; null for anything else. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

const isStated = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * A price in dollars per million tokens, or why there is none: nothing is said, a part of it is not an amount, or a part is
 * negative, as OpenRouter writes it where the price varies.
 * @param power `PER_TOKEN` or `PER_MILLION`: the unit of the list
 */
export function priceOf(stated: StatedPrice, power: number): Price | 'absent' | 'unreadable' | 'negative' {
  if (!isStated(stated.input) || !isStated(stated.output)) return 'absent';
  const read = (value: unknown): number | null => {
    const number = numberOf(value);
    return number === null ? null : shifted(number, power);
  };
  const parts = {
    input: read(stated.input),
    output: read(stated.output),
    ...(isStated(stated.cachedInput) && { cachedInput: read(stated.cachedInput) }),
    ...(isStated(stated.cacheWrite) && { cacheWrite: read(stated.cacheWrite) }),
  };
  if (Object.values(parts).some((part) => part !== null && part < 0)) return 'negative';
  if (!Object.values(parts).every((part) => pricePerMillionSchema.safeParse(part).success)) return 'unreadable';
  return parts as Price;
}

import type { Reading } from '../reading.js';

/** A form in which lists of prices are published. */
export interface PriceListFormat {
  name: string;
  /** Where such a list is fetched from. */
  url: string;
  /** Powers of ten from its unit to dollars per million tokens. */
  power: number;
  /** Whether a JSON value has this form. */
  recognises(value: unknown): boolean;
  /** Adds every model. @returns the days that entries bear, `YYYY-MM-DD` */
  read(value: unknown, reading: Reading): (string | null)[];
}

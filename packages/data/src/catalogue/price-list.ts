import { RouteProfileError } from '@routeprofile/schema';
import { decodeText, modifiedAt, readBytes } from '../disk/read.js';
import { parseJson } from '../disk/json.js';
import { dayOf, type DateKind, type PriceList } from './entry.js';
import type { PriceListFormat } from './lists/format.js';
import { litellm } from './lists/litellm.js';
import { modelsDev } from './lists/models-dev.js';
import { openrouter } from './lists/openrouter.js';
import { Reading } from './reading.js';

/** In the order in which they are tried; a file has one of them at most. */
const FORMATS: readonly PriceListFormat[] = [openrouter, modelsDev, litellm];

/** Where lists of prices are published, in the forms that are read as they are. */
export const PRICE_LISTS: readonly { format: string; url: string }[] = FORMATS.map(({ name, url }) => ({
  format: name,
  url,
}));

/** What is known of a list besides its contents. */
export interface PriceListOrigin {
  /** How entries and messages name it, such as its path. */
  source: string;
  /** When it was written or fetched. Counts as its date where nothing in it says more. */
  modified?: Date;
  /** Entries dated later than this do not date the list: a model may be announced. Default: the time of the call. */
  now?: Date;
}

/**
 * A list of prices from its JSON value: LiteLLM's, OpenRouter's or models.dev's, recognised by its shape. Prices become dollars per
 * million tokens. Models that do not answer with text are left out, and counted; so is whatever cannot be read.
 * @throws RouteProfileError BAD_INPUT when the value has none of these forms, or holds no model that answers with text
 */
export function parsePriceList(value: unknown, { source, modified, now = new Date() }: PriceListOrigin): PriceList {
  const format = FORMATS.find((known) => known.recognises(value));
  if (format === undefined)
    throw new RouteProfileError('BAD_INPUT', `${source}: is not a list of prices that is known here`, {
      hint: `Give it as it is published: ${PRICE_LISTS.map(({ format, url }) => `${format} (${url})`).join(', ')}.`,
    });
  const reading = new Reading(format.power);
  const days = format.read(value, reading);
  if (reading.entries.length === 0)
    throw new RouteProfileError('BAD_INPUT', `${source}: holds no model that answers with text`, {
      hint: 'Check that the whole list was fetched.',
    });
  const { date, dateFrom } = dateOf(days, modified, dayOf(now));
  return {
    source,
    format: format.name,
    date,
    dateFrom,
    entries: reading.entries.map((entry) => ({ ...entry, source, date })),
    leftOut: reading.leftOut.list(),
    remarks: reading.remarks.list(),
  };
}

function dateOf(
  days: readonly (string | null)[],
  modified: Date | undefined,
  today: string,
): { date: string | null; dateFrom: DateKind | null } {
  const past = days.filter((entry): entry is string => entry !== null && entry <= today);
  if (past.length > 0) return { date: past.reduce((a, b) => (a > b ? a : b)), dateFrom: 'newest-entry' };
  return modified === undefined ? { date: null, dateFrom: null } : { date: dayOf(modified), dateFrom: 'modified' };
}

/** Lists are a few megabytes. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Reads a file as `parsePriceList` does; its date is that of its newest entry or, where entries bear none, of the file. A model that is
 * listed twice counts as it is listed last, as LiteLLM itself reads its list, and is counted.
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE, LIMIT_EXCEEDED (64 MiB) or BAD_INPUT
 */
export async function readPriceList(path: string, options: Pick<PriceListOrigin, 'now'> = {}): Promise<PriceList> {
  const text = decodeText(await readBytes(path, path, MAX_BYTES), path);
  const twice: string[] = [];
  const value = parseJson(text, path, 1, (key) => twice.push(key));
  const list = parsePriceList(value, { source: path, modified: await modifiedAt(path), ...options });
  if (twice.length === 0) return list;
  const repeated = { what: 'listed twice: the last one is used', count: twice.length, examples: twice.slice(0, 3) };
  return { ...list, remarks: [...list.remarks, repeated] };
}

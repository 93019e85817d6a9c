import { costOf, NO_USAGE } from '@routeprofile/providers';
import type { Candidate } from '@routeprofile/schema';
import { FAULTS, type Fault } from '../contracts/fault.js';
import type { CountedUsage } from '../contracts/record.js';
import type { AnswerState } from '../wire/format.js';

/** Bytes of a token, with common tokenizers. */
const BYTES = 4;

/**
 * What an attempt took. A server's own count of a whole answer is the truth; of one that broke off it is at best that of its beginning,
 * so that what was delivered counts if it is more.
 * @param state what the answer said; undefined where none came
 * @param promptTokens estimated
 * @param delivered whether content has reached the client: then it is charged, whatever ended it
 * @returns undefined where nothing is charged
 */
export function usageOf(
  state: Readonly<AnswerState> | undefined,
  fault: Fault | undefined,
  promptTokens: number,
  delivered: boolean,
): CountedUsage | undefined {
  const reported = state?.usage;
  if (reported && fault === undefined) return reported;
  const written = Math.ceil((state?.writtenBytes ?? 0) / BYTES);
  if (reported) return written > reported.output ? { ...reported, output: written, estimated: true } : reported;
  const charged = fault === undefined || delivered ? 'written' : FAULTS[fault].charged;
  if (charged === 'nothing') return undefined;
  const output = charged === 'input' ? 0 : written;
  return { ...NO_USAGE, uncachedInput: promptTokens, output, estimated: true };
}

/** Dollars; undefined where the candidate has no price, and 0 where nothing was taken. */
export const costOfUsage = ({ price }: Candidate, usage: CountedUsage | undefined): number | undefined =>
  usage === undefined ? 0 : price && costOf(usage, price);
